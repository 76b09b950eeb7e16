"""Two one-step generators that preceded diffusion: a VAE and a GAN. Each maps z ~ N(0, I) to an image.

The VAE learns to encode an image as z and to decode it: log p(x) ≥ E log p(x | z) − KL(q(z | x) ‖ N(0, I)) (Kingma and
Welling 2013, equation 3), where x given z is Gaussian with a fixed variance. It covers the data, but blurs it. (With a
small or learned variance, z would encode every detail, and a random z would not decode to an image.)

The GAN's generator competes with a discriminator of real and generated images, min_G max_D E log D(x) + E log(1 −
D(G(z))) (Goodfellow et al. 2014, equation 1). The generator's loss is non-saturating, and the discriminator's loss has
an R1 penalty on its gradient at real images. The generated images are sharp, but the GAN drops modes.
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

from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.models.families.papers.family import ONE_STEP
from gdm_studio.papers.system_description import Claim, Range, System, terms
from gdm_studio.papers.training.recipe import SystemRecipe
from gdm_studio.training.learning_rate_schedule import normal
from gdm_studio.training.optim import OPTIMIZERS
from gdm_studio.training.options import Option
from gdm_studio.training.recipe import Batch, Cooldown, LearningRate, Objective, Samples

VAE = System(
    name="vae",
    title="VAE",
    year=2013,
    authors="Kingma, Welling",
    paper="arXiv:1312.6114",
    tags=(ONE_STEP, "likelihood"),
    idea=QT_TRANSLATE_NOOP(
        "System", "Encodes pictures as a few numbers and decodes them: tends to cover the data, but to blur it."
    ),
    starts=QT_TRANSLATE_NOOP("System", "A few numbers z, N(0, I)."),
    learned=QT_TRANSLATE_NOOP("System", "To encode a picture as z and to decode it, by the bound on the likelihood."),
    step=QT_TRANSLATE_NOOP("System", "A single step: z is decoded."),
    objective="−E log p(x | z) + KL(q(z | x) ‖ N(0, I))",
    trains=("encoder", "generator"),
    samplers=("euler",),
    claim=Claim(
        QT_TRANSLATE_NOOP("System", "error of the shares of 25 modes of points"),
        "modes_missed",
        Range(0, 0.25),
        "points",
        0.96,
        "the same z for every point",
        terms=terms(states=0.13, spread=(1, 2), shares=0.14, fresh=0.15),
    ),
)
GAN = System(
    name="gan",
    title="GAN",
    year=2014,
    authors="Goodfellow, Pouget-Abadie, Mirza, Xu, Warde-Farley, Ozair, Courville, Bengio",
    paper="arXiv:1406.2661",
    tags=(ONE_STEP, "adversarial"),
    idea=QT_TRANSLATE_NOOP(
        "System", "A generator learns to deceive a discriminator that distinguishes its pictures from real ones."
    ),
    starts=QT_TRANSLATE_NOOP("System", "A few numbers z, N(0, I)."),
    learned=QT_TRANSLATE_NOOP(
        "System", "To generate pictures that a discriminator, which is trained too, cannot distinguish from real ones."
    ),
    step=QT_TRANSLATE_NOOP("System", "A single step: the generator maps z to a picture."),
    objective="E softplus(−D(x)) + E softplus(D(G(z))) + γ/2·‖∇D(x)‖²; E softplus(−D(G(z)))",
    trains=("generator", "discriminator"),
    samplers=("euler",),
    claim=Claim(
        QT_TRANSLATE_NOOP("System", "share of points at one of 25 modes minus that of the VAE"),
        "generator_modes",
        Range(0.2, 0.5),
        "points",
        0.0,
        "a generator trained without discriminator, the VAE’s",
        terms=terms(states=0.08, spread=(1, 1.7), shares=0.12, fresh=0.15),
    ),
)


# The fraction of a batch that estimates the R1 penalty. The expectation is the same, in a third of the time.
R1_SHARE = 1 / 8
Variance = Annotated[float, Option("Variance", "pixel variance given z; more lets z encode less", 1e-4, 100)]


@dataclass(frozen=True, kw_only=True)
class OneStepRecipe(SystemRecipe):
    """Base class of training recipes for VAEs and GANs, which map a random latent vector z to an image in one step."""

    latent: Annotated[int, Option("Latent", "size of z", 1, 1024)] = 64
    width: Annotated[int, Option("Width", "channels at full size, doubled at half size", 8, 512)] = 32
    widest: Annotated[int, Option("Widest", "maximum number of channels", 8, 1024)] = 96

    def new_encoder(self, **sizes: Any) -> nn.Module:
        return super().new_encoder(width=self.width, widest=self.widest, **sizes)

    def exported_networks(self, model: nn.ModuleDict) -> dict[str, nn.Module]:
        return {"generator": model["generator"]}

    @property
    def card_entries(self) -> dict[str, Any]:
        return {
            "prediction": "x0",
            "process": "edm",
            "guidance": False,
            "takes_pictures": False,
            "defaults": dict(sampler="euler", steps=1, spacing="linspace", guidance_scale=1.0),
        }

    def draw(self, model: nn.ModuleDict, rng: np.random.Generator, step: int) -> tuple[Tensor, ...]:
        pictures, cond = self.random_images(rng, self.batch)
        return pictures, cond, normal(rng, self.batch, self.latent_numbers)


@dataclass(frozen=True, kw_only=True)
class VaeRecipe(OneStepRecipe):
    """Training recipe for a variational autoencoder, with the variational bound in nats per dimension as its loss."""

    name: ClassVar[str] = "vae"
    system: ClassVar[System] = VAE

    samples: Samples = 60_000
    batch: Batch = 32
    cooldown: Cooldown = 30_000
    variance: Variance = 16.0

    def networks(self) -> dict[str, nn.Module]:
        encoder = self.new_encoder(answers=2 * self.latent_numbers, moved=self.pictures.cond_width)
        return {"generator": self.new_generator(self.latent, width=self.width, widest=self.widest), "encoder": encoder}

    def objectives(self, model: nn.ModuleDict) -> Sequence[Objective]:
        optimizers = OPTIMIZERS[self.optimizer](model, nn.Module(), self.learning_rate)
        return (Objective("bound", vae_bound(model, self.variance), list(model.parameters()), optimizers),)


def vae_bound(model: nn.ModuleDict, variance: float) -> Callable[..., Tensor]:
    """Return the loss function of a variational autoencoder, to be called with (images, conditioning, noise).

    The loss is an upper bound on −log p(x) in nats per dimension. `model` contains the networks `encoder` and
    `generator`. `variance` is the variance of a pixel given z.
    """

    def loss(x: Tensor, cond: Tensor, noise: Tensor) -> Tensor:
        mean, log_variance = model["encoder"](x, cond).chunk(2, dim=1)
        log_variance = log_variance.clamp(-20, 20)
        found = model["generator"](mean + (0.5 * log_variance).exp() * noise, cond)
        kl = 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance)
        unlike = 0.5 * ((x - found).square() / variance + math.log(2 * math.pi * variance))
        bound: Tensor = unlike.mean() + kl.sum() / x.numel()
        return bound

    return loss


@dataclass(frozen=True, kw_only=True)
class GanRecipe(OneStepRecipe):
    """Training recipe for a generative adversarial network, with non-saturating losses and an R1 penalty.

    See Mescheder et al. 2018, equation 9.
    """

    name: ClassVar[str] = "gan"
    system: ClassVar[System] = GAN

    samples: Samples = 60_000
    learning_rate: LearningRate = 1e-3
    cooldown: Cooldown = 20_000
    penalty: Annotated[float, Option("Penalty", "gamma of R1", 0, 1000)] = 0.5

    def networks(self) -> dict[str, nn.Module]:
        return {
            "generator": self.new_generator(self.latent, width=self.width, widest=self.widest),
            "discriminator": self.new_encoder(condition_width=self.pictures.cond_width, spread=True),
        }

    def objectives(self, model: nn.ModuleDict) -> Sequence[Objective]:
        def generate(cond: Tensor, z: Tensor) -> Tensor:
            picture: Tensor = model["generator"](z, cond)
            return picture

        return adversarial_objectives(model["generator"], model["discriminator"], generate, self.penalty)


def adversarial_objectives(
    generator: nn.Module,
    discriminator: nn.Module,
    generate: Any,
    penalty: float,
) -> Sequence[Objective]:
    """Return the two training objectives of a GAN, one for the discriminator and one for the generator.

    The losses are called with (real, conditioning, z, *rest), `generate` with (conditioning, z, *rest) to return
    images, and the discriminator with (images, conditioning, *rest). `penalty` is the weight of the R1 penalty.
    """

    def discriminator_loss(real: Tensor, cond: Tensor, z: Tensor, *rest: Tensor) -> Tensor:
        with torch.no_grad():
            fake = generate(cond, z, *rest)
        apart = F.softplus(-discriminator(real, cond, *rest)) + F.softplus(discriminator(fake, cond, *rest))
        few, *others = (each[: math.ceil(len(real) * R1_SHARE)] for each in (real, cond, *rest))
        few = few.detach().requires_grad_()
        (gradient,) = torch.autograd.grad(discriminator(few, *others).sum(), few, create_graph=True)
        return apart.mean() + penalty / 2 * gradient.square().flatten(1).sum(dim=1).mean()

    def generator_loss(real: Tensor, cond: Tensor, z: Tensor, *rest: Tensor) -> Tensor:
        return F.softplus(-discriminator(generate(cond, z, *rest), cond, *rest)).mean()

    parts = (("discriminator", discriminator_loss, discriminator), ("generator", generator_loss, generator))
    return [
        Objective(name, loss, list(network.parameters()), [_create_adamw(network)], splits=False)
        for name, loss, network in parts
    ]


def _create_adamw(network: nn.Module) -> torch.optim.Optimizer:
    """Create an AdamW optimiser without momentum for a network of a GAN.

    Adversarial losses are more stable without it.
    """
    return torch.optim.AdamW(network.parameters(), betas=(0.0, 0.99), weight_decay=0.0)
