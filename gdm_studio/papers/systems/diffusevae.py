"""DiffuseVAE: a VAE generates a blurred image x̂, and DDPM, which receives x̂ as an input, generates a sharp one.

The VAE is trained first. The chain is then trained with x̂ = G(z), where z is encoded from the training image (Pandey
et al. 2022, section 3).

Formulation 1 is DDPM with x̂ as additional input channels. In formulation 2 the noisy states are centred on x̂: x_t =
√ᾱ_t·x_0 + x̂ + σ_t·ε, the posterior mean is c1·x_0 + c2·x_t + (1 − c2)·x̂, and x̂ is subtracted at the end. With x′ = x
− x̂ this is DDPM's chain, and the network sees x′ + x̂. Both formulations are implemented in this form. They differ
only in the network's input beside x̂.

Departures from the paper: class and factors condition all networks, and z has no prior fitted after training.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, ClassVar

import numpy as np
import torch
from torch import Tensor, nn

from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.maths.noise_path import NoiseLevel
from gdm_studio.models.families.papers.method_parts import GeneratedInput, Part
from gdm_studio.networks.papers.backbones import Sizes
from gdm_studio.papers.system_description import Claim, Range, System, terms
from gdm_studio.papers.systems.ddpm import DdpmRecipe
from gdm_studio.papers.systems.one_step_generators import Variance, vae_bound
from gdm_studio.papers.training.recipe import AutoencoderPhase
from gdm_studio.training.learning_rate_schedule import normal
from gdm_studio.training.optim import OPTIMIZERS
from gdm_studio.training.options import Option
from gdm_studio.training.recipe import Objective, Phase, Samples

# The networks of the VAE.
VAE_PARTS = ("generator", "encoder")


def _describe_system(name: str, title: str, idea: str, claim: Claim, *, starts: str, step: str) -> System:
    return System(
        name=name,
        title=title,
        year=2022,
        authors="Pandey, Mukherjee, Rai, Kumar",
        paper="arXiv:2201.00308",
        tags=("diffusion", "discrete time", "latent variables"),
        idea=idea,
        starts=starts,
        learned=QT_TRANSLATE_NOOP("System", "A VAE first; then the noise in x_t, given the VAE's picture."),
        step=step,
        objective=QT_TRANSLATE_NOOP("System", "a VAE's bound; then E‖ε − ε_θ(x_t, x̂, t)‖²"),
        trains=("encoder", "generator", "denoiser"),
        samplers=("ddpm", "ddim"),
        claim=claim,
        parents=("ddpm", "vae"),
    )


FIRST = _describe_system(
    "diffusevae",
    "DiffuseVAE",
    QT_TRANSLATE_NOOP("System", "DDPM that also sees a VAE's blurred picture: a few numbers determine the content."),
    Claim(
        QT_TRANSLATE_NOOP(
            "System", "share of points at the most frequent mode among those of one z, with different noise"
        ),
        "shared_z_modes",
        Range(0.8, 0.95),
        "points",
        0.3,
        "a z of its own for every point",
        terms=terms(states=0.11, spread=(0.9, 1.35), shares=0.13, step=0.001, fresh=0.15),
    ),
    starts=QT_TRANSLATE_NOOP("System", "Gaussian noise, N(0, I), and a VAE's blurred picture."),
    step=QT_TRANSLATE_NOOP("System", "As DDPM's; the network sees the VAE's picture at every step."),
)
SECOND = _describe_system(
    "diffusevae-2",
    "DiffuseVAE, formulation 2",
    QT_TRANSLATE_NOOP("System", "DiffuseVAE with noise centred on the VAE's picture."),
    Claim(
        QT_TRANSLATE_NOOP("System", "excess distance of points in 10 steps over that of DDPM in 10 steps"),
        "excess_beside_ddpm",
        Range(0, 0.8),
        "points",
        1.0,
        "DDPM",
        terms=terms(states=0.11, spread=(0.9, 1.3), shares=0.13, step=0.001, fresh=0.15),
    ),
    starts=QT_TRANSLATE_NOOP("System", "Gaussian noise around a VAE's blurred picture."),
    step=QT_TRANSLATE_NOOP("System", "As DDPM's, for the difference between the picture and the VAE's."),
)


@dataclass(frozen=True, kw_only=True)
class VaePhase(AutoencoderPhase):
    """First training phase of DiffuseVAE, which trains the VAE."""

    name: ClassVar[str] = "vae"

    latent: int
    variance: float
    optimizer: str

    def draw(self, model: nn.ModuleDict, rng: np.random.Generator, step: int) -> tuple[Tensor, ...]:
        return *self.random_images(rng, self.batch), normal(rng, self.batch, self.latent)

    def objectives(self, model: nn.ModuleDict) -> Sequence[Objective]:
        parts = nn.ModuleDict({name: model[name] for name in VAE_PARTS})
        optimizers = OPTIMIZERS[self.optimizer](parts, nn.Module(), self.learning_rate)
        return (Objective("bound", vae_bound(parts, self.variance), list(parts.parameters()), optimizers),)


@dataclass(frozen=True, kw_only=True)
class FirstRecipe(DdpmRecipe):
    """Training recipe for DiffuseVAE in formulation 1: a VAE, then DDPM with the VAE's image as an additional input.

    Half of the training images have no class, so that z must encode their content.
    """

    name: ClassVar[str] = "diffusevae"
    system: ClassVar[System] = FIRST
    generated: ClassVar[GeneratedInput] = GeneratedInput("picture")

    samples: Samples = 200_000
    vae_samples: Annotated[
        int, Option("VAE's samples", "training samples of the VAE, before the chain", 1, may_change=True)
    ] = 120_000
    latent: Annotated[int, Option("Latent", "size of z", 1, 1024)] = 64
    variance: Variance = 4.0
    drop_label: Annotated[float, Option("No class", "share of images without class", 0, 1)] = 0.5

    @property
    def phases(self) -> Sequence[Phase[nn.ModuleDict]]:
        first = VaePhase(
            samples=self.vae_samples,
            batch=self.batch,
            learning_rate=self.learning_rate,
            seed=self.seed,
            warmup=min(self.warmup, self.vae_samples // 10),
            random_images=self.random_images,
            latent=self.latent_numbers,
            variance=self.variance,
            optimizer=self.optimizer,
        )
        return first, *super().phases

    @property
    def sizes(self) -> Sizes:
        # The input is x and x̂, but only the first half of the output channels is used.
        return replace(super().sizes, channels=8)

    def networks(self) -> dict[str, nn.Module]:
        encoder = self.new_encoder(answers=2 * self.latent_numbers, moved=self.pictures.cond_width)
        return super().networks() | {"generator": self.new_generator(self.latent), "encoder": encoder}

    def exported_networks(self, model: nn.ModuleDict) -> dict[str, nn.Module]:
        return {name: model[name] for name in ("denoiser", "generator")}

    def exported_parts(self, model: nn.ModuleDict) -> tuple[Part, ...]:
        return *super().exported_parts(model), self.generated

    def draw(self, model: nn.ModuleDict, rng: np.random.Generator, step: int) -> tuple[Tensor, ...]:
        """Return DDPM's training batch, extended by the VAE's blurred reconstruction of each image."""
        x0, x, levels, cond = super().draw(model, rng, step)
        device = next(model.parameters()).device
        noise = normal(rng, self.batch, self.latent_numbers)
        with torch.no_grad():
            mean, log_variance = model["encoder"](x0.to(device), cond.to(device)).chunk(2, dim=1)
            z = mean + (0.5 * log_variance.clamp(-20, 20)).exp() * noise.to(device)
            reconstruction = model["generator"](z, cond.to(device)).cpu()
        return x0, x, levels, cond, reconstruction

    def predict(self, network: nn.Module, x: Tensor, at: NoiseLevel, cond: Tensor, *beside: Tensor) -> Tensor:
        output: Tensor = network(self.generated.join(x, *beside), self.time(at), cond)
        return self.generated.own_channels(output, x.shape[1])

    @property
    def defaults(self) -> dict[str, Any]:
        return super().defaults | dict(steps=50, guidance_scale=1.0)


@dataclass(frozen=True, kw_only=True)
class SecondRecipe(FirstRecipe):
    """Training recipe for DiffuseVAE in formulation 2, in which the VAE's image is added to the noisy input of the
    network.
    """

    name: ClassVar[str] = "diffusevae-2"
    system: ClassVar[System] = SECOND
    generated: ClassVar[GeneratedInput] = GeneratedInput("sum")
