"""Training images with captions: download, selection, rendering and loading."""
