"""Command that generates the sample images of a model: `python -m gdm_studio.training.sample_images`."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
from PIL import Image

from gdm_studio.common.atomic_files import make_folder, open_replacement
from gdm_studio.engine import torch_startup
from gdm_studio.engine.generation_loop import generate
from gdm_studio.models.model_card import SAMPLE_SIDE, ModelCard, sample_path
from gdm_studio.models.model_library import Library
from gdm_studio.request.generation_events import Result
from gdm_studio.request.generation_request import Request

SEED = 3
# The prompt of the style samples. Of six objects, only this one looked good in every style of the built-in model.
PROMPT = "a tree"
# Palette colours with a lower alpha become fully transparent, because quantisation has blended them with the
# background.
MIN_ALPHA = 8
# The number of colours in the palette of a sample. A palette makes the file a third as large, without visible
# difference.
COLOURS = 255


def write_samples(library: Library, card: ModelCard, *, prompt: str, seed: int = SEED) -> Iterator[Path]:
    """Generate a sample image for each style and each example prompt of a model, for display in the window.

    Yields the paths of the files. Style samples share one prompt and seed; examples have their own. Raises BadRequest
    or ModelError.
    """
    default = replace(card.default_request(), model=card.name)
    for style in card.styles:
        request = replace(default, prompt=prompt, style=style.id, seed=seed)
        yield _write_sample(library, request, sample_path(card, "style", style.id))
    for example in card.examples:
        own = {name: value for name, value in asdict(example).items() if value != ""}
        request = replace(default, **own)
        yield _write_sample(library, request, sample_path(card, "example", example.prompt))


def _write_sample(library: Library, request: Request, path: Path | None) -> Path:
    assert path is not None, "a model from the library has a folder"
    result = next(event for event in generate(request, library) if isinstance(event, Result))
    make_folder(path.parent)
    with open_replacement(path) as file:
        to_sample(result.rgba).save(file, "PNG", optimize=True)
    return path


def to_sample(rgba: np.ndarray) -> Image.Image:
    """Reduce a generated image (height, width, 3 or 4) to SAMPLE_SIDE pixels and a small palette with transparency."""
    picture = (
        Image.fromarray(rgba)
        .convert("RGBA")
        .convert("RGBa")
        .resize((SAMPLE_SIDE, SAMPLE_SIDE), Image.Resampling.LANCZOS)
    )
    packed = picture.convert("RGBA").quantize(COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    palette = packed.getpalette("RGBA") or []
    palette[3::4] = [0 if alpha < MIN_ALPHA else alpha for alpha in palette[3::4]]
    packed.putpalette(palette, "RGBA")
    return packed


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Generate a model's sample images for styles and example prompts.")
    parser.add_argument("model", nargs="?", default=Request().model)
    parser.add_argument("--prompt", default=PROMPT, help=f"prompt of the style samples (default: {PROMPT})")
    parser.add_argument("--seed", type=int, default=SEED)
    args = parser.parse_args(arguments)
    torch_startup.prepare()
    library = Library()
    card = library.card(args.model)
    for path in write_samples(library, card, prompt=args.prompt, seed=args.seed):
        print(path, path.stat().st_size, flush=True)


if __name__ == "__main__":
    main()
