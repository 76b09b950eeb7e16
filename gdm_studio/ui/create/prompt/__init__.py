"""Prompt editing: the prompt box with its chips, weights, mistakes, token counts and completions."""
