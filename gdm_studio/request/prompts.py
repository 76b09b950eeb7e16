"""Length limits for prompts, and repair of prompts that come from files."""

from __future__ import annotations

import re

# The maximum length of a prompt that may be parsed, in characters. Longer prompts can be stored, but not generated.
MOST_CHARACTERS = 10_000
# The maximum length of a list of prompts, with one prompt per line, in characters.
MOST_IN_LIST = 100_000
_SURROGATES = re.compile("[\ud800-\udfff]")


def is_too_long(text: str) -> bool:
    """Return True if a prompt exceeds the length limit and must not be processed further."""
    return len(text) > MOST_CHARACTERS


def is_list_too_long(text: str) -> bool:
    """Return True if a list of prompts, or one of its lines, exceeds the length limit for text in the window."""
    return len(text) > MOST_IN_LIST or any(map(is_too_long, text.split("\n")))


def length_problem(text: str, name: str = "The prompt") -> str:
    """Return an error message if a prompt exceeds the length limit, else "".

    The message refers to the prompt as `name`.
    """
    if not is_too_long(text):
        return ""
    return f"{name} has {len(text):,} characters; shorten it to {MOST_CHARACTERS:,} at most."


def start_of(text: str, max_length: int = MOST_CHARACTERS) -> str:
    """Shorten a prompt for display: return its first `max_length` characters with an ellipsis, or the unchanged prompt
    if it is shorter.
    """
    return text if len(text) <= max_length else f"{text[:max_length]}…"


def may_be_template(prompt: str) -> bool:
    """Return False only if a prompt certainly contains no template syntax (see `prompt_templates`), judging by the
    characters of variants and wildcards.
    """
    return "{" in prompt or "}" in prompt or "__" in prompt


def encodable(text: str) -> str:
    """Replace lone surrogates in a prompt with U+FFFD. JSON may contain them, but tokenizers reject them."""
    return text if text.isascii() else _SURROGATES.sub("\ufffd", text)
