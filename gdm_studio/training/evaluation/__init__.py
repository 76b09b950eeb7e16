"""What the built-in model is worth, measured: the scorer, the lists that it is asked, and the figures."""
