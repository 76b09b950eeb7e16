"""The autoencoder of `icons` in training: how it begins and grows, its latents, its errors."""

from __future__ import annotations

import hashlib
import json
import math
from collections import Counter
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import save
from torch import Tensor
from torch.nn import functional as F

from gdm_studio.atomic import replacing, write
from gdm_studio.errors import StorageError
from gdm_studio.models.precision import quickly
from gdm_studio.networks.autoencoder_kl import AutoencoderConfig, AutoencoderKL
from gdm_studio.networks.layers import channels_last
from gdm_studio.training.data.dataset import Pictures

WEIGHTS = "vae.safetensors"
LATENTS = "latents.npy"
LATENT_SIDE = 16
LEAST_OF_STYLE = 4  # pictures, for the figure of a style


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


def begun(init: Path | None, size: int) -> AutoencoderKL:
    """The autoencoder that training begins with: a new one, or that in the file `init`, grown to pictures of `size`."""
    if init is None:
        return channels_last(AutoencoderKL(config_for(size)))
    vae = load(init).train().requires_grad_(True)
    while vae.config.factor * LATENT_SIDE < size:
        vae = doubled(vae)
    return vae


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


def encode_all(vae: AutoencoderKL, pictures: Pictures, out: Path, *, rescale: bool) -> None:
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
    """The autoencoder that training wrote; StorageError where it cannot be read."""
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
    """(count, C, h, w) that training wrote beside the autoencoder `vae`, one a picture; raises StorageError."""
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
    gain = variance.clamp(min=1e-6) ** -0.25
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
    with quickly(x.device):
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
        with quickly(x.device):
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


def difference(error: Tensor) -> Tensor:
    """How wrong pictures (N, C, H, W) are: absolute and squared error, and half of the error of their edges."""
    edges = error.diff(dim=2).abs().mean() + error.diff(dim=3).abs().mean()
    return error.abs().mean() + error.square().mean() + 0.5 * edges


def to_tensor(rgba: NDArray[np.uint8]) -> Tensor:
    """Straight-alpha uint8 (N, H, W, 4) to premultiplied -1..1 (N, 4, H, W), channels last in memory."""
    x = torch.from_numpy(rgba).float() / 255
    x[..., :3] *= x[..., 3:]
    return (2 * x - 1).permute(0, 3, 1, 2)
