"""LSGM: a VAE whose prior is a score model of its latents. Both are trained together by one variational bound.

The bound is −log p(x) ≤ E −log p(x | z_0) − H(q(z_0 | x)) + CE(q(z_0 | x) ‖ p(z_0)) (Vahdat, Kreis and Kautz 2021,
section 3). The cross entropy is a denoising loss, CE = E_t g²/(2σ_t²)·‖ε − ε_θ(z_t, t)‖² + D/2·log(2πe·σ_ε²) (theorem
1), so its gradient also trains the encoder. For the VP SDE with uniform log σ_t², all terms have equal weight up to the
factor 1/(1 − σ_t²).

The prediction is mixed, ε_θ = (1 − m)·σ_t·z_t + m·ε′_θ(z_t, t), with a learned m for every channel. The first term is
exact for N(0, I), and the network learns how the latents deviate from it.

Departures from the paper: the VAE is a small convolutional one with one group of latents, and one backward pass with
the weights of the likelihood trains the VAE and the prior.
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

from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.maths.noise_path import NoiseLevel
from gdm_studio.maths.processes import Process, vp_sde
from gdm_studio.models.families.papers.method_parts import Mixing, Part, mix
from gdm_studio.papers.system_description import Claim, Range, System
from gdm_studio.papers.systems.latent_diffusion import LatentSpaceRecipe, autoencoder_of
from gdm_studio.papers.systems.score_sde import EARLIEST
from gdm_studio.training.learning_rate_schedule import normal
from gdm_studio.training.optim import OPTIMIZERS
from gdm_studio.training.recipe import Batch, Cooldown, Objective, Samples

# The initial logit of m. With this value the prior is initially close to N(0, I).
FIRST_SHARE = -3.0

LSGM = System(
    name="lsgm",
    title="LSGM",
    year=2021,
    authors="Vahdat, Kreis, Kautz",
    paper="arXiv:2106.05931",
    tags=("score", "continuous time", "latents", "likelihood"),
    idea=QT_TRANSLATE_NOOP(
        "System", "A VAE whose latents need not follow N(0, I): a score model learns their distribution."
    ),
    starts=QT_TRANSLATE_NOOP("System", "Gaussian noise in latent space."),
    learned=QT_TRANSLATE_NOOP("System", "A VAE and the score of its latents, together by one bound."),
    step=QT_TRANSLATE_NOOP(
        "System", "Follows an ODE that removes the noise of the latents; the final latents are decoded into a picture."
    ),
    objective="E −log p(x | z_0) − H(q(z_0 | x)) + E g²/(2σ_t²)·‖ε − (1 − m)·σ_t·z_t − m·ε′_θ(z_t, t)‖²",
    trains=("autoencoder", "denoiser"),
    samplers=("ode_rk45", "pc", "ddim"),
    claim=Claim(
        QT_TRANSLATE_NOOP(
            "System", "how well latents that it draws are told apart from encoded ones (AUC; 0.5 is not at all)"
        ),
        "prior_hole",
        Range(0.45, 0.6),
        "points",
        0.75,
        "latents from N(0, I), as a VAE draws them",
    ),
    parents=("score-sde-vp", "vae"),
)


def cross_entropy(error: Tensor, variance: Tensor, least: float, most: float, numbers: int) -> Tensor:
    """Estimate the cross-entropy of each image's latents under the learned diffusion prior, in nats (N,).

    This is CE(q(z_0) ‖ p(z_0)) for log σ_t² uniform between log `least` and log `most`. `error` (N,) is ‖ε − ε_θ‖²,
    summed over all `numbers` dimensions, at σ_t² = `variance` (N,). `least` is σ_t² at the end of sampling.
    """
    weight = 0.5 * math.log(most / least) / (1 - variance)
    return weight * error + numbers / 2 * math.log(2 * math.pi * math.e * least)


class GaussianObservation(nn.Module):
    """Model of a VAE's reconstruction error as Gaussian noise on the pixels, with one learned variance."""

    def __init__(self) -> None:
        super().__init__()
        self.log_variance = nn.Parameter(torch.zeros(()))

    def forward(self, error: Tensor) -> Tensor:
        """Return the negative log-likelihood of each pixel, in nats, for the reconstruction error `error`.

        It is −log p(x | z_0).
        """
        return 0.5 * (error.square() / self.log_variance.exp() + self.log_variance + math.log(2 * math.pi))


class LearnedMixing(nn.Module):
    """Learned mixing coefficient between LSGM's linear noise prediction and the network's noise prediction.

    There is one weight for each latent channel, (C, 1, 1).
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.logits = nn.Parameter(torch.full((channels, 1, 1), FIRST_SHARE))

    def forward(self, linear: Tensor, found: Tensor) -> Tensor:
        """Mix the linear noise prediction with the network's noise prediction, as sampling does."""
        return mix(linear, found, self.logits.sigmoid())


@dataclass(frozen=True, kw_only=True)
class LsgmRecipe(LatentSpaceRecipe):
    """Training recipe for LSGM, which trains a VAE together with a diffusion model of its latents.

    The latents are not rescaled.
    """

    name: ClassVar[str] = "lsgm"
    system: ClassVar[System] = LSGM
    learns: ClassVar[tuple[str, ...]] = ("images", "points")

    samples: Samples = 320_000
    batch: Batch = 64
    cooldown: Cooldown = 120_000

    @property
    def predicts(self) -> str:
        # The mixed prediction is a prediction of the noise. At high noise levels, its linear term takes the noise from
        # z.
        return "epsilon"

    @cached_property
    def process(self) -> Process:
        return vp_sde()

    @cached_property
    def variances(self) -> tuple[float, float]:
        """Lowest and highest noise variance σ_t² that occurs during training."""
        sde = self.process.sde
        assert sde is not None
        return sde.at(EARLIEST).sigma ** 2, sde.at(sde.t_max).sigma ** 2

    def networks(self) -> dict[str, nn.Module]:
        channels = 1 if self.pictures.is_points else self.latents
        return super().networks() | {"spread": GaussianObservation(), "mixing": LearnedMixing(channels)}

    def exported_parts(self, model: nn.ModuleDict) -> tuple[Part, ...]:
        mixing: Any = model["mixing"]
        return (Mixing(tuple(mixing.logits.sigmoid().flatten().tolist())),)

    def draw(self, model: nn.ModuleDict, rng: np.random.Generator, step: int) -> tuple[Tensor, ...]:
        """Draw a training batch for the VAE and the diffusion model.

        Returns images, conditioning, noise variances σ_t² (N, 1, 1, 1), the noise of the encoder and the noise of the
        diffusion.
        """
        pictures, cond = self.random_images(rng, self.batch)
        least, most = self.variances
        variances = least * (most / least) ** rng.random((self.batch, 1, 1, 1))
        shape = (self.batch, *self.latent_shape)
        return pictures, cond, torch.from_numpy(variances).float(), normal(rng, *shape), normal(rng, *shape)

    def objectives(self, model: nn.ModuleDict) -> Sequence[Objective]:
        network, autoencoder = model["denoiser"], autoencoder_of(model)

        def bound(x: Tensor, cond: Tensor, variance: Tensor, first: Tensor, eps: Tensor) -> Tensor:
            """Return the training loss, the variational bound in nats per dimension of the image."""
            mean, log_variance = autoencoder.posterior(x)
            z0 = mean + (0.5 * log_variance).exp() * first
            at: Any = NoiseLevel((1 - variance).sqrt(), variance.sqrt())  # type: ignore[arg-type]
            z = at.alpha * z0 + at.sigma * eps
            found = model["mixing"](at.sigma * z, self.predict(network, z, at, cond))
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
        return super().defaults | dict(steps=20, guidance_scale=1.0)
