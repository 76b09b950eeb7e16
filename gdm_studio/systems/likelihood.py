"""How likely a picture is to a model, exactly, in bits a number: along the probability-flow ODE to the noise."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gdm_studio.engine.noise import KeyedNoise, of_denoiser
from gdm_studio.errors import BadRequest
from gdm_studio.maths.likelihood import log_likelihood
from gdm_studio.maths.path import Array, Point
from gdm_studio.maths.processes.process import gaussian
from gdm_studio.models.library import Library
from gdm_studio.models.loaded import Ask, LoadedModel

LEVELS = 255 / 2  # of a number in −1 … 1
NUDGE = 0.05  # of the noise, by which derivatives are taken
TOLERANCE = 1e-3


@dataclass(frozen=True)
class Bits:
    """Bits a number of a picture of 256 levels (fewer is likelier), their standard error over the probes (0 of one),
    and the network evaluations that it took."""

    value: float
    error: float
    calls: int


def bits(model: LoadedModel, rgba: Tensor, ask: Ask, *, probes: int = 1, seed: int = 0) -> Bits:
    """Of one uint8 picture (H, W, 4) with what is told of it (Song et al. 2021, section 4.3 and equation 40).

    Levels are spread evenly (dequantisation), so that the figure bounds the bits of the levels from above. Below the
    least noise that the model was trained at, nothing is integrated. Raises BadRequest for a model without noise, or
    one of latents.
    """
    (stage,), card = model.stages, model.card
    process = stage.diffusion.process
    of_pixels = card.family == "systems" and card.accepts.picture and card.latent[0] == card.channels
    if not of_pixels or process.cold or process.law is not gaussian:
        raise BadRequest(f"{card.name} has no likelihood of pixels; choose a system with Gaussian noise.")
    draws = KeyedNoise([seed])
    data = stage.encode(rgba[None])
    spread = torch.special.ndtr(draws(0, data)) - 0.5
    x = data + spread / LEVELS
    signs = torch.cat([torch.sign(draws(0, data, 1 + probe)) for probe in range(probes)])
    least, most = process.ratios[0], max(ratio for ratio in process.ratios if math.isfinite(ratio))
    path = (process.coordinates(most), process.coordinates(least))
    denoise = stage.denoiser([ask] * (2 * probes), path, of_denoiser(draws, path, 2 * probes))
    calls = 0

    def counted(x: Array, at: Point) -> Array:
        nonlocal calls
        calls += len(x)
        return denoise(x.float(), at).double()

    def jvp(x: Array, at: Point, direction: Array) -> Array:
        """By central differences: both sides in one evaluation."""
        h = NUDGE * at.sigma
        ahead, behind = counted(torch.cat([x + h * direction, x - h * direction]), at).chunk(2)
        return (ahead - behind) / (2 * h)

    found = log_likelihood(
        counted, jvp, x.double(), signs.double(), coordinates=process.coordinates, ratios=(least, most),
        tolerance=TOLERANCE,
    )  # fmt: skip
    each = -(found.nats / x.numel() - math.log(LEVELS)) / math.log(2)
    error = float(each.std() / math.sqrt(probes)) if probes > 1 else 0.0
    return Bits(float(each.mean()), error, calls)


def bits_of_model(
    library: Library, name: str, pictures: NDArray[np.uint8], labels: Sequence[str], *, probes: int = 1
) -> list[float]:
    """Of each picture (N, H, W, 4), told its class and nothing else."""
    model = library.load(name, device=torch.device("cpu"), dtype=torch.float32)
    none = {knob.name: knob.default for knob in model.card.accepts.factors}
    return [
        bits(model, torch.from_numpy(rgba), Ask(label=label, factors=none), probes=probes).value
        for rgba, label in zip(pictures, labels, strict=True)
    ]
