"""Prompt editing: weights, mistakes, token counts and completions."""
