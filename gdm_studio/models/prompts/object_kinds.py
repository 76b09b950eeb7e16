"""Kinds of objects, by which a scene is arranged: the usual size of an object, and its role. Imports no torch."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from gdm_studio.models.files.compressed_json import read_packed_table, write_packed_json
from gdm_studio.models.prompts.word_classes import PEOPLE, forms

# Roles of an object: none, a person or an animal, a part of one, food, in the sky, and an object in which others are,
# closed or open.
PLAIN, LIVING, PART, FOOD, SKY, CONTAINER, OPEN = "", "living", "part", "food", "sky", "container", "open"
# Roles of worn objects, by the place where they are worn.
HEAD, EYES, NECK, BODY, HAND, FEET = "head", "eyes", "neck", "body", "hand", "feet"
WORN = frozenset((HEAD, EYES, NECK, BODY, HAND, FEET))
ROLES = WORN | {PLAIN, LIVING, PART, FOOD, SKY, CONTAINER, OPEN}
# Maximum size of the unpacked file in bytes.
MOST_BYTES = 2**20
# Limits of a size in metres.
SMALLEST, LARGEST = 0.001, 1000.0


@dataclass(frozen=True)
class ObjectKind:
    """Usual extent of an object in metres, and its role in a scene."""

    size: float = 0.5
    role: str = PLAIN

    def __post_init__(self) -> None:
        if not SMALLEST <= self.size <= LARGEST or self.role not in ROLES:
            raise ValueError(f"an object of the role {self.role!r} has {self.size!r} m")


PERSON = ObjectKind(1.7, LIVING)
UNKNOWN = ObjectKind()


@dataclass(frozen=True)
class ObjectKinds:
    """Table of the kinds of objects, by nouns. `names` maps each noun to its index in `kinds`."""

    kinds: tuple[ObjectKind, ...] = ()
    names: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if any(not 0 <= index < len(self.kinds) for index in self.names.values()):
            raise ValueError("a noun has no kind")

    def find(self, *names: str) -> ObjectKind:
        """Return the kind of the object that has one of these names, the first of which is known by its last words."""
        for name in names:
            words = name.removesuffix(" face").split()
            if not PEOPLE.isdisjoint(words):
                return self._find_noun(next(word for word in words if word in PEOPLE)) or PERSON
            for begin in range(max(len(words) - 2, 0), len(words)):
                if found := self._find_noun(" ".join(words[begin:])):
                    return found
            # A "rabbit sitting" is of the kind of the first word.
            if words and (found := self._find_noun(words[0])):
                return found
        return UNKNOWN

    def _find_noun(self, noun: str) -> ObjectKind | None:
        return next((self.kinds[self.names[form]] for form in forms(noun) if form in self.names), None)


def read_kinds(path: Path) -> ObjectKinds:
    """Read a table of object kinds. Raises ModelError if it is missing or damaged."""
    return read_packed_table(ObjectKinds, path, MOST_BYTES)


def write_kinds(path: Path, kinds: Mapping[str, ObjectKind]) -> int:
    """Write a table of object kinds, given by noun. Returns the size of the file in bytes."""
    nouns = defaultdict(list)
    for noun, kind in kinds.items():
        nouns[kind].append(noun)
    ordered = sorted(nouns, key=lambda kind: (kind.size, kind.role))
    names = {noun: index for index, kind in enumerate(ordered) for noun in sorted(nouns[kind])}
    return write_packed_json(path, {"kinds": [vars(kind) for kind in ordered], "names": names})
