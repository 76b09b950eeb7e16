"""Diffusion transformers with text and image tokens in one attention: FLUX.1, FLUX.2, Stable Diffusion 3, Z-Image."""
