"""The suite: the same tree as the rooms it tests."""
