"""Measurement of the upscaler's quality on held-out images, in comparison with Lanczos."""

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

from gdm_studio.common.errors import StudioError
from gdm_studio.models.upscalers.stepwise_upscaling import premultiply
from gdm_studio.networks.icons.upscaler import Upscaler
from gdm_studio.training.data.catalogue import heldout_entries
from gdm_studio.training.data.iconify import Archive
from gdm_studio.training.data.package_downloads import archives
from gdm_studio.training.data.svg import render
from gdm_studio.training.icons.autoencoder_training import psnr
from gdm_studio.training.upscaler.images import Softener, downscale, lanczos, to_uint8

Enlarge = Callable[[Tensor], Tensor]


def heldout_images(source: Path | None, size: int, *, limit: int = 200) -> NDArray[np.uint8]:
    """Render up to `limit` held-out icons (N, size, size, 4), for measuring the upscaler. Raises StudioError."""
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
        raise StudioError("None of the held-out icons are in the archive; is it @iconify/json?")
    return np.stack([render(svg, size) for svg in drawings[:: math.ceil(len(drawings) / limit)]])


@torch.inference_mode()
def measure_quality(network: Upscaler, truth: NDArray[np.uint8], soften: Softener | None) -> dict[str, float]:
    """Measure the PSNR in dB of ×2 and ×4 upscaling, by the network and by a Lanczos filter, for colours and for alpha.

    Colours are composited over grey. With `soften`, also measure ×2 upscaling of images decoded by the autoencoder.
    """
    network.eval()
    methods: dict[str, Enlarge] = {"": network, "lanczos_": lanczos}
    found: dict[str, list[float]] = defaultdict(list)
    for start in range(0, len(truth), 16):
        true = premultiply(truth[start : start + 16])
        given = {"x2": downscale(true, 2), "x4": downscale(true, 4)}
        if soften:
            given["decoded_x2"] = premultiply(soften(to_uint8(given["x2"])))
        for (name, small), (method, enlarge) in itertools.product(given.items(), methods.items()):
            enlarged = enlarge(small)
            if name == "x4":
                enlarged = enlarge(enlarged)
            for part, values in _measure_psnr(enlarged, true).items():
                found[f"psnr_{method}{name}_{part}"] += values
    return {name: float(np.mean(values)) for name, values in found.items()}


def _measure_psnr(x: Tensor, true: Tensor) -> dict[str, list[float]]:
    """Return the PSNR in dB of each upscaled image x: "rgb" for its colours over grey, and "alpha" for its alpha."""
    x = x.clamp(0, 1)
    over_grey = [z[:, :3] + 0.5 * (1 - z[:, 3:]) for z in (x, true)]
    return {"rgb": psnr(*over_grey), "alpha": psnr(x[:, 3:], true[:, 3:])}
