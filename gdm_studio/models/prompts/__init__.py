"""Prompts: their syntax, their words, translation, and what a model will draw of them."""
