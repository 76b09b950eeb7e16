"""Memory and time that models need: number types, residency of weights, cached models, and the demand of a run."""
