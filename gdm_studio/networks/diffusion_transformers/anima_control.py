"""ControlNet-LLLite for Anima (kohya-ss 2026, version 2): small perceptrons that change the inputs of a transformer's
layers by a control image.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gdm_studio.networks.diffusion_transformers.anima_control_configuration import AnimaControlConfig
from gdm_studio.networks.region_text import RegionLayout

# Largest number of groups of a normalisation.
GROUPS = 8


class AnimaControlNet(nn.Module):
    """ControlNet-LLLite for Anima. It is evaluated inside the transformer: a call returns an `AnimaControl`."""

    # Residuals that are in memory at the same time.
    residuals = 1

    def __init__(self, config: AnimaControlConfig) -> None:
        super().__init__()
        self.config = config.blocks
        self.control_config = config
        self.encoder = _Encoder(config)
        self.layers = nn.ModuleDict({name: _InputChange(config) for name in config.layers})

    def forward(
        self,
        x: Tensor,  # not used
        timesteps: Tensor,  # not used
        context: Tensor,  # not used
        image: Tensor,  # (N, T, embedding), a result of `encoder`
        pooled: Tensor | None = None,  # not used
        guidance: Tensor | None = None,  # not used
        mode: int = 0,  # not used
        regions: RegionLayout | None = None,  # not used
    ) -> AnimaControl:
        return AnimaControl(self, image)


@dataclass(frozen=True)
class AnimaControl:
    """ControlNet-LLLite with its encoded control image (N, T, embedding), and the weight of its changes."""

    network: AnimaControlNet
    image: Tensor
    weight: float = 1.0

    def __mul__(self, weight: float) -> AnimaControl:
        return replace(self, weight=self.weight * weight)

    def change(self, block: int, layer: str, tokens: Tensor) -> Tensor | None:
        """Return the change (N, T, width) of the input of a block's layer, or None if there is none."""
        name = f"blocks_{block}_{layer}"
        if name not in self.network.layers:
            return None
        found: Tensor = self.network.layers[name](tokens, self.image)
        return self.weight * found


class _Encoder(nn.Module):
    """Convolutions that convert control images (N, inputs, 16 H, 16 W) in -1 … 1 to tokens (N, H · W, embedding)."""

    def __init__(self, config: AnimaControlConfig) -> None:
        super().__init__()
        channels = config.channels
        half = channels // 2
        self.conv1 = nn.Conv2d(config.inputs, half, 4, stride=4)
        self.norm1 = _create_group_norm(half)
        self.conv2 = nn.Conv2d(half, half, 3, padding=1)
        self.norm2 = _create_group_norm(half)
        self.conv3 = nn.Conv2d(half, channels, 4, stride=4)
        self.norm3 = _create_group_norm(channels)
        self.resblocks = nn.ModuleList(_ResidualBlock(channels) for _ in range(config.residual_blocks))
        self.aspp = _Pyramid(channels, config.dilations) if config.dilations else None
        self.proj = nn.Conv2d(channels, config.embedding, 1)
        self.out_norm = nn.LayerNorm(config.embedding)

    def forward(self, image: Tensor) -> Tensor:
        h = F.silu(self.norm1(self.conv1(image)))
        h = F.silu(self.norm2(self.conv2(h)))
        h = F.silu(self.norm3(self.conv3(h)))
        for block in self.resblocks:
            h = block(h)
        h = h if self.aspp is None else self.aspp(h)
        out: Tensor = self.out_norm(self.proj(h).flatten(2).transpose(1, 2))
        return out


class _ResidualBlock(nn.Module):
    """Two convolutions, each after a normalisation, with a residual connection."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.norm1, self.norm2 = _create_group_norm(channels), _create_group_norm(channels)
        self.conv1, self.conv2 = (nn.Conv2d(channels, channels, 3, padding=1) for _ in range(2))

    def forward(self, h: Tensor) -> Tensor:
        inner = self.conv1(F.silu(self.norm1(h)))
        out: Tensor = h + self.conv2(F.silu(self.norm2(inner)))
        return out


class _Pyramid(nn.Module):
    """Convolutions with several dilations and the mean of the image (atrous spatial pyramid pooling, Chen et al. 2017,
    arXiv:1706.05587).
    """

    def __init__(self, channels: int, dilations: tuple[int, ...]) -> None:
        super().__init__()
        self.branches = nn.ModuleList(_create_branch(channels, channels, dilation) for dilation in dilations)
        self.global_conv = _create_branch(channels, channels)
        self.proj = _create_branch((len(dilations) + 1) * channels, channels)

    def forward(self, h: Tensor) -> Tensor:
        mean = self.global_conv(h.mean(dim=(2, 3), keepdim=True)).expand(-1, -1, *h.shape[-2:])
        out: Tensor = self.proj(torch.cat([*(branch(h) for branch in self.branches), mean], dim=1))
        return out


class _InputChange(nn.Module):
    """Perceptron that computes the change of a layer's input from the input and the control image."""

    def __init__(self, config: AnimaControlConfig) -> None:
        super().__init__()
        width, hidden, embedding = config.blocks.width, config.hidden, config.embedding
        self.down = nn.Linear(width, hidden)
        self.mid = nn.Linear(hidden + embedding, hidden)
        self.cond_to_film = nn.Linear(embedding, 2 * hidden)
        self.up = nn.Linear(hidden, width)
        self.depth_embed = nn.Parameter(torch.zeros(embedding))

    def forward(self, tokens: Tensor, image: Tensor) -> Tensor:
        local = image + self.depth_embed
        scale, shift = self.cond_to_film(local).chunk(2, dim=-1)
        inner = self.mid(torch.cat([local, F.silu(self.down(tokens))], dim=-1))
        out: Tensor = self.up(F.silu(inner * (1 + scale) + shift))
        return out


def _create_branch(inputs: int, outputs: int, dilation: int = 1) -> nn.Sequential:
    side = 1 if dilation == 1 else 3
    padding = 0 if dilation == 1 else dilation
    convolution = nn.Conv2d(inputs, outputs, side, padding=padding, dilation=dilation)
    return nn.Sequential(convolution, _create_group_norm(outputs), nn.SiLU())


def _create_group_norm(channels: int) -> nn.GroupNorm:
    groups = GROUPS
    while channels % groups:
        groups //= 2
    return nn.GroupNorm(groups, channels)
