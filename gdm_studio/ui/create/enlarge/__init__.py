"""Enlargement of the displayed image, which is then refined in tiles."""
