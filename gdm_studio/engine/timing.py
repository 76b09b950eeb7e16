"""How long things take that come one by one."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")


def timed(things: Iterable[T]) -> Iterator[tuple[T, float]]:
    """Each with the seconds that it took to come, not those that it was held."""
    began = time.perf_counter()
    for thing in things:
        yield thing, time.perf_counter() - began
        began = time.perf_counter()
