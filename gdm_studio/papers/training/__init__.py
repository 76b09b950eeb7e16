"""Training of the systems of the literature: recipes, images, reports, and the classifier that judges them."""
