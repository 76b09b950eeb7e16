"""A worker of a cluster without a model: it paints each image in a colour that depends on the image's request."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path

import numpy as np

from gdm_studio.jobs.ray.cluster_workers import Answer, Assignment, Lack, Refusal, Worker
from gdm_studio.request.generation_events import GenerationFacts, Result
from gdm_studio.request.generation_request import Request

SIDE = 8


def pixels(request: Request) -> np.ndarray:
    """Return the image that a stub worker paints for a request: one colour, RGBA uint8 (SIDE, SIDE, 4)."""
    colour = np.frombuffer(bytes.fromhex(request.digest()[:6]) + b"\xff", np.uint8)
    return np.tile(colour, (SIDE, SIDE, 1))


class StubWorker(Worker):
    """Cluster worker of tests that paints images of one colour without a model.

    It sleeps for `SECONDS` on each line of prompts; a subclass may change the time.
    """

    SECONDS = 0.0

    def __init__(self, threads: int, has_gpu: bool) -> None:
        pass

    def start(self, version: str) -> Refusal | None:
        return None

    def generate(self, work: Assignment) -> Answer:
        time.sleep(self.SECONDS)
        requests = [(image, work.request.picture(image)) for image in work.images]
        made = GenerationFacts("stub", "fp32", 0.0)
        return [Result(image, request, pixels(request), made=made) for image, request in requests]


class SlowStubWorker(StubWorker):
    """Cluster worker of tests that is slow enough to be killed while it works on a line of prompts."""

    SECONDS = 0.2


class BriskStubWorker(StubWorker):
    """Cluster worker of tests that is fast enough to get several lines of prompts at a time, and slow enough to be
    killed while it works on them.
    """

    SECONDS = 0.05


class FragileWorker(StubWorker):
    """Cluster worker of tests whose process crashes at certain prompts.

    At "crash FOLDER" it crashes if FOLDER does not exist yet, and at "poison" always.
    """

    def generate(self, work: Assignment) -> Answer:
        word, _, folder = work.request.prompt.partition(" ")
        if word == "poison" or (word == "crash" and not Path(folder).exists()):
            if folder:
                Path(folder).mkdir()
            os._exit(1)
        return super().generate(work)


class ForgetfulWorker(StubWorker):
    """Cluster worker of tests that reports a missing model at the prompt "rare FILE".

    Only the worker that was the first to create FILE has the model. It waits until another worker has reported the
    model as missing.
    """

    # The file that this worker has created.
    _owned = ""

    def generate(self, work: Assignment) -> Answer:
        _, _, name = work.request.prompt.partition(" ")
        if name:
            other = Path(f"{name}.other")
            with suppress(FileExistsError), open(name, "x") as file:
                self._owned = file.name
            if self._owned != name:
                other.touch()
                return Lack(work.files, "The cluster's computer x lacks the model.")
            while not other.exists():
                time.sleep(0.01)
        return super().generate(work)


class PoorWorker(StubWorker):
    """Cluster worker of tests on a computer without models."""

    def generate(self, work: Assignment) -> Answer:
        return Lack(work.files, "The cluster's computer x lacks the model.")


class UnsuitableWorker(StubWorker):
    """Cluster worker of tests on a computer with another version of the program, so that it refuses to start."""

    def start(self, version: str) -> Refusal | None:
        return Refusal("The cluster's computer x has GDM Studio 0.0.1.")
