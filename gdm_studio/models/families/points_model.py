"""A system whose data are points of a plane: a picture shows where they are, step by step."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn

from gdm_studio.errors import BadRequest
from gdm_studio.maths.diffusion import Diffusion
from gdm_studio.maths.path import CLEAN, Denoise, Noise, Path, Point
from gdm_studio.models.card import ModelCard
from gdm_studio.models.loaded import Ask, NoiseAt
from gdm_studio.models.process import process_of
from gdm_studio.models.rows import Rows
from gdm_studio.networks.points import drift, score, time_at
from gdm_studio.request import Request

REACH = 3.0  # from the middle of a picture to its edge
INK = (62, 124, 214, 255)


@dataclass(frozen=True)
class PointsModel:
    """A LoadedModel and its only stage, of data (1, points, 2).

    Its steps are those of its own chain, noise included. To the engine each is a step to what the denoiser says: ratios
    fall by so much from one to the next that x is all but what was predicted, and count the steps, nothing else. So
    what is shown as predicted is where the points go.
    """

    card: ModelCard
    device: torch.device
    dtype: torch.dtype
    networks: Mapping[str, nn.Module]
    diffusion: Diffusion = field(init=False)
    rows: Rows = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "diffusion", Diffusion(process_of(self.card), "x0"))
        object.__setattr__(self, "rows", Rows(self.device))
        told = len(self.card.accepts.labels)
        networks: Mapping[str, Any] = self.networks
        if self.card.latent[0] != 1 or self.card.latent[2] != 2 or self.card.accepts.factors or "score" not in networks:
            raise ValueError("its points are not of a plane")
        if any(network.config.told != told for network in networks.values()):
            raise ValueError("its networks are told something else")

    @property
    def stages(self) -> tuple[PointsModel]:
        return (self,)

    def shape(self, request: Request) -> tuple[int, ...]:
        return self.card.latent

    def start(self, asks: Sequence[Ask], path: Path, noise: Noise, like: Tensor) -> Tensor:
        begun: Tensor = noise(0, like)
        return begun

    def encode(self, rgba: Tensor) -> Tensor:
        raise BadRequest(f"{self.card.name} draws points and begins from no picture.")

    def denoiser(self, asks: Sequence[Ask], path: Path, noise: NoiseAt) -> Denoise:
        labels = self.card.accepts.labels
        told = torch.tensor([[float(ask.label == label) for label in labels] for ask in asks], device=self.device)
        follows = dict(pairwise(path))

        def denoise(x: Tensor, at: Point) -> Tensor:
            to = follows.get(at, CLEAN)
            moved = self.rows(lambda *row: self._moved(at, to, *row), x, noise(at, x), told[: len(x)])
            kept = to.sigma / at.sigma  # of x, by the sampler's step
            return (moved - kept * x) / (1 - kept)

        return denoise

    def _moved(self, at: Point, to: Point, x: Tensor, noise: Tensor, told: Tensor) -> Tensor:
        """Where points (1, 1, P, 2) are one step on."""
        points, known = x[0, 0].float(), told.expand(x.shape[2], -1)
        now, then = self._time(at), self._time(to)
        times = torch.full_like(points[:, :1], now)
        with torch.no_grad():
            drawn = drift(self.networks.get("drift"), points, times, known)
            back = drawn - score(self.networks["score"], points, times, known)
        moved = points - (now - then) * back + math.sqrt(now - then) * noise[0, 0]
        return moved[None, None]

    def _time(self, at: Point) -> float:
        process = self.diffusion.process
        share = (process.timestep(at) + 1) / len(process.ratios) if at.sigma else 0.0
        return float(time_at(share))

    def decode(self, x0: Tensor) -> Tensor:
        size = self.card.size
        pictures = torch.zeros(len(x0), size, size, 4, dtype=torch.uint8)
        places = ((x0[:, 0].detach().cpu().float() / REACH + 1) * (size - 1) / 2).nan_to_num(-size).round()
        for picture, points in zip(pictures, places, strict=True):
            inside = points[((points >= 1) & (points <= size - 2)).all(dim=1)].long()
            for right, down in ((0, 0), (1, 0), (-1, 0), (0, 1), (0, -1)):
                picture[size - 1 - inside[:, 1] + down, inside[:, 0] + right] = torch.tensor(INK, dtype=torch.uint8)
        return pictures

    glimpse = decode
    preview = decode
