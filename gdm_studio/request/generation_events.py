"""Events emitted by a run, the views that display its steps, and the state of the run."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

from gdm_studio.maths.noise_path import NoiseLevel, NoisePath, Step
from gdm_studio.request.generation_request import Request
from gdm_studio.request.hires import total_steps

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class Phase:
    """Event that announces an activity of a run that is not a denoising step, such as decoding.

    `note` describes a remedy that was applied to a problem, or is "".
    """

    title: str
    note: str = ""


@dataclass(frozen=True)
class StepEvent:
    """Event emitted after each denoising step of a batch. `seconds` is the duration of the step.

    `images` contains the indices of the batch's images in the request. On a GPU, `seconds` is only the time to queue
    the work, since the run does not wait for the device; the remaining time is counted where the result is first read.
    Only the sum over a run, including decoding, is exact on every device.
    """

    images: tuple[int, ...]
    # `step.x` and `step.denoised` have these images on their first axis.
    step: Step
    path: NoisePath
    seconds: float
    # The LoadedModel that computed the step, for decoding its latents.
    model: Any
    # The time of all steps of these images so far, in seconds.
    spent: float = 0.0
    # The number of steps on the path that this run did not compute, because the images were resumed.
    first: int = 0
    # The Recorder of the run's steps so far.
    record: Any = None
    # A view of each image, if views were requested.
    views: tuple[View, ...] = ()

    @property
    def index(self) -> int:
        return self.step.index

    @property
    def of(self) -> int:
        return self.step.of


@dataclass(frozen=True)
class GenerationFacts:
    """Facts about the generation of an image: device, number type, hashes of the model's files, and duration.

    `seconds` is the time of the batch for steps and decoding, divided by its number of images.
    """

    # The name of the device for display, such as "CPU · 2 threads".
    device: str
    # One of "fp32", "bf16" and "fp16".
    dtype: str
    seconds: float
    # A hash of the model's weights, or "" if it is unknown.
    model_hash: str = ""
    # The hashes returned by `fingerprint.part_hashes`, `prompt_file_hashes` and `web_ui_hashes`.
    parts: Mapping[str, str] = field(default_factory=dict, hash=False)

    def note(self) -> dict[str, str]:
        """Return the device, duration and file hashes as metadata entries for the image's file."""
        facts = {"device": self.device, "dtype": self.dtype, "seconds": f"{self.seconds:.3g}"}
        facts |= {"model_hash": self.model_hash} if self.model_hash else {}
        return facts | dict(self.parts)


@dataclass(frozen=True)
class Result:
    """A generated image and the request that reproduces it. `rgba` is straight-alpha RGBA or RGB uint8 of shape
    (height, width, channels).
    """

    image: int
    # The request with count 1, the seed of this image, and a definite size.
    request: Request
    rgba: np.ndarray
    # The number of the last step if the run was stopped early; 0 for a finished image.
    stopped_at: int = 0
    # The circumstances of its generation, or None if they are unknown.
    made: GenerationFacts | None = None
    # The step log of the image; empty if its steps were not recorded.
    steps: bytes = b""


@dataclass(frozen=True)
class View:
    """Preview of one denoising step of one image: the predicted image, the noisy image and the noise.

    The images are read-only uint8 RGBA arrays (height, width, 4).
    """

    image: int
    # The number of the step, from 1 to `of`, counted from the start of the run.
    index: int
    of: int
    at: NoiseLevel
    # The time of the step divided by the number of images in the batch.
    ms: float
    predicted: np.ndarray
    noisy: np.ndarray
    # The noise that is left in the noisy image, decoded linearly. It is `noisy` itself if the noise was not drawn yet.
    noise: np.ndarray
    # True if `predicted` was decoded by the model's decoder, False for a linear approximation.
    decoded: bool

    @property
    def has_noise(self) -> bool:
        return self.noise is not self.noisy


@dataclass(frozen=True)
class Progress:
    """Event for a denoising step that a worker process has computed, with preview images instead of tensors.

    Workers on other computers also send the tensors, as the event `full`, whose model is None because the model is not
    loaded in this process.
    """

    images: tuple[int, ...]
    index: int
    of: int
    path: NoisePath
    seconds: float
    first: int = 0
    # A view of each image, if views were requested.
    views: tuple[View, ...] = ()
    full: StepEvent | None = None


Event = Phase | StepEvent | Progress | Result


class NewSteps:
    """Filter of the steps of a run that were not reported before. After a lost connection, the events of all steps are
    repeated, and images that start again repeat their first steps.
    """

    def __init__(self) -> None:
        # Number of the last reported step, by image.
        self._last_step_numbers: dict[int, int] = {}

    def images(self, event: StepEvent | Progress) -> tuple[int, ...]:
        """Return the images of an event for which this step was not reported before."""
        index = event.step.index if isinstance(event, StepEvent) else event.index
        new = tuple(image for image in event.images if index > self._last_step_numbers.get(image, 0))
        self._last_step_numbers.update(dict.fromkeys(new, index))
        return new


class State(Enum):
    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"

    @property
    def ended(self) -> bool:
        """True if the run is finished, stopped or failed."""
        return self in (State.DONE, State.STOPPED, State.FAILED)


@dataclass
class Run:
    """State of a request whose images are being generated. The job that runs the request writes all fields except
    `kept`.

    Its lists only grow. `views[image]` contains one View per step. A View is replaced at most once, by its decoded
    version or, at the last step, by the finished image, and `revision` counts these replacements. A saved result may be
    replaced by a copy without its steps.
    """

    request: Request
    id: str = field(default_factory=lambda: secrets.token_hex(16))
    created: float = field(default_factory=time.time)
    state: State = State.QUEUED
    phase: str = ""
    notes: list[str] = field(default_factory=list)
    # The part of the noise path that this run computes.
    path: NoisePath = ()
    # The number of steps on the whole path before this part (StepEvent.first).
    first: int = 0
    views: list[list[View]] = field(default_factory=list)
    results: list[Result] = field(default_factory=list)
    # The gallery id of each saved image, by the image's index.
    kept: dict[int, str] = field(default_factory=dict)
    # The gallery ids of images that an earlier run has generated, and that are not generated again, by image index.
    before: dict[int, str] = field(default_factory=dict)
    revision: int = 0
    error: BaseException | None = None

    def __post_init__(self) -> None:
        self.views = self.views or [[] for _ in range(self.request.count)]

    @property
    def made(self) -> set[int]:
        """Indices of the finished images of this run's request, including images that are already saved."""
        return {*self.before, *self.kept, *(result.image for result in self.results)}

    @property
    def lead(self) -> int:
        """Number of steps that a branch shares with its parent, before the branch point. Progress displays add it to
        the run's own steps. It is 0 without a branch.
        """
        return self.request.branch.step if self.request.branch else 0

    @property
    def steps_done(self) -> int:
        """Number of denoising steps that have been computed in this run, summed over all images."""
        return sum(len(views) for views in self.views)

    @property
    def steps(self) -> int:
        """Number of denoising steps of each image in this run."""
        return len(self.path) - 1 if self.path else total_steps(self.request)

    @property
    def steps_total(self) -> int:
        return self.request.count * self.steps
