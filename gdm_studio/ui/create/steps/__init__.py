"""Actions on the steps of an image: show, play, save, branch, edit while paused, and export as a film."""
