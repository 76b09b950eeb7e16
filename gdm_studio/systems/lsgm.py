"""LSGM: a VAE whose prior is a score model of its own latents, both trained together by one bound.

−log p(x) ≤ E −log p(x | z_0) − H(q(z_0 | x)) + CE(q(z_0 | x) ‖ p(z_0)) (Vahdat, Kreis and Kautz 2021, section 3); the
cross entropy has the form of denoising, CE = E_t g²/(2σ_t²)·‖ε − ε_θ(z_t, t)‖² + D/2·log(2πe·σ_ε²) (theorem 1), so that
its gradient reaches the encoder too. On the VP SDE, log σ_t² drawn evenly gives all its terms the same weight but for
1/(1 − σ_t²). What is predicted is mixed, ε_θ = (1 − m)·σ_t·z_t + m·ε′_θ(z_t, t) with m learned for every channel: the
first term alone is exact for N(0, I), and the network learns how latents differ from that.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor, nn

from gdm_studio.maths.path import Point
from gdm_studio.maths.processes import Process, vp_sde
from gdm_studio.models.families.systems_model import mixed
from gdm_studio.systems.latent import AmongLatents, autoencoder_of
from gdm_studio.systems.recipe import usual
from gdm_studio.systems.score_sde import EARLIEST
from gdm_studio.systems.system import Claim, System
from gdm_studio.training.optim import OPTIMIZERS
from gdm_studio.training.recipe import Batch, Cooldown, Objective, Samples
from gdm_studio.training.schedule import normal

FIRST_SHARE = -3.0  # logit of m at the start: nearly all is N(0, I)

LSGM = System(
    name="lsgm",
    title="LSGM",
    year=2021,
    authors="Vahdat, Kreis, Kautz",
    paper="arXiv:2106.05931",
    tags=("score", "continuous time", "latents", "likelihood"),
    idea="A VAE that need not pack pictures into N(0, I): a score model learns whatever law its latents have.",
    starts="Gaussian noise among latents.",
    learned="A VAE and the score of its latents, both at once by one bound.",
    step="Follows an ODE back through the latents' noise; the last of them are decoded into a picture.",
    objective="E −log p(x | z_0) − H(q(z_0 | x)) + E g²/(2σ_t²)·‖ε − (1 − m)·σ_t·z_t − m·ε′_θ(z_t, t)‖²",
    trains=("autoencoder", "denoiser"),
    samplers=("ode_rk45", "pc", "ddim"),
    claim=Claim("Fréchet distance over the VAE's", "frechet_beside_vae", 0.7, "less", "pair"),
    descends=("score-sde-vp", "vae"),
)


def cross_entropy(error: Tensor, variance: Tensor, least: float, most: float, numbers: int) -> Tensor:
    """CE(q(z_0) ‖ p(z_0)) in nats: its mean over log σ_t² drawn evenly between those of `least` and `most`, (N,).

    `error` (N,) is ‖ε − ε_θ‖² of all `numbers` at σ_t² = `variance` (N,), `least` that of the time it ends at.
    """
    weight = 0.5 * math.log(most / least) / (1 - variance)
    return weight * error + numbers / 2 * math.log(2 * math.pi * math.e * least)


class Spread(nn.Module):
    """The variance of a picture given its latents, one for all."""

    def __init__(self) -> None:
        super().__init__()
        self.log_variance = nn.Parameter(torch.zeros(()))

    def forward(self, error: Tensor) -> Tensor:
        """−log p(x | z_0) of every number, of what it is less what was found for it."""
        return 0.5 * (error.square() / self.log_variance.exp() + self.log_variance + math.log(2 * math.pi))


class Mixing(nn.Module):
    """m of every channel, (C, 1, 1)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.logits = nn.Parameter(torch.full((channels, 1, 1), FIRST_SHARE))

    def forward(self, linear: Tensor, found: Tensor) -> Tensor:
        """As `mixed`, which draws by the same."""
        return mixed(linear, found, self.logits.sigmoid())


@dataclass(frozen=True, kw_only=True)
class LsgmRecipe(AmongLatents):
    """All of it at once; latents keep the scale that the bound gives them."""

    name: ClassVar[str] = "lsgm"
    system: ClassVar[System] = LSGM

    samples: Samples = 320_000
    batch: Batch = 64
    cooldown: Cooldown = 120_000

    @property
    def predicts(self) -> str:
        return "epsilon"  # its mixing is of the noise, and at high noise takes that from z

    @cached_property
    def process(self) -> Process:
        return vp_sde()

    @cached_property
    def variances(self) -> tuple[float, float]:
        """The least and the most σ_t²."""
        sde = self.process.sde
        assert sde is not None
        return sde.at(EARLIEST).sigma ** 2, sde.at(sde.t_max).sigma ** 2

    def networks(self) -> dict[str, nn.Module]:
        return super().networks() | {"spread": Spread(), "mixing": Mixing(self.latents)}

    def habits(self, model: nn.ModuleDict) -> dict[str, Any]:
        mixing: Any = model["mixing"]
        return {"mixes": mixing.logits.sigmoid().flatten().tolist()}

    def draw(self, model: nn.ModuleDict, rng: np.random.Generator, step: int) -> tuple[Tensor, ...]:
        """Pictures, what is told, σ_t² (N, 1, 1, 1), and the noise of the encoder and of the process."""
        pictures, told = self.shown(rng, self.batch)
        least, most = self.variances
        variances = least * (most / least) ** rng.random((self.batch, 1, 1, 1))
        shape = (self.batch, self.latents, self.size // 4, self.size // 4)
        return pictures, told, torch.from_numpy(variances).float(), normal(rng, *shape), normal(rng, *shape)

    def objectives(self, model: nn.ModuleDict) -> Sequence[Objective]:
        network, autoencoder = model["denoiser"], autoencoder_of(model)

        def bound(x: Tensor, told: Tensor, variance: Tensor, first: Tensor, eps: Tensor) -> Tensor:
            """In nats a number of the picture."""
            mean, log_variance = autoencoder.posterior(x)
            z0 = mean + (0.5 * log_variance).exp() * first
            at: Any = Point((1 - variance).sqrt(), variance.sqrt())  # type: ignore[arg-type]
            z = at.alpha * z0 + at.sigma * eps
            found = model["mixing"](at.sigma * z, self.answer(network, z, at, told))
            error = (eps - found).square().flatten(1).sum(dim=1)
            prior = cross_entropy(error, variance.flatten(), *self.variances, z0[0].numel())
            entropy = 0.5 * (math.log(2 * math.pi * math.e) + log_variance).flatten(1).sum(dim=1)
            unlike = model["spread"](x - autoencoder.reconstruct(z0)).flatten(1).sum(dim=1)
            return (unlike - entropy + prior).mean() / x[0].numel()

        rest = nn.ModuleDict({name: each for name, each in model.items() if name != "denoiser"})
        optimizers = [
            *OPTIMIZERS[self.optimizer](network, nn.Module(), self.learning_rate),
            *OPTIMIZERS["adamw"](rest, nn.Module(), self.learning_rate),
        ]
        return (Objective("bound", bound, list(model.parameters()), optimizers),)

    @property
    def defaults(self) -> dict[str, Any]:
        return super().defaults | usual(steps=20, guidance_scale=1.0)
