"""Exact likelihood of an image under a model, in bits per dimension, by the probability-flow ODE."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from gdm_studio.common.errors import BadRequest
from gdm_studio.engine.noise import KeyedNoise, denoiser_noise
from gdm_studio.maths.likelihood import log_likelihood
from gdm_studio.maths.noise_path import Array, NoiseLevel
from gdm_studio.maths.processes.process import gaussian
from gdm_studio.models.loaded_model import Conditioning, LoadedModel

# The number of 8-bit levels per unit of the data, which are in −1 … 1.
LEVELS = 255 / 2
# The step of the finite differences, relative to sigma.
DIFFERENCE_STEP = 0.05
TOLERANCE = 1e-3


@dataclass(frozen=True)
class Bits:
    """Likelihood of an 8-bit image under a model, in bits per dimension. Fewer bits mean a higher likelihood.

    `error` is the standard error of the mean over the random probes, or 0 for a single probe. `calls` is the number of
    network evaluations.
    """

    value: float
    error: float
    calls: int


def compute_bits(model: LoadedModel, rgba: Tensor, ask: Conditioning, *, probes: int = 1, seed: int = 0) -> Bits:
    """Compute the exact likelihood of an image (H, W, 4), uint8, under a diffusion model with the given conditioning.

    It is computed by the probability-flow ODE (Song et al. 2021, section 4.3, eq. 40). The image is dequantised
    uniformly, so the result is an upper bound for the discrete levels. The integration ends at the lowest noise level
    used in training. Raises BadRequest for a model in latent space or without Gaussian noise.
    """
    (stage, *later), card = model.stages, model.card
    process = stage.diffusion.process
    of_pixels = card.family == "systems" and card.accepts.picture and card.latent[0] == card.channels and not later
    if not of_pixels or process.cold or process.law is not gaussian:
        raise BadRequest(f"{card.name} has no pixel likelihood; choose a system with Gaussian noise.")
    draws = KeyedNoise([seed])
    data = stage.encode(rgba[None])
    spread = torch.special.ndtr(draws(0, data)) - 0.5
    x = data + spread / LEVELS
    signs = torch.cat([torch.sign(draws(0, data, 1 + probe)) for probe in range(probes)])
    least, most = process.ratios[0], max(ratio for ratio in process.ratios if math.isfinite(ratio))
    path = (process.coordinates(most), process.coordinates(least))
    denoise = stage.denoiser([ask] * (2 * probes), path, denoiser_noise(draws, path, 2 * probes))
    calls = 0

    def counted(x: Array, at: NoiseLevel) -> Array:
        nonlocal calls
        calls += len(x)
        return denoise(x.float(), at).double()

    def jvp(x: Array, at: NoiseLevel, direction: Array) -> Array:
        """Return the product of the denoiser's Jacobian at x with a direction, approximated by central differences.

        It needs one evaluation of the network, with a batch of two.
        """
        h = DIFFERENCE_STEP * at.sigma
        ahead, behind = counted(torch.cat([x + h * direction, x - h * direction]), at).chunk(2)
        return (ahead - behind) / (2 * h)

    found = log_likelihood(
        counted,
        jvp,
        x.double(),
        signs.double(),
        coordinates=process.coordinates,
        ratios=(least, most),
        tolerance=TOLERANCE,
    )
    each = -(found.nats / x.numel() - math.log(LEVELS)) / math.log(2)
    error = float(each.std() / math.sqrt(probes)) if probes > 1 else 0.0
    return Bits(float(each.mean()), error, calls)
