"""Editing of all pictures of a folder: dialog and controller."""
