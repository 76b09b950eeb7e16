"""DiffFlow: diffusion with a learned forward process, as in a normalizing flow.

The forward process x_{i+1} = x_i + f(x_i, t_i)·Δt + g_i·√Δt·ΔF_i leads to N(0, I). The backward process is x_i =
x_{i+1} − [f − g²·s](x_{i+1}, t_{i+1})·Δt + g_{i+1}·√Δt·ΔB_i (Zhang and Chen 2021, section 3). Both f and s are
networks.

For a forward path, the noise ΔB_i that would reverse it can be computed. This gives the loss −log p(x_0) ≤ E −log
p(x_N) + ½·Σ(|ΔB_i|² − |ΔF_i|²) + D·Σ log(g_{i+1}/g_i). With a fixed f = −x/2 this is DDPM's chain.

Here x are points in the plane, and g is 1. Plain autograd replaces the paper's adjoint method, which only saves memory.
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

from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.networks.papers.point_networks import PointNetwork, PointNetworkConfig, drift, score, time_at
from gdm_studio.papers.system_description import Claim, Range, System, terms
from gdm_studio.papers.training.model_file import write_model
from gdm_studio.training.ema import Ema
from gdm_studio.training.learning_rate_schedule import Schedule, normal
from gdm_studio.training.optim import OPTIMIZERS
from gdm_studio.training.options import Option
from gdm_studio.training.recipe import Batch, Cooldown, LearningRate, Objective, Recipe, Samples, Threads, Warmup

# The number of points in a sample.
SHOWN = 512
# The range of the noise ratios in the model card, in powers of ten. The engine only uses them to number the steps.
DECADES = 30

DIFFFLOW = System(
    name="diffflow",
    title="DiffFlow",
    year=2021,
    authors="Zhang, Chen",
    paper="arXiv:2110.07579",
    tags=("diffusion", "flow", "likelihood", "points"),
    idea=QT_TRANSLATE_NOOP(
        "System",
        "The forward process is learned too, so that fewer backward steps are needed; shown with points in the plane.",
    ),
    starts=QT_TRANSLATE_NOOP("System", "Gaussian points in the plane."),
    learned=QT_TRANSLATE_NOOP(
        "System", "Both directions: the drift of the forward process, and the score for the backward process."
    ),
    step=QT_TRANSLATE_NOOP(
        "System",
        "One of a few backward steps, against the learned drift and along the learned score, with fresh noise.",
    ),
    objective="E −log p(x_N) + ½·Σ(|ΔB_i|² − |ΔF_i|²)",
    trains=("drift", "score"),
    samplers=("euler",),
    claim=Claim(
        QT_TRANSLATE_NOOP(
            "System", "bound in nats per point at 8 steps minus that of DDPM’s fixed drift, after equal training"
        ),
        "nats_beside_fixed",
        Range(-1, -0.05),
        "retrain",
        0.0,
        "a fixed drift",
        terms=terms(states=0.15),
    ),
    parents=("ddpm",),
)

# A vector field: (x (N, D), t (N, 1)) -> (N, D).
Field = Callable[[Tensor, Tensor], Tensor]


@dataclass(frozen=True)
class Chain:
    """Diffusion chain with a learned drift at discrete times t_0 < … < t_N, with its forward and backward steps."""

    times: Sequence[float]
    drift: Field
    score: Field
    diffusion: Callable[[float], float] = lambda t: 1.0

    def nats(self, x: Tensor, noise: Tensor) -> Tensor:
        """Simulate the forward process from the data x (R, D), and return an upper bound on −log p(x), in nats, for
        each row.

        `noise` (N, R, D) is the noise of the forward process.
        """
        nats, dimensions = torch.zeros_like(x[:, 0]), x.shape[1]
        for here, there, forward in zip(self.times, self.times[1:], noise, strict=False):
            step, size, other = there - here, self.diffusion(here), self.diffusion(there)
            after = x + self.drift(x, self._repeat_time(here, x)) * step + size * math.sqrt(step) * forward
            backward = (x - self.backward_mean(after, there, step)) / (other * math.sqrt(step))
            nats = nats + 0.5 * (backward.square() - forward.square()).sum(dim=1) + dimensions * math.log(other / size)
            x = after
        return nats + 0.5 * (x.square() + math.log(2 * math.pi)).sum(dim=1)

    def backward_mean(self, x: Tensor, t: float, step: float) -> Tensor:
        """Return the mean of the backward step that takes points x from time t to time t − `step`."""
        times = self._repeat_time(t, x)
        return x - (self.drift(x, times) - self.diffusion(t) ** 2 * self.score(x, times)) * step

    def draw(self, noise: Tensor) -> Tensor:
        """Draw points (R, D) by the backward process. `noise` (N + 1, R, D) is that of its steps, and at last that of
        the start.
        """
        x, steps = noise[-1], list(zip(self.times, self.times[1:], noise, strict=False))
        for here, there, backward in reversed(steps):
            step = there - here
            x = self.backward_mean(x, there, step) + self.diffusion(there) * math.sqrt(step) * backward
        return x

    def _repeat_time(self, t: float, x: Tensor) -> Tensor:
        return torch.full_like(x[:, :1], t)


def spiral(count: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Draw random training points (count, 2) on a spiral with two arms."""
    turn = 3 * math.pi * np.sqrt(rng.random(count)) + math.pi / 2
    arm = np.where(rng.random(count) < 0.5, 1, -1)[:, None]
    return arm * np.column_stack([np.cos(turn), np.sin(turn)]) * turn[:, None] / 5.5 + rng.normal(0, 0.03, (count, 2))


def rings(count: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Draw random training points (count, 2) on two concentric circles."""
    turn, radius = 2 * math.pi * rng.random(count), np.where(rng.random(count) < 2 / 3, 1.7, 0.7)
    return np.column_stack([np.cos(turn), np.sin(turn)]) * radius[:, None] + rng.normal(0, 0.05, (count, 2))


def grid(count: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Draw random training points (count, 2) from a grid of 25 clusters."""
    return rng.integers(-2, 3, (count, 2)) / math.sqrt(2) + rng.normal(0, 0.05, (count, 2))


SETS = {"spiral": spiral, "rings": rings, "grid": grid}


@dataclass(frozen=True, kw_only=True)
class DiffFlowRecipe(Recipe[nn.ModuleDict]):
    """Training recipe for DiffFlow, which trains a drift network and a score network on sets of 2-D points.

    One pair of networks learns all sets of points, and is conditioned on the set.
    """

    name: ClassVar[str] = "diffflow"
    system: ClassVar[System] = DIFFFLOW
    product: ClassVar[str] = "diffflow.safetensors"

    steps: Annotated[int, Option("Steps", "N, length of the chain", 2, 1000)] = 30
    width: Annotated[int, Option("Width", "hidden units of the networks", 4, 4096)] = 64
    way: Annotated[str, Option("Way", "forward drift", choices=("learned", "fixed"))] = "learned"
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

    def fixed_settings(self, model: nn.ModuleDict) -> dict[str, Any]:
        return {"steps": self.steps, "width": self.width, "way": self.way}

    def average(self, model: nn.ModuleDict) -> Ema:
        return Ema(list(model.parameters()), self.batch * 50)

    def chain(self, model: nn.ModuleDict, cond: Tensor) -> Chain:
        """Build the diffusion chain of the model's drift and score networks.

        `cond` (R, sets) is the one-hot set of each point.
        """
        parts: dict[str, nn.Module] = dict(model.items())
        times = [time_at(index / self.steps) for index in range(self.steps + 1)]
        return Chain(
            times, lambda x, t: drift(parts.get("drift"), x, t, cond), lambda x, t: score(parts["score"], x, t, cond)
        )

    def draw(self, model: nn.ModuleDict, rng: np.random.Generator, step: int) -> tuple[Tensor, ...]:
        return self.sample_points(rng, self.batch)

    def sample_points(self, rng: np.random.Generator, count: int) -> tuple[Tensor, ...]:
        """Draw a training batch of random points (R, 2) from all training sets, with the noise of their forward paths.

        The sets are one-hot rows (R, sets), and the noise has the shape (R, N, 2).
        """
        kinds = rng.integers(len(SETS), size=count)
        points = np.stack([each(count, rng) for each in SETS.values()])[kinds, np.arange(count)]
        return torch.from_numpy(points).float(), torch.eye(len(SETS))[kinds], normal(rng, count, self.steps, 2)

    def objectives(self, model: nn.ModuleDict) -> Sequence[Objective]:
        def loss(x: Tensor, cond: Tensor, noise: Tensor) -> Tensor:
            return self.chain(model, cond).nats(x, noise.transpose(0, 1)).mean()

        optimizers = OPTIMIZERS["adamw"](model, nn.Module(), self.learning_rate)
        return (Objective("bound", loss, list(model.parameters()), optimizers),)

    def figures(self, model: nn.ModuleDict) -> dict[str, float]:
        """Return DiffFlow's likelihood bound, in nats per point, on a fixed set of points."""
        with torch.no_grad():
            x, cond, noise = self.sample_points(np.random.default_rng(2**31), 2048)
            return {"nats": float(self.chain(model, cond).nats(x, noise.transpose(0, 1)).mean())}

    def finish(self, model: nn.ModuleDict, out: Path, seen: int) -> None:
        """Write the trained model. A model with a fixed drift is only a baseline for comparison, and is not written."""
        if self.way == "learned":
            write_model(out / self.product, dict(model.items()), self._build_card(model, seen), {})

    def _build_card(self, model: nn.ModuleDict, seen: int) -> dict[str, Any]:
        return {
            **self.system.card_entries,
            # The training points are computed by a formula, so no dataset licence applies.
            "licence": "Apache-2.0",
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
            "defaults": dict(sampler="euler", steps=self.steps, spacing="linspace", guidance_scale=1.0),
            "figures": {"samples_seen": seen, **self.figures(model)},
        }
