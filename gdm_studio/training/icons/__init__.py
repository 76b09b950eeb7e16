"""Training of the built-in model: recipes of its networks, the complete pipeline, and the export of the model."""
