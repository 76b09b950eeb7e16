"""Outpainting: a frame around the start picture, what of it lies outside the picture is painted."""
