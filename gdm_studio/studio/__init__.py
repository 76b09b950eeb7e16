"""GDM Studio without its window, used by scripts, the command line and the window. Imports neither Qt nor torch."""
