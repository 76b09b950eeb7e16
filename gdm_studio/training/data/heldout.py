"""The pictures that no training run may see, and the one place that keeps them out."""

import json
from functools import cache
from importlib import resources
from typing import Protocol

# Finishes of the same drawings.
TWINS = {
    "fluent-emoji": ("fluent-emoji-flat", "fluent-emoji-high-contrast"),
    "fluent-emoji-flat": ("fluent-emoji", "fluent-emoji-high-contrast"),
    "emojione": ("emojione-monotone",),
    "icon-park": ("icon-park-twotone",),
}


class Named(Protocol):
    """Anything that says which set draws which concept."""

    @property
    def set(self) -> str: ...

    @property
    def concept(self) -> str: ...


@cache
def heldout_pictures() -> tuple[dict[str, object], ...]:
    """The list: `set`, `name`, `concept`, `caption`, `style`, `other_train_sets` of every picture."""
    text = resources.files(__package__).joinpath("icons_heldout.json").read_text(encoding="utf-8")
    return tuple(json.loads(text))


@cache
def heldout_pairs() -> frozenset[tuple[str, str]]:
    """(concept, set) pairs out of bounds: the listed ones, and their twins that share the drawing."""
    listed = {(str(row["concept"]), str(row["set"])) for row in heldout_pictures()}
    twins = {(concept, twin) for concept, drawn_by in listed for twin in TWINS.get(drawn_by, ())}
    return frozenset(listed | twins)


def is_heldout(picture: Named) -> bool:
    """Whether training must not see this picture: every variant of a held-out (concept, set) pair."""
    return (picture.concept, picture.set) in heldout_pairs()
