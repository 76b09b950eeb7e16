"""Export of images: dialog, preview and controller."""
