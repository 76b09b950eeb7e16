"""What keeping the steps of a picture costs, and what having them back does."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator

from gdm_studio.engine import trajectory
from gdm_studio.engine.generate import generate
from gdm_studio.engine.recording import Recorder
from gdm_studio.figure import Figure
from gdm_studio.models.library import Library
from gdm_studio.preferences import Preferences
from gdm_studio.request import Request
from gdm_studio.run import Advance, Result

ROUNDS = 5


def recording(library: Library, request: Request) -> Iterator[Figure]:
    """Bytes and time of the steps of one picture; the recorder is timed alone, over the very steps of a run."""
    list(generate(request, library))
    budget = Preferences().steps_budget
    shares, recalled, data = [], [], b""
    for _ in range(ROUNDS):
        events = list(generate(request, library, steps_budget=budget))
        steps = [event for event in events if isinstance(event, Advance)]
        (result,) = (event for event in events if isinstance(event, Result))
        assert result.made is not None
        recorder = Recorder(steps[0].model, request, (0,), steps[0].record.start, budget=budget)
        began = time.perf_counter()
        for advance in steps:
            recorder.add(advance.step)
        data = recorder.to_bytes(0)
        shares.append((time.perf_counter() - began) / result.made.seconds)
        began = time.perf_counter()
        kept = trajectory.load(data)
        for index in kept.indices:
            kept.step(index, library)
        recalled.append(time.perf_counter() - began)
    yield Figure(f"steps of a picture of {request.steps}", len(data) / 1000, "KB", "≤ 400")
    yield Figure("keeping them", statistics.median(shares), "of its time", "≤ 0.03")
    yield Figure("having all of them back", 1000 * statistics.median(recalled), "ms")
