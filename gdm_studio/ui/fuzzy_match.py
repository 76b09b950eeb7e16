"""Fuzzy search of names. Matches at the beginnings of words rank first, then other parts of words, then scattered
letters.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

# Scores of a typed word, by how it matches.
BEGINNING = 4.0
PART = 3.0
INITIALS = 2.0
SCATTERED = 1.0
# Subtracted if a word is found only in the name of the group, or only in the synonyms.
IN_GROUP = 0.25
IN_SYNONYMS = 0.75
# Scattered letters match within a stretch of at most this many times the length of the typed word.
SPREAD = 2.0


def match_score(typed: str, title: str, group: str = "", synonyms: str = "") -> float:
    """Return a score for how well a search text matches a name. All typed words must match, in any order and case; 0
    means no match.

    The words of `synonyms` match only by their beginnings, because a long list contains almost any scattered letters.
    """
    title_words = fold_text(title).split()
    group_words = fold_text(group).split()
    synonym_words = fold_text(synonyms).split()
    scores = [
        max(
            _word_score(word, title_words),
            _word_score(word, [*group_words, *title_words]) - IN_GROUP,
            _beginning_score(word, synonym_words) - IN_SYNONYMS,
        )
        for word in fold_text(typed).split()
    ]
    if min(scores, default=0.0) <= 0:
        return 0.0
    # Of two equal matches, the shorter title ranks first.
    return sum(scores) - 0.001 * len(title)


def fold_text(text: str) -> str:
    """Convert a string to lower case without accents, for comparison. Characters other than letters and digits become
    spaces.
    """
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c if c.isalnum() else " " for c in plain if not unicodedata.combining(c))


def _beginning_score(wanted: str, words: Sequence[str]) -> float:
    if any(word.startswith(wanted) for word in words):
        return BEGINNING + (0.5 if wanted in words else 0.0)
    return 0.0


def _word_score(wanted: str, words: Sequence[str]) -> float:
    if score := _beginning_score(wanted, words):
        return score
    if wanted in " ".join(words):
        return PART
    joined = "".join(words)
    # "dpm2m" matches "DPM++ 2M".
    if wanted in joined or _is_of_beginnings(wanted, words):
        return INITIALS
    return SCATTERED if _is_scattered(wanted, joined) else 0.0


def _is_of_beginnings(wanted: str, words: Sequence[str]) -> bool:
    """Return True if the typed text `wanted` can be composed of beginnings of `words` in their order, such as "steg"
    for "step again".
    """
    if not wanted:
        return True
    for place, word in enumerate(words):
        shared = 0
        while shared < min(len(word), len(wanted)) and word[shared] == wanted[shared]:
            shared += 1
            if _is_of_beginnings(wanted[shared:], words[place + 1 :]):
                return True
    return False


def _is_scattered(wanted: str, joined: str) -> bool:
    """Return True if the letters of the typed text `wanted` occur in order within a short section of the name `joined`,
    so that omitted letters are tolerated.
    """
    if len(wanted) < 2:
        return False
    starts = [place for place, letter in enumerate(joined) if letter == wanted[0]]
    return any(_end_of_match(wanted, joined, start) - start <= SPREAD * len(wanted) for start in starts)


def _end_of_match(wanted: str, joined: str, start: int) -> float:
    """Find the letters of the typed text in order in the name `joined`, starting at the index `start`, and return the
    index after the last letter.

    Returns infinity if a letter is missing.
    """
    for letter in wanted:
        start = joined.find(letter, start) + 1
        if not start:
            return float("inf")
    return start
