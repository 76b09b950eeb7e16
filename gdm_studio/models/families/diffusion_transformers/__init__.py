"""Diffusion transformers: FLUX.1, Chroma, FLUX.2 Klein, Stable Diffusion 3, Z-Image, Lumina 2, Qwen-Image and
Krea 2.
"""
