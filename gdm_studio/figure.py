"""A measured number, as benches and evaluations give it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """`goal` says in words what the value should be, where there is a goal."""

    name: str
    value: float
    unit: str = ""
    goal: str = ""
