"""Comparison of images: side by side, with a slider, alternating or as a difference."""
