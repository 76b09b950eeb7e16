"""Models whose data are points in the plane. Their images show the points at each step."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn

from gdm_studio.common.errors import BadRequest
from gdm_studio.maths.diffusion import Diffusion
from gdm_studio.maths.noise_path import CLEAN, Denoise, Noise, NoiseLevel, NoisePath
from gdm_studio.models.forward_process import forward_process
from gdm_studio.models.loaded_model import Conditioning, NoiseAt
from gdm_studio.models.memory.parallel_rows import RowEvaluator
from gdm_studio.models.model_card import ModelCard
from gdm_studio.networks.papers.point_networks import drift, score, time_at
from gdm_studio.request.generation_request import Request

# Coordinate at the edge of an image.
REACH = 3.0
INK = (62, 124, 214, 255)


@dataclass(frozen=True)
class PointsModel:
    """Loaded model whose data are points in the plane, of shape (1, points, 2), with a single stage.

    Its steps are the steps of its own Markov chain, including noise. The engine treats each of them as a step towards
    the denoiser's prediction. The noise ratios, which only count the steps, fall so steeply that x becomes almost
    exactly the prediction. The displayed prediction is therefore the next position of the points.
    """

    card: ModelCard
    device: torch.device
    dtype: torch.dtype
    networks: Mapping[str, nn.Module]
    diffusion: Diffusion = field(init=False)
    rows: RowEvaluator = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "diffusion", Diffusion(forward_process(self.card), "x0"))
        object.__setattr__(self, "rows", RowEvaluator(self.device))
        cond = len(self.card.accepts.labels)
        networks: Mapping[str, Any] = self.networks
        if not are_points(self.card) or self.card.accepts.factors or "score" not in networks:
            raise ValueError("its points are not in a plane")
        if any(network.config.told != cond for network in networks.values()):
            raise ValueError("its networks take other conditioning")

    @property
    def stages(self) -> tuple[PointsModel]:
        return (self,)

    def shape(self, request: Request) -> tuple[int, ...]:
        return self.card.latent

    def start(self, conditions: Sequence[Conditioning], path: NoisePath, noise: Noise, like: Tensor) -> Tensor:
        start: Tensor = noise(0, like)
        return start

    def encode(self, rgba: Tensor) -> Tensor:
        raise BadRequest(f"{self.card.name} draws points and begins from no picture.")

    def denoiser(self, conditions: Sequence[Conditioning], path: NoisePath, noise: NoiseAt) -> Denoise:
        labels = self.card.accepts.labels
        cond = torch.tensor(
            [[float(condition.label == label) for label in labels] for condition in conditions], device=self.device
        )
        follows = dict(pairwise(path))

        def denoise(x: Tensor, at: NoiseLevel) -> Tensor:
            to = follows.get(at, CLEAN)
            moved = self.rows(lambda *row: self._move_points(at, to, *row), x, noise(at, x), cond[: len(x)])
            kept = to.sigma / at.sigma  # the share of x that the sampler's step keeps
            return (moved - kept * x) / (1 - kept)

        return denoise

    def _move_points(self, at: NoiseLevel, to: NoiseLevel, x: Tensor, noise: Tensor, cond: Tensor) -> Tensor:
        """Move the points by one step of the model's own Markov chain, and return their new positions, of shape (1, 1,
        P, 2).
        """
        points = x[0, 0].float()
        known = cond.expand(x.shape[2], -1)
        now = self._step_number(at)
        then = self._step_number(to)
        times = torch.full_like(points[:, :1], now)
        with torch.no_grad():
            drawn = drift(self.networks.get("drift"), points, times, known)
            back = drawn - score(self.networks["score"], points, times, known)
        moved = points - (now - then) * back + math.sqrt(now - then) * noise[0, 0]
        return moved[None, None]

    def _step_number(self, at: NoiseLevel) -> float:
        process = self.diffusion.process
        share = (process.timestep(at) + 1) / len(process.ratios) if at.sigma else 0.0
        return float(time_at(share))

    def decode(self, x0: Tensor) -> Tensor:
        return draw_points(x0, self.card.size, reach=REACH)

    fast_decode = decode
    preview = decode


def are_points(card: ModelCard) -> bool:
    """Return True if a model generates points in the plane, of shape (1, points, 2), instead of images."""
    return card.latent[0] == 1 and card.latent[2] == 2


def draw_points(x0: Tensor, size: int, *, reach: float) -> Tensor:
    """Draw sets of points (N, 1, P, 2) as RGBA images (N, size, size, 4) for display. The images show coordinates from
    −reach to reach.
    """
    pictures = torch.zeros(len(x0), size, size, 4, dtype=torch.uint8)
    places = ((x0[:, 0].detach().cpu().float() / reach + 1) * (size - 1) / 2).nan_to_num(-size).round()
    for picture, points in zip(pictures, places, strict=True):
        inside = points[((points >= 1) & (points <= size - 2)).all(dim=1)].long()
        for right, down in ((0, 0), (1, 0), (-1, 0), (0, 1), (0, -1)):
            picture[size - 1 - inside[:, 1] + down, inside[:, 0] + right] = torch.tensor(INK, dtype=torch.uint8)
    return pictures
