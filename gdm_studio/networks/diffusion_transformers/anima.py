"""Anima (CircleStone Labs 2026): the transformer of Cosmos-Predict2 2B (NVIDIA 2025) with a text adapter.

Image tokens attend to each other and to the text. The text tokens are those of T5's vocabulary, which the adapter fills
with the hidden states of a language model.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gdm_studio.networks.deep_features import DeepFeatures, reuse_residual
from gdm_studio.networks.diffusion_transformers.anima_configuration import AnimaConfig
from gdm_studio.networks.diffusion_transformers.anima_control import AnimaControl
from gdm_studio.networks.diffusion_transformers.blocks import (
    Attention,
    CrossAttention,
    Rotation,
    attend,
    grid_positions,
    latents_of,
    rotary_positions,
    tokens_of,
)
from gdm_studio.networks.papers.backbones.dit import modulate
from gdm_studio.networks.region_text import RegionLayout
from gdm_studio.networks.stable_diffusion.unet import sinusoidal
from gdm_studio.networks.text_encoders.layers import embedding

# Number of text tokens. The image attends to the zeros after a shorter text, too.
TOKENS = 512
THETA = 10000.0
# Cosmos stretches the positions of rows and columns by a factor of four (NTK).
STRETCH = 4.0
EPS = 1e-6


class Anima(nn.Module):
    """Denoising transformer of Anima, called as `network(x, timesteps, context)`, where the context is an output of
    `text_adapter`.

    It returns the velocity eps − x0 with the shape of x, whose sides must be even.
    """

    def __init__(self, config: AnimaConfig) -> None:
        super().__init__()
        self.config = config
        width = config.width
        self.image_in = nn.Linear(4 * (config.channels + 1), width, bias=False)
        self.time_in = nn.Sequential(
            nn.Linear(width, width, bias=False), nn.SiLU(), nn.Linear(width, 3 * width, bias=False)
        )
        self.time_norm = nn.RMSNorm(width, eps=EPS)
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.depth))
        self.last_modulation = _create_modulation(width, config.rank, 2)
        self.out = nn.Linear(width, 4 * config.channels, bias=False)
        self.text_adapter = TextAdapter(config)

    def forward(
        self,
        x: Tensor,  # (N, channels, H, W)
        timesteps: Tensor,  # (N,), 0 … 1000, may be fractional
        context: Tensor,  # (N, L, context)
        pooled: Tensor | None = None,  # not used
        guidance: Tensor | None = None,  # not used
        control: Sequence[AnimaControl] = (),  # all ControlNets
        regions: RegionLayout | None = None,  # where the prompts act of which the context consists
        deep: DeepFeatures | None = None,  # those of all blocks but the first
    ) -> Tensor:
        height, width = (side // 2 for side in x.shape[-2:])
        # The last channel marks padding around a picture, of which there is none.
        tokens = self.image_in(tokens_of(F.pad(x, (0, 0, 0, 0, 0, 1))))
        axes = self.config.axes
        # The position along the first axis, the time of a video, is 0. Rows and columns have as many channels each.
        theta = THETA * STRETCH ** (axes[-1] / (axes[-1] - 2))
        rotation = rotary_positions(grid_positions(height, width), axes, theta, x.device)
        bias = None if regions is None else regions.cross_bias((height, width), x.dtype)
        waves = sinusoidal(timesteps / 1000, self.config.width).to(x.dtype)
        shared = self.time_in(waves)
        c = F.silu(self.time_norm(waves))
        # The sums of all blocks exceed the range of fp16.
        tokens = tokens.float() if tokens.dtype == torch.float16 else tokens

        def run(tokens: Tensor, first: int, end: int) -> Tensor:
            for number in range(first, end):
                tokens = self.blocks[number](tokens, context, c, shared, rotation, _create_adder(control, number), bias)
            return tokens

        tokens = run(tokens, 0, 1)
        tokens = reuse_residual(deep, tokens, lambda: run(tokens, 1, len(self.blocks)))
        shift, scale = (self.last_modulation(c) + shared[:, : 2 * self.config.width])[:, None].chunk(2, dim=-1)
        return latents_of(self.out(_modulate(tokens, shift, scale)), height, width, channels_last=True)


class Block(nn.Module):
    """Transformer block: attention of the image to itself, attention to the text, and a perceptron. Each has a
    modulation of low rank, to which a modulation is added that all share.
    """

    def __init__(self, config: AnimaConfig) -> None:
        super().__init__()
        width, heads, rank = config.width, config.heads, config.rank
        self.self_attention = Attention(width, heads, bias=False)
        self.attention = Attention(width, heads, bias=False, source=config.context)
        self.mix = CrossAttention()
        self.feed_forward = nn.Sequential(
            nn.Linear(width, config.hidden, bias=False), nn.GELU(), nn.Linear(config.hidden, width, bias=False)
        )
        self.self_attention_modulation = _create_modulation(width, rank, 3)
        self.attention_modulation = _create_modulation(width, rank, 3)
        self.feed_forward_modulation = _create_modulation(width, rank, 3)

    def forward(
        self,
        tokens: Tensor,
        context: Tensor,
        c: Tensor,
        shared: Tensor,
        rotation: Rotation,
        changed: Callable[[str, Tensor], Tensor],  # the input of a layer, given its name and tokens
        bias: Tensor | None = None,
    ) -> Tensor:
        shift, scale, gate = (self.self_attention_modulation(c) + shared)[:, None].chunk(3, dim=-1)
        query, key, value = self.self_attention(
            _modulate(tokens, shift, scale), changed=lambda layer, given: changed(f"self_attn_{layer}_proj", given)
        )
        attended = attend((rotate_halves(query, rotation), rotate_halves(key, rotation), value))
        tokens = tokens + gate.to(tokens.dtype) * self.self_attention.out(attended)
        shift, scale, gate = (self.attention_modulation(c) + shared)[:, None].chunk(3, dim=-1)
        # The keys and values of the text have no control image.
        query = changed("cross_attn_q_proj", _modulate(tokens, shift, scale))
        attended = self.mix(self.attention(query, context), bias)
        tokens = tokens + gate.to(tokens.dtype) * self.attention.out(attended)
        shift, scale, gate = (self.feed_forward_modulation(c) + shared)[:, None].chunk(3, dim=-1)
        out: Tensor = tokens + gate.to(tokens.dtype) * self.feed_forward(
            changed("mlp_layer1", _modulate(tokens, shift, scale))
        )
        return out


class TextAdapter(nn.Module):
    """Transformer that turns the hidden states of a language model (1, L, text) into the text tokens (1, TOKENS,
    context) of the network.

    There is one text token for each id (1, M) of the same text in T5's vocabulary. Zeros follow.
    """

    def __init__(self, config: AnimaConfig) -> None:
        super().__init__()
        self.config = config
        self.tokens = embedding(config.vocabulary, config.context)
        self.blocks = nn.ModuleList(TextBlock(config) for _ in range(config.text_depth))
        self.out = nn.Linear(config.context, config.context)
        self.norm = nn.RMSNorm(config.context, eps=EPS)

    def forward(self, states: Tensor, ids: Tensor) -> Tensor:
        tokens = self.tokens(ids).to(states.dtype)
        rotation, others = (self._compute_positions(count, states.device) for count in (ids.shape[1], states.shape[1]))
        for block in self.blocks:
            tokens = block(tokens, states, rotation, others)
        found: Tensor = self.norm(self.out(tokens))
        return F.pad(found, (0, 0, 0, max(TOKENS - found.shape[1], 0)))

    def _compute_positions(self, count: int, device: torch.device) -> Rotation:
        head = self.config.context // self.config.text_heads
        return rotary_positions(torch.arange(count)[:, None], (head,), THETA, device)


class TextBlock(nn.Module):
    """Transformer block of the text adapter: attention of the text tokens to each other, attention to the language
    model's hidden states, and a perceptron, each after a normalisation.
    """

    def __init__(self, config: AnimaConfig) -> None:
        super().__init__()
        width, heads = config.context, config.text_heads
        self.self_attention_norm = nn.RMSNorm(width, eps=EPS)
        self.self_attention = Attention(width, heads, bias=False)
        self.attention_norm = nn.RMSNorm(width, eps=EPS)
        self.attention = Attention(width, heads, bias=False, source=config.text)
        self.feed_forward_norm = nn.RMSNorm(width, eps=EPS)
        self.feed_forward = nn.Sequential(
            nn.Linear(width, config.text_hidden), nn.GELU(), nn.Linear(config.text_hidden, width)
        )

    def forward(self, tokens: Tensor, states: Tensor, rotation: Rotation, others: Rotation) -> Tensor:
        query, key, value = self.self_attention(self.self_attention_norm(tokens))
        attended = attend((rotate_halves(query, rotation), rotate_halves(key, rotation), value))
        tokens = tokens + self.self_attention.out(attended)
        query, key, value = self.attention(self.attention_norm(tokens), states)
        attended = attend((rotate_halves(query, rotation), rotate_halves(key, others), value))
        tokens = tokens + self.attention.out(attended)
        out: Tensor = tokens + self.feed_forward(self.feed_forward_norm(tokens))
        return out


def _create_adder(control: Sequence[AnimaControl], block: int) -> Callable[[str, Tensor], Tensor]:
    """Return a function that adds the changes of all ControlNets to the input of a layer of a block."""

    def changed(layer: str, given: Tensor) -> Tensor:
        found = (each.change(block, layer, given) for each in control)
        return sum((each for each in found if each is not None), given)

    return changed


def rotate_halves(heads: Tensor, rotation: Rotation) -> Tensor:
    """Apply a rotary position embedding: rotate the pairs of channels i and i + D/2 of queries or keys (N, heads, T,
    D), in fp32.
    """
    cosine, sine = rotation
    first, second = heads.float().chunk(2, dim=-1)
    turned = torch.cat([first * cosine - second * sine, first * sine + second * cosine], dim=-1)
    return turned.to(heads.dtype)


def _modulate(tokens: Tensor, shift: Tensor, scale: Tensor) -> Tensor:
    """Modulate tokens of any number type, as in `modulate`. The result has the number type of the shift."""
    return modulate(tokens, shift.to(tokens.dtype), scale.to(tokens.dtype)).to(shift.dtype)


def _create_modulation(width: int, rank: int, count: int) -> nn.Sequential:
    """Create the layers that compute `count` shifts, scales and gates of an activated embedding (N, width)."""
    return nn.Sequential(nn.Linear(width, rank, bias=False), nn.Linear(rank, count * width, bias=False))
