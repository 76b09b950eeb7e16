"""What a prompt can call by name for a model: adapters, learnt words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from gdm_studio.models.about import ADAPTERS
from gdm_studio.models.adapters.embedding import vectors_of
from gdm_studio.models.held import Held


@dataclass(frozen=True)
class Called:
    """Something by its name; `base` are the models it is for, "" where that is not known."""

    name: str
    kind: str
    base: str = ""
    vectors: int = 0  # of a learnt word


@dataclass(frozen=True)
class Names:
    """Those there are, by their names in small letters, for a model of the kind `base`."""

    adapters: Mapping[str, Called] = field(default_factory=dict)
    words: Mapping[str, Called] = field(default_factory=dict)
    base: str = ""

    def suits(self, called: Called) -> bool:
        """Whether it is for this model, as far as is known."""
        return not called.base or not self.base or called.base == self.base

    def lengths(self) -> dict[str, int]:
        """The tokens of each word that this model knows."""
        return {word: called.vectors for word, called in self.words.items() if self.suits(called)}


def names_of(held: Iterable[Held], base: str) -> Names:
    """Of everything that people hold, the newest first."""
    adapters: dict[str, Called] = {}
    words: dict[str, Called] = {}
    for line in held:
        kind, _, for_ = line.family.partition(" · ")
        if line.card is None and kind in ADAPTERS:
            adapters.setdefault(line.name.lower(), Called(line.name, kind, for_))
        elif line.card is None and kind == "Embedding":
            words.setdefault(line.name.lower(), Called(line.name, kind, for_, vectors_of(for_, line.parameters)))
    return Names(adapters, words, base)
