"""Safety of the gallery's files: locks, backups, integrity checks, repair, the trash, and moving the library."""
