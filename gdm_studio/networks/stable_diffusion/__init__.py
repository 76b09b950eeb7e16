"""Networks of Stable Diffusion 1, 2 and XL, whose modules are named as in single-file checkpoints."""
