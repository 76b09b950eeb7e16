"""Installer of GDM Studio: creates and repairs its environment and starts the program. Standard library only."""
