"""What happens while pictures are made: the events of a run, what the window sees of a step, the run itself."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

from gdm_studio.maths.path import Path, Point, Step
from gdm_studio.request import Request

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class Phase:
    """Work that is not a denoising step: "loading the model", "decoding"; `note` for a remedy that was taken."""

    title: str
    note: str = ""


@dataclass(frozen=True)
class Advance:
    """One denoising step of the pictures `images` (indices in the request), made together in `seconds`.

    A GPU is not waited for: there they are what the step took to hand over, and its work shows in whoever looks at it
    first. The sum over a run, decoding included, is true anywhere.
    """

    images: tuple[int, ...]
    step: Step  # step.x and step.denoised have these pictures on their first axis
    path: Path
    seconds: float
    model: Any  # the LoadedModel that made it, for whoever wants to look at the latents
    spent: float = 0.0  # seconds of all their steps so far
    first: int = 0  # steps of the path that were not made in this run: its pictures began further on
    record: Any = None  # the Recorder that keeps the steps so far

    @property
    def index(self) -> int:
        return self.step.index

    @property
    def of(self) -> int:
        return self.step.of


@dataclass(frozen=True)
class Made:
    """What a picture was made with; `seconds` are those of its steps and its decoding, its share of the batch."""

    device: str  # in words: "CPU · 2 threads"
    dtype: str  # "fp32", "bf16" or "fp16"
    seconds: float
    model_hash: str = ""  # of its weights; "" where it is not known
    parts: Mapping[str, str] = field(default_factory=dict, hash=False)  # as fingerprint.of_parts, of_texts, for_others

    def note(self) -> dict[str, str]:
        """As a picture's file carries it."""
        facts = {"device": self.device, "dtype": self.dtype, "seconds": f"{self.seconds:.3g}"}
        facts |= {"model_hash": self.model_hash} if self.model_hash else {}
        return facts | dict(self.parts)


@dataclass(frozen=True)
class Result:
    """A picture: straight-alpha RGBA or RGB uint8 of shape (height, width, channels), and what makes it again."""

    image: int
    request: Request  # count 1, the picture's own seed, its true size
    rgba: np.ndarray
    stopped_at: int = 0  # the step it was kept at when the run was stopped before its end; 0 for a finished one
    made: Made | None = None  # None where it is not known
    steps: bytes = b""  # its trajectory: how it came about, step by step; empty where it was not kept


@dataclass(frozen=True)
class View:
    """All that the window reads of a step of one picture: read-only uint8 RGBA arrays (height, width, 4)."""

    image: int
    index: int  # 1 … of, counted from where the run began
    of: int
    at: Point
    ms: float  # the step's time for this picture: that of the batch, divided by its pictures
    predicted: np.ndarray
    noisy: np.ndarray
    noise: np.ndarray  # what is left of the noisy one without the predicted one, read linearly
    decoded: bool  # by the model's decoder, or by its linear preview


@dataclass(frozen=True)
class Progress:
    """One denoising step that a worker process made: what an Advance tells of it, its views in place of its tensors."""

    images: tuple[int, ...]
    index: int
    of: int
    path: Path
    seconds: float
    first: int = 0
    views: tuple[View, ...] = ()  # of each of the pictures, where they are wanted


Event = Phase | Advance | Progress | Result


class State(Enum):
    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"

    @property
    def ended(self) -> bool:
        return self in (State.DONE, State.STOPPED, State.FAILED)


@dataclass
class Run:
    """A request being carried out. The lane writes all but `kept`; readers see lists whose indices only grow.

    `views[image]` holds one View a step; an entry is replaced once by its decoded version (`revision` counts).
    A result that is in a file may be replaced by one without its steps.
    """

    request: Request
    id: str = field(default_factory=lambda: secrets.token_hex(16))
    created: float = field(default_factory=time.time)
    state: State = State.QUEUED
    phase: str = ""
    notes: list[str] = field(default_factory=list)
    path: Path = ()  # the part of it that this run goes
    first: int = 0  # steps of the whole path before that part, made by no run or by another: Advance.first
    views: list[list[View]] = field(default_factory=list)
    results: list[Result] = field(default_factory=list)
    kept: dict[int, str] = field(default_factory=dict)  # by picture, its id in the gallery
    before: tuple[int, ...] = ()  # pictures of the request that another run has made: they are not made again
    revision: int = 0
    error: BaseException | None = None

    def __post_init__(self) -> None:
        self.views = self.views or [[] for _ in range(self.request.count)]

    @property
    def made(self) -> set[int]:
        """The pictures that are finished."""
        return {*self.before, *self.kept, *(result.image for result in self.results)}

    @property
    def lead(self) -> int:
        """Steps that its pictures have from the one that they branch from: people count them too."""
        return self.request.branch.step if self.request.branch else 0

    @property
    def steps_done(self) -> int:
        """Denoising steps made so far over all pictures."""
        return sum(len(views) for views in self.views)

    @property
    def steps(self) -> int:
        """Steps that one picture takes in this run."""
        return len(self.path) - 1 if self.path else self.request.steps

    @property
    def steps_total(self) -> int:
        return self.request.count * self.steps
