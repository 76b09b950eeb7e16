"""Points of a plane that move by a drift and a score, both networks: what DiffFlow trains, and how it draws."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gdm_studio.networks.layers import zeroed

SPAN = 4.0  # time at which points are noise: a drift of −x/2 alone leaves e^−2 of them
WAVES = 4  # of every coordinate that a network is told, and of the time


@dataclass(frozen=True)
class PointNetworkConfig:
    """Sizes of a `PointNetwork`; saved with its weights."""

    told: int = 0
    width: int = 64
    layers: int = 3


class PointNetwork(nn.Module):
    """`network(x, t, told) -> (N, 2)` of points (N, 2) and times (N, 1); begins as nothing."""

    def __init__(self, config: PointNetworkConfig) -> None:
        super().__init__()
        self.config = config
        self.seen = nn.Linear(3 + 6 * WAVES, config.width)
        self.told = nn.ModuleList(nn.Linear(config.told, config.width) for _ in range(config.layers))
        self.layers = nn.ModuleList(nn.Linear(config.width, config.width) for _ in range(config.layers - 1))
        self.last = zeroed(nn.Linear(config.width, 2))

    def forward(self, x: Tensor, t: Tensor, told: Tensor) -> Tensor:
        places = torch.cat([x, (t / SPAN) ** (1 / 3)], dim=1)                   # (N, 3)
        often = math.pi / 2 * torch.arange(1, WAVES + 1, device=x.device)
        waves = (places[:, :, None] * often).flatten(1)                         # (N, 3 · WAVES)
        h = self.seen(torch.cat([places, waves.sin(), waves.cos()], dim=1))     # (N, width)
        for place, of in enumerate(self.told):  # what is told scales every layer, for each set has its own way
            h = F.silu((self.layers[place - 1](h) if place else h) * (1 + of(told)))
        found: Tensor = self.last(h)
        return found


def time_at(share: Any) -> Any:
    """The time of a share 0 … 1 of the steps: the shorter, the nearer to the data."""
    return SPAN * share**3


def drift(network: nn.Module | None, x: Tensor, t: Tensor, told: Tensor) -> Tensor:
    """f(x, t): that of DDPM's process with g = 1, and what is learned."""
    return -x / 2 if network is None else -x / 2 + network(x, t, told)


def score(network: nn.Module, x: Tensor, t: Tensor, told: Tensor) -> Tensor:
    """s(x, t): that of N(0, I), and what is learned, as large as noise at that time makes it; t > 0."""
    return -x + network(x, t, told) / (1 - (-t).exp()).sqrt()
