"""Conditions: what a model is told of a picture beside words, as far as its card accepts it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from gdm_studio.errors import BadRequest
from gdm_studio.maths.knobs import check_number

FACTORS = (-1e9, 1e9)  # the model's card says how much less
WEIGHTS = (0.0, 2.0)
MAX_HINTS = 8


@dataclass(frozen=True)
class Hint:
    """A picture that a control network follows: edges, a depth map, a pose."""

    kind: str  # one of those that the model's card accepts
    image: str  # as `engine.inputs.keep` names it
    weight: float = 1.0  # 0 does not follow it at all

    def __str__(self) -> str:
        return f"{self.kind} {self.weight:g}"


def check_factors(word: str, factors: Any) -> None:
    """Raises BadRequest for what are no numbers by name."""
    if not isinstance(factors, dict) or not all(isinstance(name, str) for name in factors):
        raise BadRequest(f"{word} must be numbers by name, not {factors!r}.")
    for name, value in factors.items():
        check_number(name, value, *FACTORS)


def check_hints(word: str, hints: Any) -> None:
    """Raises BadRequest for what are no hints, and for too many."""
    if not isinstance(hints, tuple) or len(hints) > MAX_HINTS or not all(isinstance(each, Hint) for each in hints):
        raise BadRequest(f"{word} must be up to {MAX_HINTS} pictures with their kinds, not {hints!r}.")
    for hint in hints:
        if not isinstance(hint.kind, str) or not is_kept(hint.image):
            raise BadRequest(f"A hint must be of a kind and name a picture that was kept, not {hint!r}.")
        check_number("the weight of a hint", hint.weight, *WEIGHTS)


def hints_from(values: Iterable[Mapping[str, Any]]) -> tuple[Hint, ...]:
    """Hints as JSON has them; raises what its values give cause for."""
    return tuple(Hint(each["kind"], each["image"], each["weight"]) for each in values)


def is_kept(name: object) -> bool:
    """Whether that can be the name of a picture that was kept."""
    return isinstance(name, str) and re.fullmatch("[0-9a-f]{64}", name) is not None
