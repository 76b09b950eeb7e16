"""Installer of GDM Studio, which creates and repairs its environment and starts it. Standard library only."""
