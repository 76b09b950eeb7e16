"""The window around the pages: how it opens, its bar, palette and keys, and how it closes."""
