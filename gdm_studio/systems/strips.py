"""The strip of a system: one picture on its way, above what x is at a step, below what the network makes of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from gdm_studio.atomic import make_folder, replacing
from gdm_studio.engine.generate import generate
from gdm_studio.models.library import Library
from gdm_studio.run import Advance
from gdm_studio.systems.system import System

SHOWN, SIDE, GAP = 8, 64, 4  # steps at most, and pixels


def drawn_strip(library: Library, system: System) -> NDArray[np.uint8]:
    """(2·SIDE + GAP, W, 4): as the system is shown, of the first class there is.

    Raises StudioError, as where there is no such model.
    """
    card = library.card(system.model)
    steps = [each.step for each in generate(system.request(card), library) if isinstance(each, Advance)]
    shown = [steps[place] for place in np.unique(np.linspace(0, len(steps) - 1, SHOWN).round().astype(int))]
    (stage, *_) = library.load(card.name, device=torch.device("cpu"), dtype=torch.float32).stages
    strip = np.zeros((2 * SIDE + GAP, len(shown) * (SIDE + GAP) - GAP, 4), np.uint8)
    for place, step in enumerate(shown):
        left = place * (SIDE + GAP)
        for row, data in enumerate((step.x, step.denoised)):
            picture = Image.fromarray(stage.decode(data[:1]).numpy()[0]).convert("RGBA")
            small = picture.resize((SIDE, SIDE), Image.Resampling.BOX)
            strip[row * (SIDE + GAP) :, left:][:SIDE, :SIDE] = np.array(small)
    return strip


def write_strip(library: Library, system: System, folder: Path) -> Path:
    """Draws it into NAME.png there; raises StudioError."""
    strip = Image.fromarray(drawn_strip(library, system))
    make_folder(folder)
    with replacing(path := folder / f"{system.name}.png") as file:
        strip.save(file, "PNG", optimize=True)
    return path
