"""Regions of the next images: boxes with their own prompts, drawn on the canvas or on a map in the panel."""
