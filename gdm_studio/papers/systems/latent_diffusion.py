"""Latent diffusion: an autoencoder compresses an image, and DDPM runs in its latent space.

The autoencoder is trained first. Its loss is the reconstruction error, plus a small KL term that limits the scale of
the latents (Rombach et al. 2022, section 3.1 and appendix G). The perceptual and adversarial losses of the paper are
omitted.

The latents are then centred, divided by their standard deviation, and denoised by any backbone with DDPM's loss
(equation 2). The autoencoder limits the image quality. Its PSNR is stored in the model card as `psnr`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, ClassVar

import numpy as np
import torch
from torch import Tensor, nn

from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.models.families.papers.method_parts import Part
from gdm_studio.networks.icons.autoencoder import AutoencoderConfig, AutoencoderKL
from gdm_studio.networks.papers.backbones import Sizes
from gdm_studio.networks.papers.point_networks import PointAutoencoder, PointAutoencoderConfig
from gdm_studio.papers.system_description import Claim, Range, System
from gdm_studio.papers.systems.ddpm import DdpmRecipe
from gdm_studio.papers.training.denoising_recipe import DenoisingRecipe
from gdm_studio.papers.training.recipe import POINT_LATENT, AutoencoderPhase
from gdm_studio.training.icons.autoencoder_training import psnr, reconstruction_error, start_from_principal_components
from gdm_studio.training.learning_rate_schedule import normal
from gdm_studio.training.optim import OPTIMIZERS
from gdm_studio.training.options import Option
from gdm_studio.training.recipe import Batch, Objective, Phase, Samples

# The number of images that determine the latents' scale, the initial weights and the PSNR.
FIT_IMAGES = 1000

LATENT = System(
    name="latent",
    title="Latent diffusion",
    year=2021,
    authors="Rombach, Blattmann, Lorenz, Esser, Ommer",
    paper="arXiv:2112.10752",
    tags=("diffusion", "discrete time", "latents"),
    idea=QT_TRANSLATE_NOOP(
        "System", "An autoencoder compresses a picture to an eighth of its numbers, and DDPM runs in this latent space."
    ),
    starts=QT_TRANSLATE_NOOP("System", "Gaussian noise in latent space, with an eighth of the picture's numbers."),
    learned=QT_TRANSLATE_NOOP("System", "An autoencoder first; then the noise in its latents."),
    step=QT_TRANSLATE_NOOP("System", "As DDPM's, in latent space; the final latents are decoded into a picture."),
    objective="E difference(x, D(E(x))) + KL; then E‖ε − ε_θ(z_t, t)‖², z = E(x)",
    trains=("autoencoder", "denoiser"),
    samplers=("ddpm_large", "ddpm", "ddim"),
    claim=Claim(
        QT_TRANSLATE_NOOP(
            "System", "Fréchet distance above that of real pictures, over that of DDPM in pixels, after equal training"
        ),
        "frechet_beside_ddpm",
        Range(0.3, 0.95),
        "pair",
        1.0,
        "DDPM in pixels",
    ),
    parents=("ddpm", "vae"),
)

Latents = Annotated[int, Option("Latents", "latent channels, at a quarter of the image's side", 1, 64)]


@dataclass(frozen=True, kw_only=True)
class LatentSpacePhase(AutoencoderPhase):
    """First training phase of latent diffusion, which trains the autoencoder."""

    name: ClassVar[str] = "autoencoder"

    kl: float

    def draw(self, model: nn.ModuleDict, rng: np.random.Generator, step: int) -> tuple[Tensor, ...]:
        pictures, _ = self.random_images(rng, self.batch)
        config = autoencoder_of(model).config
        side = pictures.shape[-1] // config.factor
        return pictures, normal(rng, self.batch, config.latent_channels, side, side)

    def objectives(self, model: nn.ModuleDict) -> Sequence[Objective]:
        network = autoencoder_of(model)

        def loss(x: Tensor, noise: Tensor) -> Tensor:
            mean, log_variance = network.posterior(x)
            kl = 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).mean()
            return (
                reconstruction_error(network.reconstruct(mean + (0.5 * log_variance).exp() * noise) - x) + self.kl * kl
            )

        optimizers = OPTIMIZERS["adamw"](network, nn.Module(), self.learning_rate)
        return (Objective("difference", loss, list(network.parameters()), optimizers),)


@dataclass(frozen=True, kw_only=True)
class LatentSpaceRecipe(DenoisingRecipe):
    """Base class of training recipes for a denoiser that works on the latents of an autoencoder instead of on pixels.

    The autoencoder is initialised with the principal components of the images.
    """

    patch: Annotated[int, Option("Patch", "side of the latent squares that form one input position", 1, 8)] = 1
    latents: Latents = 8

    @property
    def sizes(self) -> Sizes:
        if self.pictures.is_points:
            return super().sizes
        return replace(super().sizes, channels=self.latents, size=self.size // 4)

    @property
    def latent_shape(self) -> tuple[int, int, int]:
        """Shape (channels, height, width) of the latents of one image.

        For points, latents have as many numbers as a point.
        """
        return (1, 1, POINT_LATENT) if self.pictures.is_points else (self.latents, self.size // 4, self.size // 4)

    def networks(self) -> dict[str, nn.Module]:
        if self.pictures.is_points:
            return super().networks() | {"autoencoder": PointAutoencoder(PointAutoencoderConfig())}
        config = AutoencoderConfig(
            latent_channels=self.latents, fold=2, encoder=(48, 64), decoder=(64, 48), decoder_blocks=(1, 1)
        )
        return super().networks() | {"autoencoder": AutoencoderKL(config)}

    def exported_networks(self, model: nn.ModuleDict) -> dict[str, nn.Module]:
        return {name: model[name] for name in ("denoiser", "autoencoder")}

    def initialise(self, model: nn.ModuleDict) -> int:
        if not self.pictures.is_points:
            start_from_principal_components(autoencoder_of(model), self.sample_images(model))
        return super().initialise(model)

    def sample_images(self, model: nn.ModuleDict) -> Tensor:
        """Return up to FIT_IMAGES evenly spaced training images (n, 4, S, S), for measuring the autoencoder.

        They are on the model's device.
        """
        stride = -(-len(self.pictures.data) // FIT_IMAGES)
        return self.pictures.data[::stride].to(next(model.parameters()).device)

    def data_of(self, model: nn.ModuleDict, pictures: Tensor) -> Tensor:
        with torch.no_grad():
            latents = autoencoder_of(model).encode(pictures.to(next(model.parameters()).device))
        return latents.cpu()

    @property
    def data_scale(self) -> float:
        return 1.0

    def figures(self, model: nn.ModuleDict) -> dict[str, float]:
        """Return the reconstruction quality of the autoencoder: the PSNR, in dB, of training images after encoding and
        decoding.

        It is an upper limit of the model's image quality.
        """
        if self.pictures.is_points:
            return {}
        pictures, network = self.sample_images(model), autoencoder_of(model)
        with torch.no_grad():
            again = torch.cat([network.decode(network.encode(part)) for part in pictures.split(64)])
        return {"psnr": round(float(np.mean(psnr((pictures + 1) / 2, (again.clamp(-1, 1) + 1) / 2))), 2)}

    def exported_parts(self, model: nn.ModuleDict) -> tuple[Part, ...]:
        # Latents are unbounded, so the prediction is not clipped.
        return ()

    @property
    def card_entries(self) -> dict[str, Any]:
        return super().card_entries | {"latent": list(self.latent_shape), "data_scale": self.data_scale}


@dataclass(frozen=True, kw_only=True)
class LatentRecipe(LatentSpaceRecipe, DdpmRecipe):
    """Training recipe for latent diffusion: an autoencoder of images, then DDPM on the latents of that autoencoder."""

    name: ClassVar[str] = "latent"
    system: ClassVar[System] = LATENT
    learns: ClassVar[tuple[str, ...]] = ("images",)

    samples: Samples = 240_000
    batch: Batch = 64
    vae_samples: Annotated[
        int, Option("VAE's samples", "training samples of the VAE, before the chain", 1, may_change=True)
    ] = 160_000
    kl: Annotated[float, Option("KL", "weight of the latents' divergence from N(0, I)", 0, 1)] = 1e-4

    @property
    def phases(self) -> Sequence[Phase[nn.ModuleDict]]:
        warmup = min(self.warmup, self.vae_samples // 10)
        first = LatentSpacePhase(
            samples=self.vae_samples,
            batch=self.batch,
            learning_rate=self.learning_rate,
            warmup=warmup,
            seed=self.seed,
            random_images=self.random_images,
            kl=self.kl,
        )
        return first, *super().phases

    def objectives(self, model: nn.ModuleDict) -> Sequence[Objective]:
        """Normalise the latents of the trained autoencoder, and return DDPM's training objective on them."""
        scale_latents(autoencoder_of(model), self.sample_images(model))
        return super().objectives(model)


def autoencoder_of(model: nn.ModuleDict) -> AutoencoderKL:
    found: Any = model["autoencoder"]
    return found


@torch.no_grad()
def scale_latents(network: AutoencoderKL, pictures: Tensor) -> None:
    """Set the shift and scale of the autoencoder's latents, so that they have mean 0 and standard deviation 1.

    They are fitted to the given images. The mean is 0 in each channel, and the standard deviation is 1 over all
    channels together.
    """
    means = torch.cat([network.posterior(part)[0] for part in pictures.split(64)])
    centre = means.mean(dim=(0, 2, 3), keepdim=True)
    network.shift.copy_(centre)
    network.scale.fill_(float(1 / (means - centre).std().clamp(min=1e-6)))
