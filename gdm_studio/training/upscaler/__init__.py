"""Training of the built-in upscaler: its recipe, its training images and the measurement of its quality."""
