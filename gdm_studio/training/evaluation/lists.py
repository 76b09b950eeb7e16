"""What the model is asked, written down before any picture was drawn: prompts, words it never met, colours."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from gdm_studio.errors import StudioError
from gdm_studio.training.data.dataset import Row
from gdm_studio.training.evaluation.statistics import HUES

PROMPTS = {"prompts": "named_by_someone_new", "prompts-2": "named_by_someone_new_2"}  # lists, and figures of a card
NOVEL_WORDS = 60
NOUNS = ("car", "balloon", "heart", "book", "flower", "bird", "fish", "house", "umbrella", "dress", "shoe", "apple")


@dataclass(frozen=True)
class Asked:
    """A prompt of a fixed sheet, the one answer that counts, and whether no training caption says it so.

    `style` is that of the model's default where it is None, "" for none at all.
    """

    prompt: str
    answer: str
    novel: bool
    style: str | None = None


@dataclass(frozen=True)
class NovelWord:
    """A word that no caption has, and the concepts whose picture is a right answer to it."""

    word: str
    counts: tuple[str, ...]


def fixed_prompts(name: str = "prompts") -> list[Asked]:
    """The 64 prompts of a list of PROMPTS, in order; prompt i is drawn with seed i, counted from 1."""
    return [Asked(**entry) for entry in _read(f"{name}.json")]


def novel_words(rows: Iterable[Row]) -> list[NovelWord]:
    """The first 60 words of the list that occur in no name, caption or keyword of these rows, plural included.

    Only concepts that the rows have count. Raises StudioError where too few words are left.
    """
    rows = list(rows)
    concepts = {row["concept"] for row in rows}
    met = words_of(rows)
    found = []
    for entry in _read("novel_words.json"):
        counts = tuple(concept for concept in entry["counts"] if concept in concepts)
        if counts and met.isdisjoint(_forms(entry["word"])):
            found.append(NovelWord(entry["word"], counts))
    if len(found) < NOVEL_WORDS:
        raise StudioError(
            f"Only {len(found)} of the words to be asked occur in no caption; add some to novel_words.json, up to "
            f"{NOVEL_WORDS}."
        )
    return found[:NOVEL_WORDS]


def words_of(rows: Iterable[Row]) -> set[str]:
    """Every word that a model can have met beside these pictures."""
    texts = (text for row in rows for text in (row["name"], row["concept"], row["caption"], *row["words"]))
    return {word for text in texts for word in re.findall("[a-z]+", text.lower())}


def colour_prompts() -> list[tuple[str, str]]:
    """(prompt, hue) for each of 12 things in each of 8 colours."""
    return [(f"{'an' if hue[0] in 'aeiou' else 'a'} {hue} {noun}", hue) for noun in NOUNS for hue in HUES]


def _forms(word: str) -> set[str]:
    return {word, word + "s", word + "es"}


def _read(name: str) -> Any:
    return json.loads((files(__package__) / name).read_text(encoding="utf-8"))
