"""Self-test of a loaded model on images of this program: VAE, denoising, captions and adapters."""
