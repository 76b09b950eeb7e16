"""Where a run stands before a step: in noise, in a picture noised part of the way, or in a step made before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor

from gdm_studio.engine.course import Course, Leg
from gdm_studio.errors import BadRequest
from gdm_studio.maths.path import Path, Step
from gdm_studio.request import Request, Role, alike


@dataclass(frozen=True)
class Start:
    """x (N, …) stands at path[index]; sampler and denoiser go on from `carry` and `memory`, as a Step has them.

    In a stage that is not the first, what the one before it made is the first thing in memory.
    """

    x: Tensor
    path: Path
    index: int = 0
    carry: tuple[Tensor, ...] = ()
    memory: tuple[Tensor, ...] = ()

    @property
    def step(self) -> Step:
        """The same as a step that was made: nothing is predicted there but what stands there."""
        at, of = self.path[self.index], len(self.path) - 1
        return Step(self.index, of, at, self.x, self.x, self.carry, self.memory)


def begun(course: Course, leg: Leg, before: Tensor | None = None) -> Start:
    """The beginning of a leg: what the process has there when it knows nothing of the picture, or the stage's own."""
    asks = course.asks(leg, before, guided=False)[: len(course.images)]  # of the first prompt
    x = leg.stage.start(asks, leg.path, course.noise(leg), course.like(leg))
    return Start(x, course.path, leg.first, memory=(before,) if before is not None and leg.given else ())


def from_picture(course: Course, data: Tensor, index: int) -> Start:
    """The picture that has these data (1, …), noised to path[index] (SDEdit, Meng et al. 2022, arXiv:2108.01073)."""
    leg = course.leg_at(index + 1)
    like = course.like(leg)
    x = leg.stage.diffusion.process.degrade(data.expand_as(like), course.path[index], course.noise(leg)(0, like))
    return Start(x, course.path, index)


def at_step(course: Course, step: Step, *, keeps_history: bool = True) -> Start:
    """Where the step of these pictures, or of the one for all of them, leaves off, on the model's device.

    Raises BadRequest where it lies on another path.
    """
    if not _lies_on(course, step):
        raise BadRequest("The step belongs to another model or to other steps; go on with those it was made with.")
    count, device = len(course.images), course.model.device
    x, *history = (rows.to(device).expand(count, *rows.shape[1:]) for rows in (step.x, *step.carry, *step.memory))
    carry, memory = tuple(history[: len(step.carry)]), tuple(history[len(step.carry) :])
    if not keeps_history:
        carry, memory = (), memory[: course.leg_at(step.index).given]
    return Start(x, course.path, step.index, carry, memory)


def _lies_on(course: Course, step: Step) -> bool:
    if not 0 <= step.index < len(course.path) or step.at != course.path[step.index]:
        return False
    leg = course.leg_at(step.index)
    rows = {len(each) for each in (step.x, *step.carry, *step.memory)}
    is_whole = len(step.memory) >= leg.given or step.index == leg.last
    return is_whole and rows <= {1, len(course.images)} and step.x.shape[1:] == leg.stage.shape(course.request)


def rows_of(step: Step, rows: Sequence[int]) -> Step:
    """The step of these of its pictures; one of a single picture serves any."""
    if len(step.x) == 1:
        return step
    at = list(rows)
    return step.each(lambda rows: rows[at])


def keeps_history(request: Request, index: int) -> bool:
    """Whether the history in step `index` is that of the request: where a branch leaves, it is the parent's.

    What another prompt, guidance or sampler predicted says nothing of how the new one's predictions change.
    """
    branch = request.branch
    return branch is None or index > branch.step or alike(request, branch.parent, Role.PREDICTS)
