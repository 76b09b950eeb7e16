"""GDM Studio without its window, for scripts, the command line and the window. Imports neither Qt nor torch."""
