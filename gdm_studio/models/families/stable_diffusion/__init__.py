"""Stable Diffusion 1, 2 and XL: how their files are recognised and read."""
