"""Shifts of the noise schedules of diffusion transformers, by image size and number of steps."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from gdm_studio.maths.processes import (
    flux1_shift,
    flux2_shift,
    ideogram4_shift,
    krea2_shift,
    qwen_image_shift,
    timesteps_for,
)

# Shifts that depend on the run, by name: functions (number of image tokens, number of steps) -> shift.
SHIFTS: Mapping[str, Callable[[int, int], float]] = {
    "FLUX.1": lambda tokens, steps: flux1_shift(tokens),
    "FLUX.2": flux2_shift,
    "Ideogram 4": lambda tokens, steps: ideogram4_shift(tokens),
    "Krea 2": lambda tokens, steps: krea2_shift(tokens),
    "Qwen-Image": lambda tokens, steps: qwen_image_shift(tokens),
}
# The time of the last noise level of a run, to which its times are stretched.
TERMINALS: Mapping[str, float] = {"Qwen-Image": 0.02}
# Name of the shift that is the same in every run.
CONSTANT = "constant"
# Side in pixels of the square that one token of a transformer represents.
TOKEN = 16
_LINEAR = "linear"
# Largest shift of a line. At far smaller ones, all steps but the last already have nearly the time 1.
LARGEST_SHIFT = 1e9


@dataclass(frozen=True)
class LinearShift:
    """Shift of a schedule that a model's files state: it, or its logarithm, is a linear function of the number of image
    tokens. The name contains all numbers.
    """

    # The function at the two numbers of tokens.
    first: float
    last: float
    first_tokens: float
    last_tokens: float
    # True if the function is the logarithm of the shift.
    is_exponential: bool = True
    # The time of the last noise level, to which the times are stretched, or 0.
    terminal: float = 0.0

    @property
    def name(self) -> str:
        numbers = self.first, self.last, self.first_tokens, self.last_tokens, self.is_exponential, self.terminal
        return " ".join([_LINEAR, *(repr(float(number)) for number in numbers)])

    def at(self, tokens: float) -> float:
        """Return the shift for a number of image tokens, from 1 / LARGEST_SHIFT to LARGEST_SHIFT."""
        slope = (self.last - self.first) / (self.last_tokens - self.first_tokens)
        value = self.first + slope * (tokens - self.first_tokens)
        if self.is_exponential:
            limit = math.log(LARGEST_SHIFT)
            return math.exp(min(max(value, -limit), limit))
        return min(max(value, 1 / LARGEST_SHIFT), LARGEST_SHIFT)


FLUX_1_LINE = LinearShift(0.5, 1.15, 256, 4096)
KREA_2_LINE = LinearShift(0.5, 1.15, 256, 6400)
QWEN_IMAGE_LINE = LinearShift(0.5, 0.9, 256, 8192, terminal=0.02)


def flow_numbers(shift: str, numbers: Mapping[str, Any], size: tuple[int, int], steps: int) -> dict[str, Any]:
    """Return the arguments of the flow-matching process for an image size (width, height) and a number of steps.

    `numbers` are the arguments shared by all runs. `shift` is a key of SHIFTS, the name of a LinearShift, or CONSTANT
    for the shift in `numbers`.
    The number of timesteps is chosen so that the times of the steps can be represented exactly.
    """
    found = {**numbers, "timesteps": timesteps_for(steps)}
    tokens, terminal = size[0] * size[1] // TOKEN**2, TERMINALS.get(shift, 0.0)
    if shift in SHIFTS:
        found["shift"] = SHIFTS[shift](tokens, steps)
    elif shift.startswith(_LINEAR):
        line = _parse_linear(shift)
        found["shift"], terminal = line.at(tokens), line.terminal
    # The last time of a run, before it is shifted.
    last = 1 / max(steps, 2)
    if terminal:
        found |= {"first": last, "terminal": terminal}
    elif "curve" in numbers and "first" not in numbers:
        found["curve_first"] = last
    return found


def _parse_linear(name: str) -> LinearShift:
    first, last, first_tokens, last_tokens, is_exponential, terminal = map(float, name.split()[1:])
    return LinearShift(first, last, first_tokens, last_tokens, bool(is_exponential), terminal)
