"""Drills: what must never happen, tried often. Anyone can run them: `python -m tests.drills.NAME --help`."""
