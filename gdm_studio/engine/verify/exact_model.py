"""A model of exact answers for the engine to run: its network is told what a trained one is, and nothing more."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import torch
from torch.nn.functional import avg_pool2d

from gdm_studio.engine.generate import generate
from gdm_studio.maths.diffusion import Diffusion
from gdm_studio.maths.path import Denoise, Noise, Path, Point, Step
from gdm_studio.maths.processes import Process
from gdm_studio.models.card import ModelCard, Style
from gdm_studio.models.library import Library
from gdm_studio.models.loaded import Ask, LoadedModel, NoiseAt
from gdm_studio.request import Request
from gdm_studio.run import Advance

NAME = "exact"
STYLE, STYLED = "high", 0.125  # a style, and how much higher its pictures are
SIDE = 4  # of the latents, of four channels


@dataclass(frozen=True)
class Law:
    """Of every number of a picture by itself: as often N(mean + apart, variance) as N(mean − apart, variance)."""

    mean: float = 0.0
    apart: float = 0.0
    variance: float = 0.25

    def answer(self, y: np.ndarray, r: float) -> np.ndarray:
        """E[x0 | y] for y = x0 + r·eps; the mean at an infinite r."""
        if r == math.inf:
            return np.full_like(y, self.mean)
        gain, spread = self.variance / (self.variance + r * r), self.variance + r * r
        mode = self.apart * np.tanh(self.apart * (y - self.mean) / spread)
        return self.mean + gain * (y - self.mean) + (1 - gain) * mode

    def flow(self, y: np.ndarray, r: float, s: float) -> np.ndarray:
        """Where the probability flow takes y from r to s; of a law of one mode."""
        return self.mean + math.sqrt((self.variance + s * s) / (self.variance + r * r)) * (y - self.mean)


LAWS = {"": Law(apart=0.5, variance=0.04), "right": Law(0.5, variance=0.04), "left": Law(-0.5, variance=0.04)}
LAWS["line"] = Law(0.3)


@dataclass(frozen=True)
class Asked:
    """One evaluation of the network: for how many rows, and what it was told of the noise."""

    rows: int
    told: float


@dataclass(frozen=True)
class ExactModel:
    """A LoadedModel that predicts `card.prediction` of LAWS, in double precision: what differs is then no rounding."""

    card: ModelCard
    process: Process
    asked: list[Asked]
    device: torch.device = torch.device("cpu")
    dtype: torch.dtype = torch.float32

    @property
    def diffusion(self) -> Diffusion:
        return Diffusion(self.process, self.card.prediction, self.card.data_scale)

    @property
    def stages(self) -> tuple[ExactModel]:
        return (self,)

    def shape(self, request: Request) -> tuple[int, ...]:
        return self.card.latent

    def start(self, asks: Sequence[Ask], path: Path, noise: Noise, like: torch.Tensor) -> torch.Tensor:
        x: torch.Tensor = self.process.prior(noise, like, path[0])
        return x

    def denoiser(self, asks: Sequence[Ask], path: Path, noise: NoiseAt) -> Denoise:
        laws = [_law(ask) for ask in asks]

        def network(scaled: torch.Tensor, told: float) -> torch.Tensor:
            self.asked.append(Asked(len(scaled), told))
            rows = zip(scaled.double().numpy(), laws, strict=False)  # the first of the laws
            return torch.from_numpy(np.stack([self._output(row, told, law) for row, law in rows]))

        def denoise(x: torch.Tensor, at: Point) -> torch.Tensor:
            x0: torch.Tensor = self.diffusion.x0(network, x, at)
            return x0

        return denoise

    def encode(self, rgba: torch.Tensor) -> torch.Tensor:
        return avg_pool2d(rgba.permute(0, 3, 1, 2).double(), 2) / 127.5 - 1

    def decode(self, x0: torch.Tensor) -> torch.Tensor:
        levels = ((x0.permute(0, 2, 3, 1).clamp(-1, 1) + 1) * 127.5).round().to(torch.uint8)
        return levels.repeat_interleave(2, dim=1).repeat_interleave(2, dim=2)

    glimpse = preview = decode

    def _output(self, scaled: np.ndarray, told: float, law: Law) -> np.ndarray:
        """What the network gives for one row: the quantity its papers define, of the place that `told` names."""
        kind, s = self.card.prediction, self.card.data_scale
        r = self._ratio(told)
        if kind == "edm":  # Karras et al. 2022, table 1: the input is y/√(r² + s²), D = s²/(r² + s²)·y + r·s/√(…)·F
            whole = math.hypot(r, s)
            return (law.answer(scaled * whole, r) - s * s / whole * scaled) / (r * s / whole)
        alpha, sigma = _place(self.process.name, r)
        x0 = law.answer(scaled / alpha if alpha else scaled, r)
        eps = (scaled - alpha * x0) / sigma
        return {"epsilon": eps, "x0": x0, "v": alpha * eps - sigma * x0, "flow": eps - x0}[kind]

    def _ratio(self, told: float) -> float:
        """The noise ratio of what the network was told: log(r)/4, a thousand times the time, or a timestep."""
        if self.card.prediction == "edm":
            return math.exp(4 * told)
        if self.card.prediction == "flow":
            return told / (1000 - told) if told < 1000 else math.inf
        table = np.array(self.process.ratios)
        if told >= len(table) - 1:
            return float(table[-1])
        known = table[np.isfinite(table)]
        return math.exp(np.interp(told, np.arange(len(known)), np.log(known)))


class ExactLibrary(Library):
    """A library that holds one ExactModel, and what it was asked."""

    def __init__(
        self,
        process: Process,
        prediction: str = "x0",
        *,
        data_scale: float = 0.5,
        variance: float | None = None,  # of the data whose score norms the card has
        latent: tuple[int, int, int] = (4, SIDE, SIDE),
    ) -> None:
        super().__init__()
        self.process, self.asked = process, list[Asked]()
        name = "vp" if process.name.startswith("vp-") else process.name
        norms = [(math.log(r), r * r / (variance + r * r)) for r in (1e-3, 1.0, 1e3)] if variance else []
        self._card = ModelCard(
            name=NAME,
            family=NAME,
            date="2026-01-01",
            parameters=1,
            author="",
            licence="",
            size=2 * latent[1],
            channels=4,
            latent=latent,
            prediction=prediction,
            process=name,
            data_scale=data_scale,
            styles=(Style(STYLE, "High"),),
            score_norms=tuple(norms),
        )

    def card(self, name: str) -> ModelCard:
        return self._card

    def is_loaded(self, name: str, *, device: torch.device, dtype: torch.dtype, asked: Request | None = None) -> bool:
        return True

    def load(self, name: str, *, device: torch.device, dtype: torch.dtype, asked: Request | None = None) -> LoadedModel:
        return ExactModel(self._card, self.process, self.asked)


@dataclass(frozen=True)
class Driven:
    """What a run of the engine did: where it began, its steps, and what its model was asked."""

    start: np.ndarray  # x (N, C, h, w) at the first point
    path: Path
    steps: list[Step]
    asked: list[Asked] = field(default_factory=list)

    @property
    def ratios(self) -> list[float]:
        return [point.sigma / point.alpha if point.alpha else math.inf for point in self.path]

    def ys(self) -> Iterator[np.ndarray]:
        """x/alpha after every step."""
        return (step.x.double().numpy() / step.at.alpha for step in self.steps)


def request(**fields: Any) -> Request:
    """A request to the exact model: without guidance unless `fields` say so, all of its pictures in one batch."""
    usual = Request(model=NAME, prompt="right", guidance_scale=1.0, seed=5, count=2, device="cpu")
    pace: dict[str, Any] = {"spacing": "karras", "steps": 10}
    wanted = replace(usual, **pace | fields)
    return replace(wanted, batch=wanted.count)


def driven(wanted: Request, library: ExactLibrary, *, resume: Step | None = None) -> Driven:
    """The engine's own run of that request."""
    library.asked.clear()
    events = generate(wanted, library, resume=resume, steps_budget=0)
    advances = [event for event in events if isinstance(event, Advance)]
    first = advances[0]
    steps = [advance.step for advance in advances]
    return Driven(first.record.start.x.double().numpy(), first.path, steps, list(library.asked))


def furthest(found: Mapping[int, np.ndarray] | Sequence[np.ndarray], wanted: Sequence[np.ndarray]) -> float:
    """The largest difference anywhere, in units of what numbers are there: 1 and the number itself."""
    pairs = zip(found, wanted, strict=True)
    return max(float((np.abs(one - other) / (1 + np.abs(other))).max()) for one, other in pairs)


def _law(ask: Ask) -> Law:
    law = LAWS[ask.text]
    return Law(law.mean + (STYLED if ask.style == STYLE else 0.0), law.apart, law.variance)


def _place(process: str, r: float) -> tuple[float, float]:
    """Alpha and sigma of a noise ratio."""
    if process == "flow":
        return (1 / (1 + r), r / (1 + r)) if r < math.inf else (0.0, 1.0)
    if process in ("ve", "edm"):
        return 1.0, r
    if process == "subvp":
        alpha = 2 / (r + math.hypot(r, 2))  # where sigma is 1 − alpha²
        return alpha, 1 - alpha * alpha
    return (1 / math.hypot(1, r), r / math.hypot(1, r)) if r < math.inf else (0.0, 1.0)
