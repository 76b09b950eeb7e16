"""Drill of randomly dropped ssh connections: every image arrives once, with the same bytes as on this computer.

No received step is computed again.

    python -m tests.drills.ssh --count 100

The other computer is this one, behind an ssh server on the loopback interface, with a home of its own. At random steps
of runs of several images, a process of the connection is ended by `kill -9`, or stopped so that it sends nothing: the
ssh client, the server's session, or the worker.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import sys
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from gdm_studio import preferences
from gdm_studio.common import paths
from gdm_studio.jobs.executor import Executor
from gdm_studio.jobs.job import Job
from gdm_studio.jobs.workers import ssh
from gdm_studio.jobs.workers.work_items import WorkItem, generate_here
from gdm_studio.jobs.workers.worker_main import AHEAD
from gdm_studio.models.model_library import Library
from gdm_studio.request.generation_events import Progress, Result
from gdm_studio.request.generation_request import Request
from tests.drills.home import temporary_home
from tests.helpers import tiny_model
from tests.helpers.process_tree import descendants
from tests.helpers.ssh_server import HOST, SshServer, ssh_server

STEPS = 60
COUNT = 2
WAYS = ("client", "session", "worker", "silence")
# Chance of a drop at each step.
CHANCE = 0.08


@dataclass
class Report:
    drops: Counter[str] = field(default_factory=Counter)
    images: int = 0
    seconds: float = 0.0
    # Steps that the network computed, beyond those of an undisturbed run.
    repeated: int = 0

    def __str__(self) -> str:
        ways = ", ".join(f"{count} {way}" for way, count in sorted(self.drops.items()))
        made = f"{self.images} images of {STEPS} steps with equal bytes, {self.repeated} steps computed again"
        return f"{self.drops.total()} drops ({ways}) in {self.seconds:.0f} s: {made}"


def drill(count: int, seed: int, home: Path, *, ways: Sequence[str] = WAYS) -> Report:
    """Drop `count` connections in the given ways. Raises AssertionError if an image is lost, wrong or made twice."""
    rng, report, started = random.Random(seed), Report(), time.monotonic()
    tiny_model.write(paths.models_dir() / tiny_model.NAME)
    with ssh_server(home / "server") as server:
        shutil.copytree(paths.models_dir(), server.home / "data" / "models")
        before = os.environ.get("GDM_STUDIO_SSH")
        os.environ["GDM_STUDIO_SSH"] = server.command
        preferences.change({"remote_program": server.program})
        try:
            while report.drops.total() < count:
                _run(rng, report, server, count, ways)
        finally:
            os.environ.pop("GDM_STUDIO_SSH") if before is None else os.environ.update(GDM_STUDIO_SSH=before)
    report.seconds = time.monotonic() - started
    return report


def _run(rng: random.Random, report: Report, server: SshServer, count: int, ways: Sequence[str]) -> None:
    """Generate the images of one request while connections are dropped, and compare them."""
    sampler = rng.choice(("euler_a", "dpmpp_2m", "ddim"))
    seed = rng.randrange(10**6)
    request = Request(model="tiny", prompt="a red fox", seed=seed, count=COUNT, steps=STEPS, sampler=sampler)
    seconds: dict[tuple[int, int], set[float]] = {}
    made: dict[int, Result] = {}
    library = Library()
    job = Job(replace(request, device=f"ssh:{HOST}/cpu"))
    with closing(Executor(library)) as executor, closing(executor.run(job, previews=0.25)) as events:
        for event in events:
            if isinstance(event, Result):
                assert event.image not in made, "an image was made twice"
                made[event.image] = event
            elif isinstance(event, Progress):
                is_new = (event.images[0], event.index) not in seconds
                for image in event.images:
                    seconds.setdefault((image, event.index), set()).add(event.seconds)
                # A run that is dropped again and again before its next step waits longer each time.
                if is_new and report.drops.total() < count and rng.random() < CHANCE:
                    report.drops[_drop(rng.choice(list(ways)), executor, server)] += 1
    here = [event for event in generate_here([WorkItem.of(replace(request, device="cpu"))], library)]
    wanted = {event.image: event for event in here if isinstance(event, Result)}
    assert made.keys() == wanted.keys(), "an image is missing"
    for image, result in made.items():
        assert np.array_equal(result.rgba, wanted[image].rgba) and result.request == wanted[image].request
    report.images += len(made)
    # A step that is only sent again has exactly the time of its first computation.
    report.repeated += sum(len(times) - 1 for times in seconds.values())
    assert report.repeated <= AHEAD * COUNT * report.drops.total(), f"{report.repeated} steps were computed again"


def _drop(way: str, executor: Executor, server: SshServer) -> str:
    """Break the connection in one of WAYS and return that way."""
    assert executor._pool is not None
    client = executor._pool.workers[0].pid
    sessions = server.sessions()
    workers = [pid for session in sessions for pid in descendants(session) if b"worker" in _command(pid)]
    victims = {"client": [client], "session": sessions, "worker": workers, "silence": workers}[way]
    for pid in victims:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGSTOP if way == "silence" else signal.SIGKILL)
    return way


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=100, help="drops in all")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    # A silent worker is noticed sooner, so that the drill does not take an hour.
    ssh.SECONDS_OF_DELAY = 4.0
    with temporary_home("ssh") as home:
        print(drill(asked.count, asked.seed, home))
    return 0


if __name__ == "__main__":
    sys.exit(main())
