"""A lesson on diffusion: paragraphs, buttons that change one setting of the plane, and an exercise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gdm_studio.maths.path import NoiseLevel
from gdm_studio.studio.plane import PlaneRun, PlaneSettings


@dataclass(frozen=True)
class Trial:
    """A button that shows a second run, in which only the setting `name` of the plane has another value."""

    text: str
    name: str
    value: str | float


@dataclass(frozen=True)
class LiveState:
    """The plane when the user answers: the first run, the noise level at the slider, and the number that was typed."""

    run: PlaneRun
    at: NoiseLevel
    number: float | None = None


@dataclass(frozen=True)
class Exercise:
    """A question that `is_right` answers from the state of the plane.

    `asks_number` shows a field for a number. Otherwise the plane itself is the answer. `hint` follows a wrong answer.
    """

    question: str
    is_right: Callable[[LiveState], bool]
    right: str
    hint: str
    asks_number: bool = False


@dataclass(frozen=True)
class Lesson:
    """A lesson with its parts in order. The plane starts with `settings`.

    `is_forward` shows the process instead of a sampler, and `position` is that of the slider from 0 to 1.
    """

    name: str
    title: str
    settings: PlaneSettings
    parts: tuple[str | Trial, ...]
    exercise: Exercise
    is_forward: bool = False
    position: float = 1.0


def is_near(number: float | None, wanted: float, tolerance: float = 0.01) -> bool:
    """Return True if a number was typed that differs from `wanted` by no more than `tolerance`."""
    return number is not None and abs(number - wanted) <= tolerance + 1e-9
