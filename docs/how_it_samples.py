"""Draws the pictures of how-it-samples.md: `python docs/how_it_samples.py` (the built-in model, the exact beds)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import torch
from PIL import Image, ImageDraw, ImageFont

from gdm_studio import paths
from gdm_studio.engine import threads
from gdm_studio.engine.generate import generate
from gdm_studio.engine.noise import KeyedNoise
from gdm_studio.engine.verify.plot import draw
from gdm_studio.maths.path import Point
from gdm_studio.models.library import Library
from gdm_studio.models.loaded import LoadedModel
from gdm_studio.request import BUILT_IN
from gdm_studio.run import Advance

HERE = Path(__file__).parent
SETTINGS = dict(model=BUILT_IN, prompt="a cheerful panda", style="noto", seed=42, steps=40, device="cpu")
LEVELS = (0.0, 0.1, 0.4, 0.8, 1.5, 3.0, 8.0, 32.0)  # noise ratios shown, the nearest step of each
SIDE, LABEL, GAP = 128, 176, 6
INK, PALE, WHITE = "#1d2433", "#667085", "#ffffff"


def main() -> None:
    threads.prepare()
    draw(HERE)
    strip().quantize(256, kmeans=4).save(HERE / "how-it-samples.png", optimize=True)


def strip() -> Image.Image:
    """Three rows over the same noise levels: a picture noised, x on its way back, and what is predicted from it."""
    library = Library()
    request = replace(library.card(BUILT_IN).usual(), **SETTINGS)
    advances = {event.step.index: event for event in generate(request, library) if isinstance(event, Advance)}
    last = advances[request.steps]
    model = last.model
    eps = KeyedNoise([7])(0, last.step.x)
    labels = ("forward:\na picture, noised", "back:\nx, step by step", "back:\npredicted x0")
    rows: dict[str, list[torch.Tensor]] = {label: [] for label in labels}
    steps = [min((a.step for a in advances.values()), key=lambda step: abs(step.at.ratio - level)) for level in LEVELS]
    for step in steps:
        forward, x, denoised = rows.values()
        forward.append(seen(model, model.stages[0].diffusion.process.degrade(last.step.x, step.at, eps), step.at))
        x.append(seen(model, step.x, step.at))
        denoised.append(seen(model, step.denoised, Point(1.0, 0.0)))
    return sheet(rows, [step.at for step in steps])


def seen(model: LoadedModel, x: torch.Tensor, at: Point) -> torch.Tensor:
    """x decoded at the size that pictures have: noise would otherwise be far out of the decoder's range."""
    s = model.card.data_scale
    size = (at.alpha**2 + (at.sigma / s) ** 2) ** 0.5
    return model.decode(x / size)[0]


def sheet(rows: dict[str, list[torch.Tensor]], points: list[Point]) -> Image.Image:
    """The rows under each other on white, with the noise ratio of each column at the foot."""
    font = ImageFont.truetype(str(paths.resources() / "fonts" / "Inter-Regular.ttf"), 16)
    width, height = LABEL + len(points) * (SIDE + GAP), len(rows) * (SIDE + GAP) + 40
    image = Image.new("RGB", (width, height), WHITE)
    pen = ImageDraw.Draw(image)
    for row, (label, pictures) in enumerate(rows.items()):
        top = row * (SIDE + GAP)
        pen.text((12, top + SIDE / 2), label, fill=INK, font=font, anchor="lm", spacing=6)
        for column, picture in enumerate(pictures):
            drawn = Image.fromarray(picture.numpy()).convert("RGBA").resize((SIDE, SIDE), Image.Resampling.LANCZOS)
            image.paste(drawn, (LABEL + column * (SIDE + GAP), top), drawn)
    for column, at in enumerate(points):
        middle = LABEL + column * (SIDE + GAP) + SIDE / 2
        pen.text((middle, height - 22), f"{at.ratio:.2g}", fill=PALE, font=font, anchor="mm")
    pen.text((12, height - 22), "noise, sigma / alpha", fill=PALE, font=font, anchor="lm")
    return image


if __name__ == "__main__":
    main()
