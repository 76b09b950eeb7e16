"""Ids of the special tokens of a prompt, for the tokenizer and the text encoder. Does not import torch."""

# The id that fills the row after the words.
PADDING = 0
# The token for a prompt without a style.
ANY_STYLE = 1
FIRST_STYLE = 2
# Smaller ids are special tokens. Adding a style therefore does not change the ids of words.
FIRST_WORD = 64
