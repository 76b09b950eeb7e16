"""Pictures with words to train on: fetched, chosen, rendered, and read back."""
