"""Diffusion of 2015: a known Markov chain destroys the data, and its reversal is learned by a variational bound.

The binomial chain flips bits towards a fair coin, q(x_t | x_{t−1}) = B(x_{t−1}·(1 − β_t) + β_t/2) (table 1). In closed
form q(x_t | x_0) = B(x_0·ᾱ_t + (1 − ᾱ_t)/2). With β_t = 1/(T − t + 1), every step destroys an equal part of the
information, so that ᾱ_t = (T − t)/T. Given x_0, a backward step is a Bernoulli variable too. The network predicts x̂_0
for each bit.

The loss is the whole bound (equation 14), estimated by one term per sample: log p ≥ −Σ_{t≥2} E KL(q(x_{t−1} | x_t, x_0)
‖ p(x_{t−1} | x_t)) + E log p(x_0 | x_1) − KL(q(x_T | x_0) ‖ p(x_T)).

The Gaussian version is DDPM's chain with this bound as its loss.

Departures from the paper: the Gaussian chain has DDPM's linear schedule instead of a learned one, its backward variance
is β̃_t, its last step is a decoder of 8-bit images (Ho et al. 2020, equation 13), and a phase with equal weights for
all levels precedes the loss.
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

from gdm_studio.common.atomic_files import write
from gdm_studio.common.errors import BadRequest, StorageError
from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.maths.noise_path import NoiseLevel
from gdm_studio.models.installed.scanner import PART_OF
from gdm_studio.papers.system_description import Claim, Range, System, terms
from gdm_studio.papers.systems.ddpm import DdpmRecipe, bound
from gdm_studio.training.ema import Ema
from gdm_studio.training.learning_rate_schedule import Schedule
from gdm_studio.training.optim import OPTIMIZERS
from gdm_studio.training.options import Option
from gdm_studio.training.recipe import Batch, Cooldown, LearningRate, Objective, Recipe, Samples, Threads, Warmup

# The distance of two heartbeats in bins.
PULSE = 5

BINOMIAL = System(
    name="diffusion-2015-bits",
    title="Diffusion 2015, bits",
    year=2015,
    authors="Sohl-Dickstein, Weiss, Maheswaranathan, Ganguli",
    paper="arXiv:1503.03585",
    tags=("diffusion", "binary", "likelihood"),
    idea=QT_TRANSLATE_NOOP("System", "Bits are flipped until they are random, and a network learns to flip them back."),
    starts=QT_TRANSLATE_NOOP("System", "A fair coin toss for every bit."),
    learned=QT_TRANSLATE_NOOP("System", "The original bits given x_t, by the whole bound on the likelihood."),
    step=QT_TRANSLATE_NOOP("System", "Draws every bit again, with the probability predicted by the network."),
    objective=QT_TRANSLATE_NOOP("System", "−the variational bound, one term per sample"),
    trains=("network",),
    samplers=(),
    claim=Claim(
        QT_TRANSLATE_NOOP("System", "bits per heartbeat sequence above the true entropy, log2 5"),
        "bits_above_truth",
        Range(0, 0.25),
        "retrain",
        12.1,
        "a network that sees each bit alone",
        terms=terms(states=0.05, drawn=(0.8, 1), shares=0.1),
    ),
)
GAUSSIAN = System(
    name="diffusion-2015",
    title="Diffusion 2015",
    year=2015,
    authors="Sohl-Dickstein, Weiss, Maheswaranathan, Ganguli",
    paper="arXiv:1503.03585",
    tags=("diffusion", "discrete time", "likelihood"),
    idea=QT_TRANSLATE_NOOP(
        "System", "A picture is noised step by step, and the reversal is learned by the bound on its likelihood."
    ),
    starts=QT_TRANSLATE_NOOP("System", "Gaussian noise, N(0, I)."),
    learned=QT_TRANSLATE_NOOP(
        "System", "The noise in x_t, weighted as in the bound on the likelihood: low noise counts most."
    ),
    step=QT_TRANSLATE_NOOP("System", "Draws x_{t−1} from a Gaussian around the mean predicted by the network."),
    objective=QT_TRANSLATE_NOOP("System", "−the variational bound, one term per sample"),
    trains=("denoiser",),
    samplers=("ddpm",),
    claim=Claim(
        QT_TRANSLATE_NOOP(
            "System", "bound of held-out points in nats over 100 even steps minus that of DDPM, after equal training"
        ),
        "bound_beside_ddpm",
        Range(-0.5, -0.02),
        "points",
        0.0,
        "DDPM’s network",
        terms=terms(prediction=0.2, states=0.12, spread=(0.7, 1.3), shares=0.15, step=0.001, above=1, fresh=0.15),
    ),
)


@dataclass(frozen=True, kw_only=True)
class GaussianRecipe(DdpmRecipe):
    """Training recipe for the Gaussian diffusion of 2015: DDPM's chain, with the variational bound as its loss.

    Compared with DDPM's loss, the bound gives low noise levels a far higher weight.
    """

    name: ClassVar[str] = "diffusion-2015"
    system: ClassVar[System] = GAUSSIAN

    def loss(self, output: Tensor, x0: Tensor, x: Tensor, at: NoiseLevel, to: NoiseLevel) -> Tensor:
        """Return a random term of the bound (equation 14), with the fixed variance β̃_t, in bits per dimension."""
        found = self.diffusion.to_x0(output, x, at)
        return bound(x0, found, torch.zeros_like(x0), at, to).mean()

    @property
    def defaults(self) -> dict[str, Any]:
        return super().defaults | {"sampler": "ddpm"}


# The binomial chain over bits.


@dataclass(frozen=True)
class BinomialChain:
    """Markov chain that destroys a sequence of bits in T steps by flipping them at random.

    In its methods, `x` is in {0, 1} and `t` in 1 … T, with shapes that broadcast.
    """

    steps: int

    def alpha_bar(self, t: Tensor) -> Tensor:
        """Return ᾱ_t = (T − t)/T, the fraction of the original signal that remains after t steps.

        A bit is 1 with probability ᾱ_t·x0 + (1 − ᾱ_t)/2.
        """
        return (self.steps - t) / self.steps

    def beta(self, t: Tensor) -> Tensor:
        """Return β_t = 1/(T − t + 1), the fraction of the remaining signal that step t destroys."""
        return 1 / (self.steps - t + 1)

    def sample_xt(self, x0: Tensor, t: Tensor, uniform: Tensor) -> Tensor:
        """Draw the flipped bits x_t after t steps, from the original bits x0.

        `uniform` are random numbers in 0 … 1, one for each bit.
        """
        return (uniform < self.probability_of_one(x0, t)).to(x0.dtype)

    def posterior(self, x: Tensor, x0: Tensor, t: Tensor) -> Tensor:
        """Return the probability q(x_{t−1} = 1 | x_t = x, x_0) that a bit was 1 one step earlier.

        It is A·π/(A·π + B·(1 − π)) with π = q(x_{t−1} = 1 | x_0), where A and B are the probabilities of x given
        x_{t−1} = 1 and given x_{t−1} = 0. If x0 is a predicted probability between 0 and 1, the result is the mixture
        of the posteriors for x_0 = 0 and x_0 = 1.
        """
        both = []
        for known in (0.0, 1.0):
            one = self.probability_of_one(torch.full_like(x, known), t - 1)
            stays, flips = 1 - self.beta(t) / 2, self.beta(t) / 2
            up = torch.where(x > 0.5, stays, flips) * one
            down = torch.where(x > 0.5, flips, stays) * (1 - one)
            both.append(up / (up + down))
        return (1 - x0) * both[0] + x0 * both[1]

    def probability_of_one(self, x0: Tensor, t: Tensor) -> Tensor:
        """Return the probability q(x_t = 1 | x_0) that a bit is 1 after t steps, given its original value x0."""
        kept = self.alpha_bar(t)
        return x0 * kept + (1 - kept) / 2

    def terms(self, x0: Tensor, x: Tensor, found: Tensor, t: Tensor) -> Tensor:
        """Return the term of the variational bound for step t, in nats, for each row of bits in x0 (N, D).

        The term is the KL divergence of the step from t to t − 1, or −log p(x_0 | x_1) for the last step. The prior's
        term at T is 0, because x_T is exactly uniform.
        """
        truth, guess = self.posterior(x, x0, t), self.posterior(x, found, t).clamp(1e-7, 1 - 1e-7)
        crossed = -(truth * guess.log() + (1 - truth) * (1 - guess).log())
        return (crossed - torch.special.entr(truth) - torch.special.entr(1 - truth)).sum(dim=1)


@torch.no_grad()
def draw_bits(chain: BinomialChain, guess: Callable[[Tensor, Tensor], Tensor], uniform: Tensor) -> Tensor:
    """Draw bit sequences (N, D) by T backward steps from fair coins.

    `uniform` (T + 1, N, D) are uniform random numbers in 0 … 1, and `guess` is as for `bits_of_bound`.
    """
    x = (uniform[0] < 0.5).to(uniform.dtype)
    for step in range(chain.steps, 0, -1):
        t = torch.full((len(x), 1), float(step), dtype=x.dtype)
        x = (uniform[step] < chain.posterior(x, guess(x, t), t)).to(x.dtype)
    return x


@torch.no_grad()
def bits_of_bound(
    chain: BinomialChain, guess: Callable[[Tensor, Tensor], Tensor], x0: Tensor, *, draws: int, seed: int = 0
) -> float:
    """Estimate the variational bound on the negative log-likelihood of bit sequences x0 (N, D), in bits per row.

    Each of the T terms is estimated from `draws` random rows. `guess(x, t)` returns P(x_0 = 1 | x_t = x), of shape (N,
    D), for t of shape (N, 1).
    """
    rng = torch.Generator().manual_seed(seed)
    total = 0.0
    for step in range(1, chain.steps + 1):
        rows = x0[torch.randint(len(x0), (draws,), generator=rng)]
        t = torch.full((draws, 1), float(step), dtype=x0.dtype)
        x = chain.sample_xt(rows, t, torch.rand(rows.shape, generator=rng, dtype=x0.dtype))
        total += float(chain.terms(rows, x, guess(x, t), t).mean())
    return total / math.log(2)


def heartbeats(count: int, rng: np.random.Generator, *, bins: int = 20) -> NDArray[np.float32]:
    """Return random heartbeat sequences (count, bins), bits with a pulse in every fifth bin at a random phase.

    They are the training data of the 2015 paper. The entropy of a sequence is log2 5 bits.
    """
    return ((np.arange(bins) - rng.integers(PULSE, size=(count, 1))) % PULSE == 0).astype(np.float32)


class BitNetwork(nn.Module):
    """Network that predicts the original bits from a noisy bit sequence: P(x_0 = 1 | x_t) for each of the bits (N, D).

    Its inputs are x_t and the time t/T (N, 1).
    """

    def __init__(self, bits: int, width: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(bits + 1, width), nn.SiLU(), nn.Linear(width, width), nn.SiLU(), nn.Linear(width, bits)
        )

    def forward(self, x: Tensor, share: Tensor) -> Tensor:
        return self.layers(torch.cat([2 * x - 1, share], dim=1)).sigmoid()


@dataclass(frozen=True, kw_only=True)
class BinomialRecipe(Recipe[BitNetwork]):
    """Training recipe for diffusion of bits, on heartbeat sequences or on the rows of a NumPy file.

    Values above one half in the file become 1.
    """

    name: ClassVar[str] = "diffusion-2015-bits"
    system: ClassVar[System] = BINOMIAL
    product: ClassVar[str] = "diffusion-2015-bits.safetensors"

    data: Annotated[Path | None, Option("Bits", "an .npy file, one sample per row; default: heartbeats")] = None
    steps: Annotated[int, Option("Steps", "T, length of the chain", 2, 10_000)] = 200
    width: Annotated[int, Option("Width", "hidden units of the network", 4, 4096)] = 128
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
            raise StorageError(f"{self.data} is not a NumPy file; write it with numpy.save.") from error
        if found.ndim < 2 or not len(found) or found.dtype.kind not in "buif":
            raise BadRequest(f"{self.data} has no rows of numbers; save an array (samples, …) with numpy.save.")
        return (found.reshape(len(found), -1) > 0.5).astype(np.float32)

    @property
    def chain(self) -> BinomialChain:
        return BinomialChain(self.steps)

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
        """Return the network as a function (x, t) → P(x_0 = 1 | x_t = x), with t in 1 … T."""
        return lambda x, t: model(x, t / self.steps)

    def draw(self, model: BitNetwork, rng: np.random.Generator, step: int) -> tuple[Tensor, ...]:
        x0 = torch.from_numpy(self.rows[rng.integers(len(self.rows), size=self.batch)])
        t = torch.from_numpy(rng.integers(1, self.steps + 1, (self.batch, 1)).astype(np.float32))
        return x0, self.chain.sample_xt(x0, t, torch.from_numpy(rng.random(x0.shape, np.float32))), t

    def objectives(self, model: BitNetwork) -> Sequence[Objective]:
        def loss(x0: Tensor, x: Tensor, t: Tensor) -> Tensor:
            """Return the training loss, an estimate of the variational bound in nats per bit.

            It is computed from one random step t of each row.
            """
            return self.steps * self.chain.terms(x0, x, self.guess(model)(x, t), t).mean() / x0.shape[1]

        optimizers = OPTIMIZERS["adamw"](model, nn.Module(), self.learning_rate)
        return (Objective("bound", loss, list(model.parameters()), optimizers),)

    def figures(self, model: BitNetwork) -> dict[str, float]:
        """Return the variational bounds, in bits per row, of the trained network and of a baseline that treats bits as
        independent.
        """
        rows = torch.from_numpy(self.rows)
        share = rows.mean(dim=0).clamp(1e-6, 1 - 1e-6)
        alone = float(F.binary_cross_entropy(share.expand_as(rows), rows) * rows.shape[1]) / math.log(2)
        return {"bits": bits_of_bound(self.chain, self.guess(model), rows, draws=200), "bits_independent": alone}

    def finish(self, model: BitNetwork, out: Path, seen: int) -> None:
        weights = {name: value.detach().contiguous() for name, value in model.state_dict().items()}
        write(out / self.product, save(weights, {"format": "gdm-studio", PART_OF: "systems"}))
