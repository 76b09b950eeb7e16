"""Worker processes, one a device: pictures shared out among them, and what they make brought together."""
