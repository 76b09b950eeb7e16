"""Conditioning in addition to the prompt: named factors and control images. A model's card states which of them it
accepts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from gdm_studio.common.errors import BadRequest
from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.maths.numeric_parameters import check_number

# The range for all models. A model's card may define a smaller one.
FACTORS = (-1e9, 1e9)
WEIGHTS = (0.0, 2.0)
MAX_CONTROL_IMAGES = 8
# Kind of control image that a network receives as a whole, beside the image that it generates.
REFERENCE = "reference"
# Preprocessors of control images, with their titles.
PREPROCESSORS = {
    "none": QT_TRANSLATE_NOOP("Setting", "As it is"),
    "canny": QT_TRANSLATE_NOOP("Setting", "Edges (Canny)"),
    "line": QT_TRANSLATE_NOOP("Setting", "Lines"),
    "blur": QT_TRANSLATE_NOOP("Setting", "Blur"),
    "grey": QT_TRANSLATE_NOOP("Setting", "Grey"),
    "tile": QT_TRANSLATE_NOOP("Setting", "Tile"),
}


@dataclass(frozen=True)
class ControlImage:
    """Image that guides the generation through a control network, such as edges, a depth map or a pose."""

    # One of the kinds that the model's card accepts. For Stable Diffusion it is the name of a control model's file.
    kind: str
    # The name of the stored image, which `engine.image_inputs.store` returns.
    image: str
    # The strength of the guidance. At 0 the image has no effect.
    weight: float = 1.0
    # One of PREPROCESSORS.
    preprocessor: str = "none"
    # The part of the run, or of each pass, in which the image has an effect, as fractions of the steps.
    start: float = 0.0
    end: float = 1.0

    def __str__(self) -> str:
        done = "" if self.preprocessor == "none" else f" {self.preprocessor}"
        part = "" if (self.start, self.end) == (0, 1) else f" {self.start:g}–{self.end:g}"
        return f"{self.kind} {self.weight:g}{done}{part}"


def covers_step(start: float, end: float, step: int, steps: int) -> bool:
    """Return True if the step `step` (counted from 1) of `steps` lies within a part of the run, from `start` to `end`
    as fractions of the steps.

    As in diffusers, the whole step must lie within it.
    """
    return start <= (step - 1) / steps and step / steps <= end


def check_factors(word: str, factors: Any) -> None:
    """Check the value of a request's `factors` field.

    Raises BadRequest unless it is a mapping from names to numbers.
    """
    if not isinstance(factors, dict) or not all(isinstance(name, str) for name in factors):
        raise BadRequest(f"{word} must be numbers by name, not {factors!r}.")
    for name, value in factors.items():
        check_number(name, value, *FACTORS)


def check_control_images(word: str, hints: Any) -> None:
    """Check the control images of a request.

    Raises BadRequest unless there are at most MAX_CONTROL_IMAGES with valid kinds, weights and preprocessors.
    """
    if (
        not isinstance(hints, tuple)
        or len(hints) > MAX_CONTROL_IMAGES
        or not all(isinstance(each, ControlImage) for each in hints)
    ):
        raise BadRequest(f"{word} must be up to {MAX_CONTROL_IMAGES} pictures with their kinds, not {hints!r}.")
    for hint in hints:
        if not isinstance(hint.kind, str) or not is_stored_image_name(hint.image):
            raise BadRequest(f"A hint must have a kind and the name of a stored picture, not {hint!r}.")
        check_number("the weight of a hint", hint.weight, *WEIGHTS)
        if not isinstance(hint.preprocessor, str) or hint.preprocessor not in PREPROCESSORS:
            raise BadRequest(
                f"There is no preprocessor called {hint.preprocessor!r}; choose one of {', '.join(PREPROCESSORS)}."
            )
        check_number("the start of a hint", hint.start, 0, 1)
        check_number("the end of a hint", hint.end, 0, 1)
        if hint.start >= hint.end:
            raise BadRequest(f"A hint must end after its start, not at {hint.end:g} and {hint.start:g}.")


def control_images_from_json(values: Iterable[Mapping[str, Any]]) -> tuple[ControlImage, ...]:
    """Convert a list of JSON objects in a saved request to control images. May raise any of `MALFORMED`."""
    later = ("preprocessor", "start", "end")
    return tuple(
        ControlImage(
            each["kind"], each["image"], each["weight"], **{name: each[name] for name in later if name in each}
        )
        for each in values
    )


def is_stored_image_name(name: object) -> bool:
    """Return True if a value looks like the name of a stored image (a start image or mask), which consists of 64
    hexadecimal digits.
    """
    return isinstance(name, str) and re.fullmatch("[0-9a-f]{64}", name) is not None
