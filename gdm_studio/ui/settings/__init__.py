"""The settings of the whole program: what each means, how it is shown, and what it changes at once."""
