"""Exporting pictures: the dialog, its preview, and the work."""
