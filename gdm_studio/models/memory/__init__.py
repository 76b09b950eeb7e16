"""Memory and time that models need: number types, residency of weights, cached models, and the cost of an image."""
