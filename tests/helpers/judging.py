"""Whether a picture could be made again, as the engine judges it."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from gdm_studio.engine.reproduce import Verdict


def returned(events: Generator[Any, None, Verdict]) -> Verdict:
    """What they end with, once all have come."""
    while True:
        try:
            next(events)
        except StopIteration as end:
            verdict: Verdict = end.value
            return verdict
