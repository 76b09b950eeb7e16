"""Image inputs of a job: start image, mask, control images and inversion."""
