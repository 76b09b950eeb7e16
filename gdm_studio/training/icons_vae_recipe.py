"""Recipe: train the autoencoder of `icons` on crops, then scale its latents and encode every picture."""

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

from gdm_studio.models.precision import quickly
from gdm_studio.networks.autoencoder_kl import AutoencoderKL
from gdm_studio.training.data.dataset import Pictures, open_pictures
from gdm_studio.training.icons_vae import (
    WEIGHTS,
    begun,
    difference,
    encode_all,
    fit_linear_decoder,
    load,
    quality,
    split,
    start_from_principal_components,
    to_tensor,
)
from gdm_studio.training.options import Option
from gdm_studio.training.recipe import (
    Batch,
    Cooldown,
    CooledRecipe,
    Data,
    LearningRate,
    Objective,
    Samples,
    Threads,
    Warmup,
)
from gdm_studio.training.schedule import normal

FIRST_LOOK = 1500  # pictures that the linear transforms are fitted to


@dataclass(frozen=True, kw_only=True)
class VaeRecipe(CooledRecipe[AutoencoderKL]):
    """Everything that decides the autoencoder.

    With no samples to see, the pictures are encoded by `init` as it is. A new run begins from the autoencoder `init`,
    if given: grown, where that is of smaller pictures, else with the scale of its latents, so that a denoiser that
    knows them can go on with the new ones.
    """

    name: ClassVar[str] = "icons-vae"
    product: ClassVar[str] = WEIGHTS

    data: Data
    init: Annotated[Path | None, Option("Begin from", "another vae.safetensors to begin from")] = None
    samples: Samples = 400_000  # crops, whole pictures counting as many
    batch: Batch = 32
    crop: int = 128  # pixels a side
    whole_every: int = 4  # one step in so many sees whole pictures instead of crops
    learning_rate: LearningRate = 2e-3
    warmup: Warmup = 3_000
    cooldown: Cooldown = 200_000
    kl_weight: float = 3e-5
    noise: float = 0.3  # largest deviation of the noise that every second crop is decoded through, of the latents' own
    validation: float = 0.02  # share of the concepts that training does not see
    threads: Threads = 2

    @cached_property
    def pictures(self) -> Pictures:
        return open_pictures(self.data)

    @cached_property
    def parts(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Indices of the pictures to learn, and of those held out."""
        return split(self.pictures, self.validation)

    def model(self, out: Path) -> AutoencoderKL:
        return begun(self.init, self.pictures.size)

    def modules(self, model: AutoencoderKL) -> dict[str, nn.Module]:
        return {"vae": model}

    def begin(self, model: AutoencoderKL) -> int:
        if self._has_new_scale(model):
            first = np.random.default_rng(0).permutation(self.parts[0])[:FIRST_LOOK]
            fit = fit_linear_decoder if self.init else start_from_principal_components
            fit(model, to_tensor(self.pictures.rgba(first)).to(self.device))
        return 0

    def objectives(self, model: AutoencoderKL) -> Sequence[Objective]:
        def loss(x: Tensor, noise: Tensor, more: Tensor) -> Tensor:
            return reconstruction_loss(model, x, noise, more, kl_weight=self.kl_weight)

        optimizer = torch.optim.AdamW(model.parameters(), betas=(0.9, 0.98), weight_decay=0.01, fused=True)
        return (Objective("loss", loss, list(model.parameters()), [optimizer]),)

    def draw(self, model: AutoencoderKL, rng: np.random.Generator, step: int) -> tuple[Tensor, ...]:
        x = self._seen(rng, step)
        latent = (model.config.latent_channels, *(side // model.config.factor for side in x.shape[2:]))
        noise = normal(rng, len(x), *latent)
        strength = torch.from_numpy(rng.uniform(0, self.noise, len(x))).float()
        strength[::2] = 0
        return x, noise, strength[:, None, None, None] * normal(rng, len(x), *latent)

    def figures(self, model: AutoencoderKL) -> dict[str, float]:
        return quality(model, self.pictures, self.parts[1])

    def finish(self, model: AutoencoderKL, out: Path, seen: int) -> None:
        encode_all(model, self.pictures, out, rescale=self._has_new_scale(model))

    def _has_new_scale(self, model: AutoencoderKL) -> bool:
        """Whether the latents are not to be those of `init`."""
        return self.init is None or load(self.init).config != model.config

    def _seen(self, rng: np.random.Generator, step: int) -> Tensor:
        """Crops, or now and then whole pictures: as many as have the same number of pixels."""
        pictures, training = self.pictures, self.parts[0]
        if step % self.whole_every == 0:
            per_picture = (pictures.size // self.crop) ** 2
            return to_tensor(pictures.rgba(rng.choice(training, max(self.batch // per_picture, 1))))
        rgba = pictures.rgba(rng.choice(training, self.batch))
        corners = rng.integers(0, pictures.size - self.crop + 1, (self.batch, 2))
        crops = [p[y : y + self.crop, x : x + self.crop] for p, (y, x) in zip(rgba, corners, strict=True)]
        return to_tensor(np.stack(crops))


def reconstruction_loss(model: AutoencoderKL, x: Tensor, noise: Tensor, more: Tensor, *, kl_weight: float) -> Tensor:
    """The error of pictures decoded from noisy latents, and the Kullback-Leibler distance of these from the prior.

    `noise` is standard normal, for the posterior; `more` comes in units of the latents' own spread.
    """
    with quickly(x.device):
        mean, log_variance = model.posterior(x)
        mean = mean.float()
        # in units of the latents' own spread, so that the encoder cannot drown the noise by larger numbers
        spread = mean.detach().std(dim=(0, 2, 3), keepdim=True)
        y = model.reconstruct(mean + (0.5 * log_variance).exp() * noise + spread * more)
    kl = 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).mean()
    return difference(y.float() - x) + kl_weight * kl
