"""Queue panel, and controllers that generate queued images in the background."""
