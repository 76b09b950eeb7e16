"""Diffusion of 2015: data are destroyed by a Markov chain that is known, and its reversal is learned by a bound.

Bits are flipped towards a fair coin, q(x_t | x_{t−1}) = B(x_{t−1}·(1 − β_t) + β_t/2) (table 1), all at once
q(x_t | x_0) = B(x_0·ᾱ_t + (1 − ᾱ_t)/2); with β_t = 1/(T − t + 1) the same share is lost in every step, ᾱ_t = (T − t)/T.
A step back of a bit whose x_0 is known is a coin as well, and the network says x̂_0, bit by bit.
It learns the whole bound, log p ≥ −Σ_{t≥2} E KL(q(x_{t−1} | x_t, x_0) ‖ p(x_{t−1} | x_t)) + E log p(x_0 | x_1)
− KL(q(x_T | x_0) ‖ p(x_T)) (equation 14), of which each sample shows one term; the Gaussian one is DDPM's chain with
the same bound for its loss.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import save
from torch import Tensor, nn
from torch.nn import functional as F

from gdm_studio.atomic import write
from gdm_studio.errors import BadRequest, StorageError
from gdm_studio.maths.path import Point
from gdm_studio.models.listing import PART_OF
from gdm_studio.systems.ddpm import DdpmRecipe, bound
from gdm_studio.systems.system import Claim, System
from gdm_studio.training.ema import Ema
from gdm_studio.training.optim import OPTIMIZERS
from gdm_studio.training.options import Option
from gdm_studio.training.recipe import Batch, Cooldown, LearningRate, Objective, Recipe, Samples, Threads, Warmup
from gdm_studio.training.schedule import Schedule

PULSE = 5  # bins between two heartbeats

BINOMIAL = System(
    name="diffusion-2015-bits",
    title="Diffusion 2015, bits",
    year=2015,
    authors="Sohl-Dickstein, Weiss, Maheswaranathan, Ganguli",
    paper="arXiv:1503.03585",
    tags=("diffusion", "binary", "likelihood"),
    idea="Bits are flipped until they are fair coins, and a network learns to flip them back.",
    starts="Fair coins, one a bit.",
    learned="Which bits x_t came of, by the whole bound on the likelihood.",
    step="Tosses every bit again, by a coin weighted with what the network says.",
    objective="−the variational bound, one of its terms a sample",
    trains=("network",),
    samplers=(),
    claim=Claim("bits above those of the truth, log2 5 a sequence of heartbeats", "bits_above_truth", 0.25, "less",
                "retrain"),
)  # fmt: skip
GAUSSIAN = System(
    name="diffusion-2015",
    title="Diffusion 2015",
    year=2015,
    authors="Sohl-Dickstein, Weiss, Maheswaranathan, Ganguli",
    paper="arXiv:1503.03585",
    tags=("diffusion", "discrete time", "likelihood"),
    idea="A picture is noised step by step, and the way back is learned by the bound on its likelihood.",
    starts="Gaussian noise, N(0, I).",
    learned="The noise in x_t, weighted as in the bound on the likelihood: small noise counts most.",
    step="Draws x_{t−1} from a Gaussian around the mean that the network gives.",
    objective="−the variational bound, one of its terms a sample",
    trains=("denoiser",),
    samplers=("ddpm",),
    claim=Claim("bits a number of the bound over 100 even steps less those of DDPM's network", "bound_beside_ddpm",
                0.0, "less", "pair"),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class GaussianRecipe(DdpmRecipe):
    """DDPM's chain; the loss is the bound itself, which weighs small noise far more than DDPM's does."""

    name: ClassVar[str] = "diffusion-2015"
    system: ClassVar[System] = GAUSSIAN

    def loss(self, answer: Tensor, x0: Tensor, x: Tensor, at: Point, to: Point) -> Tensor:
        found = self.diffusion.x0(lambda *_: answer, x, at)
        return bound(x0, found, torch.zeros_like(x0), at, to).mean()

    @property
    def defaults(self) -> dict[str, Any]:
        return super().defaults | {"sampler": "ddpm"}


# Bits


@dataclass(frozen=True)
class Coins:
    """The chain of T steps over bits: `x` in {0, 1}, `t` from 1 to T, of any shapes that broadcast."""

    steps: int

    def kept(self, t: Tensor) -> Tensor:
        """ᾱ_t = (T − t)/T."""
        return (self.steps - t) / self.steps

    def beta(self, t: Tensor) -> Tensor:
        """β_t = 1/(T − t + 1)."""
        return 1 / (self.steps - t + 1)

    def flipped(self, x0: Tensor, t: Tensor, uniform: Tensor) -> Tensor:
        """A draw of q(x_t | x_0), from numbers even in 0 … 1."""
        return (uniform < self._one(x0, t)).to(x0.dtype)

    def before(self, x: Tensor, x0: Tensor, t: Tensor) -> Tensor:
        """q(x_{t−1} = 1 | x_t = x, x_0): A·π/(A·π + B·(1 − π)), π = q(x_{t−1} = 1 | x_0).

        For x0 between 0 and 1, the mixture of both posteriors with these weights: what a network that says x̂_0 means.
        """
        both = []
        for known in (0.0, 1.0):
            one = self._one(torch.full_like(x, known), t - 1)
            stays, flips = 1 - self.beta(t) / 2, self.beta(t) / 2
            up = torch.where(x > 0.5, stays, flips) * one
            down = torch.where(x > 0.5, flips, stays) * (1 - one)
            both.append(up / (up + down))
        return (1 - x0) * both[0] + x0 * both[1]

    def _one(self, x0: Tensor, t: Tensor) -> Tensor:
        kept = self.kept(t)
        return x0 * kept + (1 - kept) / 2

    def terms(self, x0: Tensor, x: Tensor, found: Tensor, t: Tensor) -> Tensor:
        """The bound's term at t of each row (N, D), in nats a row: KL of the step to t − 1, or −log p(x_0 | x_1).

        At t = T the prior's own term is 0: x_T is exactly fair coins.
        """
        truth, guess = self.before(x, x0, t), self.before(x, found, t).clamp(1e-7, 1 - 1e-7)
        crossed = -(truth * guess.log() + (1 - truth) * (1 - guess).log())
        return (crossed - torch.special.entr(truth) - torch.special.entr(1 - truth)).sum(dim=1)


@torch.no_grad()
def bits_of_bound(
    coins: Coins, guess: Callable[[Tensor, Tensor], Tensor], x0: Tensor, *, draws: int, seed: int = 0
) -> float:
    """The bound in bits a row of x0 (N, D), the mean of its T terms at `draws` rows each.

    `guess(x, t)` is P(x_0 = 1 | x_t = x), (N, D) for t (N, 1).
    """
    rng = torch.Generator().manual_seed(seed)
    total = 0.0
    for step in range(1, coins.steps + 1):
        rows = x0[torch.randint(len(x0), (draws,), generator=rng)]
        t = torch.full((draws, 1), float(step), dtype=x0.dtype)
        x = coins.flipped(rows, t, torch.rand(rows.shape, generator=rng, dtype=x0.dtype))
        total += float(coins.terms(rows, x, guess(x, t), t).mean())
    return total / math.log(2)


def heartbeats(count: int, rng: np.random.Generator, *, bins: int = 20) -> NDArray[np.float32]:
    """(count, bins): a pulse in every fifth, beginning with any of the first five; log2 5 bits each."""
    return ((np.arange(bins) - rng.integers(PULSE, size=(count, 1))) % PULSE == 0).astype(np.float32)


class BitNetwork(nn.Module):
    """P(x_0 = 1 | x_t), bit by bit, of (N, D) bits and the share of the way that is behind them (N, 1)."""

    def __init__(self, bits: int, width: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(bits + 1, width), nn.SiLU(), nn.Linear(width, width), nn.SiLU(), nn.Linear(width, bits)
        )

    def forward(self, x: Tensor, share: Tensor) -> Tensor:
        return self.layers(torch.cat([2 * x - 1, share], dim=1)).sigmoid()


@dataclass(frozen=True, kw_only=True)
class BinomialRecipe(Recipe[BitNetwork]):
    """Bits: heartbeats, or the rows of a file of numpy's in which what is above a half is a one."""

    name: ClassVar[str] = "diffusion-2015-bits"
    system: ClassVar[System] = BINOMIAL
    product: ClassVar[str] = "diffusion-2015-bits.safetensors"

    data: Annotated[Path | None, Option("Bits", "an .npy file, a row a sample; heartbeats where none is named")] = None
    steps: Annotated[int, Option("Steps", "T, of the chain", 2, 10_000)] = 200
    width: Annotated[int, Option("Width", "of the network", 4, 4096)] = 128
    samples: Samples = 400_000
    batch: Batch = 256
    learning_rate: LearningRate = 2e-3
    warmup: Warmup = 10_000
    cooldown: Cooldown = 200_000
    threads: Threads = 1

    @cached_property
    def rows(self) -> NDArray[np.float32]:
        if self.data is None:
            return heartbeats(5000, np.random.default_rng(0))
        try:
            found = np.load(self.data, allow_pickle=False)
        except (OSError, ValueError, EOFError) as error:
            raise StorageError(f"{self.data} is no file of numbers; write one by numpy.save.") from error
        if found.ndim < 2 or not len(found) or found.dtype.kind not in "buif":
            raise BadRequest(f"{self.data} holds no rows of numbers; write an array (samples, …) by numpy.save.")
        return (found.reshape(len(found), -1) > 0.5).astype(np.float32)

    @property
    def coins(self) -> Coins:
        return Coins(self.steps)

    @property
    def schedule(self) -> Schedule:
        return Schedule(self.samples, min(self.warmup, self.samples // 10), min(self.cooldown, self.samples))

    def model(self, out: Path) -> BitNetwork:
        return BitNetwork(self.rows.shape[1], self.width)

    def modules(self, model: BitNetwork) -> dict[str, nn.Module]:
        return {"network": model}

    def average(self, model: BitNetwork) -> Ema:
        return Ema(list(model.parameters()), self.batch * 50)

    def guess(self, model: BitNetwork) -> Callable[[Tensor, Tensor], Tensor]:
        """P(x_0 = 1 | x_t), by the network."""
        return lambda x, t: model(x, t / self.steps)

    def draw(self, model: BitNetwork, rng: np.random.Generator, step: int) -> tuple[Tensor, ...]:
        x0 = torch.from_numpy(self.rows[rng.integers(len(self.rows), size=self.batch)])
        t = torch.from_numpy(rng.integers(1, self.steps + 1, (self.batch, 1)).astype(np.float32))
        return x0, self.coins.flipped(x0, t, torch.from_numpy(rng.random(x0.shape, np.float32))), t

    def objectives(self, model: BitNetwork) -> Sequence[Objective]:
        def loss(x0: Tensor, x: Tensor, t: Tensor) -> Tensor:
            """T times the term at a random t: the bound, in nats a bit."""
            return self.steps * self.coins.terms(x0, x, self.guess(model)(x, t), t).mean() / x0.shape[1]

        optimizers = OPTIMIZERS["adamw"](model, nn.Module(), self.learning_rate)
        return (Objective("bound", loss, list(model.parameters()), optimizers),)

    def figures(self, model: BitNetwork) -> dict[str, float]:
        """Bits a row by the bound, and by a model of independent bits."""
        rows = torch.from_numpy(self.rows)
        share = rows.mean(dim=0).clamp(1e-6, 1 - 1e-6)
        alone = float(F.binary_cross_entropy(share.expand_as(rows), rows) * rows.shape[1]) / math.log(2)
        return {"bits": bits_of_bound(self.coins, self.guess(model), rows, draws=200), "bits_independent": alone}

    def finish(self, model: BitNetwork, out: Path, seen: int) -> None:
        weights = {name: value.detach().contiguous() for name, value in model.state_dict().items()}
        write(out / self.product, save(weights, {"format": "gdm-studio", PART_OF: "systems"}))
