"""Models that denoise large images in overlapping windows of a size for which they were trained.

At each evaluation, the latents are cut into windows, each window is denoised as an image of its own size, and the
predictions are averaged with smooth weights (MultiDiffusion, Bar-Tal et al. 2023, arXiv:2302.08113). The sampler steps
on the latents of the whole image.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Literal

import torch
from torch import Tensor
from torch.nn import functional as F

from gdm_studio.common.errors import DeviceError
from gdm_studio.common.memory import format_bytes
from gdm_studio.maths.diffusion import Diffusion
from gdm_studio.maths.noise_path import Denoise, Noise, NoiseLevel, NoisePath
from gdm_studio.models.families.shared_parts.refiner_and_hires import PartialStage, SecondPass, StagedModel
from gdm_studio.models.image_tiles import Window, average, windows_of
from gdm_studio.models.loaded_model import (
    Conditioning,
    LoadedControlImage,
    LoadedModel,
    NoiseAt,
    OpaqueStage,
    Stage,
    StageWithDrafts,
    StageWithPrompts,
    StageWithRemarks,
)
from gdm_studio.models.memory import devices
from gdm_studio.models.memory.memory_limit import free_memory
from gdm_studio.models.model_card import ModelCard
from gdm_studio.models.tile_decoder import decode_in_tiles
from gdm_studio.request.conditioning import REFERENCE
from gdm_studio.request.generation_request import MAX_SIDE, Request
from gdm_studio.request.regions import WHOLE, Box

# Assumed memory for evaluating the network on one pixel of a window, in bytes.
BYTES_PER_PIXEL = 4096
# Memory for decoding a pixel of the whole image, for its start image and for its result, in bytes.
BYTES_PER_LARGE_PIXEL = 32
# Fraction of a device's free memory that the windows of one evaluation may use.
MEMORY_SHARE = 0.8
# Maximum number of windows that are evaluated together. More are hardly faster.
MAX_WINDOWS = 64


def in_tiles(model: LoadedModel, request: Request) -> LoadedModel:
    """Return a loaded model whose stages denoise, encode and decode images in the windows of a request.

    Stages whose images are no larger than a window stay as they are, and so does the model if this applies to all.
    """
    size = request.size or model.card.sizes()[0]
    _check_memory(max(stage.size if isinstance(stage, SecondPass) else size for stage in model.stages))
    stages = tuple(_tiled_stage(stage, model.card, request, size) for stage in model.stages)
    if all(tiled is stage for tiled, stage in zip(stages, model.stages, strict=True)):
        return model
    return StagedModel(model.card, model.device, model.dtype, stages)


def _check_memory(size: tuple[int, int]) -> None:
    """Raise DeviceError if a very large image of `size` (width, height) does not fit into the free memory."""
    width, height = size
    needed = BYTES_PER_LARGE_PIXEL * width * height
    free = free_memory(torch.device("cpu"))
    if max(size) > MAX_SIDE and free is not None and needed > free:
        raise DeviceError(
            f"A picture of {width}x{height} pixels takes about {format_bytes(needed)} of memory, and "
            f"{format_bytes(free)} are free; choose a smaller size, or close other programs."
        )


def _tiled_stage(stage: Stage, card: ModelCard, request: Request, size: tuple[int, int]) -> Stage:
    if isinstance(stage, SecondPass):
        size = stage.size
    if max(size) <= request.tile:
        return stage
    inner: Any = stage.model if isinstance(stage, PartialStage) else stage
    window = min(request.tile, size[0]), min(request.tile, size[1])
    shape = inner.shape(replace(request, size=window))
    kind = OpaqueTiledStage if isinstance(inner, OpaqueStage) else TiledStage
    overlap = min(request.tile_overlap, request.tile // 2)
    tiled = kind(inner, card, window, overlap, window[1] // shape[-2])
    return replace(stage, model=tiled) if isinstance(stage, PartialStage) else tiled


def tiled_stage_of(stage: Stage) -> TiledStage | None:
    """Return the tiled stage that a stage is or contains, or None if its images are not denoised in windows."""
    inner = stage.model if isinstance(stage, PartialStage) else stage
    return inner if isinstance(inner, TiledStage) else None


def reduce_for_preview(stage: Stage, latents: Tensor) -> Tensor:
    """Return latents (N, …) averaged to the size of a window if the stage denoises in windows, so that a preview of a
    large image costs no more than one of a window.
    """
    tiled = tiled_stage_of(stage)
    return latents if tiled is None else tiled.reduce(latents)


@dataclass(frozen=True)
class TiledStage:
    """Stage that denoises, encodes and decodes images in overlapping windows with another stage."""

    # The stage that denoises a window. As the model of a second pass, it also has `latents` and `pictures`.
    stage: Any
    card: ModelCard
    # Size (width, height) of a window in pixels.
    window: tuple[int, int]
    # Smallest overlap of two windows in pixels.
    overlap: int
    # Pixels per position of the latents, along each side.
    factor: int

    @property
    def diffusion(self) -> Diffusion:
        found: Diffusion = self.stage.diffusion
        return found

    @property
    def side(self) -> int:
        """Longer side of a window, in positions of the latents."""
        return max(self.window) // self.factor

    def windows(self, data: Tensor) -> tuple[Window, ...]:
        """Return the windows of latents (…, h, w)."""
        width, height = (side // self.factor for side in self.window)
        return windows_of((data.shape[-2], data.shape[-1]), (height, width), self._latent_overlap)

    def reduce(self, latents: Tensor) -> Tensor:
        """Return latents (N, C, h, w) averaged to at most the size of a window, from which a preview is decoded."""
        height, width = latents.shape[-2:]
        scale = self.side / max(height, width)
        if scale >= 1:
            return latents
        return F.interpolate(latents, (max(1, round(height * scale)), max(1, round(width * scale))), mode="area")

    def shape(self, request: Request) -> tuple[int, ...]:
        channels, _, _ = self.stage.shape(replace(request, size=self.window))
        width, height = request.size or self.card.sizes()[0]
        return channels, height // self.factor, width // self.factor

    def start(self, conditions: Sequence[Conditioning], path: NoisePath, noise: Noise, like: Tensor) -> Tensor:
        x: Tensor = self.stage.start(conditions, path, noise, like)
        return x

    def denoiser(self, conditions: Sequence[Conditioning], path: NoisePath, noise: NoiseAt) -> Denoise:
        return _TiledDenoiser(self, conditions, path, noise)

    def encode(self, rgba: Tensor) -> Tensor:
        height, width = rgba.shape[1:3]
        like = torch.empty(1, 1, height // self.factor, width // self.factor, device="meta")
        return self._encode_in_tiles(
            lambda window: self.stage.encode(
                window.scaled(self.factor).crop(rgba.permute(0, 3, 1, 2)).permute(0, 2, 3, 1)
            ),
            like,
        )

    def decode(self, x0: Tensor) -> Tensor:
        if max(x0.shape[-2:]) <= self.side:
            found: Tensor = self.stage.decode(x0)
            return found
        return torch.cat([decode_in_tiles(self.stage.decode, row, self.side) for row in x0.split(1)])

    def fast_decode(self, x0: Tensor) -> Tensor | None:
        found: Tensor | None = self.stage.fast_decode(self.reduce(x0))
        return found

    def preview(self, x0: Tensor) -> Tensor:
        found: Tensor = self.stage.preview(self.reduce(x0))
        return found

    def remarks(self, request: Request) -> Sequence[str]:
        return self.stage.remarks(request) if isinstance(self.stage, StageWithRemarks) else ()

    def encode_latents(self, pictures: Tensor) -> Tensor:
        """Encode images (N, 3, H, W) with values −1 … 1 to latents."""
        like = torch.empty(1, 1, *(side // self.factor for side in pictures.shape[-2:]), device="meta")
        return self._encode_in_tiles(
            lambda window: self.stage.encode_latents(window.scaled(self.factor).crop(pictures)), like
        )

    def pictures(self, latents: Tensor) -> Tensor:
        """Decode latents to images (N, 3, H, W) with values −1 … 1."""
        windows = self.windows(latents)
        pieces = ((each.scaled(self.factor), self.stage.pictures(each.crop(latents))) for each in windows)
        size = self.factor * latents.shape[-2], self.factor * latents.shape[-1]
        return average(pieces, size, self.factor * self._latent_overlap)

    @property
    def _latent_overlap(self) -> int:
        # Rounded up, because windows without an overlap would have seams.
        return -(-self.overlap // self.factor)

    def _encode_in_tiles(self, encode: Callable[[Window], Tensor], like: Tensor) -> Tensor:
        pieces = ((window, encode(window)) for window in self.windows(like))
        return average(pieces, (like.shape[-2], like.shape[-1]), self._latent_overlap)


class OpaqueTiledStage(TiledStage):
    """Tiled stage of a model whose images have no alpha channel."""

    @property
    def is_opaque(self) -> Literal[True]:
        return True


class _TiledDenoiser:
    """Denoiser of a whole image, which evaluates the windows' denoiser and averages its predictions.

    On a CPU, the result has the same bits however many windows are evaluated together, because the networks compute
    each row separately. On other devices the last bits may depend on their number, which depends on the free memory.
    """

    def __init__(self, stage: TiledStage, conditions: Sequence[Conditioning], path: NoisePath, noise: NoiseAt) -> None:
        self._stage = stage
        self._conditions = conditions
        self._path = path
        self._noise = noise
        # Control images and the inputs of inpainting and editing models belong to a whole batch, so that each window
        # needs a denoiser of its own.
        edits = stage.card.accepts.edits
        self._is_apart = any(
            each.rest is not None or edits or any(self._is_placed(hint) for hint in each.hints) for each in conditions
        )
        width, height = conditions[0].size or stage.card.sizes()[0]
        size = height // stage.factor, width // stage.factor
        self._windows = stage.windows(torch.empty(size, device="meta"))
        self._size = size
        self._max_windows = 1 if self._is_apart else self._count_fitting_windows()
        self._parts = self._create_parts()

    def __call__(self, x: Tensor, at: NoiseLevel) -> Tensor:
        while True:
            try:
                return self._evaluate(x, at)
            except (RuntimeError, MemoryError) as error:
                if self._max_windows == 1 or not devices.is_out_of_memory(error):
                    raise
            # The cache is released after the except block, since until then the traceback holds the tensors.
            devices.release(x.device)
            self._max_windows = (self._max_windows + 1) // 2
            self._parts = self._create_parts()

    def _evaluate(self, x: Tensor, at: NoiseLevel) -> Tensor:
        pieces: list[tuple[Window, Tensor]] = []
        for windows, denoise in self._parts:
            # The windows of each row are next to each other, so that the first rows belong to the first prompts.
            crops = torch.stack([window.crop(x) for window in windows], dim=1).flatten(0, 1)
            found = denoise(crops, at).unflatten(0, (len(x), len(windows)))
            pieces += zip(windows, found.unbind(1), strict=True)
        return average(pieces, self._size, self._stage._latent_overlap)

    def _count_fitting_windows(self) -> int:
        """Return the number of windows whose evaluation fits into the free memory of the device."""
        device = self._stage.stage.device
        free = free_memory(device)
        if device.type == "cpu" or free is None:
            return MAX_WINDOWS
        width, height = self._stage.window
        row = BYTES_PER_PIXEL * width * height * len(self._conditions)
        return max(1, min(MAX_WINDOWS, int(MEMORY_SHARE * free) // row))

    def _create_parts(self) -> list[tuple[tuple[Window, ...], Denoise]]:
        """Divide the windows into parts of about equal size that are evaluated together, each with a denoiser.

        Parts with equal conditioning share a denoiser, for which the prompts are encoded once.
        """
        windows = self._windows
        count = -(-len(windows) // self._max_windows)
        ends = [len(windows) * number // count for number in range(count + 1)]
        inner = self._stage.stage
        is_shared = self._is_apart or any(each.parts for each in self._conditions)
        if is_shared and isinstance(inner, StageWithPrompts):
            parts = [windows[first:last] for first, last in pairwise(ends)]
            denoisers: dict[tuple[Window, ...], Denoise] = {}
            # Batches that share their encoded prompts have the same number of rows.
            for size in {len(some) for some in parts}:
                equal = [some for some in parts if len(some) == size]
                batches = [[self._crop(each, window) for each in self._conditions for window in some] for some in equal]
                denoisers |= zip(equal, inner.denoisers(batches, self._path, self._noise), strict=True)
            return [(some, denoisers[some]) for some in parts]
        is_placed = is_shared or (isinstance(inner, StageWithDrafts) and inner.has_drafts)
        shared: dict[int, Denoise] = {}
        found: list[tuple[tuple[Window, ...], Denoise]] = []
        for first, last in pairwise(ends):
            some = windows[first:last]
            denoise = None if is_placed else shared.get(len(some))
            if denoise is None:
                rows = [self._crop(each, window) for each in self._conditions for window in some]
                denoise = shared[len(some)] = inner.denoiser(rows, self._path, self._noise)
            found.append((some, denoise))
        return found

    def _crop(self, condition: Conditioning, window: Window) -> Conditioning:
        """Return the conditioning of a window: the part of everything that depends on the place, and its own size."""
        box = window.box(*self._size)
        found = replace(
            condition,
            size=self._stage.window,
            window=box,
            picture=None,
            mask=None,
            rest=None,
            pixel_mask=None,
            parts=tuple(replace(part, share=window.crop(part.share)) for part in condition.parts),
        )
        if not self._is_apart:
            return found
        hints = tuple(
            replace(hint, rgba=_crop_image(hint.rgba.permute(0, 3, 1, 2), box).permute(0, 2, 3, 1))
            if self._is_placed(hint)
            else hint
            for hint in condition.hints
        )
        return replace(
            found,
            picture=None if condition.picture is None else window.crop(condition.picture),
            mask=None if condition.mask is None else window.crop(condition.mask),
            rest=None if condition.rest is None else window.crop(condition.rest),
            pixel_mask=None if condition.pixel_mask is None else _crop_image(condition.pixel_mask, box),
            hints=hints,
        )

    def _is_placed(self, hint: LoadedControlImage) -> bool:
        """Return True if a control image depends on the place, unlike a reference image or an image prompt."""
        return hint.weight != 0 and hint.kind not in (REFERENCE, *self._stage.card.accepts.image_prompts)


def _crop_image(image: Tensor, box: Box) -> Tensor:
    """Return the part of an image (N, C, H, W) in a box of fractions. The image may have the size of another pass."""
    if box == WHOLE:
        return image
    height, width = image.shape[-2:]
    left, right = round(box[0] * width), round(box[2] * width)
    top, bottom = round(box[1] * height), round(box[3] * height)
    return image[..., top : max(bottom, top + 1), left : max(right, left + 1)]
