"""U-Net of Stable Diffusion (Rombach et al. 2022, arXiv:2112.10752; SDXL: Podell et al. 2023, arXiv:2307.01952)."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import zip_longest

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gdm_studio.networks.convolution import LargeConv3x3
from gdm_studio.networks.deep_features import DeepFeatures, reuse_output
from gdm_studio.networks.layers import attention_weights
from gdm_studio.networks.region_text import RegionText
from gdm_studio.networks.stable_diffusion.configurations import UNetConfig as UNetConfig

# Number of input blocks that are evaluated even if deep features are reused, and of the output blocks that use their
# skip connections: the first convolution, and the last block.
SHALLOW = 1
# Attention of a cross-attention layer, given with its queries (N, heads, T, C/heads), to image prompts. The result has
# the shape of the queries and is added to the attention to the text.
ImageAttention = Callable[[nn.Module, Tensor], Tensor]
# Text tokens (N, L, C), or those of the regions of an image.
Text = Tensor | RegionText


@dataclass(frozen=True)
class ControlSignal:
    """Features from ControlNets or T2I-Adapters that are added to a U-Net's features, each of shape (N, C, h, w) or (1,
    C, h, w).
    """

    # Added to the skip connections, in the order of the input blocks.
    skips: tuple[Tensor, ...] = ()
    # Added to the output of the middle block.
    middle: Tensor | None = None
    # Added at the end of each level of the encoder, and the next one to the output of the middle block.
    levels: tuple[Tensor, ...] = ()

    def __add__(self, other: ControlSignal) -> ControlSignal:
        middles = [each.middle for each in (self, other) if each.middle is not None]
        return ControlSignal(
            _add_features(self.skips, other.skips),
            sum(middles[1:], middles[0]) if middles else None,
            _add_features(self.levels, other.levels),
        )

    def __mul__(self, weight: float) -> ControlSignal:
        return ControlSignal(
            tuple(weight * skip for skip in self.skips),
            None if self.middle is None else weight * self.middle,
            tuple(weight * level for level in self.levels),
        )


def _add_features(some: tuple[Tensor, ...], others: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """Add two tuples of feature maps elementwise. If one tuple has no feature map at a position, that of the other
    tuple is returned unchanged.
    """
    pairs = zip_longest(some, others)
    return tuple(other if one is None else one if other is None else one + other for one, other in pairs)


class Encoder(nn.Module):
    """First half of Stable Diffusion's U-Net, from the input to the middle block. ControlNets have the same
    structure.
    """

    def __init__(self, config: UNetConfig) -> None:
        super().__init__()
        self.config = config
        first = config.channels
        embedding = 4 * config.channels
        widths = [first * width for width in config.widths]
        self.time_embed = perceptron(first, embedding)
        self.guidance_proj = nn.Linear(config.guidance, first, bias=False) if config.guidance else None
        self.label_emb = nn.Sequential(perceptron(config.vector, embedding)) if config.vector else None

        self.input_blocks = nn.ModuleList([Stack(nn.Conv2d(config.in_channels, first, 3, padding=1))])
        # Channels after each input block.
        self.skip_channels = [first]
        # Input block at the end of each level, where T2I-Adapters add to it: the last one with attention, or else the
        # one that halves the size. The last entry represents the middle block.
        self.level_ends: list[int] = []
        here = first
        for level, (width, depths) in enumerate(zip(widths, config.down, strict=True)):
            for depth in depths:
                self.input_blocks.append(Stack(*_create_block(config, here, width, depth)))
                here = width
                self.skip_channels.append(here)
            ends_after_blocks = depths[-1] > 0 or level == len(widths) - 1
            self.level_ends.append(len(self.input_blocks) - ends_after_blocks)
            if level < len(widths) - 1:
                self.input_blocks.append(Stack(Downsample(here)))
                self.skip_channels.append(here)
        self.level_ends.append(len(self.input_blocks))

        self.middle_block = Stack(
            *_create_block(config, here, here, config.middle), *_create_block(config, here, here, 0)
        )

    def embed(self, timesteps: Tensor, vector: Tensor | None, guidance: Tensor | None, dtype: torch.dtype) -> Tensor:
        """Compute the embedding (N, E) that all residual blocks receive, from the timestep, the guidance scale and the
        conditioning vector.
        """
        waves = sinusoidal(timesteps, self.config.channels).to(dtype)
        if self.guidance_proj is not None and guidance is not None:
            waves = waves + self.guidance_proj(_embed_guidance(guidance, self.config.guidance).to(dtype))
        embedding: Tensor = self.time_embed(waves)
        if self.label_emb is not None:
            embedding = embedding + self.label_emb(vector)
        return embedding


class UNet(Encoder):
    """Denoising network of Stable Diffusion, called as `unet(x, timesteps, context, vector)`.

    The output has the height and width of x.
    """

    def __init__(self, config: UNetConfig) -> None:
        super().__init__(config)
        widths = [config.channels * width for width in config.widths]
        skips = list(self.skip_channels)
        here = skips[-1]
        self.output_blocks = nn.ModuleList()
        for level, (width, depths) in reversed(list(enumerate(zip(widths, config.up, strict=True)))):
            for place, depth in enumerate(depths):
                parts = _create_block(config, here + skips.pop(), width, depth)
                here = width
                if level > 0 and place == len(depths) - 1:
                    parts.append(Upsample(here))
                self.output_blocks.append(Stack(*parts))

        self.out = nn.Sequential(nn.GroupNorm(32, here), nn.SiLU(), nn.Conv2d(here, config.out_channels, 3, padding=1))

    def forward(
        self,
        x: Tensor,  # (N, in_channels, H, W)
        timesteps: Tensor,  # (N,), 0 … 999, may be fractional
        context: Text,  # (N, L, context)
        vector: Tensor | None = None,  # (N, vector)
        guidance: Tensor | None = None,  # (N,), the guidance scale minus 1
        control: ControlSignal | None = None,
        deep: DeepFeatures | None = None,  # those of all blocks but the outermost
        image_attention: ImageAttention | None = None,
    ) -> Tensor:
        embedding = self.embed(timesteps, vector, guidance, x.dtype)
        control = control or ControlSignal()
        levels = dict(zip(self.level_ends, control.levels, strict=False))
        skips: list[Tensor] = []

        def run_input_blocks(h: Tensor, places: range) -> Tensor:
            for place in places:
                h = self.input_blocks[place](h, embedding, context, images=image_attention)
                h = h + levels[place] if place in levels else h
                skips.append(h + control.skips[place] if control.skips else h)
            return h

        def run_output_blocks(h: Tensor, places: range) -> Tensor:
            for place in places:
                h = torch.cat([h, skips.pop()], dim=1)
                finer = skips[-1].shape[-2:] if skips else None
                h = self.output_blocks[place](h, embedding, context, finer=finer, images=image_attention)
            return h

        count = len(self.input_blocks)
        shallow = run_input_blocks(x, range(SHALLOW))

        def run_inner_blocks() -> Tensor:
            h = run_input_blocks(shallow, range(SHALLOW, count))
            h = self.middle_block(h, embedding, context, images=image_attention)
            h = h + levels[count] if count in levels else h
            h = h if control.middle is None else h + control.middle
            return run_output_blocks(h, range(count - SHALLOW))

        h = reuse_output(deep, run_inner_blocks)
        out: Tensor = self.out(run_output_blocks(h, range(count - SHALLOW, count)))
        return out

    def cross_attentions(self) -> list[Attention]:
        """Return the layers that attend to the text, in the order of IP-Adapters and diffusers: those of the middle
        block come last.
        """
        parts = (self.input_blocks, self.output_blocks, self.middle_block)
        return [each.attn2 for part in parts for each in part.modules() if isinstance(each, TransformerBlock)]


class Stack(nn.ModuleList):
    """Sequence of different layers that passes to each layer only the inputs that it accepts, such as the embedding or
    the text.
    """

    def __init__(self, *layers: nn.Module) -> None:
        super().__init__(layers)

    def forward(
        self,
        x: Tensor,
        embedding: Tensor,
        context: Text,
        finer: Sequence[int] | None = None,
        images: ImageAttention | None = None,
    ) -> Tensor:
        for layer in self:
            if isinstance(layer, ResBlock):
                x = layer(x, embedding)
            elif isinstance(layer, SpatialTransformer):
                x = layer(x, context, images)
            elif isinstance(layer, Upsample):
                x = layer(x, finer)
            else:
                x = layer(x)
        return x


class ResBlock(nn.Module):
    """Residual block of the U-Net: two convolutions, between which the embedding of the timestep is added.

    Computed in place where possible.
    """

    def __init__(self, channels_in: int, channels_out: int, embedding: int) -> None:
        super().__init__()
        self.in_layers = nn.Sequential(
            nn.GroupNorm(32, channels_in), nn.SiLU(inplace=True), LargeConv3x3(channels_in, channels_out)
        )
        self.emb_layers = nn.Sequential(nn.SiLU(), nn.Linear(embedding, channels_out))
        self.out_layers = nn.Sequential(
            nn.GroupNorm(32, channels_out),
            nn.SiLU(inplace=True),
            # Dropout in training.
            nn.Identity(),
            LargeConv3x3(channels_out, channels_out),
        )
        self.skip_connection = nn.Conv2d(channels_in, channels_out, 1) if channels_in != channels_out else nn.Identity()

    def forward(self, x: Tensor, embedding: Tensor) -> Tensor:
        h = self.in_layers(x).add_(self.emb_layers(embedding)[:, :, None, None])  # (N, C', H, W)
        out: Tensor = self.out_layers(h).add_(self.skip_connection(x))
        return out


class SpatialTransformer(nn.Module):
    """Transformer layer for a feature map: self-attention over its positions and cross-attention to the text, with a
    residual connection.

    Its projections are linear layers even where a checkpoint has the equivalent 1x1 convolutions.
    """

    def __init__(self, channels: int, *, heads: int, depth: int, context: int) -> None:
        super().__init__()
        self.norm = nn.GroupNorm(32, channels, eps=1e-6)
        self.proj_in = nn.Linear(channels, channels)
        self.transformer_blocks = nn.ModuleList(TransformerBlock(channels, heads, context) for _ in range(depth))
        self.proj_out = nn.Linear(channels, channels)

    def forward(self, x: Tensor, context: Text, images: ImageAttention | None = None) -> Tensor:
        height = x.shape[-2]
        h = self.proj_in(self.norm(x).flatten(2).transpose(1, 2))  # (N, H·W, C)
        for block in self.transformer_blocks:
            h = block(h, context, images)
        out: Tensor = x + self.proj_out(h).transpose(1, 2).unflatten(2, (height, -1))
        return out


class TransformerBlock(nn.Module):
    """Pre-norm transformer block with self-attention, cross-attention to the text and a gated feed-forward network,
    each with a residual connection.
    """

    def __init__(self, channels: int, heads: int, context: int) -> None:
        super().__init__()
        self.norm1, self.norm2, self.norm3 = (nn.LayerNorm(channels) for _ in range(3))
        self.attn1 = Attention(channels, heads=heads, context=channels)
        self.attn2 = Attention(channels, heads=heads, context=context)
        self.ff = FeedForward(channels)

    def forward(self, h: Tensor, context: Text, images: ImageAttention | None = None) -> Tensor:
        normed = self.norm1(h)
        h = h + self.attn1(normed, normed)
        h = h + self.attn2(self.norm2(h), context, images=images)
        out: Tensor = h + self.ff(self.norm3(h))
        return out


class Attention(nn.Module):
    """Multi-head softmax attention layer, in which h (N, T, C) attends to `context` (N, S, D)."""

    def __init__(self, channels: int, *, heads: int, context: int) -> None:
        super().__init__()
        self.heads = heads
        self.to_q = nn.Linear(channels, channels, bias=False)
        self.to_k = nn.Linear(context, channels, bias=False)
        self.to_v = nn.Linear(context, channels, bias=False)
        self.to_out = nn.Sequential(nn.Linear(channels, channels))

    def forward(self, h: Tensor, context: Text, *, images: ImageAttention | None = None) -> Tensor:
        tokens = context.tokens if isinstance(context, RegionText) else context
        parts = (self.to_q(h), self.to_k(tokens), self.to_v(tokens))
        query, key, value = (part.unflatten(-1, (self.heads, -1)).transpose(1, 2) for part in parts)
        if isinstance(context, RegionText):
            mixed = context.cross_attention(query, key, value)
        else:
            mixed = F.scaled_dot_product_attention(query, key, value)  # (N, heads, T, C/heads)
        if images is not None:
            mixed = mixed + images(self, query)
        out: Tensor = self.to_out(mixed.transpose(1, 2).flatten(2))
        return out

    def token_attention(self, h: Tensor, context: Text) -> Tensor:
        """Return how much each position attends to each token of the text, averaged over the heads: (N, T, S).

        Attention to the prompt of a region counts by the share of the region.
        """
        query = self.to_q(h)
        if not isinstance(context, RegionText):
            return attention_weights(query, self.to_k(context), self.heads)
        shares = context.shares_at(h.shape[1])[..., None].unbind(1)
        keys = self.to_k(context.tokens).split(context.lengths, dim=1)
        found = (attention_weights(query, key, self.heads) * share for key, share in zip(keys, shares, strict=True))
        return torch.cat([*found], dim=2)


class FeedForward(nn.Module):
    """Gated feed-forward network of a transformer block (GEGLU, Shazeer 2020, arXiv:2002.05202). Its hidden layer has
    four times the width.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.net = nn.Sequential(GatedGelu(channels, 4 * channels), nn.Identity(), nn.Linear(4 * channels, channels))

    def forward(self, h: Tensor) -> Tensor:
        out: Tensor = self.net(h)
        return out


class GatedGelu(nn.Module):
    """GEGLU layer: the output of one linear layer is multiplied by the GELU of a second one."""

    def __init__(self, channels_in: int, channels_out: int) -> None:
        super().__init__()
        self.proj = nn.Linear(channels_in, 2 * channels_out)

    def forward(self, h: Tensor) -> Tensor:
        value, gate = self.proj(h).chunk(2, dim=-1)
        return F.gelu(gate).mul_(value)


class Downsample(nn.Module):
    """Layer that halves the height and width of a feature map, rounded up."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.op = nn.Conv2d(channels, channels, 3, stride=2, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.op(x)
        return out


class Upsample(nn.Module):
    """Layer that doubles the height and width of a feature map, or resizes it to the exact size of the next finer
    level.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv = LargeConv3x3(channels, channels)

    def forward(self, x: Tensor, finer: Sequence[int] | None = None) -> Tensor:
        size = finer or [2 * side for side in x.shape[-2:]]
        out: Tensor = self.conv(F.interpolate(x, list(size), mode="nearest"))
        return out


def sinusoidal(timesteps: Tensor, width: int) -> Tensor:
    """Return the sinusoidal embedding of timesteps (N,): cosines, then sines, at 1 to 1/10000 radians per step, as (N,
    width) in fp32.
    """
    half = width // 2
    rates = torch.exp(-math.log(10000) / half * torch.arange(half, device=timesteps.device, dtype=torch.float32))
    angles = timesteps[:, None].float() * rates
    return torch.cat([angles.cos(), angles.sin()], dim=1)


def _embed_guidance(guidance: Tensor, width: int) -> Tensor:
    """Return the sinusoidal embedding of the guidance scale for distilled models: sines, then cosines, of 1000 times
    the guidance (Luo et al. 2023, arXiv:2310.04378, section 4.3).
    """
    half = width // 2
    rates = torch.exp(-math.log(10000) / (half - 1) * torch.arange(half, device=guidance.device, dtype=torch.float32))
    angles = 1000 * guidance[:, None].float() * rates
    return torch.cat([angles.sin(), angles.cos()], dim=1)


def perceptron(channels_in: int, channels_out: int) -> nn.Sequential:
    return nn.Sequential(nn.Linear(channels_in, channels_out), nn.SiLU(), nn.Linear(channels_out, channels_out))


def _create_block(config: UNetConfig, channels_in: int, channels_out: int, depth: int) -> list[nn.Module]:
    """Create the layers of one U-Net block: a residual block, followed by a transformer if `depth` is not 0."""
    parts: list[nn.Module] = [ResBlock(channels_in, channels_out, 4 * config.channels)]
    if depth:
        heads = config.heads or channels_out // 64
        parts.append(SpatialTransformer(channels_out, heads=heads, depth=depth, context=config.context))
    return parts
