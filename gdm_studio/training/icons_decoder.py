"""Recipe: teach a finished autoencoder's decoder to forgive latents that are a little wrong, as sampled ones are."""

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

from gdm_studio.atomic import make_folder, write
from gdm_studio.models.precision import quickly
from gdm_studio.networks.autoencoder_kl import AutoencoderKL
from gdm_studio.training import icons_vae
from gdm_studio.training.checkpoint import load_checkpoint, save_checkpoint
from gdm_studio.training.data.dataset import Pictures, captions, open_pictures
from gdm_studio.training.icons import Autoencoder, Table
from gdm_studio.training.icons_networks import Trained, at_sigma, averaged
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
from gdm_studio.training.schedule import normal

GUESS_BATCH = 64
GUESSES = "guesses.pt"

Run = Annotated[Path, Option("Denoiser", "the directory of the third stage")]


@dataclass(frozen=True)
class TaughtAutoencoder:
    """The autoencoder, and the latents that its decoder learns from: (count, C, h, w) each."""

    autoencoder: AutoencoderKL
    guessed: Tensor

    @property
    def learns(self) -> list[nn.Parameter]:
        """The encoder stays as it is."""
        return [*self.autoencoder.decoder.parameters(), *self.autoencoder.unpatch.parameters()]


@dataclass(frozen=True, kw_only=True)
class DecoderRecipe(Recipe[TaughtAutoencoder]):
    """Everything that decides the decoder: it sees true latents with noise, and the denoiser's predictions."""

    name: ClassVar[str] = "icons-decoder"
    product: ClassVar[str] = icons_vae.WEIGHTS

    data: Data
    vae: Autoencoder
    words: Table
    run: Run
    subset: Subset = "best"
    pictures_used: int = 8_000  # of it, at most: the denoiser has to make something of each
    samples: Samples = 30_000  # crops
    batch: Batch = 32
    crop: int = 128  # pixels a side
    learning_rate: LearningRate = 1e-3
    warmup: Warmup = 1_000
    noise: Annotated[float, Option("Noise", "its largest deviation, on half of the latents", 0, 10)] = 0.3
    sigma: tuple[float, float] = (0.15, 1.0)  # noise levels whose predictions stand for the other half
    threads: Threads = 2

    @cached_property
    def pictures(self) -> Pictures:
        return open_pictures(self.data)

    @cached_property
    def chosen(self) -> NDArray[np.int64]:
        """Indices of the pictures to learn."""
        known = self.pictures.indices(self.subset)
        return np.sort(np.random.default_rng(self.seed).permutation(known)[: self.pictures_used])

    @cached_property
    def true(self) -> Tensor:
        """(count, C, h, w): the latents of the chosen pictures."""
        return torch.from_numpy(icons_vae.load_latents(self.vae, self.pictures)[self.chosen]).float()

    def prepare(self, out: Path) -> Iterator[Progress]:
        """Lets the denoiser guess, which takes a minute or more; the guesses are kept in `out`."""
        if load_checkpoint(out / GUESSES) is not None:
            return
        denoiser, _ = averaged(self.run, self.words)
        guessed = torch.empty_like(self.true)
        for rows, guesses in self._guesses(denoiser.to(self.device)):
            guessed[rows] = guesses
            yield Progress("guesses", rows.stop // GUESS_BATCH, rows.stop, len(guessed))
        make_folder(out)
        save_checkpoint(out / GUESSES, {"guessed": guessed})

    def model(self, out: Path) -> TaughtAutoencoder:
        guesses = load_checkpoint(out / GUESSES)
        assert guesses is not None  # `prepare` has left them
        model = TaughtAutoencoder(icons_vae.load(self.vae), guesses["guessed"])
        for parameter in model.learns:
            parameter.requires_grad_(True)
        return model

    def modules(self, model: TaughtAutoencoder) -> dict[str, nn.Module]:
        return {"vae": model.autoencoder}

    def objectives(self, model: TaughtAutoencoder) -> Sequence[Objective]:
        def loss(latents: Tensor, x: Tensor) -> Tensor:
            with quickly(x.device):
                y = model.autoencoder.decode(latents)
            return icons_vae.difference(y.float() - x)

        optimizer = torch.optim.AdamW(model.learns, betas=(0.9, 0.98), weight_decay=0.01, fused=True)
        return (Objective("loss", loss, model.learns, [optimizer]),)

    def draw(self, model: TaughtAutoencoder, rng: np.random.Generator, step: int) -> tuple[Tensor, ...]:
        rows = rng.integers(0, len(self.chosen), self.batch)
        is_guess = torch.arange(self.batch)[:, None, None, None] % 2 == 0
        latents = torch.where(is_guess, model.guessed[rows], self.true[rows])
        strength = torch.from_numpy(rng.uniform(0, self.noise, self.batch)).float()
        strength[::2] = 0
        latents = latents + strength[:, None, None, None] * normal(rng, *latents.shape)
        return cropped(latents, icons_vae.to_tensor(self.pictures.rgba(self.chosen[rows])), self.crop, rng)

    def figures(self, model: TaughtAutoencoder) -> dict[str, float]:
        held_out = np.intersect1d(icons_vae.split(self.pictures, 0.02)[1], self.pictures.indices(self.subset))
        return icons_vae.quality(model.autoencoder, self.pictures, held_out)

    def finish(self, model: TaughtAutoencoder, out: Path, seen: int) -> None:
        state = model.autoencoder.state_dict()
        weights = {key: value.detach().cpu().contiguous() for key, value in state.items()}
        config = json.dumps(asdict(model.autoencoder.config))
        write(out / self.product, save(weights, {"config": config}))

    def _guesses(self, denoiser: Trained) -> Iterator[tuple[slice, Tensor]]:
        """What it makes of each latent under its caption, at a noise level drawn evenly in its logarithm."""
        rng = np.random.default_rng(self.seed)
        low, high = np.log(self.sigma)
        for start in range(0, len(self.true), GUESS_BATCH):
            rows = slice(start, min(start + GUESS_BATCH, len(self.true)))
            x0 = self.true[rows]
            sigma = torch.from_numpy(np.exp(rng.uniform(low, high, len(x0)))).float()
            described = [self.pictures.rows[index] for index in self.chosen[rows].tolist()]
            told = [(captions(row, random.Random(row["index"])), row["style"]) for row in described]
            ids = torch.tensor([denoiser.tokenizer.encode(*prompt) for prompt in told])
            x0, noise, sigma, ids = (part.to(denoiser.device) for part in (x0, normal(rng, *x0.shape), sigma, ids))
            at = at_sigma(sigma)
            with torch.no_grad():
                yield rows, denoiser.denoised(denoiser.diffusion.process.degrade(x0, at, noise), at, ids).cpu()


def cropped(latents: Tensor, x: Tensor, crop: int, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
    """The same random window of latents (N, C, h, w) and pictures (N, 4, H, W), another one for each."""
    factor = x.shape[-1] // latents.shape[-1]
    side = crop // factor
    corners = rng.integers(0, latents.shape[-1] - side + 1, (len(x), 2)).tolist()
    windows = [latents[i, :, top : top + side, left : left + side] for i, (top, left) in enumerate(corners)]
    shown = [
        x[i, :, factor * top : factor * (top + side), factor * left : factor * (left + side)]
        for i, (top, left) in enumerate(corners)
    ]
    return torch.stack(windows), torch.stack(shown).contiguous(memory_format=torch.channels_last)
