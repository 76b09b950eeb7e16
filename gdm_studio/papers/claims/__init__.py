"""Claims of the papers, and their measurement on trained systems."""
