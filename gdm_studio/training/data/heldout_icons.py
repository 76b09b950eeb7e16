"""Held-out icons, which are excluded from all training."""

import gzip
import json
from functools import cache
from importlib import resources
from typing import Protocol

# Sets that have the same drawings in another finish.
TWINS = {
    "fluent-emoji": ("fluent-emoji-flat", "fluent-emoji-high-contrast"),
    "fluent-emoji-flat": ("fluent-emoji", "fluent-emoji-high-contrast"),
    "emojione": ("emojione-monotone",),
    "icon-park": ("icon-park-twotone",),
}


class NamedDrawing(Protocol):
    """Protocol for an icon that is identified by its icon set, such as "noto", and its concept, such as "cat"."""

    @property
    def set(self) -> str: ...

    @property
    def concept(self) -> str: ...


@cache
def load_heldout_pictures() -> tuple[dict[str, object], ...]:
    """Load the list of held-out pictures, the icons that are excluded from all training.

    Each is a dict with set, name, concept, caption, style and other_train_sets.
    """
    packed = resources.files(__package__).joinpath("icons_heldout.json.gz").read_bytes()
    return tuple(json.loads(gzip.decompress(packed)))


@cache
def heldout_pairs() -> frozenset[tuple[str, str]]:
    """Return the (concept, set) pairs of all icons that are held out of training.

    Besides the listed pairs, these are the same concepts in sets that share the drawings.
    """
    listed = {(str(row["concept"]), str(row["set"])) for row in load_heldout_pictures()}
    twins = {(concept, twin) for concept, icon_set in listed for twin in TWINS.get(icon_set, ())}
    return frozenset(listed | twins)


def is_heldout(picture: NamedDrawing) -> bool:
    """Return True if an icon must not be used for training, because its concept is held out in its set."""
    return (picture.concept, picture.set) in heldout_pairs()
