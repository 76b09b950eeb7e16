"""Model for checks of the whole engine. Its data have a known distribution, so its network can predict x0 exactly."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import torch
from torch.nn.functional import avg_pool2d

from gdm_studio.engine.generation_loop import generate
from gdm_studio.maths.diffusion import Diffusion
from gdm_studio.maths.noise_path import Denoise, Noise, NoiseLevel, NoisePath, Step
from gdm_studio.maths.processes import Process
from gdm_studio.models.loaded_model import Conditioning, LoadedModel, NoiseAt
from gdm_studio.models.model_card import ModelCard, Style
from gdm_studio.models.model_library import Library
from gdm_studio.request.generation_events import StepEvent
from gdm_studio.request.generation_request import Request

NAME = "exact"
STYLE = "high"
# Amount by which the mean of images in that style is higher.
STYLED = 0.125
# Height and width of the latents, which have four channels.
SIDE = 4


@dataclass(frozen=True)
class DataDistribution:
    """Known distribution of each number of an image, with the ideal denoiser in closed form. It is an equal mixture of
    the two Gaussians N(mean ± apart, variance).
    """

    mean: float = 0.0
    apart: float = 0.0
    variance: float = 0.25

    def answer(self, y: np.ndarray, r: float) -> np.ndarray:
        """Return the ideal denoiser's output E[x0 | y] for y = x0 + r·eps. If the noise ratio r is infinite, the output
        is the mean of the data.
        """
        if r == math.inf:
            return np.full_like(y, self.mean)
        gain = self.variance / (self.variance + r * r)
        spread = self.variance + r * r
        mode = self.apart * np.tanh(self.apart * (y - self.mean) / spread)
        return self.mean + gain * (y - self.mean) + (1 - gain) * mode

    def flow(self, y: np.ndarray, r: float, s: float) -> np.ndarray:
        """Return the exact solution of the probability-flow ODE at noise ratio s, starting from y at noise ratio r. The
        distribution must have a single mode.
        """
        return self.mean + math.sqrt((self.variance + s * s) / (self.variance + r * r)) * (y - self.mean)


LAWS = {
    "": DataDistribution(apart=0.5, variance=0.04),
    "right": DataDistribution(0.5, variance=0.04),
    "left": DataDistribution(-0.5, variance=0.04),
}
LAWS["line"] = DataDistribution(0.3)


@dataclass(frozen=True)
class Evaluation:
    """Record of one call of the network: the number of batch rows, and the time input."""

    rows: int
    time: float


@dataclass(frozen=True)
class ExactModel:
    """Model whose network computes exact predictions in double precision for the known data distributions LAWS, so that
    runs of the engine can be compared with closed forms.
    """

    card: ModelCard
    process: Process
    evaluations: list[Evaluation]
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

    def start(
        self, conditioning: Sequence[Conditioning], path: NoisePath, noise: Noise, like: torch.Tensor
    ) -> torch.Tensor:
        x: torch.Tensor = self.process.prior(noise, like, path[0])
        return x

    def denoiser(self, conditioning: Sequence[Conditioning], path: NoisePath, noise: NoiseAt) -> Denoise:
        laws = [_select_law(row) for row in conditioning]

        def network(scaled: torch.Tensor, time: float) -> torch.Tensor:
            self.evaluations.append(Evaluation(len(scaled), time))
            # Fewer rows than laws correspond to the first laws.
            rows = zip(scaled.double().numpy(), laws, strict=False)
            return torch.from_numpy(np.stack([self._compute_output(row, time, law) for row, law in rows]))

        def denoise(x: torch.Tensor, at: NoiseLevel) -> torch.Tensor:
            x0: torch.Tensor = self.diffusion.x0(network, x, at)
            return x0

        return denoise

    def encode(self, rgba: torch.Tensor) -> torch.Tensor:
        return avg_pool2d(rgba.permute(0, 3, 1, 2).double(), 2) / 127.5 - 1

    def decode(self, x0: torch.Tensor) -> torch.Tensor:
        levels = ((x0.permute(0, 2, 3, 1).clamp(-1, 1) + 1) * 127.5).round().to(torch.uint8)
        return levels.repeat_interleave(2, dim=1).repeat_interleave(2, dim=2)

    fast_decode = preview = decode

    def _compute_output(self, scaled: np.ndarray, time: float, law: DataDistribution) -> np.ndarray:
        """Return the exact network output for one row of a batch, in the form of the model's prediction type (epsilon,
        x0, v, flow or EDM).
        """
        kind = self.card.prediction
        s = self.card.data_scale
        r = self._convert_to_ratio(time)
        # Karras et al. 2022, table 1: the input is y/√(r² + s²), D = s²/(r² + s²)·y + r·s/√(r² + s²)·F.
        if kind == "edm":
            whole = math.hypot(r, s)
            return (law.answer(scaled * whole, r) - s * s / whole * scaled) / (r * s / whole)
        alpha, sigma = _compute_alpha_and_sigma(self.process.name, r)
        x0 = law.answer(scaled / alpha if alpha else scaled, r)
        eps = (scaled - alpha * x0) / sigma
        return {"epsilon": eps, "x0": x0, "v": alpha * eps - sigma * x0, "flow": eps - x0}[kind]

    def _convert_to_ratio(self, time: float) -> float:
        """Convert the network's time input to the noise ratio sigma/alpha. The input is log(r)/4 for EDM, 1000 times
        the time for flow matching, or else a timestep.
        """
        if self.card.prediction == "edm":
            return math.exp(4 * time)
        if self.card.prediction == "flow":
            return time / (1000 - time) if time < 1000 else math.inf
        table = np.array(self.process.ratios)
        if time >= len(table) - 1:
            return float(table[-1])
        known = table[np.isfinite(table)]
        return math.exp(np.interp(time, np.arange(len(known)), np.log(known)))


class ExactLibrary(Library):
    """Model library that contains a single ExactModel and records every evaluation of its network."""

    def __init__(
        self,
        process: Process,
        prediction: str = "x0",
        *,
        data_scale: float = 0.5,
        # Variance of the data for the card's score norms, or None for none.
        variance: float | None = None,
        latent: tuple[int, int, int] = (4, SIDE, SIDE),
    ) -> None:
        super().__init__()
        self.process = process
        self.evaluations = list[Evaluation]()
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
        return ExactModel(self._card, self.process, self.evaluations)


@dataclass(frozen=True)
class RecordedRun:
    """Record of a run of the engine with an ExactModel: the initial state, the steps and the network evaluations."""

    # x (N, C, h, w) at the first noise level.
    start: np.ndarray
    path: NoisePath
    steps: list[Step]
    evaluations: list[Evaluation] = field(default_factory=list)

    @property
    def ratios(self) -> list[float]:
        return [level.ratio for level in self.path]

    def ys(self) -> Iterator[np.ndarray]:
        """Yield the state x after every step of the run, divided by alpha."""
        return (step.x.double().numpy() / step.at.alpha for step in self.steps)


def request(**fields: Any) -> Request:
    """Return a request for the ExactModel, with all images in one batch and without guidance. `fields` replaces the
    values of individual request fields.
    """
    usual = Request(model=NAME, prompt="right", guidance_scale=1.0, seed=5, count=2, device="cpu")
    pace: dict[str, Any] = {"spacing": "karras", "steps": 10}
    wanted = replace(usual, **pace | fields)
    return replace(wanted, batch=wanted.count)


def run_engine(wanted: Request, library: ExactLibrary, *, resume: Step | None = None) -> RecordedRun:
    """Generate the images of a request in the engine, and return a record of all steps and network evaluations."""
    library.evaluations.clear()
    events = generate(wanted, library, resume=resume, steps_budget=0)
    advances = [event for event in events if isinstance(event, StepEvent)]
    first = advances[0]
    steps = [advance.step for advance in advances]
    return RecordedRun(first.record.start.x.double().numpy(), first.path, steps, list(library.evaluations))


def furthest(found: Mapping[int, np.ndarray] | Sequence[np.ndarray], wanted: Sequence[np.ndarray]) -> float:
    """Return the largest difference |a − b| / (1 + |b|) between two sequences of arrays. It is a relative error for
    large numbers and an absolute error for small ones.
    """
    pairs = zip(found, wanted, strict=True)
    return max(float((np.abs(one - other) / (1 + np.abs(other))).max()) for one, other in pairs)


def _select_law(row: Conditioning) -> DataDistribution:
    law = LAWS[row.text]
    return DataDistribution(law.mean + (STYLED if row.style == STYLE else 0.0), law.apart, law.variance)


def _compute_alpha_and_sigma(process: str, r: float) -> tuple[float, float]:
    """Return (alpha, sigma) of the forward process named `process` at the noise ratio r = sigma/alpha."""
    if process == "flow":
        return (1 / (1 + r), r / (1 + r)) if r < math.inf else (0.0, 1.0)
    if process in ("ve", "edm"):
        return 1.0, r
    if process == "subvp":
        # sub-VP: sigma = 1 − alpha².
        alpha = 2 / (r + math.hypot(r, 2))
        return alpha, 1 - alpha * alpha
    return (1 / math.hypot(1, r), r / math.hypot(1, r)) if r < math.inf else (0.0, 1.0)
