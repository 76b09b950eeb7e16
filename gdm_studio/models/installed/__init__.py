"""The catalogue of models and add-ons on disk, with their descriptions and the user's choices."""
