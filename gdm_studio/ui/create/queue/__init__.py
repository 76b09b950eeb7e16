"""Queue panel, and controllers that run the queue in the background."""
