"""Models: their files, the features that they support, and how they are loaded."""
