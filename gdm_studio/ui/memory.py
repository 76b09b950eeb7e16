"""How much memory this program has in use, as the window reads it."""

from gdm_studio.memory import in_use, in_words

__all__ = ["in_use", "in_words"]
