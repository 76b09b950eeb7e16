"""Helpers that all packages use: atomic files, locks, paths, preferences and errors."""
