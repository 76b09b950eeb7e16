"""Upscalers: recognition of their files, loading, and the enlargement of images in tiles."""
