"""Drills: repeated attempts to break a promise of the program. Run one with `python -m tests.drills.NAME --help`."""
