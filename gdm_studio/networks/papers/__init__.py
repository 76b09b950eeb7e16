"""Small networks of the systems of the literature."""
