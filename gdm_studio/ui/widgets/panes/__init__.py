"""Comparison of images: side by side, under a slider, alternating or as a difference."""
