"""ERNIE-Image (Baidu 2026): one stream of text and image, whose blocks share one modulation."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gdm_studio.networks.deep_features import DeepFeatures, run_later_blocks
from gdm_studio.networks.diffusion_transformers.blocks import (
    Attention,
    JointAttention,
    Modulation,
    Modulations,
    Rotation,
    grid_positions,
    latents_of,
    rotary_positions,
    tokens_of,
)
from gdm_studio.networks.diffusion_transformers.ernie_image_configuration import ErnieImageConfig
from gdm_studio.networks.papers.backbones.dit import modulate
from gdm_studio.networks.region_text import RegionLayout, joint_bias
from gdm_studio.networks.stable_diffusion.unet import sinusoidal

THETA = 256.0
EPS = 1e-6


class ErnieImage(nn.Module):
    """Denoising transformer of ERNIE-Image, called as `network(x, timesteps, context)`.

    It returns the velocity eps − x0 with the shape of x. The context must not be padded, because the position of the
    image tokens depends on its length.
    """

    def __init__(self, config: ErnieImageConfig) -> None:
        super().__init__()
        self.config = config
        width = config.width
        self.image_in = nn.Conv2d(config.channels, width, 1)
        self.text_in = nn.Linear(config.context, width, bias=False)
        self.time_in = nn.Sequential(nn.Linear(width, width), nn.SiLU(), nn.Linear(width, width))
        self.modulation = Modulation(width, 6)
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.depth))
        self.last_modulation = Modulation(width, 2)
        self.out = nn.Linear(width, config.channels)

    def forward(
        self,
        x: Tensor,  # (N, channels, H, W)
        timesteps: Tensor,  # (N,), 0 … 1000, may be fractional
        context: Tensor,  # (N, L, context)
        pooled: Tensor | None = None,  # not used
        guidance: Tensor | None = None,  # not used
        regions: RegionLayout | None = None,  # where the prompts act of which the context consists
        deep: DeepFeatures | None = None,  # those of all blocks but the first
    ) -> Tensor:
        height, width = x.shape[-2:]
        words = context.shape[1]
        # The strides of a 1 × 1 kernel can be read as either memory format, and the formats round differently in bf16.
        image = self.image_in(x.contiguous(memory_format=torch.channels_last))
        tokens = torch.cat([self.text_in(context), tokens_of(image, 1)], dim=1)
        places = torch.zeros(words, len(self.config.axes), dtype=torch.long)
        places[:, 0] = torch.arange(words) if regions is None else regions.text_positions(aligns_ends=True)
        longest = words if regions is None else max(regions.lengths)
        positions = torch.cat([places, grid_positions(height, width, first=longest)])
        rotation = rotary_positions(positions, self.config.axes, THETA, x.device)
        # The sines precede the cosines.
        waves = sinusoidal(timesteps, self.config.width).roll(self.config.width // 2, dims=1)
        embedding = self.time_in(waves.to(x.dtype))
        modulations = self.modulation(F.silu(embedding))
        bias = joint_bias(regions, (height, width), image.flatten(2).transpose(1, 2))
        tokens = self.blocks[0](tokens, modulations, rotation, bias)
        tokens = run_later_blocks(deep, self.blocks, tokens, modulations, rotation, bias)
        scale, shift = self.last_modulation(embedding)
        return latents_of(self.out(modulate(tokens[:, words:], shift, scale)), height, width, 1)


class Block(nn.Module):
    """Transformer block: attention and a gated feed-forward network, each after a modulated normalisation."""

    def __init__(self, config: ErnieImageConfig) -> None:
        super().__init__()
        self.attention = Attention(config.width, config.heads, bias=False)
        self.mix = JointAttention()
        self.feed_forward = GeluGated(config.width, config.hidden)
        self.attention_norm = nn.RMSNorm(config.width, eps=EPS)
        self.feed_forward_norm = nn.RMSNorm(config.width, eps=EPS)

    def forward(
        self, tokens: Tensor, modulations: Modulations, rotation: Rotation, bias: Tensor | None = None
    ) -> Tensor:
        shift, scale, gate, last_shift, last_scale, last_gate = modulations
        query, key, value = self.attention(torch.addcmul(shift, self.attention_norm(tokens), 1 + scale))
        # The attention's own rotation is of neighbouring channels.
        heads = turn(query, rotation), turn(key, rotation), value
        tokens = tokens + gate * self.attention.out(self.mix(heads, None, bias))
        normed = torch.addcmul(last_shift, self.feed_forward_norm(tokens), 1 + last_scale)
        out: Tensor = tokens + last_gate * self.feed_forward(normed)
        return out


class GeluGated(nn.Module):
    """Feed-forward network of a transformer whose hidden layer is gated by GELU, without biases (GEGLU, Shazeer 2020,
    arXiv:2002.05202).
    """

    def __init__(self, width: int, hidden: int) -> None:
        super().__init__()
        self.gate = nn.Linear(width, hidden, bias=False)
        self.up = nn.Linear(width, hidden, bias=False)
        self.down = nn.Linear(hidden, width, bias=False)

    def forward(self, tokens: Tensor) -> Tensor:
        out: Tensor = self.down(F.gelu(self.gate(tokens)) * self.up(tokens))
        return out


def turn(heads: Tensor, rotation: Rotation) -> Tensor:
    """Apply ERNIE-Image's position embedding to queries or keys (N, heads, T, D), in fp32.

    Channels i and i + D/2 are combined as in a rotation, but each has the angle of its own pair of neighbours. The two
    angles differ, so this is not a rotation; the network was trained with it.
    """
    cosine, sine = (part.repeat_interleave(2, dim=-1) for part in rotation)
    x = heads.float()
    first, second = x.chunk(2, dim=-1)
    return (x * cosine + torch.cat([-second, first], dim=-1) * sine).to(heads.dtype)
