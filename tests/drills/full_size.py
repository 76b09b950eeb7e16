"""A checkpoint as large as Stable Diffusion 1.5's, of random numbers: recognised, read, and a small picture made.

    python -m tests.drills.full_size --side 256 --steps 2

The file has half precision, 2.1 GB, and goes again. What the process held at most is told beside the seconds.
"""

from __future__ import annotations

import argparse
import json
import math
import struct
import time
from dataclasses import dataclass
from pathlib import Path

import torch

from gdm_studio import memory
from gdm_studio.engine.generate import generate
from gdm_studio.models.library import Library
from gdm_studio.networks.stable_diffusion.autoencoder import Autoencoder, AutoencoderConfig
from gdm_studio.networks.stable_diffusion.clip import ClipConfig, ClipText
from gdm_studio.networks.stable_diffusion.unet import UNet, UNetConfig
from gdm_studio.request import Request
from gdm_studio.run import Result
from tests.drills.home import temporary_home

PUBLISHED = 859_520_964 + 83_653_863 + 123_060_480
SEED, SPREAD = 7919, 0.03


@dataclass
class Report:
    parameters: int
    read: float  # seconds until the model was there
    made: float  # seconds of the picture
    peak: int | None  # bytes

    def __str__(self) -> str:
        most = "unknown" if self.peak is None else memory.in_words(self.peak)
        return f"{self.parameters:,} parameters: read in {self.read:.1f} s, made in {self.made:.1f} s, {most} at most"


def drill(folder: Path, side: int, steps: int) -> Report:
    """Raises AssertionError where it is not recognised or its picture is none."""
    file = folder / "full.safetensors"
    write(file)
    library = Library()
    card = library.card(str(file))
    assert (card.summary, card.size, card.parameters) == ("Stable Diffusion 1", 512, PUBLISHED)
    began = time.perf_counter()
    library.load(str(file), device=torch.device("cpu"), dtype=torch.float32)
    read = time.perf_counter() - began
    asked = Request(prompt="a house", model=str(file), size=(side, side), steps=steps, device="cpu", dtype="fp32")
    (made,) = (event for event in generate(asked, library) if isinstance(event, Result))
    assert made.rgba.shape == (side, side, 3) and made.rgba.std() > 1
    return Report(card.parameters, read, time.perf_counter() - began - read, memory.peak())


def write(file: Path) -> None:
    """The file, a weight after another, so that none but one is in memory."""
    with torch.device("meta"):
        whole = {
            "model.diffusion_model.": UNet(UNetConfig()),
            "first_stage_model.": Autoencoder(AutoencoderConfig()),
            "cond_stage_model.transformer.text_model.": ClipText(ClipConfig()),
        }
    shapes: dict[str, torch.Size] = {}
    for before, network in whole.items():
        for name, weight in network.state_dict().items():
            inside = "embeddings." if "_embedding." in name else "encoder." if name.startswith("layers.") else ""
            shapes[before + (inside if "text_model" in before else "") + name] = weight.shape
    header, end = {}, 0
    for name, shape in shapes.items():
        begin, end = end, end + 2 * math.prod(shape)
        header[name] = {"dtype": "F16", "shape": list(shape), "data_offsets": [begin, end]}
    told = json.dumps(header).encode()
    numbers = torch.Generator().manual_seed(SEED)
    with file.open("wb") as out:
        out.write(struct.pack("<Q", len(told)) + told)
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
