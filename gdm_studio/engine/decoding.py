"""Decoding of latents to images within the available memory: all together, one by one, or in tiles."""

from __future__ import annotations

import time
from collections.abc import Generator
from itertools import chain

import torch

from gdm_studio.common.errors import NotFinite
from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP, translatable
from gdm_studio.engine.conditioning import load_start_image
from gdm_studio.engine.pipeline import Pipeline
from gdm_studio.models.files.weights import check_files
from gdm_studio.models.fingerprint import fingerprint, part_hashes, prompt_file_hashes, web_ui_hashes
from gdm_studio.models.loaded_model import LoadedModel, Stage, stage_of
from gdm_studio.models.memory import devices
from gdm_studio.models.memory.precision import dtype_name
from gdm_studio.models.tile_decoder import decode_tile_by_tile
from gdm_studio.models.tiled_model import tiled_stage_of
from gdm_studio.request.generation_events import GenerationFacts, Phase, Result, StepEvent
from gdm_studio.request.generation_request import Request

# The minimum side of a tile, in latent positions.
MIN_TILE = 4


class DecodingError(MemoryError):
    """Error raised when a device has too little memory to decode even the smallest tile of an image."""


def decode_results(pipeline: Pipeline, x: torch.Tensor, spent: float) -> Generator[Phase | Result, None, None]:
    """Decode the final latents x (N, …) of a batch to images, and yield a Result per image.

    `spent` is the duration of the batch's steps in seconds. Raises NotFinite if x or a decoded image contains NaN or
    infinities, and ModelError if the model's weights do.
    """
    model = pipeline.model
    request = pipeline.request
    images = pipeline.images
    if not bool(torch.isfinite(x).all()):
        raise _not_finite_error(model)
    yield Phase("decoding")
    began = time.perf_counter()
    try:
        pictures = (yield from decode_events(model.stages[-1], x)).numpy()
    except NotFinite as error:
        raise _not_finite_error(model) from error
    made = _collect_generation_facts(model, request, (spent + time.perf_counter() - began) / len(images))
    start_image = pipeline.start_image
    for image, picture in zip(images, pictures, strict=True):
        finished = start_image.restore(picture) if start_image else picture
        yield Result(image, request.picture(image), finished, made=made)


def decode_partial_results(request: Request, event: StepEvent) -> list[Result]:
    """Decode the images of a stopped run from the model's predictions at its last step."""
    began = time.perf_counter()
    model: LoadedModel = event.model
    # Checking the request sets the size of the start image, as in a finished run.
    request = model.card.checked(request)
    pictures = decode_latents(stage_of(model, event.step), event.step.denoised).numpy()
    start_image = load_start_image(model.card, request)
    made = _collect_generation_facts(model, request, (event.spent + time.perf_counter() - began) / len(event.images))
    return [
        Result(
            image,
            request.picture(image),
            start_image.restore(picture) if start_image else picture,
            stopped_at=event.step.index,
            made=made,
            steps=event.record.to_bytes(row, last=event.step) if event.record else b"",
        )
        for row, (image, picture) in enumerate(zip(event.images, pictures, strict=True))
    ]


def decode_events(stage: Stage, x0: torch.Tensor) -> Generator[Phase, None, torch.Tensor]:
    """Decode latents (N, …) to images. The generator returns uint8 (N, H, W, channels).

    If memory runs out, images are decoded one by one, then in tiles of half the side length, a quarter and so on.
    Images that were denoised in windows are decoded in tiles of that size. Yields a Phase for each fallback and each
    tile. Raises DecodingError if the smallest tile does not fit into memory.
    """
    side = max(x0.shape[-2:]) if x0.ndim == 4 else MIN_TILE
    tiled = tiled_stage_of(stage)
    if tiled is not None and tiled.side < side:
        side = tiled.side
    else:
        whole = _try_decode(stage, x0)
        if whole is not None:
            return whole
        if len(x0) > 1:
            yield Phase("decoding", note="Out of memory: decoding one picture at a time.")
    made = []
    for row in x0.split(1):
        while (picture := (yield from _decode_row(stage, row, side))) is None:
            if side <= MIN_TILE:
                raise DecodingError("not enough memory to decode a tile")
            side = max(side // 2, MIN_TILE)
            yield Phase("decoding", note=f"Out of memory: decoding in tiles of {side} × {side} latents.")
        made.append(picture)
    return torch.cat(made)


def decode_latents(stage: Stage, x0: torch.Tensor) -> torch.Tensor:
    """Decode latents (N, …) to uint8 images (N, H, W, channels), in smaller parts if memory runs out.

    Unlike `decode_events`, it reports no progress.
    """
    attempts = decode_events(stage, x0)
    while True:
        try:
            next(attempts)
        except StopIteration as end:
            pictures: torch.Tensor = end.value
            return pictures


def _not_finite_error(model: LoadedModel) -> NotFinite:
    """Return the error to raise for an image with NaN or infinite values, with a suggestion for the user.

    Raises ModelError if the model's weights contain such values.
    """
    check_files(chain(model.card.weights, *model.card.weights_beside().values()))
    remedy = "fp32" if model.dtype != torch.float32 else "cpu" if model.device.type != "cpu" else "calm"
    template = {
        "fp32": QT_TRANSLATE_NOOP(
            "Errors", "The picture contains infinite or undefined values; make it again in full precision."
        ),
        "cpu": QT_TRANSLATE_NOOP(
            "Errors", "The picture contains infinite or undefined values; make it again on the CPU."
        ),
        "calm": QT_TRANSLATE_NOOP(
            "Errors",
            "The picture contains infinite or undefined values; try more steps, another scheduler or less guidance.",
        ),
    }[remedy]
    return NotFinite(translatable(template), remedy=remedy)


def _collect_generation_facts(model: LoadedModel, request: Request, seconds: float) -> GenerationFacts:
    """Return the metadata of a generated image: device, number type, duration, and hashes of the model's files."""
    device = devices.describe(str(model.device))
    dtype = dtype_name(model.dtype)
    weights = fingerprint(model.card)
    parts = part_hashes(model.card) | prompt_file_hashes(model.card, request)
    return GenerationFacts(device, dtype, seconds, model_hash=weights, parts=parts | web_ui_hashes(model.card))


def _try_decode(stage: Stage, latents: torch.Tensor) -> torch.Tensor | None:
    """Decode all latents at once, or return None if memory runs out."""
    try:
        return stage.decode(latents)
    except (RuntimeError, MemoryError) as error:
        if not devices.is_out_of_memory(error):
            raise
    # The cache is released after the except block, since until then the traceback holds references to the tensors.
    devices.release(latents.device)
    return None


def _decode_row(stage: Stage, row: torch.Tensor, side: int) -> Generator[Phase, None, torch.Tensor | None]:
    """Decode one image (1, C, h, w) as `decode_tile_by_tile` does, and yield a Phase after each tile."""
    work = decode_tile_by_tile(lambda tile: _try_decode(stage, tile), row, side)
    while True:
        try:
            next(work)
        except StopIteration as end:
            picture: torch.Tensor | None = end.value
            return picture
        yield Phase("decoding")
