"""Training recipe for the ×2 upscaler, which learns from icons at two sizes, with sharp and softened inputs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Annotated, ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import save
from torch import Tensor, nn
from torch.nn import functional as F

from gdm_studio.common.atomic_files import make_folder, write
from gdm_studio.models.memory.precision import fast_autocast
from gdm_studio.models.upscalers.built_in_upscaler import CARD, FORMAT, WEIGHTS
from gdm_studio.models.upscalers.stepwise_upscaling import premultiply
from gdm_studio.networks.icons.upscaler import Upscaler, UpscalerConfig
from gdm_studio.networks.layers import channels_last
from gdm_studio.training.data.dataset import open_pictures
from gdm_studio.training.icons.autoencoder_training import reconstruction_error
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
    Subset,
    Warmup,
)
from gdm_studio.training.upscaler.images import Pyramid, Softener
from gdm_studio.training.upscaler.quality import heldout_images, measure_quality

# The minimum variance of a crop. Others are too uniform to learn from.
FLAT = 1e-3


@dataclass(frozen=True, kw_only=True)
class UpscalerRecipe(CooldownRecipe[Upscaler]):
    """Training recipe for the upscaler, a network that doubles the size of generated icons."""

    name: ClassVar[str] = "upscaler"
    product: ClassVar[str] = WEIGHTS

    data: Data
    vae: Annotated[Path | None, Option("Autoencoder", "vae.safetensors whose blur the upscaler removes")] = None
    source: Annotated[
        Path | None, Option("Source", "folder with the npm archives; default: download them", may_change=True)
    ] = None
    subset: Subset = "narrow"
    # The number of images, which are evenly selected from the subset. More would add little variety.
    pictures: int = 1_200
    # The samples are crops.
    samples: Samples = 32_000
    batch: Batch = 8
    # The side of a crop in pixels before upscaling.
    crop: int = 40
    learning_rate: LearningRate = 2e-3
    warmup: Warmup = 800
    cooldown: Cooldown = 16_000
    # The fraction of steps that apply the upscaler twice, as it is done for images of 512 pixels.
    twice: float = 0.4
    # The fraction of crops with softened input, which is like the output of a decoder.
    soft: float = 0.6
    # The maximum standard deviation of the noise on the autoencoder's latents.
    latent_noise: float = 0.2

    @property
    def softening(self) -> Softener | None:
        return Softener(self.vae, self.latent_noise, self.seed) if self.vae else None

    @cached_property
    def pyramid(self) -> Pyramid:
        """Training images at several sizes, for drawing pairs of small and large crops."""
        pictures = open_pictures(self.data)
        chosen = pictures.indices(self.subset)
        return Pyramid.of(pictures, chosen[:: max(1, len(chosen) // self.pictures)], self.softening)

    def model(self, out: Path) -> Upscaler:
        return channels_last(Upscaler(UpscalerConfig()))

    def modules(self, model: Upscaler) -> dict[str, nn.Module]:
        return {"network": model}

    def objectives(self, model: Upscaler) -> Sequence[Objective]:
        def loss(small: Tensor, *truths: Tensor) -> Tensor:
            return doubling_loss(model, small, *truths)

        optimizer = torch.optim.AdamW(model.parameters(), betas=(0.9, 0.99), weight_decay=0.0, fused=True)
        return (Objective("loss", loss, list(model.parameters()), [optimizer]),)

    def draw(self, model: Upscaler, rng: np.random.Generator, step: int) -> tuple[Tensor, ...]:
        return draw_batch(self.pyramid, self, rng)

    def finish(self, model: Upscaler, out: Path, seen: int) -> None:
        """Measure the trained upscaler on held-out icons, and write its weights and model card."""
        truth = heldout_images(self.source, self.pyramid.levels[-1].shape[1])
        counts = {"windows_seen": seen, "held_out_pictures": len(truth)}
        export(model, out, measure_quality(model, truth, self.softening) | counts)


def export(network: Upscaler, out: Path, figures: dict[str, float]) -> Path:
    """Write the upscaler's weights in bf16 and its model card to the folder `out`. Returns the path of the weights.

    `figures` are the measurements for the card.
    """
    make_folder(out)
    weights = {key: value.detach().bfloat16().contiguous() for key, value in network.state_dict().items()}
    write(out / WEIGHTS, save(weights, {"format": FORMAT, "config": json.dumps(asdict(network.config))}))
    card = {
        "name": "upscaler",
        "title": "Upscaler",
        "summary": "Doubles the size of an image with transparency; applied repeatedly for ×4 and ×8.",
        "date": date.today().isoformat(),
        "parameters": sum(map(Tensor.numel, weights.values())),
        "channels": network.config.channels,
        "scale": 2,
        "author": "GDM Studio",
        "licence": "Apache-2.0",
        "learnt_from": "Crops of the drawings that the model `icons` was trained on; see NOTICE.",
        "figures": {name: round(value, 3) for name, value in figures.items()},
    }
    write(out / CARD, (json.dumps(card, indent=1) + "\n").encode())
    return out / WEIGHTS


def doubling_loss(network: Upscaler, small: Tensor, *truths: Tensor) -> Tensor:
    """Return the training loss of the upscaler: the error after each doubling of the size, averaged over the doublings.
    `truths` are the target images.

    Images are composited over black and over white. The gradient of a later step also flows through the earlier ones.
    """
    x, total = small, small.new_zeros(())
    for truth in truths:
        with fast_autocast(x.device):
            x = network(x)
        x = x.float()
        error = 2 * (x - truth)
        # If the edges of colour and alpha do not match, this is visible as a rim over white.
        over_white = error[:, :3] - error[:, 3:]
        total = total + (reconstruction_error(error) + reconstruction_error(over_white)) / len(truths)
    return total


def draw_batch(pyramid: Pyramid, recipe: UpscalerRecipe, rng: np.random.Generator) -> tuple[Tensor, ...]:
    """Draw a training batch: random crops (N, 4, side, side) as inputs, and the same crops at twice the size as
    targets.

    In some steps there are also targets at four times the size.
    """
    doublings = 2 if rng.random() < recipe.twice else 1
    level = 0 if doublings == 2 or rng.random() < 0.3 else 1
    side, small = recipe.crop // doublings, pyramid.levels[level]
    stacks: list[list[Tensor]] = [[] for _ in range(doublings + 1)]
    while len(stacks[0]) < recipe.batch:
        row = int(rng.integers(len(small)))
        corner = rng.integers(0, small.shape[1] - side + 1, 2).tolist()
        truths = [
            premultiply(_crop_window(pyramid.levels[level + n][row], corner, side, 2**n))
            for n in range(1, doublings + 1)
        ]
        if truths[0].var() < FLAT and rng.random() < 0.9:
            continue
        stacks[0].append(_prepare_input(pyramid, row, corner, truths[0], level=level, recipe=recipe, rng=rng))
        for stack, truth in zip(stacks[1:], truths, strict=True):
            stack.append(truth)
    return tuple(torch.cat(stack).contiguous(memory_format=torch.channels_last) for stack in stacks)


def _prepare_input(
    pyramid: Pyramid,
    row: int,
    corner: list[int],
    truth: Tensor,
    *,
    level: int,
    recipe: UpscalerRecipe,
    rng: np.random.Generator,
) -> Tensor:
    """Return the network input for the target image `truth`. It is half the size, either sharp or softened like a
    generated image.
    """
    side = truth.shape[-1] // 2
    sharp = F.avg_pool2d(truth, 2)
    if rng.random() < 0.5:
        sharp = premultiply(_crop_window(pyramid.levels[level][row], corner, side, 1))
    if rng.random() >= recipe.soft:
        return sharp
    if pyramid.decoded is not None and level == 1 and rng.random() < 0.7:
        return premultiply(_crop_window(pyramid.decoded[row], corner, side, 1))
    return _blur(sharp, rng)


def _crop_window(rgba: NDArray[np.uint8], corner: list[int], side: int, scale: int) -> NDArray[np.uint8]:
    top, left = corner
    return np.array(rgba[None, top * scale : (top + side) * scale, left * scale : (left + side) * scale])


def _blur(x: Tensor, rng: np.random.Generator) -> Tensor:
    """Blur an image by less than a pixel, and add slight noise where it is not transparent.

    This degrades training inputs.
    """
    sigma = rng.uniform(0.25, 0.8)
    taps = torch.exp(-0.5 * (torch.arange(-2, 3) / sigma) ** 2)
    taps = taps / taps.sum()
    kernel = (taps[:, None] * taps[None, :]).expand(x.shape[1], 1, 5, 5)
    blurred = F.conv2d(F.pad(x, (2, 2, 2, 2), mode="replicate"), kernel, groups=x.shape[1])
    noise = rng.uniform(0, 0.02) * normal(rng, *x.shape)
    return (blurred + noise * (blurred[:, 3:] > 0.01)).clamp(0, 1)
