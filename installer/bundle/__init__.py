"""Relocatable folder with GDM Studio and its own Python, packed as an archive and as a Debian package."""
