"""Training recipe that makes an autoencoder's decoder robust to small errors in sampled latents."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import save
from torch import Tensor, nn

from gdm_studio.common.atomic_files import make_folder, write
from gdm_studio.models.memory.precision import fast_autocast
from gdm_studio.networks.icons.autoencoder import AutoencoderKL
from gdm_studio.training.checkpoint import load_checkpoint, save_checkpoint
from gdm_studio.training.data.dataset import Pictures, captions, open_pictures
from gdm_studio.training.icons import autoencoder_training
from gdm_studio.training.icons.denoiser_recipe import Autoencoder, WordTable
from gdm_studio.training.icons.networks import IconsNetworks, at_sigma, load_averaged
from gdm_studio.training.learning_rate_schedule import normal
from gdm_studio.training.options import Option
from gdm_studio.training.recipe import (
    Batch,
    Data,
    LearningRate,
    Objective,
    Progress,
    Recipe,
    Samples,
    Subset,
    Threads,
    Warmup,
)

PREDICTION_BATCH = 64
PREDICTIONS = "guesses.pt"

DenoiserRun = Annotated[Path, Option("Denoiser", "output folder of the third stage")]


@dataclass(frozen=True)
class DecoderTraining:
    """Autoencoder whose decoder is being trained, with the denoiser's predicted latents as training data."""

    autoencoder: AutoencoderKL
    # The predicted latents (count, C, h, w).
    predicted: Tensor

    @property
    def parameters(self) -> list[nn.Parameter]:
        """Trained parameters: only the decoder's, because the encoder is frozen."""
        return [*self.autoencoder.decoder.parameters(), *self.autoencoder.unpatch.parameters()]


@dataclass(frozen=True, kw_only=True)
class DecoderRecipe(Recipe[DecoderTraining]):
    """Training recipe that makes the autoencoder's decoder robust to small errors in the denoiser's latents.

    Half of its inputs are noisy true latents, and half are the denoiser's predictions.
    """

    name: ClassVar[str] = "icons-decoder"
    product: ClassVar[str] = autoencoder_training.WEIGHTS

    data: Data
    vae: Autoencoder
    words: WordTable
    run: DenoiserRun
    subset: Subset = "best"
    # The maximum number of images. The denoiser has to predict each of them.
    pictures_used: int = 8_000
    # The samples are crops.
    samples: Samples = 30_000
    batch: Batch = 32
    # The side of a crop in pixels.
    crop: int = 128
    learning_rate: LearningRate = 1e-3
    warmup: Warmup = 1_000
    noise: Annotated[float, Option("Noise", "largest deviation of noise on half of the latents", 0, 10)] = 0.3
    # The range of the noise levels for the predictions, which are the other half of the latents.
    sigma: tuple[float, float] = (0.15, 1.0)
    threads: Threads = 2

    @cached_property
    def pictures(self) -> Pictures:
        return open_pictures(self.data)

    @cached_property
    def training_images(self) -> NDArray[np.int64]:
        """Indices of the decoder's training images, a random part of the subset."""
        known = self.pictures.indices(self.subset)
        return np.sort(np.random.default_rng(self.seed).permutation(known)[: self.pictures_used])

    @cached_property
    def true_latents(self) -> Tensor:
        """Latents (count, C, h, w) of the training images, as encoded by the autoencoder."""
        return torch.from_numpy(
            autoencoder_training.load_latents(self.vae, self.pictures)[self.training_images]
        ).float()

    def prepare(self, out: Path) -> Iterator[Progress]:
        """Predict the latents of the training images with the denoiser, and save them in `out` as training inputs.

        This takes a minute or more. Yields the progress.
        """
        if load_checkpoint(out / PREDICTIONS) is not None:
            return
        denoiser, _ = load_averaged(self.run, self.words)
        predicted = torch.empty_like(self.true_latents)
        for rows, predicted_part in self._predict_latents(denoiser.to(self.device)):
            predicted[rows] = predicted_part
            yield Progress("guesses", rows.stop // PREDICTION_BATCH, rows.stop, len(predicted))
        make_folder(out)
        save_checkpoint(out / PREDICTIONS, {"guessed": predicted})

    def model(self, out: Path) -> DecoderTraining:
        saved = load_checkpoint(out / PREDICTIONS)
        # `prepare` has saved the predictions.
        assert saved is not None
        model = DecoderTraining(autoencoder_training.load(self.vae), saved["guessed"])
        for parameter in model.parameters:
            parameter.requires_grad_(True)
        return model

    def modules(self, model: DecoderTraining) -> dict[str, nn.Module]:
        return {"vae": model.autoencoder}

    def objectives(self, model: DecoderTraining) -> Sequence[Objective]:
        def loss(latents: Tensor, x: Tensor) -> Tensor:
            with fast_autocast(x.device):
                y = model.autoencoder.decode(latents)
            return autoencoder_training.reconstruction_error(y.float() - x)

        optimizer = torch.optim.AdamW(model.parameters, betas=(0.9, 0.98), weight_decay=0.01, fused=True)
        return (Objective("loss", loss, model.parameters, [optimizer]),)

    def draw(self, model: DecoderTraining, rng: np.random.Generator, step: int) -> tuple[Tensor, ...]:
        rows = rng.integers(0, len(self.training_images), self.batch)
        is_guess = torch.arange(self.batch)[:, None, None, None] % 2 == 0
        latents = torch.where(is_guess, model.predicted[rows], self.true_latents[rows])
        strength = torch.from_numpy(rng.uniform(0, self.noise, self.batch)).float()
        strength[::2] = 0
        latents = latents + strength[:, None, None, None] * normal(rng, *latents.shape)
        return crop_pairs(
            latents, autoencoder_training.to_tensor(self.pictures.rgba(self.training_images[rows])), self.crop, rng
        )

    def figures(self, model: DecoderTraining) -> dict[str, float]:
        held_out = np.intersect1d(
            autoencoder_training.split(self.pictures, 0.02)[1], self.pictures.indices(self.subset)
        )
        return autoencoder_training.measure_quality(model.autoencoder, self.pictures, held_out)

    def finish(self, model: DecoderTraining, out: Path, seen: int) -> None:
        state = model.autoencoder.state_dict()
        weights = {key: value.detach().cpu().contiguous() for key, value in state.items()}
        config = json.dumps(asdict(model.autoencoder.config))
        write(out / self.product, save(weights, {"config": config}))

    def _predict_latents(self, denoiser: IconsNetworks) -> Iterator[tuple[slice, Tensor]]:
        """Yield the denoiser's predictions of the clean latents, in batches. The inputs are the true latents with added
        noise, and captions.

        Noise levels are log-uniform. Yields the row indices of each batch and its predictions.
        """
        rng = np.random.default_rng(self.seed)
        low, high = np.log(self.sigma)
        for start in range(0, len(self.true_latents), PREDICTION_BATCH):
            rows = slice(start, min(start + PREDICTION_BATCH, len(self.true_latents)))
            x0 = self.true_latents[rows]
            sigma = torch.from_numpy(np.exp(rng.uniform(low, high, len(x0)))).float()
            described = [self.pictures.rows[index] for index in self.training_images[rows].tolist()]
            prompts = [(captions(row, random.Random(row["index"])), row["style"]) for row in described]
            ids = torch.tensor([denoiser.tokenizer.encode(*prompt) for prompt in prompts])
            x0, noise, sigma, ids = (part.to(denoiser.device) for part in (x0, normal(rng, *x0.shape), sigma, ids))
            at = at_sigma(sigma)
            with torch.no_grad():
                yield rows, denoiser.denoised(denoiser.diffusion.process.degrade(x0, at, noise), at, ids).cpu()


def crop_pairs(latents: Tensor, x: Tensor, crop: int, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
    """Crop each image (N, 4, H, W) and its latents (N, C, h, w) to the same random window."""
    factor = x.shape[-1] // latents.shape[-1]
    side = crop // factor
    corners = rng.integers(0, latents.shape[-1] - side + 1, (len(x), 2)).tolist()
    windows = [latents[i, :, top : top + side, left : left + side] for i, (top, left) in enumerate(corners)]
    shown = [
        x[i, :, factor * top : factor * (top + side), factor * left : factor * (left + side)]
        for i, (top, left) in enumerate(corners)
    ]
    return torch.stack(windows), torch.stack(shown).contiguous(memory_format=torch.channels_last)
