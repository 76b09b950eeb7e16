"""Models: their files, the features that they support, and loading."""
