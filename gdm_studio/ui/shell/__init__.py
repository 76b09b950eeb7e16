"""Application and main window: start, pages, command palette, shortcuts and shutdown."""
