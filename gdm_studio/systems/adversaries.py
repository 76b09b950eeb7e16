"""The two that came before: a VAE, and a GAN. Each draws a picture in one go, of a few numbers z ~ N(0, I).

The VAE learns to pack a picture into z and to unpack it: log p(x) ≥ E log p(x | z) − KL(q(z | x) ‖ N(0, I))
(Kingma and Welling 2013, equation 3), x given z being Gaussian of a variance that is given: it covers the data, and
blurs it. (Of a small variance, or one that is learned and falls, all of a picture is packed into z, and a z of N(0, I)
is that of none.) The GAN's generator learns to deceive a discriminator that tells its pictures from real ones, min_G
max_D E log D(x) + E log(1 − D(G(z))) (Goodfellow et al. 2014, equation 1), the generator by the non-saturating form,
the discriminator's gradient at real pictures kept small (R1): its pictures are sharp, and it leaves things out.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gdm_studio.models.families.systems import ONE_STEP
from gdm_studio.networks.generator import Encoder, EncoderConfig, Generator, GeneratorConfig
from gdm_studio.systems.recipe import SystemRecipe, usual
from gdm_studio.systems.system import Claim, System
from gdm_studio.training.optim import OPTIMIZERS
from gdm_studio.training.options import Option
from gdm_studio.training.recipe import Batch, Cooldown, LearningRate, Objective, Samples
from gdm_studio.training.schedule import normal

VAE = System(
    name="vae",
    title="VAE",
    year=2013,
    authors="Kingma, Welling",
    paper="arXiv:1312.6114",
    tags=(ONE_STEP, "likelihood"),
    idea="Packs pictures into a few numbers and unpacks them: tends to cover the data, and to blur it.",
    starts="A few numbers z, N(0, I).",
    learned="To pack a picture into z and to unpack it, by the bound on the likelihood.",
    step="There is one alone: z is unpacked.",
    objective="−E log p(x | z) + KL(q(z | x) ‖ N(0, I))",
    trains=("encoder", "generator"),
    samplers=("euler",),
    claim=Claim("coverage of the real pictures over the GAN's", "coverage_beside_gan", 1.0, "more", "pair"),
)
GAN = System(
    name="gan",
    title="GAN",
    year=2014,
    authors="Goodfellow, Pouget-Abadie, Mirza, Xu, Warde-Farley, Ozair, Courville, Bengio",
    paper="arXiv:1406.2661",
    tags=(ONE_STEP, "adversarial"),
    idea="A generator learns to deceive a network that tells its pictures from real ones.",
    starts="A few numbers z, N(0, I).",
    learned="To draw what a second network, which learns too, cannot tell from real pictures.",
    step="There is one alone: the generator draws.",
    objective="E softplus(−D(x)) + E softplus(D(G(z))) + γ/2·‖∇D(x)‖²; E softplus(−D(G(z)))",
    trains=("generator", "discriminator"),
    samplers=("euler",),
    claim=Claim("Fréchet distance over the VAE's", "frechet_beside_vae", 1.0, "less", "pair"),
)


STEEP_SHARE = 1 / 8  # of a batch whose gradient is looked at: its mean is that of all, at a third of the time
Variance = Annotated[float, Option("Variance", "of a number given z; the greater, the less z says", 1e-4, 100)]


@dataclass(frozen=True, kw_only=True)
class OneStepRecipe(SystemRecipe):
    """A generator, drawn with in one step."""

    latent: Annotated[int, Option("Latent", "numbers that a picture is made of", 1, 1024)] = 64
    width: Annotated[int, Option("Width", "channels at full size, twice as many at half of it", 8, 512)] = 32
    widest: Annotated[int, Option("Widest", "channels at most", 8, 1024)] = 96

    @property
    def generator(self) -> Generator:
        return Generator(GeneratorConfig(
            latent=self.latent, told=self.pictures.told, size=self.size, width=self.width, widest=self.widest,
        ))  # fmt: skip

    def seeing(self, **sizes: Any) -> Encoder:
        """A network that sees pictures and answers."""
        return Encoder(EncoderConfig(size=self.size, width=self.width, widest=self.widest, **sizes))

    def served(self, model: nn.ModuleDict) -> dict[str, nn.Module]:
        return {"generator": model["generator"]}

    @property
    def facts(self) -> dict[str, Any]:
        return {
            "prediction": "x0",
            "process": "edm",
            "guidance": False,
            "takes_pictures": False,
            "defaults": usual(sampler="euler", steps=1, spacing="linspace", guidance_scale=1.0),
        }

    def draw(self, model: nn.ModuleDict, rng: np.random.Generator, step: int) -> tuple[Tensor, ...]:
        pictures, told = self.shown(rng, self.batch)
        return pictures, told, normal(rng, self.batch, self.latent)


@dataclass(frozen=True, kw_only=True)
class VaeRecipe(OneStepRecipe):
    """The bound of one picture, in nats a number."""

    name: ClassVar[str] = "vae"
    system: ClassVar[System] = VAE

    samples: Samples = 60_000
    batch: Batch = 32
    cooldown: Cooldown = 30_000
    variance: Variance = 16.0

    def networks(self) -> dict[str, nn.Module]:
        encoder = self.seeing(answers=2 * self.latent, moved=self.pictures.told)
        return {"generator": self.generator, "encoder": encoder}

    def objectives(self, model: nn.ModuleDict) -> Sequence[Objective]:
        optimizers = OPTIMIZERS[self.optimizer](model, nn.Module(), self.learning_rate)
        return (Objective("bound", vae_bound(model, self.variance), list(model.parameters()), optimizers),)


def vae_bound(model: nn.ModuleDict, variance: float) -> Callable[..., Tensor]:
    """−log p(x) at most, in nats a number, by `encoder` and `generator`, on batches (x, told, noise)."""

    def loss(x: Tensor, told: Tensor, noise: Tensor) -> Tensor:
        mean, log_variance = model["encoder"](x, told).chunk(2, dim=1)
        log_variance = log_variance.clamp(-20, 20)
        found = model["generator"](mean + (0.5 * log_variance).exp() * noise, told)
        kl = 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance)
        unlike = 0.5 * ((x - found).square() / variance + math.log(2 * math.pi * variance))
        bound: Tensor = unlike.mean() + kl.sum() / x.numel()
        return bound

    return loss


@dataclass(frozen=True, kw_only=True)
class GanRecipe(OneStepRecipe):
    """Non-saturating losses with R1 (Mescheder et al. 2018, equation 9)."""

    name: ClassVar[str] = "gan"
    system: ClassVar[System] = GAN

    samples: Samples = 60_000
    learning_rate: LearningRate = 1e-3
    cooldown: Cooldown = 20_000
    penalty: Annotated[float, Option("Penalty", "gamma of R1", 0, 1000)] = 0.5

    def networks(self) -> dict[str, nn.Module]:
        return {"generator": self.generator, "discriminator": self.seeing(told=self.pictures.told, spread=True)}

    def objectives(self, model: nn.ModuleDict) -> Sequence[Objective]:
        def made(told: Tensor, z: Tensor) -> Tensor:
            picture: Tensor = model["generator"](z, told)
            return picture

        return adversaries(model["generator"], model["discriminator"], made, self.penalty)


def adversaries(
    generator: nn.Module,
    discriminator: nn.Module,
    made: Any,  # (told, z, *rest) -> pictures
    penalty: float,
) -> Sequence[Objective]:
    """The discriminator's objective and the generator's, on batches (real, told, z, *rest).

    The discriminator sees a picture, what is told of it, and the rest.
    """

    def told_apart(real: Tensor, told: Tensor, z: Tensor, *rest: Tensor) -> Tensor:
        with torch.no_grad():
            fake = made(told, z, *rest)
        apart = F.softplus(-discriminator(real, told, *rest)) + F.softplus(discriminator(fake, told, *rest))
        few, *others = (each[: math.ceil(len(real) * STEEP_SHARE)] for each in (real, told, *rest))
        few = few.detach().requires_grad_()
        (gradient,) = torch.autograd.grad(discriminator(few, *others).sum(), few, create_graph=True)
        return apart.mean() + penalty / 2 * gradient.square().flatten(1).sum(dim=1).mean()

    def deceived(real: Tensor, told: Tensor, z: Tensor, *rest: Tensor) -> Tensor:
        return F.softplus(-discriminator(made(told, z, *rest), told, *rest)).mean()

    parts = (("discriminator", told_apart, discriminator), ("generator", deceived, generator))
    return [
        Objective(name, loss, list(network.parameters()), [_adam(network)], splits=False)
        for name, loss, network in parts
    ]


def _adam(network: nn.Module) -> torch.optim.Optimizer:
    """Without momentum, as adversaries need it."""
    return torch.optim.AdamW(network.parameters(), betas=(0.0, 0.99), weight_decay=0.0)
