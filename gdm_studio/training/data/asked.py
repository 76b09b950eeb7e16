"""How often people ask for a thing by its plain name, beside other things."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources

FILE = "asked.json"


@cache
def asked_for() -> dict[str, float]:
    """{caption: how likely it is to be asked for beside others}, written by `evaluation/choosing.py`.

    Of things that four emoji-like sets draw and that a dictionary has, the square root of how often the word stands in
    WordNet's sense-tagged texts, with people and faces less; 0.5 to 17.46, and 41.34 for "person".
    """
    found: dict[str, float] = json.loads(resources.files(__package__).joinpath(FILE).read_text(encoding="utf-8"))
    return found
