"""Models: reading their files, describing what they support, and loading them."""
