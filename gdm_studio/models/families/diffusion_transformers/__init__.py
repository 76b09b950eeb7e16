"""Diffusion transformers: FLUX.1, Chroma, FLUX.2 Klein, Stable Diffusion 3, Z-Image and Lumina 2."""
