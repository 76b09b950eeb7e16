"""ControlNets for diffusion transformers (Zhang et al. 2023, arXiv:2302.05543): copies of the first blocks, which see a
control image and return residuals.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from gdm_studio.networks.diffusion_transformers.blocks import grid_positions, rotary_positions, tokens_of
from gdm_studio.networks.diffusion_transformers.control_configuration import (
    Flux1ControlConfig,
    QwenImageControlConfig,
)
from gdm_studio.networks.diffusion_transformers.control_residuals import ControlResiduals
from gdm_studio.networks.diffusion_transformers.flux1 import THETA, Flux1Blocks
from gdm_studio.networks.diffusion_transformers.qwen_image import THETA as QWEN_THETA
from gdm_studio.networks.diffusion_transformers.qwen_image import QwenImageBlocks, token_positions
from gdm_studio.networks.region_text import RegionLayout, joint_bias


class Flux1ControlNet(Flux1Blocks):
    """ControlNet for FLUX.1. A union has an additional text token for the kind of the control image (its mode)."""

    def __init__(self, config: Flux1ControlConfig) -> None:
        super().__init__(config.blocks)
        self.residuals = config.blocks.double + config.blocks.single
        self.control_config = config
        width = config.blocks.width
        self.control_in = nn.Linear(config.blocks.inputs, width)
        self.modes = nn.Embedding(config.modes, width) if config.modes else None
        self.joint_out = nn.ModuleList(nn.Linear(width, width) for _ in self.joint)
        self.parallel_out = nn.ModuleList(nn.Linear(width, width) for _ in self.parallel)

    def forward(
        self,
        x: Tensor,  # (N, inputs / 4, H, W)
        timesteps: Tensor,  # (N,), 0 … 1000, may be fractional
        context: Tensor,  # (N, L, context)
        image: Tensor,  # latents of the control image, with the shape of x
        pooled: Tensor | None = None,  # (N, pooled)
        guidance: Tensor | None = None,  # (N,), the guidance scale
        mode: int = 0,  # kind of the control image, for a union
        regions: RegionLayout | None = None,  # where the prompts act of which the context consists
    ) -> ControlResiduals:
        height, width = (side // 2 for side in x.shape[-2:])
        tokens = self.image_in(tokens_of(x)) + self.control_in(tokens_of(image))
        text = self.text_in(context)
        if self.modes is not None:
            modes = torch.full((len(x), 1), mode, device=x.device)
            text = torch.cat([self.modes(modes).to(text.dtype), text], dim=1)
        words = text.shape[1]
        positions = torch.cat([torch.zeros(words, 3, dtype=torch.long), grid_positions(height, width)])
        rotation = rotary_positions(positions, self.config.axes, THETA, x.device)
        bias = joint_bias(regions, (height, width), tokens)
        if regions is not None and self.modes is not None:
            # The kind of the control image comes first and, as it has no place, sees the text by its mean shares.
            bias = regions.joint_bias((height, width), tokens.dtype, other_count=1).roll((1, 1), dims=(2, 3))
        c = self.embed_condition(timesteps, pooled, guidance, x.dtype)
        of_joint, of_parallel = [], []
        for block, out in zip(self.joint, self.joint_out, strict=True):
            tokens, text = block(tokens, text, c, rotation, bias)
            of_joint.append(out(tokens))
        both = torch.cat([text, tokens], dim=1)
        for block, out in zip(self.parallel, self.parallel_out, strict=True):
            both = block(both, c, rotation, bias)
            of_parallel.append(out(both[:, words:]))
        return ControlResiduals(of_joint, of_parallel)


class QwenImageControlNet(QwenImageBlocks):
    """ControlNet for Qwen-Image. A union recognises the kind of the control image by itself."""

    def __init__(self, config: QwenImageControlConfig) -> None:
        super().__init__(config.blocks)
        self.residuals = config.blocks.depth
        self.control_config = config
        width = config.blocks.width
        self.control_in = nn.Linear(4 * config.blocks.channels, width)
        self.blocks_out = nn.ModuleList(nn.Linear(width, width) for _ in self.blocks)

    def forward(
        self,
        x: Tensor,  # (N, channels, H, W)
        timesteps: Tensor,  # (N,), 0 … 1000, may be fractional
        context: Tensor,  # (N, L, context)
        image: Tensor,  # latents of the control image, with the shape of x
        pooled: Tensor | None = None,  # not used
        guidance: Tensor | None = None,  # not used
        mode: int = 0,  # not used
        regions: RegionLayout | None = None,  # where the prompts act of which the context consists
    ) -> ControlResiduals:
        height, width = (side // 2 for side in x.shape[-2:])
        tokens = self.image_in(tokens_of(x)) + self.control_in(tokens_of(image))
        text = self.text_in(self.text_norm(context))
        positions = token_positions(text.shape[1], [(height, width)], regions)
        rotation = rotary_positions(positions, self.config.axes, QWEN_THETA, x.device)
        bias = joint_bias(regions, (height, width), tokens)
        c = self.embed_time(timesteps, x.dtype)
        found = []
        for block, out in zip(self.blocks, self.blocks_out, strict=True):
            tokens, text = block(tokens, text, c, rotation, bias)
            found.append(out(tokens))
        return ControlResiduals(found)
