"""Measured values of benchmarks and evaluations."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Measurement:
    """A measured value. `goal` describes the target value, if there is one."""

    name: str
    value: float
    unit: str = ""
    goal: str = ""
