"""Drill of engines that are killed at random moments: the window stays open, and every image comes once, with the same
bits.

    python -m tests.drills.engine --count 200

The real window runs a queue of 20 images again and again. At random moments the engine's process is ended by `kill -9`,
also while it starts; every twentieth time it is stopped, so that it sends nothing. An image whose engine has ended
twice at the same step is tried again, as by a click on its notice.
"""

from __future__ import annotations

import argparse
import asyncio
import math
import os
import random
import signal
import sys
import time
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace

import numpy as np

from gdm_studio.common import paths
from gdm_studio.common.image_file import read_rgba
from gdm_studio.gallery import Gallery
from gdm_studio.jobs.queue import ItemState
from gdm_studio.jobs.workers import process_start
from gdm_studio.jobs.workers.engine_process import ProcessEngine
from gdm_studio.jobs.workers.work_items import WorkItem, generate_here
from gdm_studio.models.model_library import Library
from gdm_studio.request.generation_events import Result
from gdm_studio.request.generation_request import Request
from gdm_studio.studio.window_calls import find_devices
from gdm_studio.ui.shell.window import Window
from tests.drills.home import temporary_home
from tests.helpers import tiny_model
from tests.helpers.window import run_in_window

IMAGES = 20
REQUEST = Request(model="tiny", prompt="a red fox", steps=150, device="cpu")
# Maximum time between two kills, as a multiple of the time that an engine takes to start.
STARTS = 1.5
# Maximum seconds for one image.
PATIENCE = 300.0


@dataclass
class Report:
    kills: int = 0
    stops: int = 0
    retries: int = 0
    images: int = 0
    seconds: float = 0.0
    problems: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        found = "; ".join(self.problems) or f"{self.images} images, once each, with equal bits"
        ended = f"{self.kills} engines killed and {self.stops} stopped, {self.retries} images tried again"
        return f"{ended}: {found} ({self.seconds:.0f} s)"


def drill(count: int, seed: int, seconds: float = math.inf, images: int = IMAGES, asked: Request = REQUEST) -> Report:
    """End `count` engines, or as many as `seconds` allow, while the window works on its queue. Compare the images of
    the gallery.
    """
    tiny_model.write(paths.models_dir() / tiny_model.NAME)
    report, rng, started = Report(), random.Random(seed), time.monotonic()
    first_seed = 1000

    async def play(window: Window) -> None:
        nonlocal first_seed
        engine = window.engine
        assert engine is not None
        begun = time.monotonic()
        window.worker.free_memory()
        await window.worker.call(find_devices)
        starting = time.monotonic() - begun
        while True:
            expected = first_seed - 1000 + images
            for number in range(images):
                request = replace(asked, seed=first_seed + number)
                await window.backlog.ask(lambda queue, request=request: queue.add(request))
            first_seed += images
            await window.generation.start_next()
            killing = asyncio.ensure_future(_kill(engine, count, rng, report, STARTS * starting, started + seconds))
            end = time.monotonic() + images * PATIENCE
            while window.gallery.panel_model.rowCount() < expected and time.monotonic() < end:
                for item in list(window.backlog.items):
                    if item.state is ItemState.FAILED:
                        report.retries += 1
                        await window.generation.retry(item.id)
                await asyncio.sleep(0.2)
            killing.cancel()
            with suppress(asyncio.CancelledError):
                await killing
            is_over = report.kills + report.stops >= count or time.monotonic() - started >= seconds
            if is_over or window.gallery.panel_model.rowCount() != expected:
                return

    engine_process = process_start.start_engine()
    run_in_window(play, library=Library(), engine_process=engine_process, seconds=60 + count * 60 + images * PATIENCE)
    _check(first_seed - 1000, report, asked)
    report.seconds = time.monotonic() - started
    return report


async def _kill(
    engine: ProcessEngine, count: int, rng: random.Random, report: Report, most: float, until: float
) -> None:
    while report.kills + report.stops < count and time.monotonic() < until:
        await asyncio.sleep(rng.uniform(0, most))
        is_stop = rng.random() < 0.05
        if not engine.pid:
            # The next engine is being started.
            continue
        with suppress(ProcessLookupError):
            os.kill(engine.pid, signal.SIGSTOP if is_stop else signal.SIGKILL)
            report.kills += not is_stop
            report.stops += is_stop


def _check(count: int, report: Report, asked: Request) -> None:
    """Compare the images of the gallery with those that this process generates."""
    with closing(Gallery.open()) as gallery:
        pictures = gallery.page(limit=100_000)
        found = {picture.request.seed: picture for picture in pictures}
        report.images = len(pictures)
    if report.images != count or len(found) != count:
        report.problems.append(f"{report.images} images of {len(found)} seeds instead of {count}")
    library = Library()
    for seed, picture in found.items():
        events = generate_here([WorkItem.of(replace(asked, seed=seed))], library)
        (result,) = [event for event in events if isinstance(event, Result)]
        if not np.array_equal(np.asarray(read_rgba(picture.path)), result.rgba):
            report.problems.append(f"the image of seed {seed} has other bits")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=200, help="engines to end (default: 200)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--minutes", type=float, default=math.inf, help="time after which no engine is ended")
    args = parser.parse_args()
    with temporary_home("engine"):
        report = drill(args.count, args.seed, 60 * args.minutes)
        print(report, flush=True)
        if report.problems:
            raise SystemExit(1)
    return 0


if __name__ == "__main__":
    sys.exit(main())
