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
    Yields a Phase for each fallback and each tile. Raises DecodingError if the smallest tile does not fit into memory.
    """
    whole = _try_decode(stage, x0)
    if whole is not None:
        return whole
    if len(x0) > 1:
        yield Phase("decoding", note="Out of memory: decoding one picture at a time.")
    side = max(x0.shape[-2:]) if x0.ndim == 4 else MIN_TILE
    made = []
    for row in x0.split(1):
        while (picture := (yield from _decode_in_tiles(stage, row, side))) is None:
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


def _decode_in_tiles(stage: Stage, row: torch.Tensor, side: int) -> Generator[Phase, None, torch.Tensor | None]:
    """Decode one image (1, C, h, w) in tiles of `side` latents, which overlap by a quarter and are blended linearly.

    Returns uint8 (1, H, W, channels), or None if a tile does not fit into memory.
    """
    height, width = row.shape[-2:]
    if row.ndim < 4 or side >= max(height, width):
        return _try_decode(stage, row)
    blended = weights = torch.zeros(())
    for top in _tile_offsets(height, side):
        for left in _tile_offsets(width, side):
            tile = row[..., top : top + side, left : left + side]
            piece = _try_decode(stage, tile)
            if piece is None:
                return None
            # The number of pixels per latent position, on each axis.
            factor = piece.shape[1] // tile.shape[2]
            if not weights.ndim:
                blended = torch.zeros(height * factor, width * factor, piece.shape[-1])
                weights = torch.zeros(height * factor, width * factor, 1)
            weight = _blending_weights(piece.shape[1], piece.shape[2], side // 4 * factor)
            place = (
                slice(top * factor, top * factor + piece.shape[1]),
                slice(left * factor, left * factor + piece.shape[2]),
            )
            blended[place] += weight * _premultiply(piece[0].float())
            weights[place] += weight
            yield Phase("decoding")
    return _unpremultiply(blended / weights).round().clamp(0, 255).to(torch.uint8)[None]


def _tile_offsets(length: int, side: int) -> list[int]:
    """Return the start offsets of the overlapping tiles along one axis of an image. Adjacent tiles are three quarters
    of a tile apart.

    The last tile ends at the edge.
    """
    if side >= length:
        return [0]
    return [*range(0, length - side, side - side // 4), length - side]


def _blending_weights(height: int, width: int, overlap: int) -> torch.Tensor:
    """Return the weights for blending a decoded tile with its neighbours, of shape (height, width, 1).

    They are 1 in the middle and fall off linearly over `overlap` pixels at the edges.
    """
    down, across = (
        torch.minimum(torch.arange(length), torch.arange(length - 1, -1, -1)).add(0.5).div(overlap).clamp(max=1)
        for length in (height, width)
    )
    return (down[:, None] * across[None, :])[..., None]


def _premultiply(picture: torch.Tensor) -> torch.Tensor:
    """Multiply the colours of a decoded tile by its alpha, so that the colour of transparent pixels does not affect the
    blending.
    """
    if picture.shape[-1] < 4:
        return picture
    return torch.cat([picture[..., :3] * picture[..., 3:] / 255, picture[..., 3:]], dim=-1)


def _unpremultiply(picture: torch.Tensor) -> torch.Tensor:
    if picture.shape[-1] < 4:
        return picture
    alpha = picture[..., 3:]
    return torch.cat([torch.where(alpha > 0.5, 255 * picture[..., :3] / alpha, 0), alpha], dim=-1)
