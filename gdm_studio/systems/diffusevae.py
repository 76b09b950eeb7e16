"""DiffuseVAE: a VAE draws what a picture is, and DDPM, which sees the VAE's picture x̂ all the way, draws it sharply.

First the VAE is trained alone, then the chain, shown x̂ = G(z) of a z that the encoder found in the very picture
(Pandey et al. 2022, section 3). In formulation 1 the chain is DDPM's and x̂ stands beside x_t as channels of its own. In
formulation 2 noise goes towards x̂: x_t = √ᾱ_t·x_0 + x̂ + σ_t·ε, back by the posterior of mean c1·x_0 + c2·x_t +
(1 − c2)·x̂, and from the last picture x̂ is taken away. In x′ = x − x̂ that is DDPM's own chain, whose network is shown
x′ + x̂, and so it is written here: the formulations differ in what stands beside x̂.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, ClassVar

import numpy as np
import torch
from torch import Tensor, nn

from gdm_studio.maths.path import Point
from gdm_studio.networks.backbones import Sizes
from gdm_studio.networks.generator import Encoder, EncoderConfig, Generator, GeneratorConfig
from gdm_studio.systems.adversaries import Variance, vae_bound
from gdm_studio.systems.ddpm import DdpmRecipe
from gdm_studio.systems.recipe import usual
from gdm_studio.systems.system import Claim, System
from gdm_studio.training.optim import OPTIMIZERS
from gdm_studio.training.options import Option
from gdm_studio.training.recipe import Objective, Phase, Samples
from gdm_studio.training.schedule import Schedule, normal

PACKING = ("generator", "encoder")  # the VAE's parts


def _system(name: str, title: str, idea: str, claim: Claim, *, starts: str, step: str) -> System:
    return System(
        name=name,
        title=title,
        year=2022,
        authors="Pandey, Mukherjee, Rai, Kumar",
        paper="arXiv:2201.00308",
        tags=("diffusion", "discrete time", "latent variables"),
        idea=idea,
        starts=starts,
        learned="A VAE first; then the noise in x_t, which is seen beside the VAE's picture.",
        step=step,
        objective="a VAE's bound; then E‖ε − ε_θ(x_t, x̂, t)‖²",
        trains=("encoder", "generator", "denoiser"),
        samplers=("ddpm", "ddim"),
        claim=claim,
        descends=("ddpm", "vae"),
    )


FIRST = _system(
    "diffusevae", "DiffuseVAE", "DDPM that sees a VAE's blurred picture beside x: a few numbers say what it is.",
    Claim("share of pictures of one z, under other noise, whose class is that of most", "class_kept", 0.8, "more",
          "weights"),
    starts="Gaussian noise, N(0, I), and a VAE's blurred picture beside it.",
    step="As DDPM's; the network sees the VAE's picture all the way.",
)  # fmt: skip
SECOND = _system(
    "diffusevae-2", "DiffuseVAE, formulation 2", "DiffuseVAE whose noise goes towards the VAE's picture.",
    Claim("Fréchet distance at 10 steps over that of DDPM at as many", "frechet_beside_ddpm_10", 1.0, "less", "pair"),
    starts="Gaussian noise around a VAE's blurred picture.",
    step="As DDPM's, in how the picture differs from the VAE's.",
)


@dataclass(frozen=True, kw_only=True)
class PackingPhase(Phase[nn.ModuleDict]):
    """The VAE alone."""

    name: ClassVar[str] = "vae"

    shown: Callable[[np.random.Generator, int], tuple[Tensor, Tensor]]  # pictures, and what is told of them
    latent: int
    variance: float
    optimizer: str

    @property
    def schedule(self) -> Schedule:
        return Schedule(self.samples, self.warmup, self.samples)

    def draw(self, model: nn.ModuleDict, rng: np.random.Generator, step: int) -> tuple[Tensor, ...]:
        return *self.shown(rng, self.batch), normal(rng, self.batch, self.latent)

    def objectives(self, model: nn.ModuleDict) -> Sequence[Objective]:
        parts = nn.ModuleDict({name: model[name] for name in PACKING})
        optimizers = OPTIMIZERS[self.optimizer](parts, nn.Module(), self.learning_rate)
        return (Objective("bound", vae_bound(parts, self.variance), list(parts.parameters()), optimizers),)


@dataclass(frozen=True, kw_only=True)
class FirstRecipe(DdpmRecipe):
    """The VAE, then DDPM with its picture beside x.

    Half of the pictures come without their class: z has to say what is in them.
    """

    name: ClassVar[str] = "diffusevae"
    system: ClassVar[System] = FIRST
    beside: ClassVar[str] = "picture"

    samples: Samples = 200_000
    vae_samples: Annotated[int, Option("VAE's samples", "that it sees before the chain is trained", 1)] = 120_000
    latent: Annotated[int, Option("Latent", "numbers that say what a picture is to be", 1, 1024)] = 64
    variance: Variance = 4.0
    drop_label: Annotated[float, Option("No class", "share of the pictures without", 0, 1)] = 0.5

    @property
    def phases(self) -> Sequence[Phase[nn.ModuleDict]]:
        first = PackingPhase(
            samples=self.vae_samples, batch=self.batch, learning_rate=self.learning_rate, seed=self.seed,
            warmup=min(self.warmup, self.vae_samples // 10), shown=self.shown, latent=self.latent,
            variance=self.variance, optimizer=self.optimizer,
        )  # fmt: skip
        return first, *super().phases

    @property
    def sizes(self) -> Sizes:
        return replace(super().sizes, channels=8)  # x and x̂; the first half of its answer counts

    def networks(self) -> dict[str, nn.Module]:
        told, size = self.pictures.told, self.size
        return super().networks() | {
            "generator": Generator(GeneratorConfig(latent=self.latent, told=told, size=size)),
            "encoder": Encoder(EncoderConfig(answers=2 * self.latent, moved=told, size=size)),
        }

    def served(self, model: nn.ModuleDict) -> dict[str, nn.Module]:
        return {name: model[name] for name in ("denoiser", "generator")}

    def habits(self, model: nn.ModuleDict) -> dict[str, Any]:
        return super().habits(model) | {"beside": self.beside}

    def draw(self, model: nn.ModuleDict, rng: np.random.Generator, step: int) -> tuple[Tensor, ...]:
        """What DDPM learns from, and the VAE's picture of each."""
        x0, x, levels, told = super().draw(model, rng, step)
        place, noise = next(model.parameters()).device, normal(rng, self.batch, self.latent)
        with torch.no_grad():
            mean, log_variance = model["encoder"](x0.to(place), told.to(place)).chunk(2, dim=1)
            z = mean + (0.5 * log_variance.clamp(-20, 20)).exp() * noise.to(place)
            beside = model["generator"](z, told.to(place)).cpu()
        return x0, x, levels, told, beside

    def answer(self, network: nn.Module, x: Tensor, at: Point, told: Tensor, *beside: Tensor) -> Tensor:
        first = x + beside[0] if self.beside == "sum" else x
        answer: Tensor = network(torch.cat([first, *beside], dim=1), self.time(at), told)
        return answer[:, : x.shape[1]]

    @property
    def defaults(self) -> dict[str, Any]:
        return super().defaults | usual(steps=50, guidance_scale=1.0)


@dataclass(frozen=True, kw_only=True)
class SecondRecipe(FirstRecipe):
    """Formulation 2."""

    name: ClassVar[str] = "diffusevae-2"
    system: ClassVar[System] = SECOND
    beside: ClassVar[str] = "sum"
