"""Stable Diffusion 1, 2 and XL: recognising, reading and running their checkpoints."""
