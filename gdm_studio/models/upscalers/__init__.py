"""Upscalers: recognition of their files, loading, and tiled upscaling of images."""
