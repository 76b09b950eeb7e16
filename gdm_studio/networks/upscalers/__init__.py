"""Networks that upscale images."""
