"""Diffusion transformers: FLUX.1, Chroma, FLUX.2, Stable Diffusion 3, Z-Image, Lumina 2, Qwen-Image, Krea 2,
ERNIE-Image and Anima.
"""
