"""Recipe: train the ×2 upscaler on drawings at a size and at twice it, sharp ones and soft ones."""

from __future__ import annotations

import itertools
import json
import math
from collections import defaultdict
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from safetensors.torch import save
from torch import Tensor
from torch.nn import functional as F

from gdm_studio.atomic import make_folder, write
from gdm_studio.errors import StudioError
from gdm_studio.models.families.icons_model import straight
from gdm_studio.models.upscaler import CARD, FORMAT, WEIGHTS
from gdm_studio.networks.layers import channels_last
from gdm_studio.networks.upscaler import Upscaler, UpscalerConfig
from gdm_studio.training.data.catalogue import heldout_entries
from gdm_studio.training.data.dataset import Pictures, open_pictures
from gdm_studio.training.data.fetch import archives
from gdm_studio.training.data.iconify import Archive
from gdm_studio.training.data.raster import render
from gdm_studio.training.icons_vae import difference, encode_means, psnr
from gdm_studio.training.icons_vae import load as load_autoencoder
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

Enlarge = Callable[[Tensor], Tensor]
FLAT = 1e-3  # variance of a window below which there is nothing to learn in it


@dataclass(frozen=True)
class UpscalerRecipe:
    """Everything that decides the result, but for the pictures and the autoencoder."""

    subset: str = "narrow"
    pictures: int = 1_200  # of the subset, evenly: windows of more would teach little that is new
    samples: int = 32_000  # windows
    batch: int = 8
    crop: int = 40  # pixels a side of a window before doubling
    learning_rate: float = 2e-3
    warmup: int = 800
    cooldown: int = 16_000
    twice: float = 0.4  # share of the steps that double two times, as 512 pixels need
    soft: float = 0.6  # share of the windows whose input is softened as a decoder's pictures are
    latent_noise: float = 0.2  # largest standard deviation of noise on the autoencoder's latents
    threads: int = 1  # that share a batch
    seed: int = 0


def train(data: Path, out: Path, *, vae: Path | None, source: Path | None, recipe: UpscalerRecipe) -> Path:
    """Trains on pictures of 256 pixels and writes `upscaler.safetensors` and `card.json` into `out`.

    `vae` is the autoencoder whose softness is to be undone (that of `gdm-studio train icons-vae`), `source` the
    folder of the icon archives, from which held-out pictures are drawn to measure on. Goes on from
    `out/checkpoint.pt`; SIGINT or SIGTERM ends it after the step.
    """
    pictures = open_pictures(data)
    chosen = pictures.indices(recipe.subset)
    chosen = chosen[:: max(1, len(chosen) // recipe.pictures)]
    torch.manual_seed(recipe.seed)
    network = channels_last(Upscaler(UpscalerConfig()))
    optimizer = torch.optim.AdamW(network.parameters(), betas=(0.9, 0.99), weight_decay=0.0, fused=True)
    log = Log(out / "log.jsonl")
    step = 0
    if state := load_checkpoint(out / "checkpoint.pt"):
        network.load_state_dict(state["network"])
        optimizer.load_state_dict(state["optimizer"])
        step = state["step"]
    pyramid = Pyramid.of(pictures, chosen, vae, recipe)
    gradients = ShardedGradients(list(network.parameters()), recipe.threads)
    schedule = Schedule(recipe.samples, recipe.warmup, recipe.cooldown)
    keep, report, losses = Every(60), Every(20), []
    with stop_signals() as stopped:
        while step * recipe.batch < recipe.samples and not stopped():
            rng = step_rng(recipe.seed, step)
            small, truths = _batch(pyramid, recipe, rng)
            optimizer.param_groups[0]["lr"] = recipe.learning_rate * schedule(step * recipe.batch)
            losses.append(gradients(lambda x, *y: _loss(network, x, *y), small, *truths))
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            step += 1
            if report.due():
                log.write(step=step, samples=step * recipe.batch, loss=float(np.mean(losses)))
                losses.clear()
            if keep.due():
                _save(out, network, optimizer, step)
    _save(out, network, optimizer, step)
    truth = held_out(source, pictures.size)
    figures = quality(network, truth, vae=vae, recipe=recipe)
    log.write(step=step, **figures)
    counts = {"windows_seen": step * recipe.batch, "held_out_pictures": len(truth)}
    return export(network, out, figures | counts)


def export(network: Upscaler, out: Path, figures: dict[str, float]) -> Path:
    """Writes the weights in bf16 and the card beside them; returns the weights' path."""
    make_folder(out)
    weights = {key: value.detach().bfloat16().contiguous() for key, value in network.state_dict().items()}
    write(out / WEIGHTS, save(weights, {"format": FORMAT, "config": json.dumps(asdict(network.config))}))
    card = {
        "name": "upscaler",
        "title": "Upscaler",
        "summary": "Doubles a picture with transparency; applied again for four and eight times.",
        "date": date.today().isoformat(),
        "parameters": sum(map(Tensor.numel, weights.values())),
        "channels": network.config.channels,
        "scale": 2,
        "author": "GDM Studio",
        "licence": "Apache-2.0",
        "learnt_from": "Windows of the drawings that the model `icons` learnt from; see NOTICE.",
        "figures": {name: round(value, 3) for name, value in figures.items()},
    }
    write(out / CARD, (json.dumps(card, indent=1) + "\n").encode())
    return out / WEIGHTS


def held_out(source: Path | None, size: int, *, most: int = 200) -> NDArray[np.uint8]:
    """Up to `most` pictures (N, size, size, 4) that no training run may see, evenly from the list."""
    names: dict[str, list[str]] = defaultdict(list)
    for entry in heldout_entries("narrow"):
        if not entry.tone:
            names[entry.set].append(entry.name)
    drawings = [
        icons.svg(name)
        for icons in Archive(archives(source).iconify).read(frozenset(names))
        for name in names[icons.prefix]
        if name in icons
    ]
    if not drawings:
        raise StudioError("None of the held-out pictures are in the archive; is it @iconify/json?")
    return np.stack([render(svg, size) for svg in drawings[:: math.ceil(len(drawings) / most)]])


@torch.inference_mode()
def quality(
    network: Upscaler, truth: NDArray[np.uint8], *, vae: Path | None, recipe: UpscalerRecipe
) -> dict[str, float]:
    """PSNR in dB over mid-grey and of alpha, doubling once from half and twice from a quarter, beside Lanczos.

    With an autoencoder also from its own picture of the half size, noise on the latents.
    """
    network.eval()
    ways: dict[str, Enlarge] = {"": network, "lanczos_": _lanczos}
    found: dict[str, list[float]] = defaultdict(list)
    for start in range(0, len(truth), 16):
        true = premultiplied(truth[start : start + 16])
        given = {"x2": _reduced(true, 2), "x4": _reduced(true, 4)}
        if vae:
            given["decoded_x2"] = premultiplied(reconstructions(vae, levels_of(given["x2"]), recipe))
        for (name, small), (way, enlarge) in itertools.product(given.items(), ways.items()):
            grown = enlarge(small)
            if name == "x4":
                grown = enlarge(grown)
            for part, values in _psnr(grown, true).items():
                found[f"psnr_{way}{name}_{part}"] += values
    return {name: float(np.mean(values)) for name, values in found.items()}


@dataclass(frozen=True)
class Pyramid:
    """The chosen pictures at a quarter, half and full size, and at half size as an autoencoder gives them back."""

    levels: tuple[NDArray[np.uint8], ...]  # each (count, side, side, 4), straight alpha
    decoded: NDArray[np.uint8] | None

    @classmethod
    def of(cls, pictures: Pictures, chosen: NDArray[np.int64], vae: Path | None, recipe: UpscalerRecipe) -> Pyramid:
        """Reads and reduces every picture; a third of a gigabyte for a thousand of them."""
        full, halves, quarters, decoded = [], [], [], []
        for start in range(0, len(chosen), 64):
            rgba = pictures.rgba(chosen[start : start + 64])
            x = premultiplied(rgba)
            full.append(rgba)
            halves.append(levels_of(_reduced(x, 2)))
            quarters.append(levels_of(_reduced(x, 4)))
            if vae:
                decoded.append(reconstructions(vae, halves[-1], recipe))
        levels = tuple(map(np.concatenate, (quarters, halves, full)))
        return cls(levels, np.concatenate(decoded) if vae else None)


@torch.inference_mode()
def reconstructions(vae: Path, rgba: NDArray[np.uint8], recipe: UpscalerRecipe) -> NDArray[np.uint8]:
    """Pictures encoded, disturbed by up to `recipe.latent_noise` each, and decoded: straight alpha as given."""
    autoencoder = load_autoencoder(vae)
    rng = np.random.default_rng(recipe.seed)
    latents = (torch.from_numpy(encode_means(autoencoder, rgba)) - autoencoder.shift) * autoencoder.scale
    strength = torch.from_numpy(rng.uniform(0, recipe.latent_noise, len(rgba))).float()[:, None, None, None]
    with torch.autocast("cpu", torch.bfloat16):
        decoded = autoencoder.decode(latents + strength * normal(rng, *latents.shape))
    return levels_of((decoded.float() + 1) / 2)


def premultiplied(rgba: NDArray[np.uint8]) -> Tensor:
    """Straight-alpha uint8 (N, H, W, 4) to premultiplied 0..1 (N, 4, H, W), channels last in memory."""
    x = torch.from_numpy(rgba).float() / 255
    x[..., :3] *= x[..., 3:]
    return x.permute(0, 3, 1, 2)


def levels_of(x: Tensor) -> NDArray[np.uint8]:
    """Premultiplied 0..1 (N, 4, H, W) to straight-alpha uint8 (N, H, W, 4)."""
    return straight(2 * x - 1).numpy()


def _loss(network: Upscaler, small: Tensor, *truths: Tensor) -> Tensor:
    """The error after each doubling, over black and over white; a later one's gradient goes through those before."""
    x, total = small, small.new_zeros(())
    for truth in truths:
        with torch.autocast(x.device.type, torch.bfloat16):
            x = network(x)
        x = x.float()
        error = 2 * (x - truth)
        over_white = error[:, :3] - error[:, 3:]  # where colour and alpha end at different places, a rim shows
        total = total + (difference(error) + difference(over_white)) / len(truths)
    return total


def _batch(pyramid: Pyramid, recipe: UpscalerRecipe, rng: np.random.Generator) -> tuple[Tensor, list[Tensor]]:
    """Windows (N, 4, side, side), and what they are at twice the size, in some steps also at four times."""
    doublings = 2 if rng.random() < recipe.twice else 1
    level = 0 if doublings == 2 or rng.random() < 0.3 else 1
    side, small = recipe.crop // doublings, pyramid.levels[level]
    stacks: list[list[Tensor]] = [[] for _ in range(doublings + 1)]
    while len(stacks[0]) < recipe.batch:
        row = int(rng.integers(len(small)))
        corner = rng.integers(0, small.shape[1] - side + 1, 2).tolist()
        truths = [
            premultiplied(_window(pyramid.levels[level + n][row], corner, side, 2**n)) for n in range(1, doublings + 1)
        ]
        if truths[0].var() < FLAT and rng.random() < 0.9:
            continue
        stacks[0].append(_input(pyramid, row, corner, truths[0], level=level, recipe=recipe, rng=rng))
        for stack, truth in zip(stacks[1:], truths, strict=True):
            stack.append(truth)
    batch = [torch.cat(stack).contiguous(memory_format=torch.channels_last) for stack in stacks]
    return batch[0], batch[1:]


def _input(
    pyramid: Pyramid,
    row: int,
    corner: list[int],
    truth: Tensor,
    *,
    level: int,
    recipe: UpscalerRecipe,
    rng: np.random.Generator,
) -> Tensor:
    """What is to be doubled into `truth`: reduced by Lanczos or by area, or softened."""
    side = truth.shape[-1] // 2
    sharp = F.avg_pool2d(truth, 2)
    if rng.random() < 0.5:
        sharp = premultiplied(_window(pyramid.levels[level][row], corner, side, 1))
    if rng.random() >= recipe.soft:
        return sharp
    if pyramid.decoded is not None and level == 1 and rng.random() < 0.7:
        return premultiplied(_window(pyramid.decoded[row], corner, side, 1))
    return _blurred(sharp, rng)


def _window(rgba: NDArray[np.uint8], corner: list[int], side: int, scale: int) -> NDArray[np.uint8]:
    top, left = corner
    return np.array(rgba[None, top * scale : (top + side) * scale, left * scale : (left + side) * scale])


def _blurred(x: Tensor, rng: np.random.Generator) -> Tensor:
    """A Gaussian blur of less than a pixel, and a little noise where there is something to see."""
    sigma = rng.uniform(0.25, 0.8)
    taps = torch.exp(-0.5 * (torch.arange(-2, 3) / sigma) ** 2)
    taps = taps / taps.sum()
    kernel = (taps[:, None] * taps[None, :]).expand(x.shape[1], 1, 5, 5)
    blurred = F.conv2d(F.pad(x, (2, 2, 2, 2), mode="replicate"), kernel, groups=x.shape[1])
    noise = rng.uniform(0, 0.02) * normal(rng, *x.shape)
    return (blurred + noise * (blurred[:, 3:] > 0.01)).clamp(0, 1)


def _reduced(x: Tensor, factor: int) -> Tensor:
    """Lanczos, as the training pictures themselves are reduced from their drawings."""
    return _resampled(x, x.shape[-1] // factor)


def _lanczos(x: Tensor) -> Tensor:
    return _resampled(x, 2 * x.shape[-1])


def _resampled(x: Tensor, side: int) -> Tensor:
    """Pillow's Lanczos, channel by channel in float."""
    channels = x.clamp(0, 1).flatten(0, 1).numpy()
    size = (side, side)
    made = [np.asarray(Image.fromarray(channel).resize(size, Image.Resampling.LANCZOS)) for channel in channels]
    return torch.from_numpy(np.stack(made)).view(*x.shape[:2], side, side).clamp(0, 1)


def _psnr(x: Tensor, true: Tensor) -> dict[str, list[float]]:
    """Of each picture: of its colours over mid-grey, and of alpha."""
    x = x.clamp(0, 1)
    over_grey = [z[:, :3] + 0.5 * (1 - z[:, 3:]) for z in (x, true)]
    return {"rgb": psnr(*over_grey), "alpha": psnr(x[:, 3:], true[:, 3:])}


def _save(out: Path, network: Upscaler, optimizer: torch.optim.Optimizer, step: int) -> None:
    state = {"network": network.state_dict(), "optimizer": optimizer.state_dict(), "step": step}
    save_checkpoint(out / "checkpoint.pt", state)
