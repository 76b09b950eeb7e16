"""Sets: a list of things drawn in one style, looked over together, kept as one collection."""
