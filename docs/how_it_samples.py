"""Draws the images of how-it-samples.md: `python docs/how_it_samples.py`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import torch
from PIL import Image, ImageDraw, ImageFont

from gdm_studio.common import paths
from gdm_studio.engine import torch_startup
from gdm_studio.engine.generation_loop import generate
from gdm_studio.engine.noise import KeyedNoise
from gdm_studio.maths.noise_path import NoiseLevel
from gdm_studio.models.loaded_model import LoadedModel
from gdm_studio.models.model_library import Library
from gdm_studio.request.generation_events import StepEvent
from gdm_studio.request.generation_request import BUILT_IN
from gdm_studio.verify.error_charts import draw

HERE = Path(__file__).parent
SETTINGS = dict(model=BUILT_IN, prompt="a cheerful panda", style="noto", seed=42, steps=40, device="cpu")
LEVELS = (0.0, 0.1, 0.4, 0.8, 1.5, 3.0, 8.0, 32.0)  # noise ratios shown, the nearest step of each
SIDE, LABEL, GAP = 128, 176, 6
INK, PALE, WHITE = "#1d2433", "#667085", "#ffffff"


def main() -> None:
    torch_startup.prepare()
    draw(HERE)
    strip().save(HERE / "how-it-samples.webp", quality=55, method=6)


def strip() -> Image.Image:
    """Return three rows over the same noise levels: an image with noise, x in each step, and the predicted image."""
    library = Library()
    request = replace(library.card(BUILT_IN).default_request(), **SETTINGS)
    events = {event.step.index: event for event in generate(request, library) if isinstance(event, StepEvent)}
    last = events[request.steps]
    model = last.model
    eps = KeyedNoise([7])(0, last.step.x)
    labels = ("forward:\na picture, noised", "back:\nx, step by step", "back:\npredicted x0")
    rows: dict[str, list[torch.Tensor]] = {label: [] for label in labels}
    steps = [min((a.step for a in events.values()), key=lambda step: abs(step.at.ratio - level)) for level in LEVELS]
    for step in steps:
        forward, x, denoised = rows.values()
        forward.append(decode(model, model.stages[0].diffusion.process.degrade(last.step.x, step.at, eps), step.at))
        x.append(decode(model, step.x, step.at))
        denoised.append(decode(model, step.denoised, NoiseLevel(1.0, 0.0)))
    return sheet(rows, [step.at for step in steps])


def decode(model: LoadedModel, x: torch.Tensor, at: NoiseLevel) -> torch.Tensor:
    """Decode x, scaled to the spread of clean latents: noise would otherwise lie far outside the decoder's range."""
    s = model.card.data_scale
    size = (at.alpha**2 + (at.sigma / s) ** 2) ** 0.5
    return model.stages[-1].decode(x / size)[0]


def sheet(rows: dict[str, list[torch.Tensor]], points: list[NoiseLevel]) -> Image.Image:
    """Return the rows below each other on white, with the noise ratio of each column at the bottom."""
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
