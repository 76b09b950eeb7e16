"""Model files on disk, and what can denoise once they are loaded."""
