"""Networks for 2-D points.

DiffFlow uses the drift and the score; the other systems use the backbone, generators, encoder, autoencoder and
classifier.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gdm_studio.networks.layers import zero_init

# The time at which points are noise. The drift −x/2 alone scales them by e^−2 by then.
SPAN = 4.0
# Number of sine and cosine features for each coordinate and for the time.
WAVES = 4


@dataclass(frozen=True)
class PointNetworkConfig:
    """Hyperparameters of the vector field `PointNetwork`, such as its layer widths. They are saved with its weights."""

    told: int = 0
    width: int = 64
    layers: int = 3


class PointNetwork(nn.Module):
    """Network that assigns a 2-D vector to each 2-D point, called as `network(x, t, cond) -> (N, 2)` with points x (N,
    2) and times t (N, 1).

    Its initial output is zero.
    """

    def __init__(self, config: PointNetworkConfig) -> None:
        super().__init__()
        self.config = config
        self.seen = nn.Linear(3 + 6 * WAVES, config.width)
        self.told = nn.ModuleList(nn.Linear(config.told, config.width) for _ in range(config.layers))
        self.layers = nn.ModuleList(nn.Linear(config.width, config.width) for _ in range(config.layers - 1))
        self.last = zero_init(nn.Linear(config.width, 2))

    def forward(self, x: Tensor, t: Tensor, cond: Tensor) -> Tensor:
        places = torch.cat([x, (t / SPAN) ** (1 / 3)], dim=1)  # (N, 3)
        frequencies = math.pi / 2 * torch.arange(1, WAVES + 1, device=x.device)
        waves = (places[:, :, None] * frequencies).flatten(1)  # (N, 3 · WAVES)
        h = self.seen(torch.cat([places, waves.sin(), waves.cos()], dim=1))  # (N, width)
        # The conditioning scales every layer, because each set of points has paths of its own.
        for place, of in enumerate(self.told):
            h = F.silu((self.layers[place - 1](h) if place else h) * (1 + of(cond)))
        found: Tensor = self.last(h)
        return found


def time_at(share: Any) -> Any:
    """Return the time t of DiffFlow's forward process after the fraction `share` (0 … 1) of its steps. Steps near the
    data are shorter.
    """
    return SPAN * share**3


def drift(network: nn.Module | None, x: Tensor, t: Tensor, cond: Tensor) -> Tensor:
    """Return the drift f(x, t) of DiffFlow's forward process: DDPM's drift −x/2 plus the output of a network, if there
    is one.
    """
    return -x / 2 if network is None else -x / 2 + network(x, t, cond)


def score(network: nn.Module, x: Tensor, t: Tensor, cond: Tensor) -> Tensor:
    """Return the score s(x, t) that a network has learned for DiffFlow's process, at a time t > 0.

    This is the score of N(0, I) plus a learned part, scaled by the noise at time t.
    """
    return -x + network(x, t, cond) / (1 - (-t).exp()).sqrt()


# Frequencies of the sines and cosines of coordinates, in multiples of π/2. The highest one resolves a fiftieth of the
# plane.
COORDINATE_WAVES = (1.0, 2.0, 4.0, 8.0, 16.0)
TIME_WAVES = (1.0, 2.0, 4.0)


@dataclass(frozen=True)
class PointBackboneConfig:
    """Hyperparameters of the denoising network `PointBackbone`, such as its layer widths. They are saved with its
    weights.
    """

    backbone: str = "points"
    told: int = 0
    # Number of outputs per point, such as 2 for prediction and variance.
    answers: int = 1
    # Number of point sets in the input. A second set is a further input beside the noisy one.
    channels: int = 1
    width: int = 96
    layers: int = 3


class PointBackbone(nn.Module):
    """Network that denoises 2-D points independently of each other, called as `backbone(x, time, told) -> F` with x (N,
    C, P, 2).

    `time` is (N,). The conditioning `told` is (N, T), or (N, P, T) if every point has its own. F is (N, C · answers, P,
    2). The initial output is zero.
    """

    def __init__(self, config: PointBackboneConfig) -> None:
        super().__init__()
        self.config = config
        coordinates = 2 * config.channels
        conditioning = 1 + 2 * len(TIME_WAVES) + config.told
        self.seen = nn.Linear(coordinates * (1 + 2 * len(COORDINATE_WAVES)), config.width)
        self.layers = nn.ModuleList(nn.Linear(config.width, config.width) for _ in range(config.layers - 1))
        self.modulation = nn.ModuleList(nn.Linear(conditioning, 2 * config.width) for _ in range(config.layers))
        self.last = zero_init(nn.Linear(config.width, coordinates * config.answers))

    def forward(self, x: Tensor, time: Tensor, condition: Tensor | None = None) -> Tensor:
        points = x.permute(0, 2, 1, 3).flatten(2)  # (N, P, 2 · C)
        known = _append_waves(time[:, None, None], TIME_WAVES)  # (N, 1, ·)
        if condition is not None and condition.shape[-1]:
            given = condition if condition.ndim == 3 else condition[:, None]
            known = torch.cat([known.expand(-1, given.shape[1], -1), given], dim=2)
        h = self.seen(_append_waves(points, COORDINATE_WAVES))
        for index, modulation in enumerate(self.modulation):
            scale, shift = modulation(known).chunk(2, dim=-1)
            h = F.silu((self.layers[index - 1](h) if index else h) * (1 + scale) + shift)
        found: Tensor = self.last(h).unflatten(2, (-1, 2)).permute(0, 2, 1, 3)
        return found


@dataclass(frozen=True)
class PointGeneratorConfig:
    """Hyperparameters of the generator `PointGenerator`, such as its layer widths. They are saved with its weights."""

    latent: int = 2
    told: int = 0
    width: int = 96
    layers: int = 3


class PointGenerator(nn.Module):
    """Network that generates 2-D points from latent vectors, called as `generator(z, told) -> points`. The points have
    the shape (N, 1, P, 2) and values in −1 … 1.

    z is (N, L), which gives one point per sample, or (N, P, L). `told` is the conditioning.
    """

    def __init__(self, config: PointGeneratorConfig) -> None:
        super().__init__()
        self.config = config
        self.given = nn.Linear(config.latent * (1 + 2 * 3) + config.told, config.width)
        self.layers = nn.ModuleList(nn.Linear(config.width, config.width) for _ in range(config.layers - 1))
        self.last = nn.Linear(config.width, 2)

    def forward(self, z: Tensor, condition: Tensor | None = None) -> Tensor:
        z = z if z.ndim == 3 else z[:, None]
        h = _append_waves(z, COORDINATE_WAVES[:3])
        if condition is not None and condition.shape[-1]:
            h = torch.cat([h, condition[:, None].expand(-1, z.shape[1], -1)], dim=2)
        h = F.silu(self.given(h))
        for layer in self.layers:
            h = F.silu(layer(h))
        return torch.tanh(self.last(h))[:, None]


@dataclass(frozen=True)
class PointEncoderConfig:
    """Hyperparameters of the encoder or discriminator `PointEncoder`, such as its layer widths."""

    answers: int = 1
    told: int = 0
    channels: int = 1
    width: int = 128
    layers: int = 3
    # True for a discriminator that also measures how much the points of a batch differ.
    spread: bool = False


class PointEncoder(nn.Module):
    """Network that maps single 2-D points to vectors, used as an encoder or discriminator. It is called as `encoder(x,
    told) -> outputs` (N, A) with x (N, C, 1, 2).

    `told` is the conditioning.
    """

    def __init__(self, config: PointEncoderConfig) -> None:
        super().__init__()
        self.config = config
        numbers = 2 * config.channels * (1 + 2 * len(COORDINATE_WAVES)) + config.told
        self.seen = nn.Linear(numbers, config.width)
        self.layers = nn.ModuleList(nn.Linear(config.width, config.width) for _ in range(config.layers - 1))
        self.answer = nn.Linear(config.width + config.spread, config.answers)

    def forward(self, x: Tensor, condition: Tensor | None = None) -> Tensor:
        h = _append_waves(x.flatten(1), COORDINATE_WAVES)
        h = h if condition is None else torch.cat([h, condition], dim=1)
        h = F.leaky_relu(self.seen(h), 0.2)
        for layer in self.layers:
            h = F.leaky_relu(layer(h), 0.2)
        if self.config.spread:
            spread = (h.var(dim=0, unbiased=False) + 1e-8).sqrt().mean()
            h = torch.cat([h, spread.expand(len(h), 1)], dim=1)
        found: Tensor = self.answer(h)
        return found


@dataclass(frozen=True)
class CouplingFlowConfig:
    """Hyperparameters of the normalising flow `CouplingFlow`, such as its layer widths. They are saved with its
    weights.
    """

    couplings: int = 12
    latent: int = 2
    told: int = 0
    width: int = 48


class CouplingFlow(nn.Module):
    """Normalising flow for 2-D points, composed of affine coupling layers (Dinh et al. 2016, equation 7).

    `flow(z, told) -> points` maps z (N, P, 2) to points (N, 1, P, 2), and `inverse(points)` returns z with the log
    determinant of its Jacobian. It has no conditioning, so `told` is ignored. Initially it is the identity.
    """

    def __init__(self, config: CouplingFlowConfig) -> None:
        super().__init__()
        self.config = config
        features = 1 + 2 * len(COORDINATE_WAVES)
        self.layers = nn.ModuleList(
            nn.Sequential(
                nn.Linear(features, config.width),
                nn.SiLU(),
                nn.Linear(config.width, config.width),
                nn.SiLU(),
                zero_init(nn.Linear(config.width, 2)),
            )
            for _ in range(config.couplings)
        )

    def forward(self, z: Tensor, condition: Tensor | None = None) -> Tensor:
        points = z if z.ndim == 3 else z[:, None]
        for index, layer in enumerate(self.layers):
            kept, moved = points[..., [index % 2]], points[..., [1 - index % 2]]
            log_scale, shift = _scale_and_shift(layer, kept)
            points = _combine_coordinates(index, kept, moved * log_scale.exp() + shift)
        return points[:, None]

    def inverse(self, points: Tensor) -> tuple[Tensor, Tensor]:
        """Map points (N, 1, P, 2) back to their latent vectors z (N, P, 2). Returns z and the log determinant of the
        Jacobian, log |det ∂z/∂x|, of each point (N, P).
        """
        z = points[:, 0]
        log_determinant = torch.zeros_like(z[..., 0])
        for index in reversed(range(len(self.layers))):
            kept, moved = z[..., [index % 2]], z[..., [1 - index % 2]]
            log_scale, shift = _scale_and_shift(self.layers[index], kept)
            z = _combine_coordinates(index, kept, (moved - shift) * (-log_scale).exp())
            log_determinant = log_determinant - log_scale[..., 0]
        return z, log_determinant


def _scale_and_shift(layer: nn.Module, fixed: Tensor) -> tuple[Tensor, Tensor]:
    """Compute the log scale and the shift of an affine coupling layer, which transforms one coordinate depending on the
    other. The scale is at most e^2, for stability.
    """
    log_scale, shift = layer(_append_waves(fixed, COORDINATE_WAVES)).chunk(2, dim=-1)
    return 2 * torch.tanh(log_scale / 2), shift


def _combine_coordinates(index: int, fixed: Tensor, moved: Tensor) -> Tensor:
    """Combine two coordinates into points (…, 2). `fixed` becomes the coordinate with the index `index % 2`, and
    `moved` the other coordinate.
    """
    return torch.cat([moved, fixed] if index % 2 else [fixed, moved], dim=-1)


@dataclass(frozen=True)
class PointAutoencoderConfig:
    """Hyperparameters of the autoencoder `PointAutoencoder`, such as its layer widths. They are saved with its
    weights.
    """

    latent: int = 2
    width: int = 64
    layers: int = 3


class PointAutoencoder(nn.Module):
    """Autoencoder for single 2-D points, with the same methods as `AutoencoderKL`. Its latents have the same shape as
    the points.
    """

    def __init__(self, config: PointAutoencoderConfig) -> None:
        super().__init__()
        self.config = config
        width, layers = config.width, config.layers
        self.encoder = PointEncoder(PointEncoderConfig(answers=2 * config.latent, width=width, layers=layers))
        self.generator = PointGenerator(PointGeneratorConfig(latent=config.latent, width=width, layers=layers))

    def posterior(self, points: Tensor) -> tuple[Tensor, Tensor]:
        """Encode points (N, 1, P, 2) to the mean and the log-variance of their latents, each of shape (N, 1, P, 2)."""
        found = self.encoder(points.reshape(-1, 1, 1, 2)).reshape(*points.shape[:3], -1)
        mean, log_variance = found.chunk(2, dim=-1)
        return mean, log_variance.clamp(-20, 20)

    def encode(self, points: Tensor) -> Tensor:
        return self.posterior(points)[0]

    def reconstruct(self, z: Tensor) -> Tensor:
        found: Tensor = self.generator(z[:, 0])
        return found

    decode = reconstruct
    linear = reconstruct


@dataclass(frozen=True)
class PointClassifierConfig:
    """Hyperparameters of the classifier `PointClassifier`, such as its layer widths. They are saved with its
    weights.
    """

    answers: int = 2
    width: int = 64
    layers: int = 3


class PointClassifier(nn.Module):
    """Network that classifies noisy points, called as `classifier(x, time) -> logits` (N, P, answers), with x (N, 1, P,
    2) and time (N,).
    """

    def __init__(self, config: PointClassifierConfig) -> None:
        super().__init__()
        self.config = config
        known = 1 + 2 * len(TIME_WAVES)
        numbers = 2 * (1 + 2 * len(COORDINATE_WAVES[:3])) + known
        widths = [numbers, *[config.width] * config.layers]
        self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in pairwise(widths))
        self.answer = nn.Linear(config.width, config.answers)

    def forward(self, x: Tensor, time: Tensor) -> Tensor:
        known = _append_waves(time[:, None, None], TIME_WAVES).expand(-1, x.shape[2], -1)
        h = torch.cat([_append_waves(x[:, 0], COORDINATE_WAVES[:3]), known], dim=-1)
        for layer in self.layers:
            h = F.silu(layer(h))
        found: Tensor = self.answer(h)
        return found


# Networks of points. They are so small that they are saved in half precision, since eight bits would blur the points.
POINT_NETWORKS = (PointBackbone, PointGenerator, CouplingFlow, PointAutoencoder, PointClassifier)


def _append_waves(numbers: Tensor, frequencies: tuple[float, ...]) -> Tensor:
    """Append the sines and cosines of coordinates (…, D) at several frequencies: (…, D · (1 + 2·len(frequencies)))."""
    scaled = math.pi / 2 * torch.tensor(frequencies, device=numbers.device)
    angles = (numbers[..., None] * scaled).flatten(-2)
    return torch.cat([numbers, angles.sin(), angles.cos()], dim=-1)
