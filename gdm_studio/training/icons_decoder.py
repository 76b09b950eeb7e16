"""Recipe: teach a finished autoencoder's decoder to forgive latents that are a little wrong, as sampled ones are."""

from __future__ import annotations

import json
import random
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save
from torch import Tensor

from gdm_studio.atomic import write
from gdm_studio.networks.autoencoder_kl import AutoencoderKL
from gdm_studio.training import icons_vae
from gdm_studio.training.data.dataset import Pictures, captions, open_pictures
from gdm_studio.training.icons import Trained, at_sigma, averaged
from gdm_studio.training.loop import Every, Log, Schedule, normal, step_rng, stop_signals
from gdm_studio.training.shards import ShardedGradients

GUESS_BATCH = 64


@dataclass(frozen=True)
class DecoderRecipe:
    """Everything that decides the result, but for the pictures, the autoencoder and the denoiser."""

    subset: str = "best"
    pictures: int = 8_000  # of it, at most: the denoiser has to make something of each
    samples: int = 30_000  # crops
    batch: int = 32
    crop: int = 128  # pixels a side
    learning_rate: float = 1e-3
    warmup: int = 1_000
    noise: float = 0.3  # largest standard deviation of white noise on half of the latents
    sigma: tuple[float, float] = (0.15, 1.0)  # noise levels whose predictions stand for the other half
    device: str = "cpu"  # or cuda
    threads: int = 2
    seed: int = 0


def train(data: Path, vae: Path, table: Path, run: Path, out: Path, *, recipe: DecoderRecipe) -> Path:
    """Trains the decoder on true latents with noise and on the denoiser's predictions; the encoder stays as it is.

    `vae` is the second stage's file, `run` the third stage's folder. Writes `out/vae.safetensors` for the export.
    """
    pictures = open_pictures(data)
    known = pictures.indices(recipe.subset)
    chosen = np.sort(np.random.default_rng(recipe.seed).permutation(known)[: recipe.pictures])
    true = torch.from_numpy(icons_vae.load_latents(vae, pictures)[chosen]).float()
    device = torch.device(recipe.device)
    model, _ = averaged(run, table)
    model, autoencoder = model.to(device), icons_vae.load(vae).to(device)
    log = Log(out / "log.jsonl")
    guessed = predictions(model, true, pictures, chosen.tolist(), recipe)
    log.write(guessed=len(guessed), error=float((guessed - true).square().mean().sqrt()))

    parameters = [*autoencoder.decoder.parameters(), *autoencoder.unpatch.parameters()]
    for parameter in parameters:
        parameter.requires_grad_(True)
    optimizer = torch.optim.AdamW(parameters, betas=(0.9, 0.98), weight_decay=0.01, fused=True)
    gradients = ShardedGradients(parameters, recipe.threads if device.type == "cpu" else 1)
    schedule = Schedule(recipe.samples, recipe.warmup, recipe.samples // 2)
    report, losses = Every(20), []
    with stop_signals() as stopped:
        for step in range(recipe.samples // recipe.batch):
            if stopped():
                break
            rng = step_rng(recipe.seed, step)
            rows = rng.integers(0, len(chosen), recipe.batch)
            latents = torch.where(torch.arange(recipe.batch)[:, None, None, None] % 2 == 0, guessed[rows], true[rows])
            strength = torch.from_numpy(rng.uniform(0, recipe.noise, recipe.batch)).float()
            strength[::2] = 0
            latents = latents + strength[:, None, None, None] * normal(rng, *latents.shape)
            x = icons_vae.to_tensor(pictures.rgba(chosen[rows]))
            optimizer.param_groups[0]["lr"] = recipe.learning_rate * schedule(step * recipe.batch)
            crops = (part.to(device) for part in _cropped(latents, x, recipe, rng))
            losses.append(gradients(lambda *part: _loss(autoencoder, *part), *crops))
            torch.nn.utils.clip_grad_norm_(parameters, 1.0)
            optimizer.step()
            if report.due():
                log.write(step=step + 1, samples=(step + 1) * recipe.batch, loss=float(np.mean(losses)))
                losses.clear()
    weights = {key: value.detach().cpu().contiguous() for key, value in autoencoder.state_dict().items()}
    write(out / icons_vae.WEIGHTS, save(weights, {"config": json.dumps(asdict(autoencoder.config))}))
    held_out = np.intersect1d(icons_vae.split(pictures, 0.02)[1], known)
    log.write(**icons_vae.quality(autoencoder, pictures, held_out))
    return out / icons_vae.WEIGHTS


@torch.inference_mode()
def predictions(
    model: Trained,
    latents: Tensor,  # (count, C, h, w)
    pictures: Pictures,
    rows: list[int],
    recipe: DecoderRecipe,
) -> Tensor:
    """What the denoiser makes of each latent under its caption, at a noise level drawn evenly in its logarithm."""
    rng = np.random.default_rng(recipe.seed)
    low, high = np.log(recipe.sigma)
    guessed = torch.empty_like(latents)
    for start in range(0, len(latents), GUESS_BATCH):
        x0 = latents[start : start + GUESS_BATCH]
        sigma = np.exp(rng.uniform(low, high, len(x0)))
        described = [pictures.rows[row] for row in rows[start : start + GUESS_BATCH]]
        ids = [model.tokenizer.encode(captions(row, random.Random(row["index"])), row["style"]) for row in described]
        x = x0 + torch.from_numpy(sigma).float()[:, None, None, None] * normal(rng, *x0.shape)
        at = at_sigma(torch.from_numpy(sigma).float().to(model.device))
        guess = model.denoised(x.to(model.device), at, torch.tensor(ids, device=model.device))
        guessed[start : start + GUESS_BATCH] = guess.cpu()
    return guessed


def _loss(autoencoder: AutoencoderKL, latents: Tensor, x: Tensor) -> Tensor:
    with torch.autocast(x.device.type, torch.bfloat16):
        y = autoencoder.decode(latents)
    return icons_vae.difference(y.float() - x)


def _cropped(latents: Tensor, x: Tensor, recipe: DecoderRecipe, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
    """The same random window of latents (N, C, h, w) and pictures (N, 4, H, W), another one for each."""
    factor = x.shape[-1] // latents.shape[-1]
    side = recipe.crop // factor
    corners = rng.integers(0, latents.shape[-1] - side + 1, (len(x), 2)).tolist()
    windows = [latents[i, :, top : top + side, left : left + side] for i, (top, left) in enumerate(corners)]
    shown = [
        x[i, :, factor * top : factor * (top + side), factor * left : factor * (left + side)]
        for i, (top, left) in enumerate(corners)
    ]
    return torch.stack(windows), torch.stack(shown).contiguous(memory_format=torch.channels_last)
