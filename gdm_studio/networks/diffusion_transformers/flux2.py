"""FLUX.2 (Black Forest Labs 2025): FLUX.1 with SwiGLU, without biases and pooled text, and with shared modulations."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gdm_studio.networks.deep_features import DeepFeatures, reuse_residual
from gdm_studio.networks.diffusion_transformers.blocks import (
    Attention,
    JointBlock,
    Modulation,
    ParallelBlock,
    ShiftAndScale,
    Stream,
    SwiGlu,
    grid_positions,
    latents_of,
    rotary_positions,
    tokens_of,
)
from gdm_studio.networks.diffusion_transformers.configurations import WAVES, Flux2Config
from gdm_studio.networks.papers.backbones.dit import modulate
from gdm_studio.networks.region_text import RegionLayout, joint_bias
from gdm_studio.networks.stable_diffusion.unet import sinusoidal

THETA = 2000.0
# Width of a feed-forward network, in multiples of the tokens' width.
RATIO = 3
# Distance of the first positions of two reference images.
REFERENCE = 10


class Flux2(nn.Module):
    """Denoising transformer of FLUX.2, called as `network(x, timesteps, context, guidance=guidance)`.

    It returns the velocity eps − x0 with the shape of x.
    """

    def __init__(self, config: Flux2Config) -> None:
        super().__init__()
        self.config = config
        width = config.width
        self.image_in = nn.Linear(config.inputs, width, bias=False)
        self.text_in = nn.Linear(config.context, width, bias=False)
        self.time_in = _create_perceptron(width)
        self.guidance_in = _create_perceptron(width) if config.guided else None
        self.image_modulation = Modulation(width, 6, bias=False)
        self.text_modulation = Modulation(width, 6, bias=False)
        self.single_modulation = Modulation(width, 3, bias=False)
        self.joint = nn.ModuleList(
            JointBlock(_create_stream(config), _create_stream(config)) for _ in range(config.double)
        )
        self.parallel = nn.ModuleList(_create_parallel_block(config) for _ in range(config.single))
        self.last_modulation = ShiftAndScale(width, bias=False)
        self.out = nn.Linear(width, config.inputs, bias=False)

    def forward(
        self,
        x: Tensor,  # (N, inputs, H, W)
        timesteps: Tensor,  # (N,), 0 … 1000, may be fractional
        context: Tensor,  # (N, L, context)
        pooled: Tensor | None = None,  # not used
        guidance: Tensor | None = None,  # (N,), the guidance scale
        references: Sequence[Tensor] = (),  # latents (N, inputs, h, w) of reference images
        regions: RegionLayout | None = None,  # where the prompts act of which the context consists
        deep: DeepFeatures | None = None,  # those of all blocks but the first
    ) -> Tensor:
        height, width = x.shape[-2:]
        axes = self.config.axes
        image = self.image_in(torch.cat([tokens_of(each, 1) for each in (x, *references)], dim=1))
        text = self.text_in(context)
        words = torch.zeros(text.shape[1], len(axes), dtype=torch.long)
        words[:, -1] = torch.arange(len(words)) if regions is None else regions.text_positions()
        grids = [
            grid_positions(each.shape[-2], each.shape[-1], len(axes), first=REFERENCE * (place + 1))
            for place, each in enumerate(references)
        ]
        positions = torch.cat([words, grid_positions(height, width, len(axes)), *grids])
        rotation = rotary_positions(positions, axes, THETA, x.device)
        bias = joint_bias(regions, (height, width), image)
        embedding = self.time_in(sinusoidal(timesteps, WAVES).to(x.dtype))
        if self.guidance_in is not None and guidance is not None:
            embedding = embedding + self.guidance_in(sinusoidal(1000 * guidance, WAVES).to(x.dtype))
        c = F.silu(embedding)
        modulations = self.image_modulation(c), self.text_modulation(c)
        image, text = self.joint[0](image, text, modulations, rotation, bias)

        def run_later_blocks() -> Tensor:
            of_image, of_text = image, text
            for block in islice(self.joint, 1, None):
                of_image, of_text = block(of_image, of_text, modulations, rotation, bias)
            tokens = torch.cat([of_text, of_image], dim=1)
            single = self.single_modulation(c)
            for block in self.parallel:
                tokens = block(tokens, single, rotation, bias)
            return tokens[:, text.shape[1] :]

        image = reuse_residual(deep, image, run_later_blocks)
        image = modulate(image[:, : height * width], *self.last_modulation(c))
        return latents_of(self.out(image), height, width, 1)


def _create_stream(config: Flux2Config) -> Stream:
    width = config.width
    return Stream(Attention(width, config.heads, bias=False), SwiGlu(width, RATIO * width))


def _create_parallel_block(config: Flux2Config) -> ParallelBlock:
    width = config.width
    return ParallelBlock(
        Attention(width, config.heads, bias=False, has_out=False),
        SwiGlu(width, RATIO * width, has_down=False),
        nn.Linear((1 + RATIO) * width, width, bias=False),
    )


def _create_perceptron(width: int) -> nn.Sequential:
    return nn.Sequential(nn.Linear(WAVES, width, bias=False), nn.SiLU(), nn.Linear(width, width, bias=False))
