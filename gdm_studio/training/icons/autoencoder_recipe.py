"""Training recipe for the autoencoder of `icons`, which trains on crops, scales the latents and encodes every image."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from gdm_studio.models.memory.precision import fast_autocast
from gdm_studio.networks.icons.autoencoder import AutoencoderKL
from gdm_studio.training.data.dataset import Pictures, open_pictures
from gdm_studio.training.icons import autoencoder_training
from gdm_studio.training.icons.autoencoder_training import (
    WEIGHTS,
    encode_all,
    fit_linear_decoder,
    initial_autoencoder,
    load,
    measure_quality,
    reconstruction_error,
    start_from_principal_components,
    to_tensor,
)
from gdm_studio.training.learning_rate_schedule import normal
from gdm_studio.training.options import Option
from gdm_studio.training.recipe import (
    Batch,
    Cooldown,
    CooldownRecipe,
    Data,
    LearningRate,
    Objective,
    Samples,
    Threads,
    Warmup,
)

# The number of images to which the linear transforms are fitted.
FIT_IMAGES = 1500


@dataclass(frozen=True, kw_only=True)
class VaeRecipe(CooldownRecipe[AutoencoderKL]):
    """Training recipe for the autoencoder of the `icons` model, which compresses icons to latents.

    A new run starts from the autoencoder `init`, if given. If `init` is for smaller images, it is grown. Otherwise its
    latent scale is retained, so that an existing denoiser remains usable. With zero samples, `init` is only used to
    encode the images.
    """

    name: ClassVar[str] = "icons-vae"
    product: ClassVar[str] = WEIGHTS

    data: Data
    init: Annotated[Path | None, Option("Begin from", "another vae.safetensors with the initial weights")] = None
    # The samples are crops. A whole image counts as several.
    samples: Samples = 400_000
    batch: Batch = 32
    # The side of a crop in pixels.
    crop: int = 128
    # Every n-th step uses whole images instead of crops.
    whole_every: int = 4
    learning_rate: LearningRate = 2e-3
    warmup: Warmup = 3_000
    cooldown: Cooldown = 200_000
    kl_weight: float = 3e-5
    # The maximum standard deviation of the noise on the latents of every second crop, relative to that of the latents.
    noise: float = 0.3
    # The fraction of concepts that are held out from training.
    validation: float = 0.02
    threads: Threads = 2

    @cached_property
    def pictures(self) -> Pictures:
        return open_pictures(self.data)

    @cached_property
    def split(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Indices of the images that train the autoencoder, and of the images held out to measure its quality."""
        return autoencoder_training.split(self.pictures, self.validation)

    def model(self, out: Path) -> AutoencoderKL:
        return initial_autoencoder(self.init, self.pictures.size)

    def modules(self, model: AutoencoderKL) -> dict[str, nn.Module]:
        return {"vae": model}

    def initialise(self, model: AutoencoderKL) -> int:
        if self._has_new_scale(model):
            first = np.random.default_rng(0).permutation(self.split[0])[:FIT_IMAGES]
            fit = fit_linear_decoder if self.init else start_from_principal_components
            fit(model, to_tensor(self.pictures.rgba(first)).to(self.device))
        return 0

    def objectives(self, model: AutoencoderKL) -> Sequence[Objective]:
        def loss(x: Tensor, noise: Tensor, more: Tensor) -> Tensor:
            return reconstruction_loss(model, x, noise, more, kl_weight=self.kl_weight)

        optimizer = torch.optim.AdamW(model.parameters(), betas=(0.9, 0.98), weight_decay=0.01, fused=True)
        return (Objective("loss", loss, list(model.parameters()), [optimizer]),)

    def draw(self, model: AutoencoderKL, rng: np.random.Generator, step: int) -> tuple[Tensor, ...]:
        x = self._draw_images(rng, step)
        latent = (model.config.latent_channels, *(side // model.config.factor for side in x.shape[2:]))
        noise = normal(rng, len(x), *latent)
        strength = torch.from_numpy(rng.uniform(0, self.noise, len(x))).float()
        strength[::2] = 0
        return x, noise, strength[:, None, None, None] * normal(rng, len(x), *latent)

    def figures(self, model: AutoencoderKL) -> dict[str, float]:
        return measure_quality(model, self.pictures, self.split[1])

    def finish(self, model: AutoencoderKL, out: Path, seen: int) -> None:
        encode_all(model, self.pictures, out, rescale=self._has_new_scale(model))

    def _has_new_scale(self, model: AutoencoderKL) -> bool:
        """Return True if training ends with a new fit of the latents' scale. Otherwise the scale is copied from the run
        `init`.

        The scale of `init` is retained if the autoencoder has the same configuration.
        """
        return self.init is None or load(self.init).config != model.config

    def _draw_images(self, rng: np.random.Generator, step: int) -> Tensor:
        """Draw a training batch of images: usually random crops, but in some steps fewer whole images with as many
        pixels in total.
        """
        pictures, training = self.pictures, self.split[0]
        if step % self.whole_every == 0:
            per_picture = (pictures.size // self.crop) ** 2
            return to_tensor(pictures.rgba(rng.choice(training, max(self.batch // per_picture, 1))))
        rgba = pictures.rgba(rng.choice(training, self.batch))
        corners = rng.integers(0, pictures.size - self.crop + 1, (self.batch, 2))
        crops = [p[y : y + self.crop, x : x + self.crop] for p, (y, x) in zip(rgba, corners, strict=True)]
        return to_tensor(np.stack(crops))


def reconstruction_loss(model: AutoencoderKL, x: Tensor, noise: Tensor, more: Tensor, *, kl_weight: float) -> Tensor:
    """Return the training loss of the autoencoder: the error of decoded images, plus the weighted KL divergence.

    The images are decoded from noisy latents. `noise` is standard normal noise for sampling the posterior. `more` is
    additional noise, in units of the latents' standard deviation.
    """
    with fast_autocast(x.device):
        mean, log_variance = model.posterior(x)
        mean = mean.float()
        # The noise is relative to the spread of the latents, so that the encoder cannot evade it with larger values.
        spread = mean.detach().std(dim=(0, 2, 3), keepdim=True)
        y = model.reconstruct(mean + (0.5 * log_variance).exp() * noise + spread * more)
    kl = 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).mean()
    return reconstruction_error(y.float() - x) + kl_weight * kl
