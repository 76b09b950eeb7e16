"""Grids: a picture for each value of one or two settings, to look at, to take over and to save."""
