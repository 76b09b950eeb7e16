"""Exploring: variations around a picture to walk among, and the pictures on the way between two."""
