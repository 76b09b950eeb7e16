"""Stable Diffusion 1, 2 and XL: recognition, reading and execution of their checkpoints."""
