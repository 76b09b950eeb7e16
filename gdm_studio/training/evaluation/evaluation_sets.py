"""Fixed lists for evaluation: prompts, words that are missing from training, and colours.

They were fixed before any image was generated.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from gdm_studio.common.errors import StudioError
from gdm_studio.training.data.dataset import Row
from gdm_studio.training.evaluation.statistics import HUES

# The prompt lists, each with the key of its measurement in a model card.
PROMPTS = {"prompts": "named_by_someone_new", "prompts-2": "named_by_someone_new_2"}
NOVEL_WORDS = 60
NOUNS = ("car", "balloon", "heart", "book", "flower", "bird", "fish", "house", "umbrella", "dress", "shoe", "apple")


@dataclass(frozen=True)
class PromptCase:
    """Prompt of a fixed evaluation list, with the answer expected from a person who names the generated image."""

    prompt: str
    answer: str
    # True if no training caption has these words.
    novel: bool
    # The style; None is the model's default style, and "" is no style.
    style: str | None = None


@dataclass(frozen=True)
class NovelWord:
    """Word that occurs in no training caption, with the concepts that are accepted in an image generated for it."""

    word: str
    counts: tuple[str, ...]


def fixed_prompts(name: str = "prompts") -> list[PromptCase]:
    """Load a fixed list of 64 evaluation prompts. Prompt i, counted from 1, is generated with seed i."""
    return [PromptCase(**entry) for entry in _read(f"{name}.json")]


def novel_words(rows: Iterable[Row]) -> list[NovelWord]:
    """Return 60 words that occur in no training caption, not even as a plural, for testing how a model handles unknown
    words.

    The accepted concepts are limited to those in the rows. Raises StudioError if too few words are left.
    """
    rows = list(rows)
    concepts = {row["concept"] for row in rows}
    known = words_of(rows)
    found = []
    for entry in _read("novel_words.json"):
        counts = tuple(concept for concept in entry["counts"] if concept in concepts)
        if counts and known.isdisjoint(_list_word_forms(entry["word"])):
            found.append(NovelWord(entry["word"], counts))
    if len(found) < NOVEL_WORDS:
        raise StudioError(
            f"Only {len(found)} of the test words occur in no caption; add some to novel_words.json, up to "
            f"{NOVEL_WORDS}."
        )
    return found[:NOVEL_WORDS]


def words_of(rows: Iterable[Row]) -> set[str]:
    """Return every word that occurs in the names, captions and keywords of the given dataset rows."""
    texts = (text for row in rows for text in (row["name"], row["concept"], row["caption"], *row["words"]))
    return {word for text in texts for word in re.findall("[a-z]+", text.lower())}


def colour_prompts() -> list[tuple[str, str]]:
    """Return a prompt such as "a red car", with its hue, for each of 12 objects in each of 8 colours."""
    return [(f"{'an' if hue[0] in 'aeiou' else 'a'} {hue} {noun}", hue) for noun in NOUNS for hue in HUES]


def _list_word_forms(word: str) -> set[str]:
    return {word, word + "s", word + "es"}


def _read(name: str) -> Any:
    return json.loads((files(__package__) / name).read_text(encoding="utf-8"))
