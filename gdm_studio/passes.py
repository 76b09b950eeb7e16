"""The passes in which one model may draw a picture: by itself, then by a refiner, then once more and larger."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from gdm_studio.maths.knobs import Knob

if TYPE_CHECKING:
    from gdm_studio.request import Request

REFINED = Knob(
    "Refiner's share", 0.05, 0.95, "Of the steps, where a refiner is chosen for the model: it makes the last ones",
    "refined", 0.2, "Stable Diffusion",
)  # fmt: skip
ENLARGED = Knob(
    "Second pass", 1.0, 2.5, "How many times as wide and high the picture is made in a second pass; at 1 there is none",
    "enlarged", 1.0, "Hires fix",
)  # fmt: skip
ANEW = Knob(
    "Second pass, strength", 0.05, 1.0, "How far back towards noise the second pass goes before its steps begin",
    "enlarged_strength", 0.5, "Hires fix",
)  # fmt: skip
MULTIPLE = 8  # pixels that the sides of pictures are multiples of


def is_enlarged(request: Request) -> bool:
    """Whether there is a second pass."""
    return _told(ENLARGED, request.factors) > 1


def shares(request: Request) -> tuple[float, ...]:
    """Of the steps that each pass has: its own, the refiner's, those of the second pass."""
    refined = _told(REFINED, request.factors) if request.refiner else 0.0
    first = (1 - refined, refined) if refined else (1.0,)
    return (*first, strength_of(request.factors)) if is_enlarged(request) else first


def strength_of(factors: Mapping[str, float]) -> float:
    """How far back towards noise the second pass goes, 0 … 1."""
    return _told(ANEW, factors)


def enlarged(size: tuple[int, int], factors: Mapping[str, float]) -> tuple[int, int]:
    """Width and height of the picture that the second pass makes of one of that size."""
    width, height = (MULTIPLE * round(side * _told(ENLARGED, factors) / MULTIPLE) for side in size)
    return width, height


def _told(knob: Knob, factors: Mapping[str, float]) -> float:
    return factors.get(knob.name, knob.default)
