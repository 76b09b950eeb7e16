"""GDM Studio: make pictures with diffusion models on your own machine, one visible step at a time."""

__version__ = "0.1.0"
