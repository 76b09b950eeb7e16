"""The engine, which turns requests into denoising steps and images. It has no user interface."""
