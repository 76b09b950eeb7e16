"""Suggestions of similar objects for English nouns that a model cannot draw, such as "helicopter" for "hovercraft".

They are only shown to the user; no image depends on them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from gdm_studio.models.files.compressed_json import read_packed_table, write_packed_json

# Maximum size of the unpacked file in bytes.
MOST_BYTES = 2**22


@dataclass(frozen=True)
class Suggestions:
    """Table that maps a noun to the names of memorised training images whose subjects are most similar in meaning.

    `words` maps each noun to indices into `names`, the most similar drawing first.
    """

    names: tuple[str, ...] = ()
    words: dict[str, tuple[int, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if any(not 0 <= index < len(self.names) for indices in self.words.values() for index in indices):
            raise ValueError("a suggestion has no name")

    def find(self, word: str) -> tuple[str, ...]:
        """Return the names of the memorised training images to suggest for a noun, or () if the table does not contain
        the noun.
        """
        return tuple(self.names[index] for index in self.words.get(word, ()))


def read_suggestions(path: Path) -> Suggestions:
    """Read a table of suggestions. Raises ModelError if it is missing or damaged."""
    return read_packed_table(Suggestions, path, MOST_BYTES)


def write_suggestions(path: Path, drawings_of: Mapping[str, Sequence[str]]) -> int:
    """Write a table of suggestions, given the training images to suggest for each noun. Returns the size of the file in
    bytes.
    """
    names = sorted({name for suggested in drawings_of.values() for name in suggested})
    index = {name: number for number, name in enumerate(names)}
    words = {word: [index[name] for name in drawings_of[word]] for word in sorted(drawings_of)}
    return write_packed_json(path, {"names": names, "words": words})
