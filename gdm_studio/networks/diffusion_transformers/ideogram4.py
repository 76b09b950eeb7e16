"""Ideogram 4 (Ideogram 2026): one stream of text and image. A second network of the same kind, for which there is no
text, takes the place of the negative prompt.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gdm_studio.networks.deep_features import DeepFeatures, run_later_blocks
from gdm_studio.networks.diffusion_transformers.blocks import (
    Attention,
    JointAttention,
    Modulation,
    Rotation,
    SwiGlu,
    grid_positions,
    latents_of,
    tokens_of,
)
from gdm_studio.networks.diffusion_transformers.ideogram4_configuration import Ideogram4Config
from gdm_studio.networks.region_text import RegionLayout, joint_bias
from gdm_studio.networks.text_encoders.layers import embedding

THETA = 5e6
EPS = 1e-5
# Position of the first image token along each axis. Text tokens have smaller ones.
FIRST = 2**16
# Unit of the embedded time: times 0 … 1 are multiplied by it, and it is the longest wavelength divided by 2π.
UNIT = 1e4


class Ideogram4(nn.Module):
    """Denoising transformer of Ideogram 4, called as `network(x, timesteps, context)`.

    It returns the velocity eps − x0 with the shape of x, whose channels have the order channel, row, column of the
    autoencoder's latents. The context must not be padded, and has no tokens for the unconditional transformer.
    """

    def __init__(self, config: Ideogram4Config) -> None:
        super().__init__()
        self.config = config
        width = config.width
        self.image_in = nn.Linear(config.channels, width)
        self.text_norm = nn.RMSNorm(config.context, eps=1e-6)
        self.text_in = nn.Linear(config.context, width)
        self.time_in = nn.Sequential(nn.Linear(width, width), nn.SiLU(), nn.Linear(width, width))
        self.condition_in = nn.Linear(width, config.condition)
        # Vectors that are added to text tokens and to image tokens.
        self.roles = embedding(2, width)
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.depth))
        self.last_norm = nn.LayerNorm(width, eps=1e-6, elementwise_affine=False)
        self.last_scale = nn.Linear(config.condition, width)
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
        # A token has the order row, column, channel.
        image = self.image_in(tokens_of(F.pixel_shuffle(x, 2), channels_last=True))
        text = self.text_in(self.text_norm(context))
        roles = torch.arange(words + height * width, device=x.device) >= words
        tokens = torch.cat([text, image], dim=1) + self.roles(roles.long())
        places = torch.arange(words) if regions is None else regions.text_positions()
        rotation = rotary(places, height, width, self.config, x.device)
        bias = joint_bias(regions, (height, width), image)
        embedded = self.time_in(embed_time(1 - timesteps / 1000, self.config.width).to(x.dtype))
        condition = F.silu(self.condition_in(embedded))
        tokens = self.blocks[0](tokens, condition, rotation, bias)
        tokens = run_later_blocks(deep, self.blocks, tokens, condition, rotation, bias)
        scale = 1 + self.last_scale(F.silu(condition))[:, None]
        velocity = -self.out(self.last_norm(tokens[:, words:]) * scale)
        return F.pixel_unshuffle(latents_of(velocity, height, width, channels_last=True), 2)


class Block(nn.Module):
    """Transformer block: attention and a gated feed-forward network, each between two normalisations, of which the
    first is scaled and the second is gated by the time.
    """

    def __init__(self, config: Ideogram4Config) -> None:
        super().__init__()
        width = config.width
        self.attention = Attention(width, config.heads, eps=EPS, bias=False)
        self.mix = JointAttention()
        self.feed_forward = SwiGlu(width, config.hidden)
        self.attention_norm = nn.RMSNorm(width, eps=EPS)
        self.attention_out_norm = nn.RMSNorm(width, eps=EPS)
        self.feed_forward_norm = nn.RMSNorm(width, eps=EPS)
        self.feed_forward_out_norm = nn.RMSNorm(width, eps=EPS)
        self.modulation = Modulation(width, 4, source=config.condition)

    def forward(self, tokens: Tensor, condition: Tensor, rotation: Rotation, bias: Tensor | None = None) -> Tensor:
        scale, gate, last_scale, last_gate = self.modulation(condition)
        query, key, value = self.attention(self.attention_norm(tokens) * (1 + scale))
        # The attention's own rotation is of neighbouring channels.
        heads = rotate_halves(query, rotation), rotate_halves(key, rotation), value
        attended = self.attention.out(self.mix(heads, None, bias))
        tokens = tokens + gate.tanh() * self.attention_out_norm(attended)
        changed = self.feed_forward(self.feed_forward_norm(tokens) * (1 + last_scale))
        out: Tensor = tokens + last_gate.tanh() * self.feed_forward_out_norm(changed)
        return out


def embed_time(times: Tensor, width: int) -> Tensor:
    """Return the sinusoidal embedding (N, width) of times (N,) from 0 (noise) to 1 (image), in fp32: sines, then
    cosines.
    """
    half = width // 2
    rates = torch.exp(torch.arange(half, dtype=torch.float32, device=times.device) * (-math.log(UNIT) / (half - 1)))
    angles = (UNIT * times.float())[:, None] * rates
    return torch.cat([angles.sin(), angles.cos()], dim=1)


def rotary(words: Tensor, height: int, width: int, config: Ideogram4Config, device: torch.device) -> Rotation:
    """Return the cosines and sines (T, D / 2) of the rotary position embedding for text tokens at the positions `words`
    (L,) and an image of `height` × `width` tokens.

    The angles are computed in fp32, as in the training: positions of images are so large that the angles are rounded by
    up to 0.004.
    """
    size = config.width // config.heads
    text = words[:, None].expand(-1, 3)
    positions = torch.cat([text, FIRST + grid_positions(height, width)]).float()
    axes = torch.zeros(size // 2, dtype=torch.long)
    for axis in (1, 2):
        axes[axis : 3 * config.sections[axis] : 3] = axis
    rates = 1 / THETA ** (torch.arange(0, size, 2, dtype=torch.float32) / size)
    angles = positions[:, axes] * rates
    found = angles.cos(), angles.sin()
    if device.type == "cuda":
        found = found[0].pin_memory(), found[1].pin_memory()
    return found[0].to(device, non_blocking=True), found[1].to(device, non_blocking=True)


def rotate_halves(heads: Tensor, rotation: Rotation) -> Tensor:
    """Apply a rotary position embedding to queries or keys (N, heads, T, D), in fp32, by rotating each pair of channels
    i and i + D/2.
    """
    cosine, sine = rotation
    first, second = heads.float().chunk(2, dim=-1)
    turned = torch.cat([first * cosine - second * sine, second * cosine + first * sine], dim=-1)
    return turned.to(heads.dtype)
