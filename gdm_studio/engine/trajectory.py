"""The whole way of a picture, kept in few bytes: every step of it can be looked at, gone on from and branched off."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path as File

from torch import Tensor

from gdm_studio import atomic
from gdm_studio.engine import devices, step_codec
from gdm_studio.engine.course import Course
from gdm_studio.engine.denoising import denoising, sampled
from gdm_studio.engine.starts import Start, at_step
from gdm_studio.engine.steplog import DAMAGES, Entry, StepLog, digest_of
from gdm_studio.engine.steps import SavedStep, row_taker
from gdm_studio.errors import BadRequest, StorageError
from gdm_studio.maths.path import Path, Point, Step
from gdm_studio.maths.processes import Process
from gdm_studio.models.card import ModelCard
from gdm_studio.models.library import Library, as_made, load_for
from gdm_studio.models.process import process_of
from gdm_studio.request import Request

SUFFIX = ".steps"


@dataclass
class Trajectory:
    """The steps of one picture, that of `request`, in a log of one row with its path.

    From its prediction the sampler makes a step again without the network; one of which there is but the digest is
    made again from the nearest one before.
    """

    log: StepLog
    _remade: dict[int, Step] = field(default_factory=dict, init=False)

    @property
    def request(self) -> Request:
        return self.log.request

    @property
    def path(self) -> Path:
        return self.log.path

    @property
    def first(self) -> int:
        """Steps of the path that lie before the picture's own: it began further on, or where it branched off."""
        return self.log.start.index

    @property
    def last(self) -> int:
        """The last step; less than the path has where the run was stopped."""
        return self.log.entries[-1].index

    @property
    def indices(self) -> range:
        """The steps that there are, from first + 1 to last."""
        return range(self.first + 1, self.last + 1)

    @property
    def whole(self) -> dict[int, Step]:
        """Those that nothing has to be made again for, by their numbers."""
        return {entry.index: entry.step for entry in self.log.entries[1:] if entry.step is not None}

    def is_at_hand(self, index: int) -> bool:
        """Whether the step needs no network."""
        entry = self._entry(index)
        return entry.step is not None or entry.prediction is not None

    def step(self, index: int, library: Library, *, exact: bool = True) -> Step:
        """The step after `index` of the path's: kept, or made again and compared with the digest of the original.

        Raises BadRequest where there is no such step and, with `exact`, where this machine makes another of it.
        """
        if index not in self.indices:
            raise BadRequest(f"There is no step {index}; this picture has the steps {self.first + 1} to {self.last}.")
        entry = self._entry(index)
        if entry.step is not None:
            return entry.step
        if index not in self._remade:
            self._remade = self._again(index, library)
        step = self._remade.get(index)
        if step is None:
            raise BadRequest(f"Step {index} cannot be made of what is kept of it; take the picture itself.")
        if exact and digest_of(step) != entry.digest:
            raise BadRequest(
                f"Step {index} comes out otherwise here than where the picture was made; take one of "
                f"{', '.join(map(str, self.whole)) or 'another picture'}."
            )
        return step

    def saved(self, index: int, library: Library, *, exact: bool = True) -> SavedStep:
        """The step as one to go on from or to branch off, `SavedStep.continued`; raises as `step`."""
        step = self.step(index, library, exact=exact)
        return SavedStep(step, self.path, self.request, self.log.weights, self.log.parts)

    def exactly(self, library: Library) -> Trajectory:
        """The same, its request naming the very weights that made it; raises ModelError where they are not here."""
        made_with = {**self.log.parts, "model_hash": self.log.weights}
        return Trajectory(replace(self.log, request=as_made(library, self.request, made_with)))

    def _entry(self, index: int) -> Entry:
        return self.log.entries[index - self.first]

    def _again(self, index: int, library: Library) -> dict[int, Step]:
        """That step and those that were made on the way to it."""
        if self._entry(index).prediction is not None:
            card = library.card(self.request.model)
            return {step.index: step for step in replayed(self.log, card, process_of(card))}
        before = [step for at, step in self.whole.items() if at < index]
        nearest = max((self.log.start, *before), key=lambda step: step.index)
        return {step.index: step for step in _made(self.request, library, nearest, index)}


def load(source: bytes | File) -> Trajectory:
    """The log of one picture, or a file of it; raises StorageError where it is missing, damaged or something else."""
    named = "The file of the steps" if isinstance(source, bytes) else str(source)
    data = source if isinstance(source, bytes) else atomic.read(source)
    try:
        log = step_codec.read(data)
        (image,) = log.images
        if not log.path or len(log.entries) < 2:
            raise ValueError("steps are missing")
        return Trajectory(replace(log, request=log.request.picture(image), images=(0,)))
    except DAMAGES as error:
        sentence = f"{named} is damaged, or does not hold the steps of a picture; the picture itself can be made again."
        raise StorageError(sentence) from error


def replayed(log: StepLog, card: ModelCard, process: Process) -> Iterator[Step]:
    """The steps that the sampler makes of the predictions: fewer where it asks for several a step."""
    answers = [entry.prediction for entry in log.entries[:0:-1]]

    def answer(x: Tensor, at: Point) -> Tensor | None:
        return answers.pop()

    start = Start(log.start.x, log.path, log.start.index, log.start.carry)
    steps = sampled(answer, log.request, (0,), start, card=card, process=process)
    with suppress(IndexError):
        yield from islice(steps, len(answers))


def _made(request: Request, library: Library, start: Step, until: int) -> Iterator[Step]:
    """The steps after `start`, made with the network again."""
    device, dtype = devices.nearest_place(request, library.card(request.model))
    model = load_for(library, request, device=device, dtype=dtype)
    course = Course(model, model.card.checked(request), (0,))
    for step in islice(denoising(course, at_step(course, start)), until - start.index):
        yield step.each(row_taker(0))
