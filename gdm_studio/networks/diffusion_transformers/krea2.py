"""Krea 2 (Krea 2026): one stream of text and image, whose text is fused from many layers of the text encoder."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gdm_studio.networks.deep_features import DeepFeatures, run_later_blocks
from gdm_studio.networks.diffusion_transformers.blocks import (
    Attention,
    JointAttention,
    Modulations,
    Rotation,
    SwiGlu,
    attend,
    grid_positions,
    latents_of,
    rotary_positions,
    tokens_of,
)
from gdm_studio.networks.diffusion_transformers.configurations import WAVES
from gdm_studio.networks.diffusion_transformers.krea2_configuration import Krea2Config
from gdm_studio.networks.region_text import RegionLayout, joint_bias
from gdm_studio.networks.stable_diffusion.unet import sinusoidal
from gdm_studio.networks.text_encoders.decoder import OffsetRMSNorm

THETA = 1000.0
EPS = 1e-5


class Krea2(nn.Module):
    """Denoising transformer of Krea 2, called as `network(x, timesteps, context)`.

    It returns the velocity eps − x0 with the shape of x, whose sides must be even. The context must not be padded.
    """

    def __init__(self, config: Krea2Config) -> None:
        super().__init__()
        self.config = config
        width = config.width
        self.image_in = nn.Linear(4 * config.channels, width)
        self.time_in = nn.Sequential(nn.Linear(WAVES, width), nn.GELU("tanh"), nn.Linear(width, width))
        self.modulation = nn.Linear(width, 6 * width)
        self.fusion = TextFusion(config)
        self.text_norm = OffsetRMSNorm(config.text, eps=EPS)
        self.text_in = nn.Sequential(nn.Linear(config.text, width), nn.GELU("tanh"), nn.Linear(width, width))
        self.blocks = nn.ModuleList(ModulatedBlock(config) for _ in range(config.depth))
        self.last_table = nn.Parameter(torch.zeros(2 * width))
        self.last_norm = OffsetRMSNorm(width, eps=EPS)
        self.out = nn.Linear(width, 4 * config.channels)

    def forward(
        self,
        x: Tensor,  # (N, channels, H, W)
        timesteps: Tensor,  # (N,), 0 … 1000, may be fractional
        context: Tensor,  # (N, L, taps · text)
        pooled: Tensor | None = None,  # not used
        guidance: Tensor | None = None,  # not used
        regions: RegionLayout | None = None,  # where the prompts act of which the context consists
        deep: DeepFeatures | None = None,  # those of all blocks but the first
    ) -> Tensor:
        height, width = (side // 2 for side in x.shape[-2:])
        text_bias = None if regions is None else regions.text_bias(x.dtype)
        text = self.text_in(self.text_norm(self.fusion(context, text_bias)))
        words = text.shape[1]
        image = self.image_in(tokens_of(x))
        tokens = torch.cat([text, image], dim=1)
        positions = torch.cat([torch.zeros(words, 3, dtype=torch.long), grid_positions(height, width)])
        rotation = rotary_positions(positions, self.config.axes, THETA, x.device)
        embedding = self.time_in(sinusoidal(timesteps, WAVES).to(x.dtype))
        c = self.modulation(F.gelu(embedding, approximate="tanh"))
        bias = joint_bias(regions, (height, width), image)
        tokens = self.blocks[0](tokens, c, rotation, bias)
        tokens = run_later_blocks(deep, self.blocks, tokens, c, rotation, bias)
        scale, shift = _modulations(embedding.repeat(1, 2), self.last_table, 2)
        image = (1 + scale) * self.last_norm(tokens[:, words:]) + shift
        return latents_of(self.out(image), height, width)


class TextFusion(nn.Module):
    """Network that fuses the hidden states of several layers of the text encoder to one state for each token."""

    def __init__(self, config: Krea2Config) -> None:
        super().__init__()
        self.config = config
        sizes = config.text, config.text_heads, config.text_heads, config.text_hidden
        self.fusing = nn.ModuleList(Block(*sizes) for _ in range(config.fusing))
        self.projector = nn.Linear(config.taps, 1, bias=False)
        self.refining = nn.ModuleList(Block(*sizes) for _ in range(config.refining))

    def forward(self, context: Tensor, bias: Tensor | None = None) -> Tensor:
        states = context.unflatten(-1, (self.config.taps, self.config.text))
        count = len(states)
        layers = states.flatten(0, 1)  # (N · L, taps, text)
        for block in self.fusing:
            layers = block(layers)
        tokens: Tensor = self.projector(layers.transpose(1, 2)).squeeze(-1).unflatten(0, (count, -1))
        for block in self.refining:
            tokens = block(tokens, bias)
        return tokens


class Block(nn.Module):
    """Transformer block without modulation, whose attention is gated by a sigmoid."""

    def __init__(self, width: int, heads: int, value_heads: int, hidden: int) -> None:
        super().__init__()
        self.attention = GatedAttention(width, heads, value_heads)
        self.feed_forward = SwiGlu(width, hidden)
        self.attention_norm = OffsetRMSNorm(width, eps=EPS)
        self.feed_forward_norm = OffsetRMSNorm(width, eps=EPS)

    def forward(self, tokens: Tensor, bias: Tensor | None = None) -> Tensor:
        normed = self.attention_norm(tokens)
        tokens = tokens + self.attention.gated(normed, attend(self.attention(normed), None, bias))
        out: Tensor = tokens + self.feed_forward(self.feed_forward_norm(tokens))
        return out


class ModulatedBlock(Block):
    """Transformer block that is modulated by numbers which all blocks share, plus its own table."""

    def __init__(self, config: Krea2Config) -> None:
        super().__init__(config.width, config.heads, config.value_heads, config.hidden)
        self.table = nn.Parameter(torch.zeros(6 * config.width))
        self.mix = JointAttention()

    def forward(  # type: ignore[override]
        self, tokens: Tensor, c: Tensor, rotation: Rotation, bias: Tensor | None = None
    ) -> Tensor:
        scale, shift, gate, last_scale, last_shift, last_gate = _modulations(c, self.table, 6)
        normed = (1 + scale) * self.attention_norm(tokens) + shift
        tokens = tokens + gate * self.attention.gated(normed, self.mix(self.attention(normed), rotation, bias))
        normed = (1 + last_scale) * self.feed_forward_norm(tokens) + last_shift
        return tokens + last_gate * self.feed_forward(normed)


class GatedAttention(Attention):
    """Projections of an attention layer whose result is gated by a sigmoid of its input."""

    def __init__(self, width: int, heads: int, value_heads: int) -> None:
        super().__init__(width, heads, value_heads=value_heads, normed=False, bias=False)
        self.query_norm = OffsetRMSNorm(self.size, eps=EPS)
        self.key_norm = OffsetRMSNorm(self.size, eps=EPS)
        self.gate = nn.Linear(width, width, bias=False)

    def gated(self, tokens: Tensor, attended: Tensor) -> Tensor:
        """Apply the gate, computed from the layer's input, and the output projection."""
        out: Tensor = self.out(attended * self.gate(tokens).sigmoid())
        return out


def _modulations(c: Tensor, table: Tensor, count: int) -> Modulations:
    """Return `count` scales, shifts and gates (N, 1, width): the sum of numbers (N, count · width) and a table."""
    return (c + table)[:, None].chunk(count, dim=-1)
