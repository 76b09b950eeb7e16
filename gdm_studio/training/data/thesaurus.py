"""Synonyms and keywords of icons, from the captions of different icon sets, from Unicode CLDR and from emojilib."""

import json
import re
import tarfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from gdm_studio.common.archive_errors import ARCHIVE_ERRORS
from gdm_studio.common.errors import StudioError
from gdm_studio.models.prompts.word_tokenizer import plain_emoji
from gdm_studio.training.data.catalogue import Entry, captions_of

# The maximum number of words for a drawing.
MOST_WORDS = 6
# After this number of words, only words are used that occur in both lexicons.
ENOUGH_WORDS = 4

_PLAIN_WORDS = re.compile(r"^[a-z][a-z' -]{2,28}$")
_QUALIFIER = re.compile(r" (with|without|and|of|on|in|behind|over|at) ")
_CLDR_MEMBER = "package/annotations/en/annotations.json"
_EMOJILIB_MEMBER = "package/dist/emoji-en-US.json"


class Thesaurus:
    """Names and keywords of emoji, which provide synonyms for the captions of icons.

    Icons are matched to emoji by their code points, or else by their name.
    """

    def __init__(self, cldr: dict[str, Any], emojilib: dict[str, list[str]]) -> None:
        # The name of each emoji, and the keywords that occur in both lexicons.
        self._agreed_keywords: dict[str, list[str]] = {}
        # The keywords that occur in either lexicon.
        self._all_keywords: dict[str, list[str]] = {}
        self._by_name: dict[str, str] = {}
        folk = {plain_emoji(char): [word.replace("_", " ") for word in words] for char, words in emojilib.items()}
        for raw, entry in cldr.items():
            if not plain_emoji(raw):
                # This character is only a skin tone.
                continue
            char = plain_emoji(raw)
            name = entry.get("tts", [""])[0]
            keywords = entry.get("default", [])
            others = folk.get(char, [])
            self._agreed_keywords[char] = [name, *(word for word in keywords if word in others)]
            self._all_keywords[char] = [*keywords, *others]
            self._by_name.setdefault(_normalise_name(name), char)

    def words(self, entry: Entry) -> list[str]:
        """Return up to MOST_WORDS English synonyms and keywords for an icon, best first. The list may be empty."""
        names = (_normalise_name(entry.caption), entry.concept)
        char = char_of(entry.hex) or next((self._by_name[n] for n in names if n in self._by_name), "")
        sure = _select_plain_words([*captions_of(entry.concept), *self._agreed_keywords.get(char, ())])
        more = _select_plain_words(self._all_keywords.get(char, ()))
        known = {entry.caption, *_find_modifiers(entry.caption)}
        chosen = [word for word in sure if word not in known][:MOST_WORDS]
        spare = [word for word in more if word not in known and word not in chosen]
        return chosen + spare[: max(ENOUGH_WORDS - len(chosen), 0)]


def read_thesaurus(cldr: Path, emojilib: Path) -> Thesaurus:
    """Load the names and keywords of emoji from the packed npm archives of Unicode CLDR and emojilib.

    Raises StudioError if they cannot be read.
    """
    annotations = member(cldr, _CLDR_MEMBER)
    return Thesaurus(annotations["annotations"]["annotations"], member(emojilib, _EMOJILIB_MEMBER))


def char_of(hexes: str) -> str:
    """Convert hexadecimal code points joined by "-", such as "1f98a", to an emoji.

    Variation selectors and skin tones are removed.
    """
    return plain_emoji("".join(chr(int(code, 16)) for code in hexes.split("-"))) if hexes else ""


def _find_modifiers(caption: str) -> set[str]:
    """Return all words of a caption except its head noun: {"red"} for "red apple". They describe only a part or quality
    of the subject.

    They must not be used as synonyms of the whole caption.
    """
    noun = _QUALIFIER.split(caption)[0].split()
    return set(caption.split()) - {noun[-1]} if noun else set()


def _normalise_name(name: str) -> str:
    return re.sub(r"[^a-z0-9 ]", "", name.lower().replace("-", " "))


def _select_plain_words(words: Iterable[str]) -> list[str]:
    lowered = (word.lower().replace("’", "'") for word in words)
    return list(dict.fromkeys(word for word in lowered if _PLAIN_WORDS.match(word)))


def member(archive: Path, name: str) -> Any:
    try:
        with tarfile.open(archive) as tar:
            member = tar.extractfile(name)
            return json.load(member) if member else {}
    except ARCHIVE_ERRORS as error:
        raise StudioError(f"{archive} cannot be read ({error}); delete it and run again.") from error
