"""Installed models and add-ons: the scan of their files, their descriptions, and the user's choices for them."""
