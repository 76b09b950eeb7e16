"""Relocatable folder of the program with its own Python, as an archive and as a Debian package."""
