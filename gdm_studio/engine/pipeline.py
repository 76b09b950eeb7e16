"""Pipeline of a run: a loaded model with the noise levels and the conditioning of a request."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise, takewhile

import torch
from torch import Tensor

from gdm_studio.engine.conditioning import (
    EncodedStartImage,
    StartImage,
    conditioning_of,
    load_start_image,
    translate_image_prompt,
)
from gdm_studio.engine.drawing_place import place_in_image, place_in_mask
from gdm_studio.engine.noise import noise_of, shift_steps, variations_of
from gdm_studio.engine.prompt_mixture import PromptMixture, prompt_mixture
from gdm_studio.maths.noise_path import Noise, NoisePath
from gdm_studio.models.loaded_model import Conditioning, DrawingPlace, LoadedModel, Stage, StageOnPath
from gdm_studio.models.memory import devices
from gdm_studio.models.model_library import Library, load_arguments, load_for_request
from gdm_studio.request.generation_events import Phase
from gdm_studio.request.generation_request import Request
from gdm_studio.request.hires import total_steps


def load_model(request: Request, library: Library, device: torch.device) -> Generator[Phase, None, LoadedModel]:
    """Load the model of a request and return it. Yields a Phase if loading takes noticeable time.

    Raises ModelError if the model cannot be loaded.
    """
    dtype = devices.resolve_dtype(request.dtype, library.card(request.model), device)
    if not library.is_loaded(request.model, device=device, dtype=dtype, **load_arguments(request)):
        yield Phase("loading the model")
    return load_for_request(library, request, device=device, dtype=dtype)


@dataclass(frozen=True)
class PipelineStage:
    """One stage of a model in a pipeline, with its noise levels and the number of its first step in the run."""

    # The stage of the loaded model, with its denoiser, encoder and decoder.
    model: Stage
    # The index of the stage.
    number: int
    # The noise levels of this stage only.
    path: NoisePath
    # The number of steps in all earlier stages.
    first: int
    # The start image, encoded for this stage, if there is one.
    start_image: EncodedStartImage | None = None
    # The weights of the prompts' predictions. None for the prompts of the interpolation only.
    mixture: PromptMixture | None = None

    @property
    def is_joined(self) -> bool:
        """True if this stage continues to denoise the latents of the previous stage, as a refiner does."""
        return isinstance(self.model, StageOnPath) and self.model.is_joined

    def is_guided(self, request: Request) -> bool:
        """Return True if the steps of this stage also need the predictions for the negative prompts."""
        return request.guidance_scale != 1 or (self.mixture is not None and self.mixture.needs_negative)

    @property
    def input_count(self) -> int:
        """The number of inputs that this stage takes from the previous stage: 1, or 0 for the first stage and for
        joined stages.
        """
        return 0 if self.is_joined else min(self.number, 1)

    @property
    def last(self) -> int:
        """The number of this stage's last step, counted from the start of the whole run."""
        return self.first + len(self.path) - 1


@dataclass(frozen=True)
class Pipeline:
    """A loaded model with the noise levels and the conditioning for one batch (`images`) of a request.

    Steps are numbered across all stages. Consecutive stages share a noise level of the path, at which x is the output
    of the earlier stage.
    """

    model: LoadedModel
    request: Request
    images: tuple[int, ...]

    @cached_property
    def start_image(self) -> StartImage | None:
        """The start image of the request with its inpainting mask, or None for text-to-image."""
        return load_start_image(self.model.card, self.request)

    @cached_property
    def drawing_place(self) -> DrawingPlace | None:
        """The place of the drawing of a prompt: that of the mask or, without a mask, of the content of the start image,
        unless nothing of this is left or its noise is inverted.
        """
        if self.start_image is None:
            return None
        if self.start_image.mask is not None:
            place = place_in_mask(self.start_image.rgba, self.start_image.mask)
            return place and replace(place, shown=translate_image_prompt(self.model.card, self.request))
        if self.request.strength == 1 or self.request.inverted:
            return None
        return place_in_image(self.start_image.rgba)

    @cached_property
    def stages(self) -> tuple[PipelineStage, ...]:
        ends = (0, *self.model.card.stage_ends(total_steps(self.request)))
        stages = zip(self.model.stages, pairwise(ends), strict=True)
        return tuple(self._create_stage(stage, number, *ends) for number, (stage, ends) in enumerate(stages))

    @cached_property
    def path(self) -> NoisePath:
        """The noise levels of the whole run, through all stages. The level at which one stage ends and the next begins
        is listed only once.
        """
        first, *later = self.stages
        return (*first.path, *(level for stage in later for level in stage.path[1:]))

    @property
    def start_path(self) -> NoisePath:
        """The noise levels at which an image-to-image run can start. They include the first stage and all stages that
        continue with its latents.
        """
        first, *later = self.stages
        joined = takewhile(lambda stage: stage.is_joined, later)
        return (*first.path, *(level for stage in joined for level in stage.path[1:]))

    def stage_at(self, index: int) -> PipelineStage:
        """Return the model stage that computes step number `index` of the run."""
        return next(stage for stage in self.stages if index <= stage.last)

    def empty_data(self, stage: PipelineStage) -> Tensor:
        """Return an uninitialised tensor on the model's device with the shape of the data that a stage denoises, one
        row per image.
        """
        return torch.empty(len(self.images), *stage.model.shape(self.request), device=self.model.device)

    def noise(self, stage: PipelineStage) -> Noise:
        """Return the source of random noise for a stage. Its step numbers are offset, so that no two stages use the
        same noise.
        """
        return shift_steps(stage.first + stage.number, noise_of(self.request, self.images))

    def conditioning(self, stage: PipelineStage, before: Tensor | None = None, *, guided: bool) -> list[Conditioning]:
        """Return the conditioning of a stage, such as its encoded prompts: for each prompt in turn, one entry per
        image.

        If `guided`, the negative prompts come last. `before` (N, …) is the output of the previous stage for the
        N images.
        """
        inputs = before.split(1) if before is not None else [None] * len(self.images)
        prompts = conditioning_of(
            self.model.card, self.request, stage.start_image, guided=guided, mixture=stage.mixture
        )
        variations = variations_of(self.request, self.images, self.path, self.drawing_place)
        rows = [*zip(inputs, variations, strict=True)]
        return [replace(prompt, before=each, variation=variation) for prompt in prompts for each, variation in rows]

    def _create_stage(self, stage: Stage, number: int, first: int, last: int) -> PipelineStage:
        if isinstance(stage, StageOnPath):
            path = stage.noise_path(self.model.card, self.request, first, last)
        else:
            path = self.model.card.points(stage.diffusion.process, self.request.spacing, last - first)
        accepts = self.model.card.accepts
        rest = accepts.sees_rest or accepts.controls_see_rest
        start_image = self.start_image.encode_for(stage, with_rest=rest) if self.start_image else None
        shape = stage.shape(self.request)
        mixture = prompt_mixture(self.model.card, self.request, (shape[-2], shape[-1]) if len(shape) > 1 else (1, 1))
        return PipelineStage(stage, number, path, first, start_image, mixture)
