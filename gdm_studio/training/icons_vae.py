"""Recipe: train the autoencoder of `icons` on crops, then scale its latents and encode every picture."""

from __future__ import annotations

import hashlib
import json
import math
from collections import Counter
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import save
from torch import Tensor
from torch.nn import functional as F

from gdm_studio.atomic import replacing, write
from gdm_studio.errors import StorageError
from gdm_studio.networks.autoencoder_kl import AutoencoderConfig, AutoencoderKL
from gdm_studio.networks.layers import channels_last
from gdm_studio.training.data.dataset import Pictures, open_pictures
from gdm_studio.training.loop import (
    Every,
    Log,
    Schedule,
    load_checkpoint,
    normal,
    save_checkpoint,
    step_rng,
    stop_signals,
)
from gdm_studio.training.shards import ShardedGradients

WEIGHTS = "vae.safetensors"
LATENTS = "latents.npy"
LATENT_SIDE = 16
LEAST_OF_STYLE = 4  # pictures, for the figure of a style


@dataclass(frozen=True)
class VaeRecipe:
    """Everything that decides the result, but for the pictures."""

    samples: int = 400_000  # crops, whole pictures counting as crops_per_picture
    batch: int = 32
    crop: int = 128  # pixels a side
    whole_every: int = 4  # one step in so many sees whole pictures instead of crops
    learning_rate: float = 2e-3
    warmup: int = 3_000
    cooldown: int = 200_000
    kl_weight: float = 3e-5
    noise: float = 0.3  # largest deviation of the noise that every second crop is decoded through, of the latents' own
    validation: float = 0.02  # share of the concepts that training does not see
    device: str = "cpu"  # or cuda
    threads: int = 2  # that share a batch on the CPU
    seed: int = 0


def train(data: Path, out: Path, recipe: VaeRecipe, *, init: Path | None = None) -> Path:
    """Train, scale, save `vae.safetensors` and `latents.npy` in `out`; goes on from `out/checkpoint.pt`.

    With no samples to see, the pictures are encoded by `init` as it is.

    A new run begins from the autoencoder `init`, if given: grown, where that is of smaller pictures, else with the
    scale of its latents, so that a denoiser that knows them can go on with the new ones. SIGINT or SIGTERM ends it
    after the step, with a checkpoint and what has been learned so far written.
    """
    pictures = open_pictures(data)
    training, held_out = split(pictures, recipe.validation)
    torch.manual_seed(recipe.seed)
    device = torch.device(recipe.device)
    vae, is_grown = _begun(init, pictures.size)
    vae = vae.to(device)
    optimizer = torch.optim.AdamW(vae.parameters(), betas=(0.9, 0.98), weight_decay=0.01, fused=True)
    log = Log(out / "log.jsonl")
    step = 0
    if state := load_checkpoint(out / "checkpoint.pt"):
        vae.load_state_dict(state["vae"])
        optimizer.load_state_dict(state["optimizer"])
        step = state["step"]
    else:
        if init is None or is_grown:
            sample = to_tensor(pictures.rgba(_sample(training, 1500))).to(device)
            (fit_linear_decoder if is_grown else start_from_principal_components)(vae, sample)
        log.write(step=0, **quality(vae, pictures, held_out))
    threads = recipe.threads if device.type == "cpu" else 1
    gradients = ShardedGradients(list(vae.parameters()), threads)
    schedule = Schedule(recipe.samples, recipe.warmup, recipe.cooldown)
    save, report = Every(120), Every(20)
    losses: list[float] = []
    with stop_signals() as stopped:
        while step * recipe.batch < recipe.samples and not stopped():
            optimizer.param_groups[0]["lr"] = recipe.learning_rate * schedule(step * recipe.batch)
            rng = step_rng(recipe.seed, step)
            x = _batch(pictures, training, recipe, rng, step).to(device)
            losses.append(_update(gradients, vae, optimizer, x, recipe=recipe, rng=rng))
            step += 1
            if report.due():
                log.write(step=step, samples=step * recipe.batch, loss=float(np.mean(losses)))
                losses.clear()
            if save.due():
                _save(out, vae, optimizer, step)
    _save(out, vae, optimizer, step)
    finish(vae, pictures, out, rescale=init is None or is_grown)
    log.write(step=step, **quality(vae, pictures, held_out))
    return out / WEIGHTS


def config_for(size: int) -> AutoencoderConfig:
    """The autoencoder of pictures of `size` pixels a side: 16 x 16 latents, and a level of decoding an octave."""
    config = AutoencoderConfig()
    while 2 * config.factor * LATENT_SIDE <= size:
        config = _an_octave_larger(config)
    return config


def _an_octave_larger(config: AutoencoderConfig) -> AutoencoderConfig:
    return replace(
        config,
        fold=2 * config.fold,
        decoder=(*config.decoder, config.decoder[-1] // 2),
        decoder_blocks=(*config.decoder_blocks, 1),
    )


def _begun(init: Path | None, size: int) -> tuple[AutoencoderKL, bool]:
    """The autoencoder that training begins with, that in the file `init` or a new one, and whether it had to grow."""
    if init is None:
        return channels_last(AutoencoderKL(config_for(size))), False
    vae = given = load(init).train().requires_grad_(True)
    while vae.config.factor * LATENT_SIDE < size:
        vae = doubled(vae)
    return vae, vae is not given


@torch.no_grad()
def doubled(vae: AutoencoderKL) -> AutoencoderKL:
    """The autoencoder of pictures twice as large: their halves have the latents that they had before.

    The decoder gets one finer level, which has to be trained; so has the linear decoder.
    """
    config = vae.config
    grown = AutoencoderKL(_an_octave_larger(config))
    first: Tensor = vae.encoder.state_dict()["1.weight"]
    fold = first.unflatten(1, (config.picture_channels, config.fold, config.fold))
    kept = {
        "shift": vae.shift,
        "scale": vae.scale,
        "patch.weight": _halved(vae.patch.weight),
        "patch.bias": _bias(vae.patch),
        "encoder.1.weight": _halved(fold.flatten(4)).flatten(1, 3).unflatten(2, fold.shape[4:]),
    }
    kept |= {f"encoder.{name}": each for name, each in vae.encoder.state_dict().items() if name != "1.weight"}
    levels = len(vae.decoder) - 4  # without what turns the finest level into pixels
    kept |= {
        f"decoder.{name}": each
        for name, each in vae.decoder.state_dict().items()
        if int(name.split(".")[0]) < levels
    }
    grown.load_state_dict(kept, strict=False)
    return channels_last(grown)


def _halved(kernel: Tensor) -> Tensor:
    """A kernel (out, C, side, side, ...) made to see the mean of two by two pixels: (out, C, 2 side, 2 side, ...)."""
    return kernel.repeat_interleave(2, dim=2).repeat_interleave(2, dim=3) / 4


@torch.no_grad()
def fit_linear_decoder(vae: AutoencoderKL, pictures: Tensor) -> None:
    """Set the linear decoder to the least-squares one for the latents that the encoder gives these pictures."""
    side = vae.config.factor
    patches = F.unfold(pictures, side, stride=side).transpose(1, 2).flatten(0, 1)          # (P, 4 side²)
    means = torch.cat([vae.posterior(part)[0] for part in pictures.split(32)])
    latents = means.flatten(2).transpose(1, 2).flatten(0, 1)                                # (P, C)
    known = torch.cat([latents, torch.ones_like(latents[:, :1])], dim=1)
    solution = torch.linalg.solve(known.T @ known, known.T @ patches)                       # (C + 1, 4 side²)
    vae.unpatch.weight.copy_(solution[:-1].T.reshape(vae.unpatch.weight.shape))
    _bias(vae.unpatch).copy_(solution[-1])


def finish(vae: AutoencoderKL, pictures: Pictures, out: Path, *, rescale: bool) -> None:
    """Encode every picture, fold their scaling into the weights where `rescale`, and write both."""
    vae.eval()
    means = np.concatenate([
        encode_means(vae, pictures.rgba(np.arange(at, min(at + 64, pictures.count))))
        for at in range(0, pictures.count, 64)
    ])                                                                          # (count, C, h, w)
    if rescale:
        shift, scale = latent_scaling(means)
        vae.shift.copy_(torch.from_numpy(shift).view(1, -1, 1, 1))
        vae.scale.copy_(torch.from_numpy(scale).view(1, -1, 1, 1))
    latents = ((means - vae.shift.cpu().numpy()) * vae.scale.cpu().numpy()).astype(np.float16)
    with replacing(out / LATENTS) as file:
        np.save(file, latents)
    weights = {key: value.cpu().contiguous() for key, value in vae.state_dict().items()}
    write(out / WEIGHTS, save(weights, {"config": json.dumps(asdict(vae.config))}))


def load(path: Path) -> AutoencoderKL:
    """The autoencoder that `train` wrote; StorageError where it cannot be read."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, "pt") as file:
            config = AutoencoderConfig(**json.loads(file.metadata()["config"]))
            weights = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118 - safe_open is no dict
    except (OSError, SafetensorError, KeyError, TypeError) as error:
        raise StorageError(f"{path} is not an autoencoder written by  gdm-studio train icons-vae ({error}).") from error
    vae = channels_last(AutoencoderKL(config))
    vae.load_state_dict(weights)
    return vae.eval().requires_grad_(False)


def load_latents(vae: Path, pictures: Pictures) -> NDArray[np.float16]:
    """(count, C, h, w) that `train` wrote beside the autoencoder `vae`, one a picture; raises StorageError."""
    path = vae.with_name(LATENTS)
    try:
        latents: NDArray[np.float16] = np.load(path)
    except (OSError, ValueError, EOFError) as error:
        raise StorageError(f"{path} cannot be read; make it with  gdm-studio train icons-vae") from error
    if len(latents) != pictures.count:
        raise StorageError(
            f"{path} has latents of {len(latents)} pictures, but there are {pictures.count}; "
            "make them again with  gdm-studio train icons-vae"
        )
    return latents


def split(pictures: Pictures, share: float) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Training and held-out indices; whole concepts are held out, chosen by a hash of their name."""
    hashes = {row["concept"]: hashlib.sha256(row["concept"].encode()).digest()[0] for row in pictures.rows}
    held = np.array([hashes[row["concept"]] < 256 * share for row in pictures.rows], dtype=bool)
    return np.flatnonzero(~held), np.flatnonzero(held)


def start_from_principal_components(vae: AutoencoderKL, pictures: Tensor) -> None:
    """Set the linear patch transforms to PCA of the pictures' patches: training starts from the best linear code.

    Components are scaled half way between whitened and natural (by the fourth root of the variance), unit on average.
    """
    config = vae.config
    side, count = config.factor, config.latent_channels
    patches = F.unfold(pictures, side, stride=side).transpose(1, 2).reshape(-1, config.picture_channels * side**2)
    mean = patches.mean(0)
    variance, basis = torch.linalg.eigh(torch.cov((patches - mean).T))
    variance, basis = variance[-count:].flip(0), basis[:, -count:].flip(1)      # (C,), (4 side^2, C)
    gain = variance**-0.25
    gain = gain / (variance * gain**2).mean().sqrt()
    with torch.no_grad():
        vae.patch.weight.copy_((basis * gain).T.view_as(vae.patch.weight))
        _bias(vae.patch).copy_(-(mean @ basis) * gain)
        vae.unpatch.weight.copy_((basis / gain).view_as(vae.unpatch.weight))
        _bias(vae.unpatch).copy_(mean)


def _bias(layer: torch.nn.Conv2d) -> Tensor:
    assert layer.bias is not None
    return layer.bias


def latent_scaling(means: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Shift and scale (C,) that centre channels, take out half of their spread, and make the variance of all one."""
    flat = means.astype(np.float64)
    shift, spread = flat.mean(axis=(0, 2, 3)), flat.std(axis=(0, 2, 3))
    scale = spread**-0.5
    scale /= math.sqrt(np.mean((spread * scale) ** 2))
    return shift.astype(np.float32), scale.astype(np.float32)


@torch.inference_mode()
def encode_means(vae: AutoencoderKL, rgba: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Unscaled latents of straight-alpha pictures (N, H, W, 4)."""
    x = to_tensor(rgba).to(vae.shift.device)
    with torch.autocast(x.device.type, torch.bfloat16):
        mean, _ = vae.posterior(x)
    return mean.float().cpu().numpy()


@torch.inference_mode()
def quality(vae: AutoencoderKL, pictures: Pictures, indices: NDArray[np.int64]) -> dict[str, float]:
    """PSNR in dB of reconstructions from the posterior's mean: over mid-grey, and of alpha.

    Averaged over pictures; and over those of the style that comes out worst, of styles with LEAST_OF_STYLE or more.
    Nothing where there are no pictures.
    """
    if len(indices) == 0:
        return {}
    rgb, alpha, styles = [], [], [pictures.rows[index]["style"] for index in indices]
    for at in range(0, len(indices), 32):
        x = to_tensor(pictures.rgba(indices[at : at + 32])).to(vae.shift.device)
        with torch.autocast(x.device.type, torch.bfloat16):
            y = vae.reconstruct(vae.posterior(x)[0]).float()
        x, y = (x + 1) / 2, ((y + 1) / 2).clamp(0, 1)
        over_grey = [z[:, :3] + 0.5 * (1 - z[:, 3:]) for z in (x, y)]
        rgb += psnr(*over_grey)
        alpha += psnr(x[:, 3:], y[:, 3:])
    mean = {"psnr_rgb": float(np.mean(rgb)), "psnr_alpha": float(np.mean(alpha))}
    common = [style for style, count in Counter(styles).items() if count >= LEAST_OF_STYLE]
    by_style = {style: [value for value, of in zip(rgb, styles, strict=True) if of == style] for style in common}
    return mean | {"psnr_rgb_worst_style": min(map(float, map(np.mean, by_style.values())), default=mean["psnr_rgb"])}


def psnr(x: Tensor, y: Tensor) -> list[float]:
    """Peak signal-to-noise ratio in dB of each of (N, C, H, W) in 0 … 1 against the other; at most 70."""
    errors = (x - y).square().mean((1, 2, 3)).clamp(min=1e-7)
    return (-10 * errors.log10()).tolist()


def _update(
    gradients: ShardedGradients,
    vae: AutoencoderKL,
    optimizer: torch.optim.Optimizer,
    x: Tensor,
    *,
    recipe: VaeRecipe,
    rng: np.random.Generator,
) -> float:
    latent = (vae.config.latent_channels, x.shape[2] // vae.config.factor, x.shape[3] // vae.config.factor)
    noise = normal(rng, len(x), *latent).to(x.device)
    strength = torch.from_numpy(rng.uniform(0, recipe.noise, len(x))).float().to(x.device)
    strength[::2] = 0
    more = strength[:, None, None, None] * normal(rng, len(x), *latent).to(x.device)
    loss = gradients(lambda x, noise, more: _loss(vae, x, noise, more, recipe), x, noise, more)
    torch.nn.utils.clip_grad_norm_(vae.parameters(), 1.0)
    optimizer.step()
    return loss


def _loss(vae: AutoencoderKL, x: Tensor, noise: Tensor, more: Tensor, recipe: VaeRecipe) -> Tensor:
    with torch.autocast(x.device.type, torch.bfloat16):
        mean, log_variance = vae.posterior(x)
        mean = mean.float()
        # in units of the latents' own spread, so that the encoder cannot drown the noise by larger numbers
        spread = mean.detach().std(dim=(0, 2, 3), keepdim=True)
        y = vae.reconstruct(mean + (0.5 * log_variance).exp() * noise + spread * more)
    kl = 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).mean()
    return difference(y.float() - x) + recipe.kl_weight * kl


def difference(error: Tensor) -> Tensor:
    """How wrong pictures (N, C, H, W) are: absolute and squared error, and half of the error of their edges."""
    edges = error.diff(dim=2).abs().mean() + error.diff(dim=3).abs().mean()
    return error.abs().mean() + error.square().mean() + 0.5 * edges


def _batch(
    pictures: Pictures, training: NDArray[np.int64], recipe: VaeRecipe, rng: np.random.Generator, step: int
) -> Tensor:
    per_picture = (pictures.size // recipe.crop) ** 2
    if step % recipe.whole_every == 0:
        return to_tensor(pictures.rgba(rng.choice(training, max(recipe.batch // per_picture, 1))))
    rgba = pictures.rgba(rng.choice(training, recipe.batch))
    corners = rng.integers(0, pictures.size - recipe.crop + 1, (recipe.batch, 2))
    crops = [p[y : y + recipe.crop, x : x + recipe.crop] for p, (y, x) in zip(rgba, corners, strict=True)]
    return to_tensor(np.stack(crops))


def _save(out: Path, vae: AutoencoderKL, optimizer: torch.optim.Optimizer, step: int) -> None:
    state = {"vae": vae.state_dict(), "optimizer": optimizer.state_dict(), "step": step}
    save_checkpoint(out / "checkpoint.pt", state)


def _sample(indices: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    return np.random.default_rng(0).permutation(indices)[:count]


def to_tensor(rgba: NDArray[np.uint8]) -> Tensor:
    """Straight-alpha uint8 (N, H, W, 4) to premultiplied -1..1 (N, 4, H, W), channels last in memory."""
    x = torch.from_numpy(rgba).float() / 255
    x[..., :3] *= x[..., 3:]
    return (2 * x - 1).permute(0, 3, 1, 2)
