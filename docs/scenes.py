"""Draws the sheet of scenes in docs/tour.md, one picture of each prompt: `python docs/scenes.py`."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from gdm_studio import Studio
from gdm_studio.common import paths
from gdm_studio.common.atomic_files import write

OUT = Path(__file__).parent / "scenes.webp"
PROMPTS = (
    "a cat on a skateboard", "a dog under an umbrella", "a fox wearing a hat", "a monkey eating a banana",
    "a boy holding a balloon", "a boat on the sea at night", "three apples in a basket",
    "a red car in front of a house", "a bear playing guitar", "a sheep in a meadow",
)  # fmt: skip
SEED = 1
COLUMNS = 5
# Sizes in pixels.
CELL, LABEL, GAP, FONT = 150, 20, 12, 12
INK = "#5a6272"
QUALITY = 80


def sheet(pictures: Sequence[Image.Image]) -> Image.Image:
    """Return a sheet of the pictures with their prompts."""
    width, height = CELL + GAP, CELL + LABEL + GAP
    whole = Image.new("RGBA", (COLUMNS * width, -(-len(PROMPTS) // COLUMNS) * height), "white")
    draw = ImageDraw.Draw(whole)
    font = ImageFont.truetype(str(paths.resources() / "fonts" / "Inter-Regular.ttf"), FONT)
    for index, (prompt, picture) in enumerate(zip(PROMPTS, pictures, strict=True)):
        left, top = index % COLUMNS * width, index // COLUMNS * height
        whole.alpha_composite(picture.resize((CELL, CELL), Image.Resampling.LANCZOS), (left, top))
        middle = left + CELL / 2 - draw.textlength(prompt, font) / 2
        draw.text((middle, top + CELL + 2), prompt, fill=INK, font=font)
    return whole.convert("RGB")


def main() -> None:
    studio = Studio()
    pictures = [Image.fromarray([*studio.generate(prompt, seed=SEED)][-1].image) for prompt in PROMPTS]
    packed = io.BytesIO()
    sheet(pictures).save(packed, "WEBP", quality=QUALITY, method=6)
    write(OUT, packed.getvalue())
    print(OUT)


if __name__ == "__main__":
    main()
