"""Latent diffusion: an autoencoder makes few numbers of a picture, and DDPM runs among these.

First the autoencoder is trained alone, by the error of its pictures and a trace of a KL divergence that keeps latents
from growing (Rombach et al. 2022, section 3.1 and appendix G; what a perceptual loss and a discriminator add there is
left out here). Then the latents are centred, divided by their deviation, and denoised by any backbone with DDPM's loss
(equation 2). Pictures are never better than the autoencoder's own: that bound stands in the model's card, as `psnr`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, ClassVar

import numpy as np
import torch
from torch import Tensor, nn

from gdm_studio.networks.autoencoder_kl import AutoencoderConfig, AutoencoderKL
from gdm_studio.networks.backbones import Sizes
from gdm_studio.systems.ddpm import DdpmRecipe
from gdm_studio.systems.recipe import DenoisingRecipe
from gdm_studio.systems.system import Claim, System
from gdm_studio.training.icons_vae import difference, psnr, start_from_principal_components
from gdm_studio.training.optim import OPTIMIZERS
from gdm_studio.training.options import Option
from gdm_studio.training.recipe import Batch, Objective, Phase, Samples
from gdm_studio.training.schedule import Schedule, normal

FITTED = 1000  # pictures that the scale of latents, the first weights and the bound are found with

LATENT = System(
    name="latent",
    title="Latent diffusion",
    year=2022,
    authors="Rombach, Blattmann, Lorenz, Esser, Ommer",
    paper="arXiv:2112.10752",
    tags=("diffusion", "discrete time", "latents"),
    idea="An autoencoder makes an eighth as many numbers of a picture, and DDPM runs among these.",
    starts="Gaussian noise among latents, an eighth as many numbers as pixels have.",
    learned="An autoencoder first; then the noise in its latents.",
    step="As DDPM's, among latents; the last of them are decoded into a picture.",
    objective="E difference(x, D(E(x))) + KL; then E‖ε − ε_θ(z_t, t)‖², z = E(x)",
    trains=("autoencoder", "denoiser"),
    samplers=("ddpm_large", "ddpm", "ddim"),
    claim=Claim("Fréchet distance over that of DDPM in pixels, trained for as long", "frechet_beside_ddpm", 1.0, "less",
                "pair"),
    descends=("ddpm", "vae"),
)  # fmt: skip

Latents = Annotated[int, Option("Latents", "numbers of a place of the latents, a quarter of the picture's side", 1, 64)]


@dataclass(frozen=True, kw_only=True)
class AutoencoderPhase(Phase[nn.ModuleDict]):
    """The autoencoder alone."""

    name: ClassVar[str] = "autoencoder"

    shown: Callable[[np.random.Generator, int], tuple[Tensor, Tensor]]
    kl: float

    @property
    def schedule(self) -> Schedule:
        return Schedule(self.samples, self.warmup, self.samples)

    def draw(self, model: nn.ModuleDict, rng: np.random.Generator, step: int) -> tuple[Tensor, ...]:
        pictures, _ = self.shown(rng, self.batch)
        config = autoencoder_of(model).config
        side = pictures.shape[-1] // config.factor
        return pictures, normal(rng, self.batch, config.latent_channels, side, side)

    def objectives(self, model: nn.ModuleDict) -> Sequence[Objective]:
        network = autoencoder_of(model)

        def loss(x: Tensor, noise: Tensor) -> Tensor:
            mean, log_variance = network.posterior(x)
            kl = 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).mean()
            return difference(network.reconstruct(mean + (0.5 * log_variance).exp() * noise) - x) + self.kl * kl

        optimizers = OPTIMIZERS["adamw"](network, nn.Module(), self.learning_rate)
        return (Objective("difference", loss, list(network.parameters()), optimizers),)


@dataclass(frozen=True, kw_only=True)
class AmongLatents(DenoisingRecipe):
    """A recipe whose denoiser works among the latents of an autoencoder, which begins as the best linear one."""

    patch: Annotated[int, Option("Patch", "side of the squares of latents that the network sees as one", 1, 8)] = 1
    latents: Latents = 8

    @property
    def sizes(self) -> Sizes:
        return replace(super().sizes, channels=self.latents, size=self.size // 4)

    def networks(self) -> dict[str, nn.Module]:
        config = AutoencoderConfig(
            latent_channels=self.latents, fold=2, encoder=(48, 64), decoder=(64, 48), decoder_blocks=(1, 1)
        )
        return super().networks() | {"autoencoder": AutoencoderKL(config)}

    def served(self, model: nn.ModuleDict) -> dict[str, nn.Module]:
        return {name: model[name] for name in ("denoiser", "autoencoder")}

    def begin(self, model: nn.ModuleDict) -> int:
        start_from_principal_components(autoencoder_of(model), self.some_pictures(model))
        return super().begin(model)

    def some_pictures(self, model: nn.ModuleDict) -> Tensor:
        """(n, 4, S, S) of the data, where the model is."""
        every = -(-len(self.pictures.data) // FITTED)
        return self.pictures.data[::every].to(next(model.parameters()).device)

    def data_of(self, model: nn.ModuleDict, pictures: Tensor) -> Tensor:
        with torch.no_grad():
            latents = autoencoder_of(model).encode(pictures.to(next(model.parameters()).device))
        return latents.cpu()

    @property
    def data_scale(self) -> float:
        return 1.0

    def figures(self, model: nn.ModuleDict) -> dict[str, float]:
        """Decibels of pictures that were encoded and decoded: no picture of the model is better."""
        pictures, network = self.some_pictures(model), autoencoder_of(model)
        with torch.no_grad():
            again = torch.cat([network.decode(network.encode(part)) for part in pictures.split(64)])
        return {"psnr": round(float(np.mean(psnr((pictures + 1) / 2, (again.clamp(-1, 1) + 1) / 2))), 2)}

    def habits(self, model: nn.ModuleDict) -> dict[str, Any]:
        return {}  # latents have no bounds

    @property
    def facts(self) -> dict[str, Any]:
        shape = [self.latents, self.size // 4, self.size // 4]
        return super().facts | {"latent": shape, "data_scale": self.data_scale}


@dataclass(frozen=True, kw_only=True)
class LatentRecipe(AmongLatents, DdpmRecipe):
    """The autoencoder, then DDPM among its latents."""

    name: ClassVar[str] = "latent"
    system: ClassVar[System] = LATENT

    samples: Samples = 240_000
    batch: Batch = 64
    vae_samples: Annotated[int, Option("VAE's samples", "that it sees before the chain is trained", 1)] = 160_000
    kl: Annotated[float, Option("KL", "weight of the latents' divergence from N(0, I)", 0, 1)] = 1e-4

    @property
    def phases(self) -> Sequence[Phase[nn.ModuleDict]]:
        warmup = min(self.warmup, self.vae_samples // 10)
        first = AutoencoderPhase(
            samples=self.vae_samples, batch=self.batch, learning_rate=self.learning_rate, warmup=warmup,
            seed=self.seed, shown=self.shown, kl=self.kl,
        )  # fmt: skip
        return first, *super().phases

    def objectives(self, model: nn.ModuleDict) -> Sequence[Objective]:
        """DDPM's; the autoencoder is done, and its latents get their scale."""
        scale_latents(autoencoder_of(model), self.some_pictures(model))
        return super().objectives(model)


def autoencoder_of(model: nn.ModuleDict) -> AutoencoderKL:
    """The network of that name."""
    found: Any = model["autoencoder"]
    return found


@torch.no_grad()
def scale_latents(network: AutoencoderKL, pictures: Tensor) -> None:
    """Makes `encode` give latents of mean 0 in every channel, and of deviation 1 all together."""
    means = torch.cat([network.posterior(part)[0] for part in pictures.split(64)])
    centre = means.mean(dim=(0, 2, 3), keepdim=True)
    network.shift.copy_(centre)
    network.scale.fill_(float(1 / (means - centre).std().clamp(min=1e-6)))
