"""A worker of a cluster without a model: it paints each image in a colour that depends on the image's request."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path

import numpy as np

from gdm_studio.jobs.cluster import Answer, Assignment, Lack, Refusal
from gdm_studio.request.events import ImageEvent, Result
from gdm_studio.request.request import Request

SIDE = 8


def pixels(request: Request) -> np.ndarray:
    """Return the pixels of an image that a stub worker paints: RGBA uint8 (SIDE, SIDE, 4)."""
    colour = np.frombuffer(bytes.fromhex(request.digest()[:6]) + b"\xff", np.uint8)
    return np.tile(colour, (SIDE, SIDE, 1))


class StubWorker:
    """A worker that sleeps for `SECONDS` per line, which a subclass may change."""

    SECONDS = 0.0

    def __init__(self, threads: int, has_gpu: bool) -> None:
        pass

    def start(self, version: str) -> Refusal | None:
        return None

    def generate(self, work: Assignment) -> Answer:
        time.sleep(self.SECONDS)
        requests = [(image, work.request.picture(image)) for image in work.images]
        made = ImageEvent("stub", "fp32", 0.0)
        return [Result(image, request, pixels(request), made=made) for image, request in requests]


class SlowStubWorker(StubWorker):
    """A worker that takes long enough to be killed in the middle of a line."""

    SECONDS = 0.2


class FragileWorker(StubWorker):
    """A worker whose process ends at the prompt "crash FOLDER" if FOLDER does not exist yet, and always at "poison"."""

    def generate(self, work: Assignment) -> Answer:
        word, _, folder = work.request.prompt.partition(" ")
        if word == "poison" or (word == "crash" and not Path(folder).exists()):
            if folder:
                Path(folder).mkdir()
            os._exit(1)
        return super().generate(work)


class ForgetfulWorker(StubWorker):
    """A worker that lacks the model at the prompt "rare FILE", unless it was the first to create FILE.

    The first worker waits until another one has lacked the model.
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
    """A worker on a computer without models."""

    def generate(self, work: Assignment) -> Answer:
        return Lack(work.files, "The cluster's computer x lacks the model.")


class UnsuitableWorker(StubWorker):
    """A worker on a computer with another version of the program."""

    def start(self, version: str) -> Refusal | None:
        return Refusal("The cluster's computer x has GDM Studio 0.0.1.")
