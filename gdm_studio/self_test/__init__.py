"""Self-test of a loaded model on the built-in example images: VAE, denoising, captions and adapters."""
