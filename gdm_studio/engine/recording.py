"""Keeping the steps of a run as it goes on, within a budget of bytes."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor

from gdm_studio.engine.starts import Start
from gdm_studio.engine.steps import row_of
from gdm_studio.engine.trajectory import Trajectory, digest_of
from gdm_studio.maths.path import Step
from gdm_studio.models.fingerprint import fingerprint
from gdm_studio.models.loaded import LoadedModel
from gdm_studio.request import Request

BUDGET = 2_000_000  # bytes a picture, where nothing else is asked for
SPARE = 4  # times the budget are held while a run goes on: its predictions alone may fit


class Recorder:
    """The steps of pictures made together. Nothing is copied before a picture is done, nor a device waited for."""

    def __init__(
        self, model: LoadedModel, request: Request, images: Sequence[int], start: Start, *, budget: int
    ) -> None:
        """`budget` in bytes a picture; with 0 nothing is kept."""
        self._card, self._process = model.card, model.process  # a stopped run lets go of the model itself
        self._request, self._images, self.start = request, images, start
        self._budget = budget
        self._steps: list[Step] = []
        self._held: dict[int, Tensor] = {}  # by identity, since steps share some
        self._stride = 1
        self._digests: dict[int, list[str]] = {}  # by step that was let go of, of each picture

    def add(self, step: Step) -> None:
        """The next step of all the pictures."""
        if not self._budget:
            return
        self._steps.append(step)
        self._held |= _tensors(step)
        if sum(tensor.nbytes for tensor in self._held.values()) > SPARE * self._budget * len(self._images):
            self._thin()

    def to_bytes(self, row: int, *, last: Step | None = None) -> bytes:
        """The trajectory of the picture in that row, up to the step `last` where its run was stopped there.

        By its predictions where the rest can be made of them, else with every k-th step; b"" where not even the last
        fits into the budget.
        """
        if not self._budget or not self._steps:
            return b""
        whole, stride = self._trajectory(row, last), self._stride
        if len(whole.whole) * whole.start.x.nbytes < self._budget:
            lean = whole.by_predictions(self._card, self._process)
            if lean is not None and len(data := lean.to_bytes()) <= self._budget:
                return data
        data = whole.to_bytes()
        while len(data) > self._budget and stride < len(whole.path):
            stride *= 2
            data = whole.thinned(stride).to_bytes()
        return data if len(data) <= self._budget else b""

    def _trajectory(self, row: int, last: Step | None) -> Trajectory:
        end = last or self._steps[-1]
        steps = [*(step for step in self._steps if step.index < end.index), end]
        digests = {index: rows[row] for index, rows in self._digests.items() if index < end.index}
        whole = {step.index: row_of(step, row) for step in steps}
        request, weights = self._request.picture(self._images[row]), fingerprint(self._card)
        return Trajectory(request, self.start.row(row), whole, digests=digests, weights=weights)

    def _thin(self) -> None:
        """Lets go of every second step."""
        self._stride *= 2
        *steps, last = self._steps
        self._steps = [step for step in steps if (step.index - self.start.index) % self._stride == 0] + [last]
        kept = {step.index for step in self._steps}
        for step in steps:
            if step.index not in kept:
                self._digests[step.index] = [digest_of(row_of(step, row)) for row in range(len(self._images))]
        self._held = {key: tensor for step in self._steps for key, tensor in _tensors(step).items()}


def _tensors(step: Step) -> dict[int, Tensor]:
    return {id(tensor): tensor for tensor in (step.x, step.denoised, *step.carry)}
