"""How hard a run may work the machine, as it is set in the preferences: its threads, and rests between its steps."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TypeVar

from gdm_studio.preferences import Preferences

T = TypeVar("T")


def paced(events: Iterator[T], wanted: Preferences) -> Iterator[T]:
    """The events of a run as they come, with `threads`, and no more of the time at work than `cpu_share`."""
    from gdm_studio.engine import devices

    devices.use_threads(wanted.threads)
    began = time.perf_counter()
    for event in events:
        yield event
        if wanted.cpu_share < 1:
            time.sleep((time.perf_counter() - began) * (1 / wanted.cpu_share - 1))
        began = time.perf_counter()
