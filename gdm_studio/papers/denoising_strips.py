"""Denoising strips, which show one image at several steps: the noisy state x above, the network's prediction below."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from gdm_studio.common.atomic_files import make_folder, open_replacement
from gdm_studio.engine.generation_loop import generate
from gdm_studio.models.loaded_model import stage_of
from gdm_studio.models.model_card import ModelCard
from gdm_studio.models.model_library import Library
from gdm_studio.papers.system_description import System
from gdm_studio.request.generation_events import StepEvent

# The maximum number of steps in a strip.
SHOWN = 8
# The side of an image and the gap between images, in pixels.
SIDE = 64
GAP = 4
# The quality of its file and of its transparency, from 0 to 100. Noise in the transparency would fill half of the file.
QUALITY = 75
ALPHA_QUALITY = 10


def draw_strip(library: Library, system: System, card: ModelCard) -> NDArray[np.uint8]:
    """Generate the demonstration image of a published system with the model described by `card`, and show its steps as
    a denoising strip, an RGBA array (2·SIDE + GAP, W, 4).

    The strip shows the noisy image at several steps, above the network's predictions. A model of points shows points.
    Raises StudioError.
    """
    steps = [each.step for each in generate(system.request(card), library) if isinstance(each, StepEvent)]
    shown = [steps[index] for index in np.unique(np.linspace(0, len(steps) - 1, SHOWN).round().astype(int))]
    model = library.load(card.name, device=torch.device("cpu"), dtype=torch.float32)
    strip = np.zeros((2 * SIDE + GAP, len(shown) * (SIDE + GAP) - GAP, 4), np.uint8)
    for index, step in enumerate(shown):
        left = index * (SIDE + GAP)
        for row, data in enumerate((step.x, step.denoised)):
            picture = Image.fromarray(stage_of(model, step).decode(data[:1]).numpy()[0]).convert("RGBA")
            small = picture.resize((SIDE, SIDE), Image.Resampling.BOX)
            strip[row * (SIDE + GAP) :, left:][:SIDE, :SIDE] = np.array(small)
    return strip


def write_strip(library: Library, system: System, card: ModelCard, folder: Path) -> Path:
    """Draw the denoising strip of a published system, a picture of its steps, and save it in the folder as NAME.webp.
    Returns its path. Raises StudioError.
    """
    strip = Image.fromarray(draw_strip(library, system, card))
    make_folder(folder)
    with open_replacement(path := folder / f"{system.name}.webp") as file:
        strip.save(file, "WEBP", quality=QUALITY, alpha_quality=ALPHA_QUALITY, method=6)
    return path
