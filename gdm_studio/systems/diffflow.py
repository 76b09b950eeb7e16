"""DiffFlow: a diffusion whose way to the noise is learned too, as in a normalizing flow.

x_{i+1} = x_i + f(x_i, t_i)·Δt + g_i·√Δt·ΔF_i goes to N(0, I), x_i = x_{i+1} − [f − g²·s](x_{i+1}, t_{i+1})·Δt +
g_{i+1}·√Δt·ΔB_i comes back (Zhang and Chen 2021, section 3); f and s are both networks. Of a path that went, the noise
ΔB_i which would have brought it back is known, so that
−log p(x_0) ≤ E −log p(x_N) + ½·Σ(|ΔB_i|² − |ΔF_i|²) + D·Σ log(g_{i+1}/g_i), and that is the loss. Where f is −x/2 and
fixed, this is DDPM's chain. Here x are points of a plane, g is 1, and plain autograd takes the place of the paper's
adjoint, which saves memory and changes no gradient.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from gdm_studio.networks.points import PointNetwork, PointNetworkConfig, drift, score, time_at
from gdm_studio.systems.recipe import usual, write_model
from gdm_studio.systems.system import Claim, System
from gdm_studio.training.ema import Ema
from gdm_studio.training.optim import OPTIMIZERS
from gdm_studio.training.options import Option
from gdm_studio.training.recipe import Batch, Cooldown, LearningRate, Objective, Recipe, Samples, Threads, Warmup
from gdm_studio.training.schedule import Schedule, normal

SHOWN = 512  # points of a picture
DECADES = 30  # of the ratios by which the engine counts steps; they stand for nothing else

DIFFFLOW = System(
    name="diffflow",
    title="DiffFlow",
    year=2021,
    authors="Zhang, Chen",
    paper="arXiv:2110.07579",
    tags=("diffusion", "flow", "likelihood", "points"),
    idea="The way to the noise is learned as well, so that few steps lead back; of points that are seen to move.",
    starts="Gaussian points of a plane.",
    learned="Both ways: where points drift on the way to the noise, and the score for the way back.",
    step="One of a few jumps back, against the learned drift and along the learned score, with fresh noise.",
    objective="E −log p(x_N) + ½·Σ(|ΔB_i|² − |ΔF_i|²)",
    trains=("drift", "score"),
    samplers=("euler",),
    claim=Claim("nats a point of the bound less those of DDPM's fixed drift, trained as long", "nats_beside_fixed", 0.0,
                "less", "retrain"),
    descends=("ddpm",),
)  # fmt: skip

Field = Callable[[Tensor, Tensor], Tensor]  # (x (N, D), t (N, 1)) -> (N, D)


@dataclass(frozen=True)
class Chain:
    """Both ways through `times` t_0 < … < t_N."""

    times: Sequence[float]
    drift: Field
    score: Field
    diffusion: Callable[[float], float] = lambda t: 1.0

    def nats(self, x: Tensor, noise: Tensor) -> Tensor:
        """The bound on −log p(x) of each row (R, D), on the way to the noise that `noise` (N, R, D) makes."""
        nats, dimensions = torch.zeros_like(x[:, 0]), x.shape[1]
        for here, there, forward in zip(self.times, self.times[1:], noise, strict=False):
            step, size, other = there - here, self.diffusion(here), self.diffusion(there)
            after = x + self.drift(x, self._of(here, x)) * step + size * math.sqrt(step) * forward
            backward = (x - self.before(after, there, step)) / (other * math.sqrt(step))
            nats = nats + 0.5 * (backward.square() - forward.square()).sum(dim=1) + dimensions * math.log(other / size)
            x = after
        return nats + 0.5 * (x.square() + math.log(2 * math.pi)).sum(dim=1)

    def before(self, x: Tensor, t: float, step: float) -> Tensor:
        """Where x at t came from, so much earlier, before noise is added."""
        times = self._of(t, x)
        return x - (self.drift(x, times) - self.diffusion(t) ** 2 * self.score(x, times)) * step

    def _of(self, t: float, x: Tensor) -> Tensor:
        return torch.full_like(x[:, :1], t)


def spiral(count: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Two arms."""
    turn = 3 * math.pi * np.sqrt(rng.random(count)) + math.pi / 2
    arm = np.where(rng.random(count) < 0.5, 1, -1)[:, None]
    return arm * np.column_stack([np.cos(turn), np.sin(turn)]) * turn[:, None] / 5.5 + rng.normal(0, 0.03, (count, 2))


def rings(count: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Two circles, one in the other."""
    turn, radius = 2 * math.pi * rng.random(count), np.where(rng.random(count) < 2 / 3, 1.7, 0.7)
    return np.column_stack([np.cos(turn), np.sin(turn)]) * radius[:, None] + rng.normal(0, 0.05, (count, 2))


def grid(count: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """25 spots."""
    return rng.integers(-2, 3, (count, 2)) / math.sqrt(2) + rng.normal(0, 0.05, (count, 2))


SETS = {"spiral": spiral, "rings": rings, "grid": grid}


@dataclass(frozen=True, kw_only=True)
class DiffFlowRecipe(Recipe[nn.ModuleDict]):
    """One pair of networks for all sets, told which."""

    name: ClassVar[str] = "diffflow"
    system: ClassVar[System] = DIFFFLOW
    product: ClassVar[str] = "diffflow.safetensors"

    steps: Annotated[int, Option("Steps", "N, of the chain", 2, 1000)] = 30
    width: Annotated[int, Option("Width", "of the networks", 4, 4096)] = 64
    way: Annotated[str, Option("Way", "to the noise", choices=("learned", "fixed"))] = "learned"
    samples: Samples = 400_000
    batch: Batch = 256
    learning_rate: LearningRate = 5e-3
    warmup: Warmup = 10_000
    cooldown: Cooldown = 200_000
    threads: Threads = 1

    @property
    def schedule(self) -> Schedule:
        return Schedule(self.samples, min(self.warmup, self.samples // 10), min(self.cooldown, self.samples))

    def model(self, out: Path) -> nn.ModuleDict:
        names = ("drift", "score") if self.way == "learned" else ("score",)
        config = PointNetworkConfig(told=len(SETS), width=self.width)
        return nn.ModuleDict({name: PointNetwork(config) for name in names})

    def modules(self, model: nn.ModuleDict) -> dict[str, nn.Module]:
        return dict(model.items())

    def identity(self, model: nn.ModuleDict) -> dict[str, Any]:
        return {"steps": self.steps, "width": self.width, "way": self.way}

    def average(self, model: nn.ModuleDict) -> Ema:
        return Ema(list(model.parameters()), self.batch * 50)

    def chain(self, model: nn.ModuleDict, told: Tensor) -> Chain:
        """By the networks, of rows that are told this."""
        parts: dict[str, nn.Module] = dict(model.items())
        times = [time_at(place / self.steps) for place in range(self.steps + 1)]
        return Chain(
            times, lambda x, t: drift(parts.get("drift"), x, t, told), lambda x, t: score(parts["score"], x, t, told)
        )

    def draw(self, model: nn.ModuleDict, rng: np.random.Generator, step: int) -> tuple[Tensor, ...]:
        return self.drawn(rng, self.batch)

    def drawn(self, rng: np.random.Generator, count: int) -> tuple[Tensor, ...]:
        """Points (R, 2), which set each is of (R, sets), and the noise of its way (R, N, 2)."""
        kinds = rng.integers(len(SETS), size=count)
        points = np.stack([each(count, rng) for each in SETS.values()])[kinds, np.arange(count)]
        return torch.from_numpy(points).float(), torch.eye(len(SETS))[kinds], normal(rng, count, self.steps, 2)

    def objectives(self, model: nn.ModuleDict) -> Sequence[Objective]:
        def loss(x: Tensor, told: Tensor, noise: Tensor) -> Tensor:
            return self.chain(model, told).nats(x, noise.transpose(0, 1)).mean()

        optimizers = OPTIMIZERS["adamw"](model, nn.Module(), self.learning_rate)
        return (Objective("bound", loss, list(model.parameters()), optimizers),)

    def figures(self, model: nn.ModuleDict) -> dict[str, float]:
        """Nats a point by the bound, of points that are always the same."""
        with torch.no_grad():
            x, told, noise = self.drawn(np.random.default_rng(2**31), 2048)
            return {"nats": float(self.chain(model, told).nats(x, noise.transpose(0, 1)).mean())}

    def finish(self, model: nn.ModuleDict, out: Path, seen: int) -> None:
        """Writes a model that draws its points; the fixed way has none, it is there to be compared with."""
        if self.way == "learned":
            write_model(out / self.product, dict(model.items()), self._card(model, seen), {})

    def _card(self, model: nn.ModuleDict, seen: int) -> dict[str, Any]:
        return {
            **self.system.facts,
            "licence": "Apache-2.0",  # its points are made by a formula
            "size": 256,
            "channels": 4,
            "latent": [1, SHOWN, 2],
            "data_scale": 1.0,
            "prediction": "x0",
            "process": "edm",
            "process_numbers": {"sigma_min": 10.0**-DECADES, "sigma_max": 1.0, "timesteps": self.steps},
            "labels": list(SETS),
            "guidance": False,
            "takes_pictures": False,
            "defaults": usual(sampler="euler", steps=self.steps, spacing="linspace", guidance_scale=1.0),
            "figures": {"samples_seen": seen, **self.figures(model)},
        }
