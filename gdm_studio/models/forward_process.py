"""Forward process of a model, created from its card without torch or files."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from gdm_studio.maths.noise_path import NoiseLevel, NoisePath
from gdm_studio.maths.processes import PROCESSES, Process
from gdm_studio.models.model_card import ModelCard

# Finite substitute for the infinite noise ratio of pure noise.
FAR = 1e300
# The maximum number of timesteps. The table of their noise levels is in memory, and real models have 1000.
MOST_TIMESTEPS = 1_000_000


def create_process(name: str, numbers: Mapping[str, Any]) -> Process:
    """Create the forward process `name` with the numbers in a model file. Raises LookupError, TypeError, ValueError or
    ArithmeticError if they are not usable.
    """
    if any(isinstance(value, int | float) and value > MOST_TIMESTEPS for value in numbers.values()):
        raise ValueError(f"its noise schedule has a number larger than {MOST_TIMESTEPS:,}")
    return PROCESSES[name](**numbers)


def forward_process(card: ModelCard) -> Process:
    """Create the forward process (which adds noise to images) that a model card specifies."""
    return PROCESSES[card.process](**card.process_numbers)


def noise_level_at(process: Process, strength: float) -> NoiseLevel:
    """Return the noise level at a fraction of the forward process's time, from 0 (least noise) to 1 (most noise)."""
    return process.at(strength * (len(process.ratios) - 1))


def start_step(process: Process, path: NoisePath, strength: float) -> int:
    """Return the number of steps that a run skips when it starts from an image instead of pure noise.

    This is the index of the noise level in `path` that is closest, by the logarithm of its noise ratio, to the one for
    `strength` (0 … 1).
    """
    wanted = math.log(min(noise_level_at(process, strength).ratio, FAR))
    return min(range(len(path) - 1), key=lambda index: abs(math.log(min(path[index].ratio, FAR)) - wanted))
