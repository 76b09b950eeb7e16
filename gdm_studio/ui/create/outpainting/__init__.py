"""Outpainting: placing a larger frame around the start image and generating the added area."""
