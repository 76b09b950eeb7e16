"""The forward process of a model, known from its card: neither torch nor a file is needed."""

from __future__ import annotations

import math

from gdm_studio.maths.path import Path, Point
from gdm_studio.maths.processes import PROCESSES, Process
from gdm_studio.models.card import ModelCard

FAR = 1e300  # stands for the infinite ratio of a point without any picture


def process_of(card: ModelCard) -> Process:
    """The process the card names, made with its numbers."""
    return PROCESSES[card.process](**card.process_numbers)


def point_at(process: Process, strength: float) -> Point:
    """The point at this share of the process's time: 0 the least noise it knows, 1 the most."""
    return process.at(strength * (len(process.ratios) - 1))


def start_of(process: Process, path: Path, strength: float) -> int:
    """The point of `path` nearest in log ratio to where a picture stands at that strength: how many steps it skips."""
    wanted = math.log(min(point_at(process, strength).ratio, FAR))
    return min(range(len(path) - 1), key=lambda index: abs(math.log(min(path[index].ratio, FAR)) - wanted))
