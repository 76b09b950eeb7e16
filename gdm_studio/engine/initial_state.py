"""State of a run before a step: pure noise, a noisy start image, or the result of an earlier step."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass

from torch import Tensor

from gdm_studio.common.errors import BadRequest
from gdm_studio.engine.pipeline import Pipeline, PipelineStage
from gdm_studio.maths.noise_path import NoisePath, Step
from gdm_studio.models.loaded_model import StageWithSlowStart
from gdm_studio.request.generation_events import Phase
from gdm_studio.request.generation_request import Request, Role, same_settings


@dataclass(frozen=True)
class RunState:
    """State of a run between two denoising steps: the noisy data x (N, …) at noise level path[index], the sampler's
    `history` and the denoiser's `memory` (see Step). In later model stages, `memory` begins with the output of the
    previous stage.
    """

    x: Tensor
    path: NoisePath
    index: int = 0
    history: tuple[Tensor, ...] = ()
    memory: tuple[Tensor, ...] = ()

    @property
    def step(self) -> Step:
        """Step with the tensors of this state. The noisy data x also serve as the predicted x0, because no prediction
        exists yet.
        """
        at = self.path[self.index]
        of = len(self.path) - 1
        return Step(self.index, of, at, self.x, self.x, self.history, self.memory)


def state_from_noise(pipeline: Pipeline, stage: PipelineStage) -> RunState:
    """Return the initial state of a text-to-image run: pure noise, or the initial data that the model stage itself
    defines.
    """
    # These are the conditioning rows of the first prompt.
    conditioning = pipeline.conditioning(stage, guided=False)[: len(pipeline.images)]
    x = stage.model.start(conditioning, stage.path, pipeline.noise(stage), pipeline.empty_data(stage))
    return RunState(x, pipeline.path, stage.first)


def state_after_stage(pipeline: Pipeline, stage: PipelineStage, before: Tensor) -> Generator[Phase, None, RunState]:
    """Return the initial state of a later stage of the model, such as a refiner.

    `before` (N, …) is the output of the previous stage. Yields a Phase after each part of a slow preparation, such as
    each tile of an upscaling.
    """
    conditioning = pipeline.conditioning(stage, before, guided=False)[: len(pipeline.images)]
    data = conditioning, stage.path, pipeline.noise(stage), pipeline.empty_data(stage)
    if isinstance(stage.model, StageWithSlowStart):
        work = stage.model.start_steps(*data)
        while True:
            try:
                share = next(work)
            except StopIteration as end:
                x = end.value
                break
            yield Phase(f"enlarging, {share:.0%}")
    else:
        x = stage.model.start(*data)
    return RunState(x, pipeline.path, stage.first, memory=(before,) if stage.input_count else ())


def state_from_image(pipeline: Pipeline, data: Tensor, index: int) -> RunState:
    """Return the initial state of an image-to-image run: the encoded start image `data` (1, …) with noise added at
    level path[index] (SDEdit, Meng et al. 2022, arXiv:2108.01073).
    """
    stage = pipeline.stage_at(index + 1)
    like = pipeline.empty_data(stage)
    noise = pipeline.noise(stage)(0, like)
    x = stage.model.diffusion.process.degrade(data.expand_as(like), pipeline.path[index], noise)
    return RunState(x, pipeline.path, index)


def state_after_step(pipeline: Pipeline, step: Step, *, keeps_history: bool = True) -> RunState:
    """Return the state from which a run continues after a saved denoising step, with its tensors on the model's device.

    A single row is repeated for every image. Unless `keeps_history` is set, the history of the sampler and the memory
    of the denoiser are dropped. Raises BadRequest if the step belongs to another path.
    """
    if not _is_on_path(pipeline, step):
        raise BadRequest("The step belongs to another model or path; continue with the settings it was made with.")
    count = len(pipeline.images)
    device = pipeline.model.device
    x, *rest = (rows.to(device).expand(count, *rows.shape[1:]) for rows in (step.x, *step.history, *step.memory))
    history = tuple(rest[: len(step.history)])
    memory = tuple(rest[len(step.history) :])
    if not keeps_history:
        history = ()
        memory = memory[: pipeline.stage_at(step.index).input_count]
    return RunState(x, pipeline.path, step.index, history, memory)


def _is_on_path(pipeline: Pipeline, step: Step) -> bool:
    """Return True if a run can continue from a saved step in this pipeline. The step must be at one of the pipeline's
    noise levels, and its tensors must have the right shapes.
    """
    if not 0 <= step.index < len(pipeline.path) or step.at != pipeline.path[step.index]:
        return False
    stage = pipeline.stage_at(step.index)
    rows = {len(each) for each in (step.x, *step.history, *step.memory)}
    is_whole = len(step.memory) >= stage.input_count or step.index == stage.last
    return is_whole and rows <= {1, len(pipeline.images)} and step.x.shape[1:] == stage.model.shape(pipeline.request)


def rows_of(step: Step, rows: Sequence[int]) -> Step:
    """Select some images (rows) of a batch from a denoising step. A step with a single row, which all images share, is
    returned unchanged.
    """
    if len(step.x) == 1:
        return step
    at = list(rows)
    return step.each(lambda rows: rows[at])


def is_history_valid(request: Request, index: int) -> bool:
    """Return True if a run that resumes at step number `index` may reuse the results of earlier steps that the sampler
    stored with this step (its history).

    A branch can use its parent's history only if prompt, guidance and sampler are the same, since other settings give
    other predictions.
    """
    branch = request.branch
    return branch is None or index > branch.step or same_settings(request, branch.parent, Role.PREDICTION)
