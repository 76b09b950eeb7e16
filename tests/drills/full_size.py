"""A random checkpoint of Stable Diffusion 1.5's full size: recognised, loaded, and used for a small image.

    python -m tests.drills.full_size --side 256 --steps 2

The half-precision file of 2.1 GB is deleted at the end. The peak memory of the process is printed with the seconds. The
output for given noise is compared with that of diffusers, stored in tests/data/parity.
"""

from __future__ import annotations

import argparse
import json
import math
import struct
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from gdm_studio.common import memory
from gdm_studio.engine.generation_loop import generate
from gdm_studio.models.model_library import Library
from gdm_studio.request.generation_events import Result
from gdm_studio.request.generation_request import Request
from tests.drills.home import temporary_home
from tests.helpers.latents import last_latents
from tests.parity.keys import told
from tests.parity.pipelines import GUIDANCE, NEGATIVE, PROMPT
from tests.parity.weights import inputs

PUBLISHED = 859_520_964 + 83_653_863 + 123_060_480
SEED, SPREAD = 7919, 0.03
# what tests/parity/by_full_size.py has diffusers make of it, and writes down
NUMBERS = Path(__file__).parents[1] / "data" / "parity" / "full_size.npz"
ALLOWED = 1e-4  # of the largest
NOISE, LATENTS, STEPS, EVERY = "full size", (1, 4, 32, 32), 2, 8  # of whose pixels every eighth is kept


@dataclass
class Report:
    parameters: int
    read: float  # seconds until the model was there
    made: float  # seconds of the picture
    peak: int | None  # bytes
    apart: float  # from diffusers' numbers, as a part of the largest of them

    def __str__(self) -> str:
        most = "unknown" if self.peak is None else memory.format_bytes(self.peak)
        said = f"{self.parameters:,} parameters: read in {self.read:.1f} s, made in {self.made:.1f} s, {most} at most"
        return f"{said}; {self.apart:.1e} from what diffusers makes"


def drill(folder: Path, side: int, steps: int) -> Report:
    """Raise AssertionError if the model is not recognised, or its image is invalid or differs from diffusers'."""
    file = folder / "full.safetensors"
    write(file)
    library = Library()
    card = library.card(str(file))
    assert (card.summary, card.size, card.parameters) == ("Stable Diffusion 1", 512, PUBLISHED)
    began = time.perf_counter()
    model = library.load(str(file), device=torch.device("cpu"), dtype=torch.float32)
    read = time.perf_counter() - began
    asked = Request(prompt="a house", model=str(file), size=(side, side), steps=steps, device="cpu", dtype="fp32")
    (made,) = (event for event in generate(asked, library) if isinstance(event, Result))
    assert made.rgba.shape == (side, side, 3) and made.rgba.std() > 1
    seconds, peak = time.perf_counter() - began - read, memory.peak()
    return Report(card.parameters, read, seconds, peak, apart(model))


def apart(model: Any) -> float:
    """Return the larger deviation of latents and image from diffusers. Raise AssertionError beyond ALLOWED."""
    with np.load(NUMBERS) as stored:
        latents, picture = (torch.from_numpy(stored[name]) for name in ("latents", "picture"))
    side = 8 * LATENTS[-1]
    asked = Request(
        prompt=PROMPT, negative_prompt=NEGATIVE, guidance_scale=GUIDANCE, steps=STEPS, sampler="ddim",
        spacing="leading_1", size=(side, side), model=str(model.card.path),
    )  # fmt: skip
    found = last_latents(model, asked, inputs(NOISE, *LATENTS).float())
    drawn = model.pictures(found)[..., ::EVERY, ::EVERY]
    errors = [float((a - b).abs().max() / b.abs().max()) for a, b in ((found, latents), (drawn, picture))]
    assert max(errors) < ALLOWED, errors
    return max(errors)


def write(file: Path) -> None:
    """Write the file one weight at a time, so that only one is in memory."""
    published, shapes = told(), dict[str, tuple[int, ...]]()
    for before, network in (
        ("model.diffusion_model.", "sd1"), ("first_stage_model.", "vae"), ("cond_stage_model.transformer.", "clip_l")
    ):  # fmt: skip
        shapes |= {before + name: shape for name, shape in published[network]["file"].items()}
    header, end = {}, 0
    for name, shape in shapes.items():
        begin, end = end, end + 2 * math.prod(shape)
        header[name] = {"dtype": "F16", "shape": list(shape), "data_offsets": [begin, end]}
    data = json.dumps(header).encode()
    numbers = torch.Generator().manual_seed(SEED)
    with file.open("wb") as out:
        out.write(struct.pack("<Q", len(data)) + data)
        for name, shape in shapes.items():
            middle = float(len(shape) == 1 and name.endswith("weight"))
            weight = torch.randn(shape, generator=numbers).mul_(SPREAD).add_(middle).half()
            out.write(weight.numpy().tobytes())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--side", type=int, default=256, help="pixels")
    parser.add_argument("--steps", type=int, default=2)
    args = parser.parse_args()
    with temporary_home("full-size") as home:
        print(drill(home, args.side, args.steps))


if __name__ == "__main__":
    main()
