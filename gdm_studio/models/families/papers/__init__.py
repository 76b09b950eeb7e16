"""Model family of the small diffusion systems that reimplement systems from the literature."""
