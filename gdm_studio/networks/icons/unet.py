"""Denoising U-Net of convolutions and attention, conditioned on noise level, text tokens and a pooled text vector."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gdm_studio.networks.deep_features import DeepFeatures, reuse_output
from gdm_studio.networks.icons.drawing_transform import DrawingTransform
from gdm_studio.networks.layers import (
    Attention2d,
    Conv1x1,
    Downsample,
    FourierEmbedding,
    ResBlock,
    Upsample,
    group_norm,
    zero_init,
)


@dataclass(frozen=True)
class UNetConfig:
    """Hyperparameters of the built-in model's denoising network `UNet`, such as its layer widths. They are saved with
    its weights.
    """

    in_channels: int = 16
    out_channels: int = 16
    # Width of each level, full resolution first.
    channels: tuple[int, ...] = (128, 192)
    # Number of residual blocks per level, on the downward path and again on the upward path. One number for each level,
    # or one for all.
    blocks: int | tuple[int, ...] = 2
    # For each level, True if it has attention after each block.
    attention: tuple[bool, ...] = (False, True)
    # Channels of an attention head.
    head: int = 32
    # Width of the conditioning vector.
    embedding: int = 192
    # Width of the text tokens; 0 for none.
    context: int = 192
    # Width of the pooled text or class vector; 0 for none.
    pooled: int = 192
    # Width of the narrowest layer of the `PriorNetwork`; 0 for no such network.
    sketch: int = 0
    # Number of components that compose the prior network's output; 0 if the output is unconstrained.
    components: int = 0
    # True if the components are those of a `DrawingTransform`, and False if they are principal components.
    transform: bool = False
    # Height and width of the prior network's output.
    sketch_side: int = 16
    dropout: float = 0.0
    # Factor of the skip connections. Imagen's efficient U-Net has 2^(−1/2).
    skip_scale: float = 1.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "channels", tuple(self.channels))
        object.__setattr__(self, "attention", tuple(self.attention))
        if not isinstance(self.blocks, int):
            object.__setattr__(self, "blocks", tuple(self.blocks))
        if not len(self.channels) == len(self.attention) == len(self.blocks_of_levels):
            raise ValueError("UNetConfig: channels, blocks and attention describe levels and must be equally long")
        if self.transform and self.components != self.in_channels * self.sketch_side**2:
            raise ValueError(f"UNetConfig: a transform has as many components as latents, not {self.components}")

    @property
    def blocks_of_levels(self) -> tuple[int, ...]:
        """Number of residual blocks at each level (resolution) of the U-Net."""
        return (self.blocks,) * len(self.channels) if isinstance(self.blocks, int) else self.blocks


@dataclass(frozen=True)
class Condition:
    """Conditioning that every block of the U-Net receives: the embedding of the noise level and the pooled text, and
    the text tokens.
    """

    # (N, E): the embedded noise level and pooled text.
    embedding: Tensor
    # (N, L, context)
    context: Tensor | None
    # (N, L), true for tokens other than padding.
    mask: Tensor | None


class UNet(nn.Module):
    """Denoising network of the built-in model, a U-Net called as `unet(x, c_noise, context, mask, pooled) -> F`.

    F is the raw network output, as in equation 7 of Karras et al. 2022. Height and width must be multiples of 2^(levels
    − 1).
    """

    def __init__(self, config: UNetConfig) -> None:
        super().__init__()
        self.config = config
        channels = config.channels
        width = config.embedding
        self.noise = nn.Sequential(FourierEmbedding(64), nn.Linear(64, width), nn.SiLU(), nn.Linear(width, width))
        self.pooled = nn.Linear(config.pooled, width, bias=False) if config.pooled else None
        self.sketch = PriorNetwork(config) if config.sketch else None
        self.conv_in = nn.Conv2d(config.in_channels * (2 if config.sketch else 1), channels[0], 3, padding=1)
        self.down = nn.ModuleList(Level(config, level) for level in range(len(channels)))
        self.shrink = nn.ModuleList(Downsample(a, b) for a, b in zip(channels, channels[1:], strict=False))
        self.up = nn.ModuleList(Level(config, level, merges=True) for level in range(len(channels)))
        self.grow = nn.ModuleList(Upsample(b, a) for a, b in zip(channels, channels[1:], strict=False))
        self.norm_out = group_norm(channels[0])
        self.conv_out = zero_init(nn.Conv2d(channels[0], config.out_channels, 3, padding=1))

    def forward(
        self,
        x: Tensor,  # (N, in_channels, H, W), scaled by c_in
        c_noise: Tensor,  # (N,), always fp32, since bf16 would blur the noise level
        context: Tensor | None = None,  # (N, L, context)
        mask: Tensor | None = None,  # (N, L), true for tokens other than padding
        pooled: Tensor | None = None,  # (N, pooled)
        sketch: Tensor | None = None,  # (N, in_channels, H, W); None for the one drawn from `pooled`
        added: Tensor | None = None,  # (N, channels[0], H, W), added to the features of the first convolution
        deep: DeepFeatures | None = None,  # those of all blocks but the first and the last
    ) -> Tensor:
        features = self.noise[0](c_noise).to(x.dtype)  # (N, 64)
        embedding = self.noise[1:](features)  # (N, E)
        if self.pooled is not None and pooled is not None:
            embedding = embedding + self.pooled(pooled)
        condition = Condition(F.silu(embedding), context, mask)
        if self.sketch is not None and pooled is not None:
            sketch = self.sketch(pooled, x.shape[-2:]) if sketch is None else sketch
            x = torch.cat([x, sketch.to(x.dtype)], dim=1)  # (N, 2 in_channels, H, W)
        h = self.conv_in(x.contiguous(memory_format=torch.channels_last))  # (N, C, H, W)
        h = h if added is None else h + added
        skips: list[Tensor] = []
        h = self.down[0](h, condition, skips, stop=1)
        h = reuse_output(deep, partial(self._run_inner_blocks, h, condition, skips))
        h = self.up[0](h, condition, skips, start=-1)
        out = self.conv_out(F.silu(self.norm_out(h)))  # (N, out_channels, H, W)
        if sketch is None:
            return out
        # If the data were N(sketch, I), F would be `trust` times the sketch, minus a multiple of x, which the network
        # receives as input. sigma is e^(4 c_noise).
        trust = torch.sigmoid(8 * c_noise).sqrt()[:, None, None, None]  # sigma / sqrt(1 + sigma²)
        return out + trust * sketch

    def _run_inner_blocks(self, h: Tensor, condition: Condition, skips: list[Tensor]) -> Tensor:
        """Compute all blocks but the first and the last one, whose skip connection remains in `skips`."""
        for level, down in enumerate(self.down):
            h = self.shrink[level - 1](h) if level else h
            h = down(h, condition, skips, start=0 if level else 1)
        for level in reversed(range(len(self.up))):
            h = self.up[level](h, condition, skips, stop=None if level else -1)
            h = self.grow[level - 1](h) if level else h
        return h


class PriorNetwork(nn.Module):
    """Small network for drafts, the latents that the U-Net receives as an additional input and starts from. It predicts
    the draft of a prompt from the pooled text vector, and decodes the drafts of memorised training images.

    At high noise levels the image is hidden, and convolutions are slow to learn the layout of each prompt's image. A
    plain network learns it a hundred times faster, and the U-Net starts from its guess.

    The last layer converts components to latents. If it is a `DrawingTransform`, there are no other layers, and all
    prompts without a memorised training image have the same draft. The room that the layers would take is used for
    memorising, because a memorised image is a better draft than any prediction.
    """

    def __init__(self, config: UNetConfig) -> None:
        super().__init__()
        self.shape = (config.in_channels, config.sketch_side, config.sketch_side)
        if config.transform:
            self.layers = nn.Sequential(DrawingTransform(self.shape))
            return
        self.layers = nn.Sequential(
            nn.Linear(config.pooled, 3 * config.sketch),
            nn.SiLU(),
            nn.Linear(3 * config.sketch, config.sketch),
            nn.SiLU(),
            *([nn.Linear(config.sketch, config.components)] if config.components else []),
            zero_init(nn.Linear(config.components or config.sketch, config.in_channels * config.sketch_side**2)),
        )

    @property
    def transform(self) -> DrawingTransform | None:
        """Transform between components and latents, or None if the components are principal components."""
        *_, last = self.layers
        return last if isinstance(last, DrawingTransform) else None

    def forward(self, pooled: Tensor, size: torch.Size) -> Tensor:
        if self.transform is not None:
            return _resize(self.transform.mean.expand(len(pooled), -1, -1, -1), size)
        return self.from_components(self.layers[:-1](pooled), size)

    def from_components(self, components: Tensor, size: torch.Size) -> Tensor:
        """Convert the components (N, K) of memorised training images to latents (N, C, *size)."""
        return _resize(self.layers[-1](components).reshape(len(components), *self.shape), size)


def _resize(latents: Tensor, size: torch.Size) -> Tensor:
    return latents if latents.shape[-2:] == size else F.interpolate(latents, size, mode="bilinear")


class Level(nn.Module):
    """Residual blocks of the denoising U-Net at one resolution.

    On the downward path each block saves its output for the skip connections. On the upward path each block first
    merges one of these outputs.
    """

    def __init__(self, config: UNetConfig, level: int, *, merges: bool = False) -> None:
        super().__init__()
        channels = config.channels[level]
        count = range(config.blocks_of_levels[level])
        self.skip_scale = config.skip_scale
        self.merges = nn.ModuleList(Conv1x1(2 * channels, channels) for _ in count) if merges else None
        self.blocks = nn.ModuleList(
            ResBlock(channels, channels, embedding=config.embedding, dropout=config.dropout) for _ in count
        )
        self.attention = (
            nn.ModuleList(Attention2d(channels, head=config.head, context=config.context) for _ in count)
            if config.attention[level]
            else None
        )

    def forward(
        self, h: Tensor, condition: Condition, skips: list[Tensor], *, start: int = 0, stop: int | None = None
    ) -> Tensor:
        for index in range(len(self.blocks))[start:stop]:
            block = self.blocks[index]
            if self.merges is not None:
                skip = skips.pop() if self.skip_scale == 1 else self.skip_scale * skips.pop()
                h = self.merges[index](torch.cat([h, skip], dim=1))
            h = block(h, condition.embedding)
            if self.attention is not None:
                h = self.attention[index](h, condition.context, condition.mask)
            if self.merges is None:
                skips.append(h)
        return h
