"""Image inputs of a generation job: start image, mask, control images and inversion."""
