"""The networks: plain modules, one architecture a file, built from frozen configurations."""
