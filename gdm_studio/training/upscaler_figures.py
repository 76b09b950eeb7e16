"""How well the upscaler doubles pictures that no training run may see, beside Lanczos."""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gdm_studio.engine.upscale import premultiplied
from gdm_studio.errors import StudioError
from gdm_studio.networks.upscaler import Upscaler
from gdm_studio.training.data.catalogue import heldout_entries
from gdm_studio.training.data.fetch import archives
from gdm_studio.training.data.iconify import Archive
from gdm_studio.training.data.raster import render
from gdm_studio.training.icons_vae import psnr
from gdm_studio.training.upscaler_pictures import Softener, lanczos, levels_of, reduced

Enlarge = Callable[[Tensor], Tensor]


def held_out(source: Path | None, size: int, *, most: int = 200) -> NDArray[np.uint8]:
    """Up to `most` pictures (N, size, size, 4) that no training run may see, evenly from the list."""
    names: dict[str, list[str]] = defaultdict(list)
    for entry in heldout_entries("narrow"):
        if not entry.tone:
            names[entry.set].append(entry.name)
    drawings = [
        icons.svg(name)
        for icons in Archive(archives(source).iconify).read(frozenset(names))
        for name in names[icons.prefix]
        if name in icons
    ]
    if not drawings:
        raise StudioError("None of the held-out pictures are in the archive; is it @iconify/json?")
    return np.stack([render(svg, size) for svg in drawings[:: math.ceil(len(drawings) / most)]])


@torch.inference_mode()
def quality(network: Upscaler, truth: NDArray[np.uint8], soften: Softener | None) -> dict[str, float]:
    """PSNR in dB over mid-grey and of alpha, doubling once from half and twice from a quarter, beside Lanczos.

    With an autoencoder also from its own picture of the half size, noise on the latents.
    """
    network.eval()
    ways: dict[str, Enlarge] = {"": network, "lanczos_": lanczos}
    found: dict[str, list[float]] = defaultdict(list)
    for start in range(0, len(truth), 16):
        true = premultiplied(truth[start : start + 16])
        given = {"x2": reduced(true, 2), "x4": reduced(true, 4)}
        if soften:
            given["decoded_x2"] = premultiplied(soften(levels_of(given["x2"])))
        for (name, small), (way, enlarge) in itertools.product(given.items(), ways.items()):
            grown = enlarge(small)
            if name == "x4":
                grown = enlarge(grown)
            for part, values in _psnr(grown, true).items():
                found[f"psnr_{way}{name}_{part}"] += values
    return {name: float(np.mean(values)) for name, values in found.items()}


def _psnr(x: Tensor, true: Tensor) -> dict[str, list[float]]:
    """Of each picture: of its colours over mid-grey, and of alpha."""
    x = x.clamp(0, 1)
    over_grey = [z[:, :3] + 0.5 * (1 - z[:, 3:]) for z in (x, true)]
    return {"rgb": psnr(*over_grey), "alpha": psnr(x[:, 3:], true[:, 3:])}
