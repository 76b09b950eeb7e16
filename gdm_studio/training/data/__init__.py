"""Training images with captions: downloading, selection, rendering and loading."""
