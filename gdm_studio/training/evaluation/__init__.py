"""Evaluation of the built-in model: the scorer, fixed prompt lists and measurements."""
