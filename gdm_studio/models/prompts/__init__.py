"""Prompts: their syntax, their words, their translation, and the prediction of what a model will draw."""
