"""Access to the verdict of the engine's reproduction check."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from gdm_studio.engine.reproduction_verdict import Verdict


def run_to_verdict(events: Generator[Any, None, Verdict]) -> Verdict:
    """Run a reproduction check to its end, and return the verdict that its generator returns."""
    while True:
        try:
            next(events)
        except StopIteration as end:
            verdict: Verdict = end.value
            return verdict
