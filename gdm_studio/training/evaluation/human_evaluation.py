"""Contact sheets for human evaluation: generated images to name, and blind pairs of a generated image and a training
image.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from gdm_studio.common.atomic_files import make_folder, open_replacement, write
from gdm_studio.common.errors import BadRequest, StudioError
from gdm_studio.common.text_drawing import TextDrawer
from gdm_studio.training.data import near_duplicates
from gdm_studio.training.data.dataset import Pictures, Row, open_pictures
from gdm_studio.training.evaluation.cached_generator import CachedGenerator
from gdm_studio.training.evaluation.evaluation_sets import PROMPTS, fixed_prompts
from gdm_studio.training.evaluation.metrics import EvaluationResult
from gdm_studio.training.evaluation.training_images import TrainingImages, digest, seed_of, select_drawings

PAIRS = 20
# The number of images per row, for four pairs.
COLUMNS = 8
# The seed that decides on which side the generated image is.
SHUFFLE = 20
SIDES = ("left", "right")
GROUND, INK = "#ffffff", "#5a6272"
# The side of an image in pixels.
CELL = 160
GAP, LABEL = 16, 26
FONT = 12


def generate_fixed(generator: CachedGenerator, prompts: str = "prompts") -> NDArray[np.uint8]:
    """Generate the images (64, H, W, 4) of a fixed list of prompts. Prompt i, counted from 1, has seed i."""
    base = generator.base
    requests = [
        replace(base, prompt=asked.prompt, style=base.style if asked.style is None else asked.style, seed=seed)
        for seed, asked in enumerate(fixed_prompts(prompts), 1)
    ]
    return generator.generate(f"sheet by {base.model}", requests)


def write_sheet(path: Path, generator: CachedGenerator, prompts: str = "prompts") -> None:
    """Write a contact sheet of generated images as PNG, labelled only with numbers, so that a person can name the
    images without a hint.

    Raises StorageError.
    """
    pictures = generate_fixed(generator, prompts)
    contact_sheet(path, list(pictures), [str(number) for number in range(1, len(pictures) + 1)])


def write_answers(path: Path, generator: CachedGenerator, data: Path | None, prompts: str = "prompts") -> None:
    """Write the contact sheet of generated images with their prompts as labels, for checking the answers of a person.

    With training data, the most similar training image is shown next to each image. Raises StudioError.
    """
    pictures = list(generate_fixed(generator, prompts))
    training = open_pictures(data) if data else None
    beside = list(training.rgba(nearest(pictures, training))) if training else None
    contact_sheet(path, pictures, [asked.prompt for asked in fixed_prompts(prompts)], beside=beside)


def nearest(pictures: Sequence[np.ndarray], training: Pictures) -> list[int]:
    """Return the index of the most similar training image for each generated image (H, W, 4)."""
    known = np.stack([near_duplicates.signature(picture) for picture in training.pixels])
    indices, _ = near_duplicates.nearest(np.stack([near_duplicates.signature(picture) for picture in pictures]), known)
    return indices.tolist()


def named_by_person(count: int, prompts: str = "prompts") -> EvaluationResult:
    """Return the result of a human evaluation, given the number of images that the person named correctly.

    Raises BadRequest for an invalid count.
    """
    of = len(fixed_prompts(prompts))
    if not 0 <= count <= of:
        raise BadRequest(f"--named must be from 0 to {of}, not {count}.")
    title = "named by someone who had not seen the prompts" + (f", {prompts}" if prompts != "prompts" else "")
    return EvaluationResult(PROMPTS[prompts], title, count, of, "prompts", "≥ 80 %")


@dataclass(frozen=True)
class Pair:
    """Answer key for one pair of a blind comparison: on which side the generated image is, and which training image is
    on the other side.
    """

    number: int
    thing: str
    # The side on which the generated image is, one of SIDES.
    ours: str
    # The set and the name of the drawing.
    drawing: str


def select_concepts(rows: Sequence[Row], style: str) -> list[Row]:
    """Select one training image for each of PAIRS different objects, for a blind comparison. A hash of the concepts
    makes the selection reproducible.

    Drawings in `style`, the style of the generated images, are excluded, because a model that memorised them would be
    compared with copies of its own images.
    """
    others = [row for row in select_drawings(rows, len(rows)) if row["style"] != style]
    first = {row["concept"]: row for row in reversed(others)}
    return sorted(first.values(), key=lambda row: digest("pairs", row["concept"]))[:PAIRS]


def write_pairs(path: Path, generator: CachedGenerator, training: TrainingImages) -> Path:
    """Write a contact sheet for a blind comparison of generated images with training images, and its answer key.

    Returns the path of the key. Images are generated with the model's default settings, and drawings are shown at their
    size. Raises StudioError.
    """
    base = generator.base
    rows = select_concepts(training.rows, base.style)
    if not rows:
        raise StudioError("The training images have no plain thing in a second style to compare with; add some.")
    requests = [replace(base, prompt=row["caption"], seed=seed_of(row)) for row in rows]
    ours, real = generator.generate(f"pairs by {base.model}", requests), training.load_drawings(rows)
    sides = np.random.default_rng(SHUFFLE).permutation(np.arange(len(rows)) % 2)
    shown: list[NDArray[np.uint8]] = []
    for side, mine, theirs in zip(sides, ours, real, strict=True):
        shown += [mine, theirs] if side == 0 else [theirs, mine]
    labels = [f"{number} {side}" for number in range(1, len(rows) + 1) for side in SIDES]
    contact_sheet(path, shown, labels, columns=COLUMNS)
    key = path.with_name(f"{path.stem}.key.json")
    pairs = [
        Pair(number, row["caption"], SIDES[side], f"{row['set']}/{row['name']}")
        for number, (row, side) in enumerate(zip(rows, sides, strict=True), 1)
    ]
    write(key, json.dumps([asdict(pair) for pair in pairs], ensure_ascii=False, indent=1).encode())
    return key


def contact_sheet(
    path: Path,
    pictures: Sequence[np.ndarray],
    labels: Sequence[str],
    *,
    beside: Sequence[np.ndarray] | None = None,
    columns: int = 8,
) -> None:
    """Write a contact sheet as PNG: labelled images (H, W, 4), uint8 with straight alpha, in rows of `columns` images.

    `beside` contains a second image for each one, shown at half size on its right. Raises StorageError.
    """
    width = CELL + (CELL // 2 if beside else 0)
    rows = -(-len(pictures) // columns)
    size = (GAP + columns * (width + GAP), GAP + rows * (CELL + LABEL + GAP))
    sheet = Image.new("RGBA", size, GROUND)
    draw = ImageDraw.Draw(sheet)
    writer = TextDrawer(draw, FONT)
    for index, (picture, label) in enumerate(zip(pictures, labels, strict=True)):
        left = GAP + index % columns * (width + GAP)
        top = GAP + index // columns * (CELL + LABEL + GAP)
        _paste(sheet, picture, left, top, side=CELL)
        if beside:
            _paste(sheet, beside[index], left + CELL, top + CELL // 2, side=CELL // 2)
        writer.text((left + CELL / 2, top + CELL + LABEL / 2), label, INK, anchor="mm")
    make_folder(path.parent)
    with open_replacement(path) as file:
        sheet.convert("RGB").save(file, "PNG", optimize=True)


def _paste(sheet: Image.Image, rgba: np.ndarray, left: int, top: int, *, side: int) -> None:
    picture = Image.fromarray(rgba).resize((side, side), Image.Resampling.LANCZOS)
    sheet.alpha_composite(picture, (left, top))
