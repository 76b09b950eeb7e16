"""Compact step history of an image. Every step can be viewed, resumed or branched from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path as File

from gdm_studio.common import atomic_files
from gdm_studio.common.errors import BadRequest, StorageError
from gdm_studio.denoising_steps import file_format
from gdm_studio.denoising_steps.saved_step import SavedStep, row_taker
from gdm_studio.denoising_steps.step_log import READ_ERRORS, Entry, StepLog, digest_of
from gdm_studio.engine.generation_loop import denoise_pipeline
from gdm_studio.engine.guided_denoiser import replay
from gdm_studio.engine.initial_state import state_after_step
from gdm_studio.engine.pipeline import Pipeline
from gdm_studio.maths.noise_path import NoisePath, Step
from gdm_studio.models.forward_process import forward_process
from gdm_studio.models.memory import devices
from gdm_studio.models.model_library import Library, load_for_request, with_recorded_weights
from gdm_studio.request.generation_request import Request

SUFFIX = ".steps"


@dataclass
class Trajectory:
    """Recorded denoising steps of a single image, which can be viewed, resumed or branched from.

    A step stored as a prediction is recomputed by the sampler, without the network. A step stored only as a digest is
    recomputed with the network, from the last full step before it.
    """

    log: StepLog
    _recomputed_steps: dict[int, Step] = field(default_factory=dict, init=False)

    @property
    def request(self) -> Request:
        return self.log.request

    @property
    def path(self) -> NoisePath:
        return self.log.path

    @property
    def first(self) -> int:
        """Number of the step at which the recording starts. It is 0, unless the run started from an image or a branch
        and skipped earlier steps.
        """
        return self.log.start.index

    @property
    def last(self) -> int:
        """Number of the last recorded denoising step, which is less than the planned number if the run was stopped."""
        return self.log.entries[-1].index

    @property
    def indices(self) -> range:
        """Range of the recorded step numbers, from `first` + 1 to `last`."""
        return range(self.first + 1, self.last + 1)

    @property
    def full_steps(self) -> dict[int, Step]:
        """The denoising steps that are stored with all their tensors, by step number."""
        return {entry.index: entry.step for entry in self.log.entries[1:] if entry.step is not None}

    def is_stored(self, index: int) -> bool:
        """Return True if a denoising step can be restored from the file without running the network."""
        entry = self._find_entry(index)
        return entry.step is not None or entry.prediction is not None

    def step(self, index: int, library: Library, *, exact: bool = True) -> Step:
        """Return the denoising step with the number `index`. If it is not stored in full, it is recomputed.

        With `exact`, a recomputed step is compared with the digest of the original. Raises BadRequest if there is no
        such step, or if this machine computes it differently.
        """
        if index not in self.indices:
            raise BadRequest(f"There is no step {index}; this picture has the steps {self.first + 1} to {self.last}.")
        entry = self._find_entry(index)
        if entry.step is not None:
            return entry.step
        if index not in self._recomputed_steps:
            self._recomputed_steps = self._recompute(index, library)
        step = self._recomputed_steps.get(index)
        if step is None:
            raise BadRequest(f"Step {index} cannot be restored from the saved data; use the picture itself.")
        if exact and digest_of(step) != entry.digest:
            raise BadRequest(
                f"Step {index} comes out differently here than where the picture was made; choose one of "
                f"{', '.join(map(str, self.full_steps)) or 'another picture'}."
            )
        return step

    def saved_step(self, index: int, library: Library, *, exact: bool = True) -> SavedStep:
        """Return the denoising step number `index` as a `SavedStep`, from which a run can resume or branch. Raises the
        errors of `step`.
        """
        step = self.step(index, library, exact=exact)
        return SavedStep(step, self.path, self.request, self.log.weights, self.log.parts)

    def with_exact_weights(self, library: Library) -> Trajectory:
        """Return this step history with its request changed to name exactly the model weights that were used in the
        run.

        Raises ModelError if these weights are not installed.
        """
        made_with = {**self.log.parts, "model_hash": self.log.weights}
        return Trajectory(replace(self.log, request=with_recorded_weights(library, self.request, made_with)))

    def _find_entry(self, index: int) -> Entry:
        return self.log.entries[index - self.first]

    def _recompute(self, index: int, library: Library) -> dict[int, Step]:
        """Recompute a denoising step that is not stored in full. Returns it together with the steps that had to be
        computed before it, as {step number: step}.
        """
        if self._find_entry(index).prediction is not None:
            card = library.card(self.request.model).for_request(self.request)
            return {step.index: step for step in replay(self.log, card, forward_process(card))}
        before = [step for at, step in self.full_steps.items() if at < index]
        nearest = max((self.log.start, *before), key=lambda step: step.index)
        return {step.index: step for step in _recompute_by_network(self.request, library, nearest, index)}


def load(source: bytes | File) -> Trajectory:
    """Load the step history of an image from a file or its bytes.

    Raises StorageError if the file is missing, damaged or not a steps file.
    """
    named = "The file of the steps" if isinstance(source, bytes) else str(source)
    data = source if isinstance(source, bytes) else atomic_files.read(source)
    try:
        log = file_format.read(data)
        (image,) = log.images
        if not log.path or len(log.entries) < 2:
            raise ValueError("steps are missing")
        return Trajectory(replace(log, request=log.request.picture(image), images=(0,)))
    except READ_ERRORS as error:
        sentence = f"{named} is damaged or has no steps of a picture; the picture itself can be made again."
        raise StorageError(sentence) from error


def _recompute_by_network(request: Request, library: Library, start: Step, until: int) -> Iterator[Step]:
    """Recompute the denoising steps after `start` up to number `until` with the network, and yield them."""
    device, dtype = devices.nearest_device_and_dtype(request, library.card(request.model))
    model = load_for_request(library, request, device=device, dtype=dtype)
    pipeline = Pipeline(model, model.card.checked(request), (0,))
    for step in islice(denoise_pipeline(pipeline, state_after_step(pipeline, start)), until - start.index):
        yield step.each(row_taker(0))
