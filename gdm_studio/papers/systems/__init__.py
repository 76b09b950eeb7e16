"""Systems of the literature, one file per paper."""
