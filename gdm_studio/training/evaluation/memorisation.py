"""Evaluation on training images: how accurately, sharply and often the model reproduces them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray

from gdm_studio.common.errors import StudioError
from gdm_studio.models.attribution import Origin, load_origins
from gdm_studio.models.memory import devices
from gdm_studio.training.data.catalogue import Entry
from gdm_studio.training.data.dataset import Row
from gdm_studio.training.evaluation.cached_generator import CachedGenerator
from gdm_studio.training.evaluation.heldout_images import heldout_entries_of
from gdm_studio.training.evaluation.heldout_images import seed_of as seed_of_entry
from gdm_studio.training.evaluation.metrics import QUICK_STRIDE, EvaluationResult
from gdm_studio.training.evaluation.training_images import (
    SIDE,
    Floats,
    TrainingImages,
    downscale,
    seed_of,
    select_drawings,
)

PAIRS = 256
# Two images with a smaller root-mean-square distance count as the same drawing. It is in 0 … 1, at SIDE pixels.
NEAR = 0.06
# The batch size of the autoencoder.
BATCH = 32
# The side in pixels at which blur is measured. Larger images are reduced by area averages.
BLUR_SIDE = 128
# The minimum gradient per pixel that counts as visible. Smaller ones are flat areas, including the noise of a decoder.
VISIBLE_GRADIENT = 4 / 255
# The range of medium gradients: stronger than a drawing's shading and weaker than its softest edges.
MEDIUM_GRADIENTS = 6 / 255, 12 / 255


def measure_memorised_images(
    generator: CachedGenerator, training: TrainingImages, *, quick: bool = False
) -> Iterator[EvaluationResult]:
    """Generate images with the captions and styles of training images, and compare them with these training images.

    The images are generated with default settings. Raises StudioError if the dataset has no suitable drawings.
    """
    rows = select_drawings(training.rows, PAIRS)[:: QUICK_STRIDE if quick else 1]
    if not rows:
        raise StudioError("The training images have no plain thing in an emoji-like style of the model; add some.")
    base = generator.base
    requests = [replace(base, prompt=row["caption"], style=row["style"], seed=seed_of(row)) for row in rows]
    images = generator.generate(f"seen pairs by {base.model}", requests)
    real = training.load_drawings(rows)
    decoded = reconstruct(generator, real)
    yield measure_pixel_error(images, real, decoded)
    yield measure_reproduction(images, real)
    yield blur(images, real, decoded)
    if (origins := load_origins(generator.library.card(base.model))) is not None:
        yield measure_attribution_accuracy([origins.close(picture) for picture in images], rows)


def measure_pixel_error(
    images: NDArray[np.uint8], real: NDArray[np.uint8], decoded: NDArray[np.uint8]
) -> EvaluationResult:
    """Measure the pixel error between each generated image and the training image with the same caption.

    It is the mean squared error times 1000, in premultiplied RGBA in 0 … 1. `details` contains the error of the
    autoencoder alone.
    """
    drawn = _premultiply(real)
    errors, least = (1e3 * np.square(_premultiply(part) - drawn).mean(axis=(1, 2, 3)) for part in (images, decoded))
    details = {"median": float(np.median(errors)), "decoded": float(least.mean()), "pairs": len(real)}
    title = "pixel error of seen pairs, × 1e-3"
    return EvaluationResult("pixel_error_seen", title, float(errors.mean()), goal="≤ 8", details=details)


def measure_reproduction(images: NDArray[np.uint8], real: NDArray[np.uint8]) -> EvaluationResult:
    """Measure how many generated images are near copies of the training image with the same caption.

    The remark interprets the result.
    """
    apart = np.sqrt(np.square(downscale(images, SIDE) - downscale(real, SIDE)).mean(axis=(1, 2, 3)))
    count = int((apart < NEAR).sum())
    of = len(apart)
    if 2 * count >= of:
        verdict = "it redraws"
    elif 10 * count < of:
        verdict = "it seldom redraws"
    else:
        verdict = "now and then it redraws"
    remark = (
        f"{round(100 * count / of)} of 100 pictures of a trained pair come within {NEAR:g} of the training "
        f"drawing: {verdict}"
    )
    details = {"median": float(np.median(apart)), "nearest": float(apart.min())}
    return EvaluationResult(
        "repeats_seen", "repeats of seen pairs", count, of, "pictures", details=details, remark=remark
    )


def blur(images: NDArray[np.uint8], real: NDArray[np.uint8], decoded: NDArray[np.uint8]) -> EvaluationResult:
    """Measure the blur of generated images: the fraction of medium gradients, which are weaker than the gradients of
    sharp edges.

    `details` contains the fractions for training drawings, before and after they pass through the autoencoder.
    """
    samples, drawn, copies = (mid_gradient_share(part) for part in (images, real, decoded))
    details = {"real": drawn, "decoded": copies}
    title = "mid-gradient share of samples"
    goal = "≤ decoded + .02"
    return EvaluationResult("mid_gradient_share", title, samples, goal=goal, details=details, shown=("real", "decoded"))


def measure_attribution_accuracy(found: Sequence[Origin | None], rows: Sequence[Row]) -> EvaluationResult:
    """Measure the accuracy of attribution: the fraction of attributed images for which the training image found is the
    one that the prompt describes.
    """
    attributed = [(origin, row) for origin, row in zip(found, rows, strict=True) if origin is not None]
    right = sum((origin.source.set, origin.thing) == (row["set"], row["caption"]) for origin, row in attributed)
    title = "called close to a drawing, the right one"
    details = {"pairs": float(len(rows))}
    return EvaluationResult("origins_seen", title, right, len(attributed), "pictures", "≥ 95 %", details)


def measure_repetition(
    generator: CachedGenerator, training: TrainingImages, *, quick: bool = False
) -> Iterator[EvaluationResult]:
    """Measure how often the model repeats a training image for a prompt that does not occur in training.

    The prompts are held-out (concept, set) pairs, and the same captions without a style.
    """
    styles = {row["style"] for row in training.rows}
    entries = heldout_entries_of(training.rows, styles)[:: QUICK_STRIDE if quick else 1]
    if not entries:
        raise StudioError("The training images have no thing with a held-out drawing; add images.")
    pairs = generate_images(generator, entries)
    yield _measure_repeats("held_out", "repeats among held-out pairs", training.nearest(pairs))
    plain = generate_images(generator, one_per_concept(entries), styled=False)
    yield _measure_repeats("unstyled", "repeats among prompts without a style", training.nearest(plain))


def generate_images(generator: CachedGenerator, entries: Sequence[Entry], *, styled: bool = True) -> NDArray[np.uint8]:
    """Generate an image (n, H, W, 4) for the caption of each icon, with or without the icon's style."""
    base = generator.base
    requests = [
        replace(base, prompt=entry.caption, style=entry.style if styled else "", seed=seed_of_entry(entry))
        for entry in entries
    ]
    return generator.generate(f"{'held-out pairs' if styled else 'no style'} by {base.model}", requests)


def one_per_concept(entries: Sequence[Entry]) -> list[Entry]:
    """Return one icon per concept, the first. Prompts without a style are the same for all icons of a concept."""
    return list({entry.concept: entry for entry in reversed(entries)}.values())[::-1]


def reconstruct(generator: CachedGenerator, pictures: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Encode images (n, H, W, 4) with the model's autoencoder, and decode them again.

    The result is an upper limit for the quality of generated images.
    """
    base = generator.base
    device, dtype = devices.device_and_dtype(base, generator.library.card(base.model))
    (stage,) = generator.library.load(base.model, device=device, dtype=dtype).stages
    parts = []
    for begin in range(0, len(pictures), BATCH):
        latents = stage.encode(torch.from_numpy(pictures[begin : begin + BATCH]))
        parts.append(stage.decode(latents).numpy())
        generator.show("through the autoencoder", min(begin + BATCH, len(pictures)), len(pictures))
    return np.concatenate(parts)


def mid_gradient_share(pictures: NDArray[np.uint8]) -> float:
    """Return the share of medium gradients among the visible gradients of images, a measure of blur.

    The images (n, H, W, 4) have straight alpha. H = W must be a multiple of BLUR_SIDE, or smaller. Gradients are
    central differences ½ (v(x + 1) − v(x − 1)) of the colours in 0 … 1, composited over white at BLUR_SIDE pixels. A
    pixel's gradient is the largest of its three channels. It is visible above VISIBLE_GRADIENT, and medium within
    MEDIUM_GRADIENTS.

    Drawings have flat areas and edges with little in between, whereas a network's uncertain areas change slowly. The
    fraction is .13 for 256 emoji-like drawings, and .17 after encoding and decoding them with the first autoencoder.
    """
    small = downscale(pictures, min(BLUR_SIDE, pictures.shape[1]))
    over_white = small[..., :3] + 1 - small[..., 3:]
    across = (over_white[:, 1:-1, 2:] - over_white[:, 1:-1, :-2]) / 2
    down = (over_white[:, 2:, 1:-1] - over_white[:, :-2, 1:-1]) / 2
    length = np.hypot(across, down).max(axis=-1)
    low, high = MEDIUM_GRADIENTS
    medium = int(((length > low) & (length < high)).sum())
    visible = int((length > VISIBLE_GRADIENT).sum())
    return medium / max(visible, 1)


def _measure_repeats(key: str, title: str, apart: Floats) -> EvaluationResult:
    count = int((apart < NEAR).sum())
    details = {"median": float(np.median(apart)), "nearest": float(apart.min())}
    return EvaluationResult(f"repeats_{key}", title, count, len(apart), "pictures", "≤ 3 %", details)


def _premultiply(pictures: NDArray[np.uint8]) -> Floats:
    return downscale(pictures, pictures.shape[1])
