"""Pictures of what a model was taught, beside the drawings: how near they come, how clean they are, what repeats."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray

from gdm_studio.engine import devices
from gdm_studio.errors import StudioError
from gdm_studio.models.origins import Origin, origins_of
from gdm_studio.training.data.catalogue import Entry
from gdm_studio.training.data.dataset import Row
from gdm_studio.training.evaluation.drawing import Drawings
from gdm_studio.training.evaluation.figures import QUICKLY, Measured
from gdm_studio.training.evaluation.gradients import mid_gradient_share
from gdm_studio.training.evaluation.taught import SIDE, Floats, Taught, reduced, seed_of, seen_pairs
from gdm_studio.training.evaluation.unseen import seed_of as seed_of_entry
from gdm_studio.training.evaluation.unseen import unseen_entries

PAIRS = 256
NEAR = 0.06  # root mean square, in 0 … 1 at SIDE pixels: nobody would call two such pictures two drawings
BATCH = 32  # pictures through the autoencoder at once


def seen(drawings: Drawings, taught: Taught, *, quick: bool = False) -> Iterator[Measured]:
    """Samples of seen pairs with the model's default settings, each beside its drawing. Raises StudioError."""
    rows = seen_pairs(taught.rows, PAIRS)[:: QUICKLY if quick else 1]
    if not rows:
        raise StudioError("The training pictures have no plain thing in an emoji-like style of the model; add some.")
    base = drawings.base
    requests = [replace(base, prompt=row["caption"], style=row["style"], seed=seed_of(row)) for row in rows]
    made, real = drawings.draw(f"seen pairs by {base.model}", requests), taught.drawings(rows)
    decoded = through_autoencoder(drawings, real)
    yield pixel_error(made, real, decoded)
    yield redrawn(made, real)
    yield mush(made, real, decoded)
    if (origins := origins_of(drawings.library.card(base.model))) is not None:
        yield named([origins.close(picture) for picture in made], rows)


def pixel_error(made: NDArray[np.uint8], real: NDArray[np.uint8], decoded: NDArray[np.uint8]) -> Measured:
    """Mean squared error over premultiplied RGBA in 0 … 1, times 1000; beside it, that of the autoencoder alone."""
    drawn = _premultiplied(real)
    errors, least = (1e3 * np.square(_premultiplied(part) - drawn).mean(axis=(1, 2, 3)) for part in (made, decoded))
    details = {"median": float(np.median(errors)), "decoded": float(least.mean()), "pairs": len(real)}
    title = "pixel error of seen pairs, × 1e-3"
    return Measured("pixel_error_seen", title, float(errors.mean()), goal="≤ 8", details=details)


def redrawn(made: NDArray[np.uint8], real: NDArray[np.uint8]) -> Measured:
    """How many of the pictures are their drawing over again, in plain words too."""
    apart = np.sqrt(np.square(reduced(made, SIDE) - reduced(real, SIDE)).mean(axis=(1, 2, 3)))
    count, of = int((apart < NEAR).sum()), len(apart)
    does = "it redraws" if 2 * count >= of else "it seldom redraws" if 10 * count < of else "now and then it redraws"
    remark = (
        f"{round(100 * count / of)} of 100 pictures of a pair that it was taught come within {NEAR:g} of the training "
        f"drawing: {does}"
    )
    details = {"median": float(np.median(apart)), "nearest": float(apart.min())}
    return Measured("repeats_seen", "repeats of seen pairs", count, of, "pictures", details=details, remark=remark)


def mush(made: NDArray[np.uint8], real: NDArray[np.uint8], decoded: NDArray[np.uint8]) -> Measured:
    """The share of middling gradients of samples, beside those of drawings and of the autoencoder's copies of them."""
    samples, drawn, copies = (mid_gradient_share(part) for part in (made, real, decoded))
    details = {"real": drawn, "decoded": copies}
    title, goal = "mid-gradient share of samples", "≤ decoded + .02"
    return Measured("mid_gradient_share", title, samples, goal=goal, details=details, shown=("real", "decoded"))


def named(found: Sequence[Origin | None], rows: Sequence[Row]) -> Measured:
    """Of the pictures that the app calls close to a training drawing, how many are so to the one asked for."""
    told = [(origin, row) for origin, row in zip(found, rows, strict=True) if origin is not None]
    right = sum((origin.source.set, origin.thing) == (row["set"], row["caption"]) for origin, row in told)
    title, details = "called close to a drawing, the right one", {"pairs": float(len(rows))}
    return Measured("origins_seen", title, right, len(told), "pictures", "≥ 95 %", details)


def repeats(drawings: Drawings, taught: Taught, *, quick: bool = False) -> Iterator[Measured]:
    """How many pictures of what was never taught come near any training drawing: held-out pairs, and no style."""
    styles = {row["style"] for row in taught.rows}
    entries = unseen_entries(taught.rows, styles)[:: QUICKLY if quick else 1]
    if not entries:
        raise StudioError("The training pictures teach no thing of which a drawing was held out; add pictures.")
    pairs = pictures_of(drawings, entries)
    yield _repeats("held_out", "repeats among held-out pairs", taught.nearest(pairs))
    plain = pictures_of(drawings, one_each(entries), styled=False)
    yield _repeats("unstyled", "repeats among prompts without a style", taught.nearest(plain))


def pictures_of(drawings: Drawings, entries: Sequence[Entry], *, styled: bool = True) -> NDArray[np.uint8]:
    """(n, H, W, 4) what the model makes of each caption, in its style or without any."""
    base = drawings.base
    requests = [
        replace(base, prompt=entry.caption, style=entry.style if styled else "", seed=seed_of_entry(entry))
        for entry in entries
    ]
    return drawings.draw(f"{'held-out pairs' if styled else 'no style'} by {base.model}", requests)


def one_each(entries: Sequence[Entry]) -> list[Entry]:
    """The first entry of each concept: without a style they are the same prompt."""
    return list({entry.concept: entry for entry in reversed(entries)}.values())[::-1]


def through_autoencoder(drawings: Drawings, pictures: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(n, H, W, 4) what is left of pictures of the model's size once encoded and decoded: samples cannot be cleaner."""
    base = drawings.base
    place, dtype = devices.place_of(base, drawings.library.card(base.model))
    (stage,) = drawings.library.load(base.model, device=place, dtype=dtype).stages
    parts = []
    for begin in range(0, len(pictures), BATCH):
        latents = stage.encode(torch.from_numpy(pictures[begin : begin + BATCH]))
        parts.append(stage.decode(latents).numpy())
        drawings.show("through the autoencoder", min(begin + BATCH, len(pictures)), len(pictures))
    return np.concatenate(parts)


def _repeats(key: str, title: str, apart: Floats) -> Measured:
    count = int((apart < NEAR).sum())
    details = {"median": float(np.median(apart)), "nearest": float(apart.min())}
    return Measured(f"repeats_{key}", title, count, len(apart), "pictures", "≤ 3 %", details)


def _premultiplied(pictures: NDArray[np.uint8]) -> Floats:
    return reduced(pictures, pictures.shape[1])
