"""T2I-Adapter (Mou et al. 2023, arXiv:2302.08453): features of a control image that do not depend on the step."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gdm_studio.networks.stable_diffusion.configurations import AdapterConfig as AdapterConfig
from gdm_studio.networks.stable_diffusion.unet import ControlSignal

# Weights of red, green and blue in the brightness that adapters of one channel see.
LUMA = (0.299, 0.587, 0.114)


class T2IAdapter(nn.Module):
    """Network that guides a U-Net by a control image. It computes features once per run, which are added to the
    features of the U-Net's encoder.
    """

    def __init__(self, config: AdapterConfig) -> None:
        super().__init__()
        self.config = config
        here = config.inputs * config.unshuffle**2
        self.conv_in = None
        if not config.light:
            self.conv_in = nn.Conv2d(here, config.channels[0], 3, padding=1)
            here = config.channels[0]
        self.body = nn.ModuleList()
        for width, shrinks in zip(config.channels, config.shrinks, strict=True):
            self.body.append(_Block(config, here, width, shrinks=shrinks))
            here = width

    def features(self, image: Tensor) -> tuple[Tensor, ...]:
        """Encode a control image (1, 3, H, W) with values 0 … 1 to feature maps (1, C, h, w), from fine to coarse."""
        if self.config.inputs == 1:
            image = torch.einsum("nchw,c->nhw", image, image.new_tensor(LUMA))[:, None]
        unit = self.config.unshuffle
        size = [-(-side // unit) * unit for side in image.shape[-2:]]
        if size != list(image.shape[-2:]):
            image = F.interpolate(image, size, mode="bilinear")
        h = F.pixel_unshuffle(image, unit)
        h = h if self.conv_in is None else self.conv_in(h)
        found = []
        for block in self.body:
            h = block(h)
            found.append(h)
        return tuple(found)

    def forward(self, features: Sequence[Tensor], x: Tensor, *cond: Tensor) -> ControlSignal:
        return ControlSignal(levels=tuple(features))


class _Block(nn.Module):
    """Block of a T2I-Adapter: the residual blocks at one resolution. If `shrinks` is True, height and width are first
    halved (rounded up).
    """

    def __init__(self, config: AdapterConfig, channels_in: int, channels_out: int, *, shrinks: bool) -> None:
        super().__init__()
        self._shrinks = shrinks
        here = channels_out // 4 if config.light else channels_out
        self.in_conv = nn.Conv2d(channels_in, here, 1) if channels_in != here else nn.Identity()
        self.resnets = nn.Sequential(*(_Residual(here, config.kernel) for _ in range(config.blocks)))
        self.out_conv = nn.Conv2d(here, channels_out, 1) if config.light else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        h = F.avg_pool2d(x, 2, ceil_mode=True) if self._shrinks else x
        out: Tensor = self.out_conv(self.resnets(self.in_conv(h)))
        return out


class _Residual(nn.Module):
    def __init__(self, channels: int, kernel: int) -> None:
        super().__init__()
        self.block1 = nn.Conv2d(channels, channels, 3, padding=1)
        self.block2 = nn.Conv2d(channels, channels, kernel, padding=kernel // 2)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = x + self.block2(F.relu(self.block1(x)))
        return out
