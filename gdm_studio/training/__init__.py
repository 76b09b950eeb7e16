"""Training of the built-in models: datasets, recipes, the training loop and evaluation."""
