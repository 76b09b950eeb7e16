"""A gateway to a cluster that needs no Ray: it paints images like `stub_worker`, with room for ROOM shares.

It has the model of `gaussian_model`. An argument of its command replaces SECONDS_IDLE.

The address "unreachable:1" is refused, and any other one once if there is the file that the environment variable AWAY
names. The prompt "lost" reports a lost computer. "crash FILE" ends the gateway unless FILE exists, and "rejoin FILE"
ends it once and creates FILE.
"""

from __future__ import annotations

import os
import sys
from collections import deque
from collections.abc import Iterator
from pathlib import Path

import pytest

from gdm_studio.common.errors import DeviceError, ModelError, StudioError
from gdm_studio.jobs.prompt_batch import Callbacks, LineEvent, PromptLine
from gdm_studio.jobs.ray import cluster_pool, gateway
from gdm_studio.models.model_library import Library
from gdm_studio.request.generation_events import GenerationFacts, Result
from tests.helpers.gaussian_model import GaussianLibrary
from tests.helpers.stub_worker import pixels

ROOM = 2
AWAY = "GDM_STUDIO_TEST_AWAY"


def use(monkeypatch: pytest.MonkeyPatch, *idle: float) -> list[cluster_pool.GatewayProcess]:
    """Let the program start this gateway to a simulated cluster instead of the real one. Return the list to which each
    started gateway is added. `idle` replaces SECONDS_IDLE of the first gateways.
    """
    started: list[cluster_pool.GatewayProcess] = []

    def command(self: cluster_pool.GatewayProcess, sharing: int) -> list[str]:
        seconds = idle[len(started) : len(started) + 1]
        started.append(self)
        return [sys.executable, "-P", "-m", "tests.helpers.stub_gateway", *map(str, seconds)]

    monkeypatch.setattr(cluster_pool.GatewayProcess, "_build_command", command)
    return started


class StubCluster:
    """Simulated cluster that takes the place of `Cluster` and needs no Ray."""

    def __init__(self, address: str, library: Library) -> None:
        if not address:
            raise DeviceError("No cluster is set up.")
        away = os.environ.get(AWAY, "")
        if away and Path(away).exists():
            Path(away).unlink()
            raise StudioError("The cluster cannot be reached.")
        if address == "unreachable:1":
            raise StudioError(f"The cluster at {address!r} cannot be reached.")
        self._waiting: deque[PromptLine] = deque()

    def __enter__(self) -> StubCluster:
        return self

    def __exit__(self, *failure: object) -> None: ...

    worker_count = 1

    @property
    def room(self) -> int:
        return ROOM - len(self._waiting)

    @property
    def is_busy(self) -> bool:
        return bool(self._waiting)

    def submit(self, line: PromptLine) -> None:
        self._waiting.append(line)
        assert len(self._waiting) <= ROOM

    def discard(self, number: int) -> None:
        self._waiting = deque(line for line in self._waiting if line.number != number)

    def advance(self, callbacks: Callbacks, seconds: float) -> Iterator[LineEvent]:
        if not self._waiting:
            return
        line = self._waiting.popleft()
        word, _, file = line.request.prompt.partition(" ")
        if word == "lost":
            callbacks.note("The cluster has lost its computer x.")
        if word == "poison":
            yield line, ModelError("The cluster's computer x lacks the model.")
            return
        if word == "rejoin" and not Path(f"{file}.once").exists():
            # The computer of the gateway leaves the cluster, and is not back at once.
            Path(f"{file}.once").touch()
            Path(file).touch()
            os._exit(1)
        if word == "crash" and not Path(file).exists():
            Path(file).touch()
            os._exit(1)
        for image in line.images:
            request = line.request.picture(image)
            yield line, Result(image, request, pixels(request), made=GenerationFacts("stub", "fp32", 0.0))


if __name__ == "__main__":
    gateway.Library = GaussianLibrary  # type: ignore[assignment,misc]
    gateway.Cluster = StubCluster  # type: ignore[assignment,misc]
    if sys.argv[1:]:
        gateway.SECONDS_IDLE = float(sys.argv[1])
    sys.exit(gateway.main())
