"""Draws the small pictures beside a model with the model itself: `python -m gdm_studio.training.style_pictures`."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
from PIL import Image

from gdm_studio.atomic import make_folder, replacing
from gdm_studio.engine import threads
from gdm_studio.engine.generate import generate
from gdm_studio.models.card import ModelCard
from gdm_studio.models.library import Library
from gdm_studio.models.samples import SIDE, sample_path
from gdm_studio.request import Request
from gdm_studio.run import Result

SEED = 3
PROMPT = "a house"  # of six things the one that came out in every style of the built-in model, as a fox did not
CLEAR = 8  # alpha of a palette's colour that is none: quantising mixes the clear ground with its haze
COLOURS = 255  # of a small picture's palette: nobody sees the difference, and the file is a third as large


def draw(library: Library, card: ModelCard, *, prompt: str, seed: int = SEED) -> Iterator[Path]:
    """Writes a sample of every style (all with the same prompt and seed) and of every example in its own style and
    with its own seed; yields their paths.

    Raises BadRequest or ModelError.
    """
    usual = replace(card.usual(), model=card.name)
    for style in card.styles:
        request = replace(usual, prompt=prompt, style=style.id, seed=seed)
        yield _written(library, request, sample_path(card, "style", style.id))
    for example in card.examples:
        own = {name: value for name, value in asdict(example).items() if value != ""}
        request = replace(usual, **own)
        yield _written(library, request, sample_path(card, "example", example.prompt))


def _written(library: Library, request: Request, path: Path | None) -> Path:
    assert path is not None, "a model from the library has a folder"
    made = next(event for event in generate(request, library) if isinstance(event, Result))
    make_folder(path.parent)
    with replacing(path) as file:
        small(made.rgba).save(file, "PNG", optimize=True)
    return path


def small(rgba: np.ndarray) -> Image.Image:
    """A picture (height, width, 3 or 4) at SIDE pixels, in a palette with transparency."""
    picture = Image.fromarray(rgba).convert("RGBA").convert("RGBa").resize((SIDE, SIDE), Image.Resampling.LANCZOS)
    packed = picture.convert("RGBA").quantize(COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    palette = packed.getpalette("RGBA") or []
    palette[3::4] = [0 if alpha < CLEAR else alpha for alpha in palette[3::4]]
    packed.putpalette(palette, "RGBA")
    return packed


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Draw a model's small pictures: its styles and its example prompts.")
    parser.add_argument("model", nargs="?", default=Request().model)
    parser.add_argument("--prompt", default=PROMPT, help=f"what every style shows (default: {PROMPT})")
    parser.add_argument("--seed", type=int, default=SEED)
    args = parser.parse_args(arguments)
    threads.prepare()
    library = Library()
    card = library.card(args.model)
    for path in draw(library, card, prompt=args.prompt, seed=args.seed):
        print(path, path.stat().st_size, flush=True)


if __name__ == "__main__":
    main()
