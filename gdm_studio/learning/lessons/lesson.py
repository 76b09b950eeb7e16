"""Structure of a lesson on diffusion: paragraphs, buttons that change one setting of a sampler run on 2-D points, and
an exercise.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gdm_studio.learning.point_runs import PlaneRun, PlaneSettings
from gdm_studio.maths.noise_path import NoiseLevel


@dataclass(frozen=True)
class Trial:
    """Button in a lesson that shows a second run of the sampler, in which the setting `name` has a different value."""

    text: str
    name: str
    value: str | float


@dataclass(frozen=True)
class LiveState:
    """State of the Learn page for checking an answer: the first run, the noise level that the slider selects, and the
    number that the user typed.
    """

    run: PlaneRun
    at: NoiseLevel
    number: float | None = None


@dataclass(frozen=True)
class Exercise:
    """Exercise at the end of a lesson on the Learn page. The function `is_right` checks the answer.

    If `asks_number` is set, the answer is a typed number, otherwise the state of the Learn page. `hint` is shown after
    a wrong answer, unless `own_hint` returns a more specific hint for it.
    """

    question: str
    is_right: Callable[[LiveState], bool]
    right: str
    hint: str
    asks_number: bool = False
    own_hint: Callable[[LiveState], str] = lambda state: ""

    def hint_after(self, state: LiveState) -> str:
        """Return the English hint that is shown after the wrong answer `state`."""
        return self.own_hint(state) or self.hint


@dataclass(frozen=True)
class Lesson:
    """Lesson of the Learn page: paragraphs and buttons in order, and an exercise.

    Opening the lesson applies `settings` to the run in the plane. `is_forward` shows the forward process instead of a
    sampler, and `position` is the slider's position from 0 to 1.
    """

    name: str
    title: str
    settings: PlaneSettings
    parts: tuple[str | Trial, ...]
    exercise: Exercise
    is_forward: bool = False
    position: float = 1.0


def is_near(number: float | None, wanted: float, tolerance: float = 0.01) -> bool:
    """Return True if the user typed a number that differs from the right answer `wanted` by at most `tolerance`."""
    return number is not None and abs(number - wanted) <= tolerance + 1e-9
