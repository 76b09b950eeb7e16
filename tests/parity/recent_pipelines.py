"""Cases of the comparison with diffusers' pipelines of 2025 and 2026, on small models with made-up weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tests.parity.numbers import FOLDER

FILE = FOLDER / "recent_pipelines.json"
PROMPT, NEGATIVE = "a photo of an astronaut riding a horse on mars, highly detailed", "blurry"
# Longer than the 512 tokens that most models take.
LONG = "a red fox beside a lake, " * 100
STEPS = 4
# Width and height, which differ so that swapped axes are noticed.
SIZE = (160, 128)
# Strides at which numbers of the latents and of an image are compared.
EVERY_LATENT, EVERY_PIXEL = 83, 1499


@dataclass(frozen=True)
class Case:
    """An image of one of the models of `tiny_transformers.KINDS`."""

    kind: str
    guidance: float = 1.0
    prompt: str = PROMPT
    negative: str = NEGATIVE
    # Sizes (width, height) of the reference images.
    references: tuple[tuple[int, int], ...] = ()
    # Number of first steps that are left out, because the run starts from an image.
    skipped: int = 0


CASES: Mapping[str, Case] = {
    "Qwen-Image": Case("qwen-image", guidance=4.0),
    "Qwen-Image Lightning": Case("qwen-image"),
    "Qwen-Image, empty prompts": Case("qwen-image", guidance=4.0, prompt="", negative=""),
    "Qwen-Image, long prompt": Case("qwen-image", guidance=4.0, prompt=LONG),
    "Qwen-Image from an image": Case("qwen-image", guidance=4.0, skipped=2),
    "Qwen-Image-Edit": Case("qwen-image edit", guidance=4.0, references=((1024, 1024),)),
    "Qwen-Image-Edit 2509": Case("qwen-image edit 2509", references=((1024, 1024), (1248, 832))),
    "Krea 2": Case("krea 2", guidance=5.5),
    "Krea 2, empty prompts": Case("krea 2", guidance=5.5, prompt="", negative=""),
    "Krea 2, long prompt": Case("krea 2", guidance=5.5, prompt=LONG),
    "Krea 2 Turbo": Case("krea 2 turbo"),
    "Qwen-Image-Edit 2511": Case("qwen-image edit 2511", guidance=4.0, references=((1248, 832),)),
}
