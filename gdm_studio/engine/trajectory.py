"""The whole way of a picture, kept in few bytes: every step of it can be looked at, gone on from and branched off."""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path as File
from typing import Any

import torch
from safetensors.torch import load as tensors_of
from safetensors.torch import save as to_safetensors
from torch import Tensor

from gdm_studio import atomic
from gdm_studio.engine import devices
from gdm_studio.engine.denoising import sampled
from gdm_studio.engine.starts import Start
from gdm_studio.engine.steps import DAMAGES, SavedStep, check_rows, path_in, row_of
from gdm_studio.errors import BadRequest, StorageError
from gdm_studio.maths.path import Path, Point, Step
from gdm_studio.maths.processes import Process
from gdm_studio.models import library as models
from gdm_studio.models.card import ModelCard
from gdm_studio.models.fingerprint import noted
from gdm_studio.models.library import Library
from gdm_studio.models.process import process_of
from gdm_studio.request import Request
from gdm_studio.run import Advance

SUFFIX = ".steps"
FORMAT = "gdm-studio steps"
VERSION = 1


@dataclass
class Trajectory:
    """The steps of one picture, that of `request`; tensors have one row, on the CPU.

    A step is kept whole, or by its prediction, from which the sampler makes the rest again without the network, or by
    its digest alone: then it is made again from the nearest one before.
    """

    request: Request
    start: Start  # where it began, with the path
    whole: dict[int, Step]
    predictions: tuple[Tensor, ...] = ()  # all of them from the start on, or none
    digests: dict[int, str] = field(default_factory=dict)  # of the steps that are not kept whole
    weights: str = ""  # that made it, as models.fingerprint has them; "" where there is no telling
    _remade: dict[int, Step] = field(default_factory=dict)

    @property
    def path(self) -> Path:
        return self.start.path

    @property
    def first(self) -> int:
        """Steps of the path that lie before the picture's own: it began further on, or where it branched off."""
        return self.start.index

    @property
    def last(self) -> int:
        """The last step; less than the path has where the run was stopped."""
        return max((*self.whole, *self.digests))

    @property
    def indices(self) -> range:
        """The steps that there are, from first + 1 to last."""
        return range(self.first + 1, self.last + 1)

    def step(self, index: int, library: Library, *, exact: bool = True) -> Step:
        """The step after `index` of the path's: kept, or made again and compared with the digest of the original.

        Raises BadRequest where there is no such step and, with `exact`, where this machine makes another of it.
        """
        if index not in self.indices:
            raise BadRequest(f"There is no step {index}; this picture has the steps {self.first + 1} to {self.last}.")
        if index in self.whole:
            return self.whole[index]
        if index not in self._remade:
            self._remade = self._again(index, library)
        step = self._remade.get(index)
        if step is None:
            raise BadRequest(f"Step {index} cannot be made of what is kept of it; take the picture itself.")
        if exact and digest_of(step) != self.digests[index]:
            raise BadRequest(
                f"Step {index} comes out otherwise here than where the picture was made; take one of "
                f"{', '.join(map(str, self.whole)) or 'another picture'}."
            )
        return step

    def saved(self, index: int, library: Library, *, exact: bool = True) -> SavedStep:
        """The step as one to go on from or to branch off, `SavedStep.continued`; raises as `step`."""
        return SavedStep(self.step(index, library, exact=exact), self.path, self.request, self.weights)

    def exactly(self, library: Library) -> Trajectory:
        """The same, its request naming the very weights that made it; raises ModelError where they are not here."""
        return replace(self, request=self.request.made_by(models.exact(library, self.request.model, self.weights)))

    def to_bytes(self) -> bytes:
        """As safetensors, equal tensors once."""
        kept: dict[str, Tensor] = {}

        def name(tensor: Tensor) -> str:
            return _named(tensor, kept)

        facts = {
            "version": VERSION,
            "path": self.path,
            "start": {"index": self.first, "x": name(self.start.x), "carry": [name(each) for each in self.start.carry]},
            "whole": [
                [step.index, name(step.x), name(step.denoised), [name(each) for each in step.carry]]
                for step in self.whole.values()
            ],
            "predictions": [name(each) for each in self.predictions],
            "digests": self.digests,
            "weights": self.weights,
        }
        metadata = {"format": FORMAT, "steps": json.dumps(facts), "request": self.request.to_json()}
        return to_safetensors({name: each.contiguous() for name, each in kept.items()}, metadata)

    def by_predictions(self, card: ModelCard, process: Process) -> Trajectory | None:
        """The same, kept by its predictions; None where the sampler does not make the very same steps of them."""
        if self.digests:
            return None
        predictions = tuple(step.denoised for step in self.whole.values())
        digests = {index: digest_of(step) for index, step in self.whole.items()}
        replayed = {step.index: digest_of(step) for step in _replayed(self, predictions, card, process)}
        return replace(self, whole={}, predictions=predictions, digests=digests) if replayed == digests else None

    def thinned(self, stride: int) -> Trajectory:
        """The same with every `stride`-th step, and the last."""
        on_grid = {index for index in self.whole if (index - self.first) % stride == 0}
        whole = {index: step for index, step in self.whole.items() if index in on_grid or index == self.last}
        dropped = {index: digest_of(step) for index, step in self.whole.items() if index not in whole}
        return replace(self, whole=whole, digests=self.digests | dropped)

    def _again(self, index: int, library: Library) -> dict[int, Step]:
        """That step and those that were made on the way to it."""
        if self.predictions:
            card = library.card(self.request.model)
            return {step.index: step for step in _replayed(self, self.predictions, card, process_of(card))}
        before = [step for at, step in self.whole.items() if at < index]
        start = Step(self.first, len(self.path) - 1, self.path[self.first], *2 * (self.start.x,), self.start.carry)
        return dict(_made(self.request, library, max((start, *before), key=lambda step: step.index), index))


def load(source: bytes | File) -> Trajectory:
    """What `to_bytes` gave, or a file of it; raises StorageError where it is missing, damaged or something else."""
    named = "The file of the steps" if isinstance(source, bytes) else str(source)
    try:
        data = source if isinstance(source, bytes) else atomic.read(source)
        metadata = _metadata(data)
        if metadata.get("format") != FORMAT:
            raise StorageError(f"{named} does not hold the steps of a picture; choose a file ending in {SUFFIX}.")
        return _loaded(json.loads(metadata["steps"]), tensors_of(data), Request.from_json(metadata["request"]))
    except DAMAGES as error:
        raise StorageError(f"{named} is damaged; its picture itself is not, and can be made again.") from error


def digest_of(step: Step) -> str:
    """Of all that the step holds, bit by bit: 16 hex digits."""
    found = hashlib.blake2b(digest_size=8)
    for tensor in (step.x, step.denoised, *step.carry):
        found.update(_bits(tensor))
    return found.hexdigest()


def _metadata(data: bytes) -> dict[str, str]:
    (length,) = struct.unpack("<Q", data[:8])
    found = json.loads(data[8 : 8 + length])["__metadata__"]
    return dict(found)


def _loaded(facts: dict[str, Any], tensors: dict[str, Tensor], request: Request) -> Trajectory:
    check_rows(tensors.values())
    path = path_in(facts["path"])
    of, begun = len(path) - 1, facts["start"]
    start = Start(tensors[begun["x"]], path, int(begun["index"]), tuple(tensors[each] for each in begun["carry"]))
    whole = {
        index: Step(index, of, path[index], tensors[x], tensors[denoised], tuple(tensors[each] for each in carry))
        for index, x, denoised, carry in facts["whole"]
    }
    predictions = tuple(tensors[each] for each in facts["predictions"])
    digests = {int(index): str(digest) for index, digest in facts["digests"].items()}
    indices = {*whole, *digests}
    if not indices or indices != set(range(start.index + 1, start.index + 1 + len(indices))) or max(indices) > of:
        raise ValueError("steps are missing")
    if predictions and (whole or len(predictions) != len(digests)):
        raise ValueError("predictions are missing")
    return Trajectory(request, start, whole, predictions, digests, noted(facts, request.model))


def _replayed(
    trajectory: Trajectory, predictions: Sequence[Tensor], card: ModelCard, process: Process
) -> Iterator[Step]:
    """The steps that the sampler makes of these predictions: fewer where it asks for several a step."""
    answers = list(predictions)[::-1]

    def answer(x: Tensor, at: Point) -> Tensor:
        return answers.pop()

    steps = sampled(answer, trajectory.request, (0,), trajectory.start, card=card, process=process)
    with suppress(IndexError):
        yield from islice(steps, len(predictions))


def _made(request: Request, library: Library, start: Step, until: int) -> Iterator[tuple[int, Step]]:
    from gdm_studio.engine.generate import generate  # which records trajectories

    request = replace(request, device=str(devices.nearest(request.device)))
    with closing(generate(request, library, resume=start, steps_budget=0)) as events:
        for event in events:
            if isinstance(event, Advance):
                yield event.step.index, row_of(event.step, 0)
                if event.step.index == until:
                    return


def _named(tensor: Tensor, kept: dict[str, Tensor]) -> str:
    """The name under which the tensor is kept, the same for equal ones."""
    name = hashlib.blake2b(_bits(tensor), digest_size=8, key=str(tensor.shape).encode()[:64]).hexdigest()
    kept.setdefault(name, tensor)
    return name


def _bits(tensor: Tensor) -> Any:
    """The bytes of a tensor on any device, as a buffer."""
    return tensor.cpu().contiguous().reshape(-1).view(torch.uint8).numpy()
