"""Storage safety of the gallery: locks, backups, integrity checks, repair, trash, and moving the library."""
