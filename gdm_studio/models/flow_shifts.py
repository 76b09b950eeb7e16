"""Shifts of the noise schedules of diffusion transformers, by image size and number of steps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
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


def flow_numbers(shift: str, numbers: Mapping[str, Any], size: tuple[int, int], steps: int) -> dict[str, Any]:
    """Return the arguments of the flow-matching process for an image size (width, height) and a number of steps.

    `numbers` are the arguments shared by all runs. `shift` is a key of SHIFTS, or CONSTANT for the shift in `numbers`.
    The number of timesteps is chosen so that the times of the steps can be represented exactly.
    """
    found = {**numbers, "timesteps": timesteps_for(steps)}
    if shift in SHIFTS:
        found["shift"] = SHIFTS[shift](size[0] * size[1] // TOKEN**2, steps)
    if shift in TERMINALS:
        found |= {"first": 1 / max(steps, 2), "terminal": TERMINALS[shift]}
    return found
