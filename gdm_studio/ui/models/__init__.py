"""Models page, with the cards and sample images of models."""
