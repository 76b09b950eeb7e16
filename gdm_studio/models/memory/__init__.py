"""Memory and time of models: number types, residency of weights, cached models, and the demand of a run."""
