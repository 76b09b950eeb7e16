"""Draws the sheet of sixty prompts with four seeds each in docs/measured.md: `python docs/sixty_prompts.py`."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from gdm_studio.common import paths
from gdm_studio.common.atomic_files import write
from gdm_studio.engine import torch_startup
from gdm_studio.models.model_library import Library
from gdm_studio.request.generation_request import BUILT_IN
from gdm_studio.training.evaluation.cached_generator import CachedGenerator

OUT = Path(__file__).parent / "sixty-prompts.webp"
# The prompts were written down before the first picture was drawn: plain things, people, colours and several things,
# things in no drawing, and other languages.
PROMPTS = (
    "a teapot", "a snail", "a lighthouse", "a pineapple", "a wristwatch", "a hedgehog", "a suitcase", "a donut",
    "a tractor", "an anchor", "a flamingo", "a chess pawn", "a violin", "a pair of scissors", "a volcano", "a toaster",
    "a squirrel", "a piano", "a ladder", "a dolphin",
    "a chef", "a firefighter", "a knight", "an astronaut", "a violin player", "a nurse", "a pirate", "a queen",
    "a mechanic", "a grandmother", "a ballet dancer", "a boy on a skateboard",
    "a purple elephant", "a green mug", "a pink car", "a black sheep", "a cat and a dog", "two apples", "a blue pear",
    "a fish and a bird", "a golden key", "a house and a tree",
    "a quokka", "a windmill", "a typewriter", "a narwhal", "a hovercraft", "an okapi", "a trebuchet", "a chandelier",
    "an axolotl", "a sundial",
    "ein Eichhörnchen", "un château", "una tortuga", "猫", "собака", "una bicicletta", "りんご", "um guarda-chuva",
)  # fmt: skip
# Prompt i, counted from 1, has the seeds SEED_STEP · i and the next ones.
SEEDS, SEED_STEP = 4, 1000
COLUMNS = 5
# Sizes in pixels.
CELL, LABEL, GAP, FONT = 62, 14, 8, 11
INK = "#5a6272"
QUALITY = 36


def sheet(pictures: Sequence[np.ndarray]) -> Image.Image:
    """Return the sheet of all pictures (H, W, 4), SEEDS of each prompt in order."""
    width, height = SEEDS * CELL + GAP, CELL + LABEL
    whole = Image.new("RGBA", (COLUMNS * width, -(-len(PROMPTS) // COLUMNS) * height), "white")
    draw = ImageDraw.Draw(whole)
    font = ImageFont.truetype(str(paths.resources() / "fonts" / "Inter-Regular.ttf"), FONT)
    for index, picture in enumerate(pictures):
        prompt, seed = divmod(index, SEEDS)
        left, top = prompt % COLUMNS * width, prompt // COLUMNS * height
        small = Image.fromarray(picture).resize((CELL, CELL), Image.Resampling.LANCZOS)
        whole.alpha_composite(small, (left + seed * CELL, top))
        if seed == 0:
            # The font has no Chinese and Japanese characters.
            text = f"{prompt + 1} {PROMPTS[prompt]}" if ord(max(PROMPTS[prompt])) < 0x2000 else f"{prompt + 1}"
            draw.text((left + 2, top + CELL), text, fill=INK, font=font)
    return whole.convert("RGB")


def main() -> None:
    torch_startup.prepare()
    generator = CachedGenerator.of(Library(), BUILT_IN, lambda title, done, of: print(f"\r{done} of {of}", end=""))
    requests = [
        replace(generator.base, prompt=prompt, seed=SEED_STEP * number, count=SEEDS)
        for number, prompt in enumerate(PROMPTS, 1)
    ]
    packed = io.BytesIO()
    sheet(generator.generate("sixty prompts", requests)).save(packed, "WEBP", quality=QUALITY, method=6)
    write(OUT, packed.getvalue())
    print(f"\n{OUT}")


if __name__ == "__main__":
    main()
