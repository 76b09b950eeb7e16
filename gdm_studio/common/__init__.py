"""Helpers that all packages use: atomic files, locks, paths and errors."""
