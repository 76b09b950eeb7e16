"""The networks of Stable Diffusion 1, 2 and XL; modules bear the names of their single-file checkpoints."""
