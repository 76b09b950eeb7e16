"""The studio without its window: what scripts, command line and window do alike. Imports neither Qt nor torch."""
