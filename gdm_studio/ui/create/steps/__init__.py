"""Actions on the denoising steps of an image: show, play, save, branch, edit while paused, and export as a film."""
