"""Model family of the small diffusion systems that reimplement the literature."""
