"""The headless engine: requests in, denoising steps and pictures out."""
