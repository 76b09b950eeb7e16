"""The autoencoder of `icons` in training: initialisation, growth to larger images, latents and quality."""

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

from gdm_studio.common.atomic_files import open_replacement, write
from gdm_studio.common.errors import StorageError
from gdm_studio.models.memory.precision import fast_autocast
from gdm_studio.networks.bounded_construction import load_network
from gdm_studio.networks.icons.autoencoder import AutoencoderConfig, AutoencoderKL
from gdm_studio.networks.layers import channels_last
from gdm_studio.training.data.dataset import Pictures

WEIGHTS = "vae.safetensors"
LATENTS = "latents.npy"
LATENT_SIDE = 16
# The minimum number of images for measuring a style.
LEAST_OF_STYLE = 4


def config_for(size: int) -> AutoencoderConfig:
    """Return the configuration of the `icons` autoencoder for images of `size` pixels.

    The default configuration is for 128 pixels. Each doubling of the size adds one decoder level, so that the latents
    remain 16 × 16.
    """
    config = AutoencoderConfig()
    while 2 * config.factor * LATENT_SIDE <= size:
        config = _double_config(config)
    return config


def _double_config(config: AutoencoderConfig) -> AutoencoderConfig:
    """Return the configuration of an autoencoder for images of twice the size, with one more decoder level."""
    return replace(
        config,
        fold=2 * config.fold,
        decoder=(*config.decoder, config.decoder[-1] // 2),
        decoder_blocks=(*config.decoder_blocks, 1),
    )


def initial_autoencoder(init: Path | None, size: int) -> AutoencoderKL:
    """Create the initial autoencoder of the training, for images of `size` pixels.

    It is newly initialised, or loaded from the file `init` and grown to this size.
    """
    if init is None:
        return channels_last(AutoencoderKL(config_for(size)))
    vae = load(init).train().requires_grad_(True)
    while vae.config.factor * LATENT_SIDE < size:
        vae = grow(vae)
    return vae


@torch.no_grad()
def grow(vae: AutoencoderKL) -> AutoencoderKL:
    """Create an autoencoder for images of twice the size from a trained one. It encodes an image as the original
    encodes the image at half size.

    Its new, finer decoder level and its linear decoder are untrained.
    """
    config = vae.config
    grown = AutoencoderKL(_double_config(config))
    first: Tensor = vae.encoder.state_dict()["1.weight"]
    fold = first.unflatten(1, (config.picture_channels, config.fold, config.fold))
    kept = {
        "shift": vae.shift,
        "scale": vae.scale,
        "patch.weight": _enlarge_kernel(vae.patch.weight),
        "patch.bias": _get_bias(vae.patch),
        "encoder.1.weight": _enlarge_kernel(fold.flatten(4)).flatten(1, 3).unflatten(2, fold.shape[4:]),
    }
    kept |= {f"encoder.{name}": each for name, each in vae.encoder.state_dict().items() if name != "1.weight"}
    # The last four layers are not copied. They convert the finest level to pixels.
    levels = len(vae.decoder) - 4
    kept |= {
        f"decoder.{name}": each for name, each in vae.decoder.state_dict().items() if int(name.split(".")[0]) < levels
    }
    grown.load_state_dict(kept, strict=False)
    return channels_last(grown)


def _enlarge_kernel(kernel: Tensor) -> Tensor:
    """Enlarge a convolution kernel (out, C, side, side, ...) to twice the side. The result first averages blocks of 2 ×
    2 pixels.
    """
    return kernel.repeat_interleave(2, dim=2).repeat_interleave(2, dim=3) / 4


@torch.no_grad()
def fit_linear_decoder(vae: AutoencoderKL, pictures: Tensor) -> None:
    """Set the autoencoder's linear decoder to the least-squares fit from latents to the pixels of the given images."""
    side = vae.config.factor
    patches = F.unfold(pictures, side, stride=side).transpose(1, 2).flatten(0, 1)  # (P, 4 side²)
    means = torch.cat([vae.posterior(part)[0] for part in pictures.split(32)])
    latents = means.flatten(2).transpose(1, 2).flatten(0, 1)  # (P, C)
    known = torch.cat([latents, torch.ones_like(latents[:, :1])], dim=1)
    solution = torch.linalg.solve(known.T @ known, known.T @ patches)  # (C + 1, 4 side²)
    vae.unpatch.weight.copy_(solution[:-1].T.reshape(vae.unpatch.weight.shape))
    _get_bias(vae.unpatch).copy_(solution[-1])


def encode_all(vae: AutoencoderKL, pictures: Pictures, out: Path, *, rescale: bool) -> None:
    """Encode every image of the dataset, and write the latents and the autoencoder to the folder `out`.

    With `rescale`, the latents' shift and scale are first fitted and stored in the weights.
    """
    vae.eval()
    means = np.concatenate(
        [
            encode_means(vae, pictures.rgba(np.arange(at, min(at + 64, pictures.count))))
            for at in range(0, pictures.count, 64)
        ]
    )  # (count, C, h, w)
    if rescale:
        shift, scale = latent_scaling(means)
        vae.shift.copy_(torch.from_numpy(shift).view(1, -1, 1, 1))
        vae.scale.copy_(torch.from_numpy(scale).view(1, -1, 1, 1))
    latents = ((means - vae.shift.cpu().numpy()) * vae.scale.cpu().numpy()).astype(np.float16)
    with open_replacement(out / LATENTS) as file:
        np.save(file, latents)
    weights = {key: value.cpu().contiguous() for key, value in vae.state_dict().items()}
    write(out / WEIGHTS, save(weights, {"config": json.dumps(asdict(vae.config))}))


def load(path: Path) -> AutoencoderKL:
    """Load a trained autoencoder from a file of a training run, frozen. Raises StorageError if it cannot be read."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, "pt") as file:
            config = AutoencoderConfig(**json.loads(file.metadata()["config"]))
            weights = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118 - safe_open is no dict
        vae = load_network(lambda: AutoencoderKL(config), weights)
    except (OSError, SafetensorError, KeyError, TypeError, ValueError) as error:
        raise StorageError(f"{path} is not an autoencoder written by  gdm-studio train icons-vae ({error}).") from error
    return channels_last(vae).eval().requires_grad_(False)


def load_latents(vae: Path, pictures: Pictures) -> NDArray[np.float16]:
    """Load the latents (count, C, h, w) of all dataset images, which are stored next to the autoencoder file `vae`.

    Raises StorageError if they cannot be read, or if their number differs from the number of images.
    """
    path = vae.with_name(LATENTS)
    try:
        latents: NDArray[np.float16] = np.load(path)
    except (OSError, ValueError, EOFError) as error:
        raise StorageError(f"{path} cannot be read; create it with  gdm-studio train icons-vae") from error
    if len(latents) != pictures.count:
        raise StorageError(
            f"{path} has latents of {len(latents)} images, but there are {pictures.count}; "
            "encode them again with  gdm-studio train icons-vae"
        )
    return latents


def split(pictures: Pictures, share: float) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Divide the dataset into training and held-out images, and return the indices of both.

    Whole concepts are held out, selected by a hash of their name. `share` is the fraction of held-out concepts.
    """
    hashes = {row["concept"]: hashlib.sha256(row["concept"].encode()).digest()[0] for row in pictures.rows}
    held = np.array([hashes[row["concept"]] < 256 * share for row in pictures.rows], dtype=bool)
    return np.flatnonzero(~held), np.flatnonzero(held)


def start_from_principal_components(vae: AutoencoderKL, pictures: Tensor) -> None:
    """Initialise the autoencoder with the principal components of image patches, the optimal linear code.

    Components are scaled halfway between whitened and natural (by the fourth root of the variance), with a mean
    variance of one.
    """
    config = vae.config
    side, count = config.factor, config.latent_channels
    patches = F.unfold(pictures, side, stride=side).transpose(1, 2).reshape(-1, config.picture_channels * side**2)
    mean = patches.mean(0)
    variance, basis = torch.linalg.eigh(torch.cov((patches - mean).T))
    variance, basis = variance[-count:].flip(0), basis[:, -count:].flip(1)  # (C,), (4 side^2, C)
    gain = variance.clamp(min=1e-6) ** -0.25
    gain = gain / (variance * gain**2).mean().sqrt()
    with torch.no_grad():
        vae.patch.weight.copy_((basis * gain).T.view_as(vae.patch.weight))
        _get_bias(vae.patch).copy_(-(mean @ basis) * gain)
        vae.unpatch.weight.copy_((basis / gain).view_as(vae.unpatch.weight))
        _get_bias(vae.unpatch).copy_(mean)


def _get_bias(layer: torch.nn.Conv2d) -> Tensor:
    assert layer.bias is not None
    return layer.bias


def latent_scaling(means: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Compute the shift and scale (C,) that normalise latents (N, C, h, w) to mean zero and a mean variance of one.

    The differences between the channels' spreads are halved (in log).
    """
    flat = means.astype(np.float64)
    shift, spread = flat.mean(axis=(0, 2, 3)), flat.std(axis=(0, 2, 3))
    scale = spread**-0.5
    scale /= math.sqrt(np.mean((spread * scale) ** 2))
    return shift.astype(np.float32), scale.astype(np.float32)


@torch.inference_mode()
def encode_means(vae: AutoencoderKL, rgba: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Encode straight-alpha images (N, H, W, 4), and return the unscaled means of their latents (N, C, h, w)."""
    x = to_tensor(rgba).to(vae.shift.device)
    with fast_autocast(x.device):
        mean, _ = vae.posterior(x)
    return mean.float().cpu().numpy()


@torch.inference_mode()
def measure_quality(vae: AutoencoderKL, pictures: Pictures, indices: NDArray[np.int64]) -> dict[str, float]:
    """Measure how well the autoencoder reconstructs images: PSNR in dB, for colours over grey and for alpha.

    Latents are posterior means. The values are means over all images. `psnr_rgb_worst_style` is the mean of the worst
    style with at least LEAST_OF_STYLE images. Returns {} if there are no images.
    """
    if len(indices) == 0:
        return {}
    rgb, alpha, styles = [], [], [pictures.rows[index]["style"] for index in indices]
    for at in range(0, len(indices), 32):
        x = to_tensor(pictures.rgba(indices[at : at + 32])).to(vae.shift.device)
        with fast_autocast(x.device):
            y = vae.reconstruct(vae.posterior(x)[0]).float()
        x, y = (x + 1) / 2, ((y + 1) / 2).clamp(0, 1)
        over_grey = [z[:, :3] + 0.5 * (1 - z[:, 3:]) for z in (x, y)]
        rgb += psnr(*over_grey)
        alpha += psnr(x[:, 3:], y[:, 3:])
    mean = {"psnr_rgb": float(np.mean(rgb)), "psnr_alpha": float(np.mean(alpha))}
    common = [style for style, count in Counter(styles).items() if count >= LEAST_OF_STYLE]
    by_style = {style: [value for value, own in zip(rgb, styles, strict=True) if own == style] for style in common}
    return mean | {"psnr_rgb_worst_style": min(map(float, map(np.mean, by_style.values())), default=mean["psnr_rgb"])}


def psnr(x: Tensor, y: Tensor) -> list[float]:
    """Return the peak signal-to-noise ratio of each image in x against y, in dB and at most 70.

    Both have the shape (N, C, H, W) and values in 0 … 1.
    """
    errors = (x - y).square().mean((1, 2, 3)).clamp(min=1e-7)
    return (-10 * errors.log10()).tolist()


def reconstruction_error(error: Tensor) -> Tensor:
    """Return the loss for the pixel differences `error` (N, C, H, W) between reconstructed and original images.

    It is the mean absolute error, plus the mean squared error, plus half the gradient error.
    """
    edges = error.diff(dim=2).abs().mean() + error.diff(dim=3).abs().mean()
    return error.abs().mean() + error.square().mean() + 0.5 * edges


def to_tensor(rgba: NDArray[np.uint8]) -> Tensor:
    """Convert straight-alpha uint8 images (N, H, W, 4) to network inputs (N, 4, H, W), premultiplied in −1 … 1.

    The tensor is channels-last in memory.
    """
    x = torch.from_numpy(rgba).float() / 255
    x[..., :3] *= x[..., 3:]
    return (2 * x - 1).permute(0, 3, 1, 2)
