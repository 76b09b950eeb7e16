"""The built-in family of text-to-icon models."""
