"""Stable Diffusion 1, 2 and XL: recognising, loading and running their checkpoints."""
