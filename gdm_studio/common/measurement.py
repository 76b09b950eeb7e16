"""Measured value with its name, unit and goal, as benchmarks and evaluations report it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Measurement:
    """Result of a benchmark or an evaluation: a value with its name and unit.

    `goal` describes the target, if there is one.
    """

    name: str
    value: float
    unit: str = ""
    goal: str = ""
