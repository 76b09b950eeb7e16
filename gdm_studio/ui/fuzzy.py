"""How well a few typed letters fit a name: whole beginnings of words first, then parts, then letters in order."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

BEGINNING, PART, INITIALS, SCATTERED = 4.0, 3.0, 2.0, 1.0
IN_GROUP = 0.25  # less for what is found in the name of the group alone
IN_SYNONYMS = 0.75  # less for what is found in other words alone
SPREAD = 2.0  # how much longer than what was typed the stretch of scattered letters may be


def fit(typed: str, title: str, group: str = "", synonyms: str = "") -> float:
    """0 where a word of `typed` is nowhere in these, else more the better all fit, whatever their order and case.

    Of synonyms only beginnings of words count: they are many, and somewhere among them are all letters.
    """
    wanted, words, others = folded(typed).split(), folded(title).split(), folded(group).split()
    also = folded(synonyms).split()
    fits = [
        max(_fit_word(one, words), _fit_word(one, [*others, *words]) - IN_GROUP, _begins(one, also) - IN_SYNONYMS)
        for one in wanted
    ]
    if min(fits, default=0.0) <= 0:
        return 0.0
    return sum(fits) - 0.001 * len(title)  # of two that fit alike, the shorter name


def folded(text: str) -> str:
    """Letters and figures in lower case without accents; whatever stands between them is a space."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c if c.isalnum() else " " for c in plain if not unicodedata.combining(c))


def _begins(wanted: str, words: Sequence[str]) -> float:
    if any(word.startswith(wanted) for word in words):
        return BEGINNING + (0.5 if wanted in words else 0.0)
    return 0.0


def _fit_word(wanted: str, words: Sequence[str]) -> float:
    if begins := _begins(wanted, words):
        return begins
    if wanted in " ".join(words):
        return PART
    joined = "".join(words)
    if wanted in joined or _in_initials(wanted, words):  # "2m" of "DPM++ 2M", "dpm2m"
        return INITIALS
    return SCATTERED if _is_scattered(wanted, joined) else 0.0


def _in_initials(wanted: str, words: Sequence[str]) -> bool:
    """Whether `wanted` is made of beginnings of words, in their order: "steg" of "step again"."""
    if not wanted:
        return True
    for place, word in enumerate(words):
        shared = 0
        while shared < min(len(word), len(wanted)) and word[shared] == wanted[shared]:
            shared += 1
            if _in_initials(wanted[shared:], words[place + 1 :]):
                return True
    return False


def _is_scattered(wanted: str, joined: str) -> bool:
    """Whether the letters come one after another in a stretch that is not too long: slips of the finger."""
    if len(wanted) < 2:
        return False
    starts = [place for place, letter in enumerate(joined) if letter == wanted[0]]
    return any(_end(wanted, joined, start) - start <= SPREAD * len(wanted) for start in starts)


def _end(wanted: str, joined: str, start: int) -> float:
    for letter in wanted:
        start = joined.find(letter, start) + 1
        if not start:
            return float("inf")
    return start
