"""Self-test of a loaded model on the program's own example images: VAE, denoising, captions and adapters."""
