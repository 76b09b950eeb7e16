"""Qwen-Image (Wu et al. 2025, arXiv:2508.02324): joint blocks of text and image, with positions around the centre."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gdm_studio.networks.deep_features import DeepFeatures, reuse_residual
from gdm_studio.networks.diffusion_transformers.blocks import (
    Attention,
    GeluFeedForward,
    JointBlock,
    JointCondition,
    Modulation,
    Modulations,
    ShiftAndScale,
    Stream,
    latents_of,
    rotary_positions,
    tokens_of,
)
from gdm_studio.networks.diffusion_transformers.configurations import WAVES
from gdm_studio.networks.diffusion_transformers.control_residuals import ControlResiduals, add_residuals
from gdm_studio.networks.diffusion_transformers.qwen_image_configuration import QwenImageConfig
from gdm_studio.networks.papers.backbones.dit import modulate
from gdm_studio.networks.region_text import RegionLayout, joint_bias
from gdm_studio.networks.stable_diffusion.unet import sinusoidal

THETA = 10000.0


class QwenImageBlocks(nn.Module):
    """Embeddings and blocks that the transformer `QwenImage` and its ControlNets have in common."""

    def __init__(self, config: QwenImageConfig) -> None:
        super().__init__()
        self.config = config
        width = config.width
        self.image_in = nn.Linear(4 * config.channels, width)
        self.text_norm = nn.RMSNorm(config.context, eps=1e-6)
        self.text_in = nn.Linear(config.context, width)
        self.time_in = nn.Sequential(nn.Linear(WAVES, width), nn.SiLU(), nn.Linear(width, width))
        self.blocks = nn.ModuleList(_create_block(config) for _ in range(config.depth))

    def embed_time(self, timesteps: Tensor, dtype: torch.dtype) -> Tensor:
        """Return the activated embedding (N, width) of the time, which modulates all blocks."""
        embedding: Tensor = self.time_in(sinusoidal(timesteps, WAVES).to(dtype))
        return F.silu(embedding)


class QwenImage(QwenImageBlocks):
    """Denoising transformer of Qwen-Image, called as `network(x, timesteps, context)`.

    It returns the velocity eps − x0 with the shape of x, whose sides must be even. The context must not be padded.
    """

    def __init__(self, config: QwenImageConfig) -> None:
        super().__init__(config)
        width = config.width
        self.last_modulation = ShiftAndScale(width)
        self.out = nn.Linear(width, 4 * config.channels)

    def forward(
        self,
        x: Tensor,  # (N, channels, H, W)
        timesteps: Tensor,  # (N,), 0 … 1000, may be fractional
        context: Tensor,  # (N, L, context)
        pooled: Tensor | None = None,  # not used
        guidance: Tensor | None = None,  # not used
        references: Sequence[Tensor] = (),  # latents (N, channels, h, w) of reference images
        control: Sequence[ControlResiduals] = (),  # those of all ControlNets
        regions: RegionLayout | None = None,  # where the prompts act of which the context consists
        deep: DeepFeatures | None = None,  # those of all blocks but the first
    ) -> Tensor:
        height, width = (side // 2 for side in x.shape[-2:])
        image = self.image_in(torch.cat([tokens_of(each) for each in (x, *references)], dim=1))
        text = self.text_in(self.text_norm(context))
        sizes = [(each.shape[-2] // 2, each.shape[-1] // 2) for each in (x, *references)]
        positions = token_positions(text.shape[1], sizes, regions)
        rotation = rotary_positions(positions, self.config.axes, THETA, x.device)
        bias = joint_bias(regions, (height, width), image)
        c = self.embed_time(timesteps, x.dtype)
        clean = None
        if self.config.clean_references and references:
            clean = self.embed_time(torch.zeros_like(timesteps), x.dtype)
        lengths = height * width, image.shape[1] - height * width

        residuals = [each.joint for each in control]

        def run(image: Tensor, text: Tensor, first: int, end: int) -> tuple[Tensor, Tensor]:
            for number, block in islice(enumerate(self.blocks), first, end):
                given: JointCondition = c
                if clean is not None:
                    given = _join_modulations(block, c, clean, lengths)
                image, text = block(image, text, given, rotation, bias)
                image = add_residuals(image, residuals, number, len(self.blocks))
            return image, text

        image, text = run(image, text, 0, 1)
        image = reuse_residual(deep, image, lambda: run(image, text, 1, len(self.blocks))[0])
        image = modulate(image[:, : height * width], *self.last_modulation(c))
        return latents_of(self.out(image), height, width)


def token_positions(words: int, sizes: Sequence[tuple[int, int]], regions: RegionLayout | None = None) -> Tensor:
    """Return the positions (T, 3) of the text tokens and of the tokens of images with these sizes (rows, columns).

    Rows and columns are counted from the centre of each image. The text follows on the diagonal, as does each of the
    prompts of regions.
    """
    images = []
    for number, (rows, columns) in enumerate(sizes):
        places = torch.zeros(rows, columns, 3, dtype=torch.long)
        places[..., 0] = number
        places[..., 1] = (torch.arange(rows) - (rows - rows // 2))[:, None]
        places[..., 2] = torch.arange(columns) - (columns - columns // 2)
        images.append(places.flatten(0, 1))
    first = max(side // 2 for size in sizes for side in size)
    order = torch.arange(words) if regions is None else regions.text_positions()
    text = (first + order)[:, None].expand(-1, 3)
    return torch.cat([text, *images])


def _join_modulations(
    block: nn.Module, c: Tensor, clean: Tensor, lengths: tuple[int, int]
) -> tuple[Modulations, Modulations]:
    """Return a block's modulations of the image tokens and of the text tokens. Of `lengths` image tokens, the first are
    modulated by the embedding `c`, and the others by `clean`.
    """
    assert isinstance(block, JointBlock)
    first, of_text = block.modulations(c)
    last, _ = block.modulations(clean)
    pairs = (zip(pair, lengths, strict=True) for pair in zip(first, last, strict=True))
    return [torch.cat([part.expand(-1, length, -1) for part, length in pair], dim=1) for pair in pairs], of_text


def _create_block(config: QwenImageConfig) -> JointBlock:
    width = config.width
    image, text = (Stream(Attention(width, config.heads), GeluFeedForward(width, 4 * width)) for _ in range(2))
    return JointBlock(image, text, Modulation(width, 6), Modulation(width, 6))
