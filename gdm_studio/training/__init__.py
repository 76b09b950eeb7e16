"""Making the built-in models: pictures to learn from, and the loops that learn."""
