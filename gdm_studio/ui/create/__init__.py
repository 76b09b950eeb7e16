"""The page on which pictures are made, and all that works on it."""
