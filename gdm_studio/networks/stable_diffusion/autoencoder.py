"""Autoencoder of Stable Diffusion, where a latent position covers 8 by 8 pixels (Rombach et al. 2022, appendix G).

The autoencoder of Wan 2.1 (Wan Team 2025, arXiv:2503.20314) has the same layers with other normalisations. Its
convolutions over time see zeros before the first frame, so that only their last slice counts for a single image.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gdm_studio.networks.convolution import LargeConv3x3
from gdm_studio.networks.stable_diffusion.configurations import AutoencoderConfig as AutoencoderConfig

# Feature maps of at least this number of positions, more than 1024 × 1024, are processed in stripes of ROWS rows.
LARGE = 2**20 + 1
ROWS = 64
# The same limit where memory is short.
SMALL = 2**16
_IN_STRIPES = ContextVar("in stripes", default=False)


@contextmanager
def in_stripes() -> Iterator[None]:
    """Context manager that processes feature maps of at least 256 × 256 positions in stripes, to save memory. It
    applies to the current thread, and changes images only by rounding.
    """
    before = _IN_STRIPES.set(True)
    try:
        yield
    finally:
        _IN_STRIPES.reset(before)


class Autoencoder(nn.Module):
    """Autoencoder of Stable Diffusion for images (N, 3, H, W) with values −1 … 1. Its latents (N, latent, H/8, W/8) are
    scaled as in the checkpoint.
    """

    def __init__(self, config: AutoencoderConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder = Encoder(config)
        self.decoder = Decoder(config)
        self.quant_conv = nn.Conv2d(2 * config.latent, 2 * config.latent, 1) if config.quant else nn.Identity()
        self.post_quant_conv = nn.Conv2d(config.latent, config.latent, 1) if config.quant else nn.Identity()

    def encode(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        """Encode images to the mean and the log-variance of their latents, each (N, latent, H/8, W/8).

        The log-variance is within −30 … 20.
        """
        mean, log_variance = self.quant_conv(self.encoder(pictures)).chunk(2, dim=1)
        return mean, log_variance.clamp(-30, 20)

    def decode(self, latents: Tensor) -> Tensor:
        pictures: Tensor = self.decoder(self.post_quant_conv(latents))
        return pictures


class Encoder(nn.Module):
    """Convolutional network of the autoencoder that maps images to the mean and log-variance of their latents."""

    def __init__(self, config: AutoencoderConfig) -> None:
        super().__init__()
        widths = [config.channels * width for width in config.widths]
        self.conv_in = nn.Conv2d(3, widths[0], 3, padding=1)
        self.down = nn.ModuleList()
        here = widths[0]
        for level, width in enumerate(widths):
            sampling = Downsample(width) if level < len(widths) - 1 else None
            self.down.append(Level(here, width, config.blocks, downsample=sampling, pointwise=config.video))
            here = width
        self.mid = Middle(here, pointwise=config.video)
        self.norm_out = _create_norm(here, pointwise=config.video)
        self.conv_out = nn.Conv2d(here, 2 * config.latent, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        h = self.conv_in(x)
        for level in self.down:
            assert isinstance(level, Level)
            for layer in level.layers():
                h = layer(h)
        return _normalise_and_convolve(self.norm_out, self.conv_out, self.mid(h))


class Decoder(nn.Module):
    """Convolutional network of the autoencoder that maps latents to images.

    Its levels run from coarse to fine, but are numbered in `up` from fine to coarse.
    """

    def __init__(self, config: AutoencoderConfig) -> None:
        super().__init__()
        widths = [config.channels * width for width in config.widths]
        here = widths[-1]
        self.conv_in = nn.Conv2d(config.latent, here, 3, padding=1)
        self.mid = Middle(here, pointwise=config.video)
        levels: list[nn.Module] = []
        for level, width in reversed(list(enumerate(widths))):
            after = width // 2 if config.video and level else width
            sampling = Upsample(width, after) if level else None
            levels.insert(0, Level(here, width, config.blocks + 1, upsample=sampling, pointwise=config.video))
            here = after
        self.up = nn.ModuleList(levels)
        self.norm_out = _create_norm(here, pointwise=config.video)
        self.conv_out = nn.Conv2d(here, 3, 3, padding=1)

    def forward(self, z: Tensor) -> Tensor:
        h = self.mid(self.conv_in(z))
        for level in reversed(self.up):
            assert isinstance(level, Level)
            for layer in level.layers():
                h = layer(h)
        return _normalise_and_convolve(self.norm_out, self.conv_out, h)


class Level(nn.Module):
    """Level of the autoencoder: the residual blocks at one resolution, followed by a downsampling or upsampling layer
    except at the last level.
    """

    def __init__(
        self,
        channels_in: int,
        channels_out: int,
        blocks: int,
        *,
        downsample: nn.Module | None = None,
        upsample: nn.Module | None = None,
        pointwise: bool = False,
    ) -> None:
        super().__init__()
        sides = zip([channels_in, *[channels_out] * (blocks - 1)], [channels_out] * blocks, strict=True)
        self.block = nn.ModuleList(ResBlock(*side, pointwise=pointwise) for side in sides)
        self.downsample = downsample
        self.upsample = upsample

    def layers(self) -> list[nn.Module]:
        """Return the layers of this level in order. A caller that applies them one by one can free each input early,
        unlike a call of the whole level.
        """
        sampling = (self.downsample, self.upsample)
        return [*self.block, *(layer for layer in sampling if layer is not None)]


class Middle(nn.Module):
    """Coarsest level of the autoencoder: two residual blocks with an attention layer between them."""

    def __init__(self, channels: int, *, pointwise: bool = False) -> None:
        super().__init__()
        self.block_1 = ResBlock(channels, channels, pointwise=pointwise)
        self.attn_1 = Attention(channels, pointwise=pointwise)
        self.block_2 = ResBlock(channels, channels, pointwise=pointwise)

    def forward(self, h: Tensor) -> Tensor:
        out: Tensor = self.block_2(self.attn_1(self.block_1(h)))
        return out


class ResBlock(nn.Module):
    """Residual block of the autoencoder with two convolutions. Large feature maps are processed in stripes to save
    memory.
    """

    def __init__(self, channels_in: int, channels_out: int, *, pointwise: bool = False) -> None:
        super().__init__()
        self.norm1 = _create_norm(channels_in, pointwise=pointwise)
        self.conv1 = LargeConv3x3(channels_in, channels_out)
        self.norm2 = _create_norm(channels_out, pointwise=pointwise)
        self.conv2 = LargeConv3x3(channels_out, channels_out)
        self.nin_shortcut = nn.Conv2d(channels_in, channels_out, 1) if channels_in != channels_out else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        h = _normalise_and_convolve(self.norm1, self.conv1, x)
        h = _normalise_and_convolve(self.norm2, self.conv2, h)
        if not _is_large(x):
            shortcut: Tensor = self.nin_shortcut(x)
            # Fresh memory costs more than the sum. During training, autograd needs the result of the convolution.
            return shortcut + h if torch.is_grad_enabled() else h.add_(shortcut)
        for rows in _iter_stripes(h):
            h[..., rows, :] += self.nin_shortcut(x[..., rows, :])
        return h


class Attention(nn.Module):
    """Single-head self-attention over the positions of a feature map. Its projections are linear layers, even if a
    checkpoint stores them as 1x1 convolutions.
    """

    def __init__(self, channels: int, *, pointwise: bool = False) -> None:
        super().__init__()
        self.norm = _create_norm(channels, pointwise=pointwise)
        self.q, self.k, self.v, self.proj_out = (nn.Linear(channels, channels) for _ in range(4))

    def forward(self, x: Tensor) -> Tensor:
        h = self.norm(x).flatten(2).transpose(1, 2)  # (N, H·W, C)
        mixed = F.scaled_dot_product_attention(*(part(h)[:, None] for part in (self.q, self.k, self.v)))[:, 0]
        return x + self.proj_out(mixed).transpose(1, 2).unflatten(2, x.shape[-2:])


class Downsample(nn.Module):
    """Layer that halves the height and width of a feature map, with zero padding only at the bottom and right edges."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, stride=2)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor
        if not _is_large(x):
            out = self.conv(F.pad(x, (0, 1, 0, 1)))
            return out
        height, width = (side // 2 for side in x.shape[-2:])
        out = x.new_empty(len(x), self.conv.out_channels, height, width)
        for rows in _iter_stripes(out):
            below = x[..., 2 * rows.start : 2 * rows.stop + 1, :]
            padding = 2 * (rows.stop - rows.start) + 1 - below.shape[-2]
            out[..., rows, :] = self.conv(F.pad(below, (0, 1, 0, padding)))
        return out


class Upsample(nn.Module):
    """Layer that doubles the height and width of a feature map, by nearest-neighbour interpolation and a
    convolution.
    """

    def __init__(self, channels: int, channels_out: int) -> None:
        super().__init__()
        self.conv = LargeConv3x3(channels, channels_out)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor
        if not _is_large(x):
            out = self.conv(F.interpolate(x, scale_factor=2.0, mode="nearest"))
            return out
        count, _, height, width = x.shape
        out = x.new_empty(count, self.conv.out_channels, 2 * height, 2 * width)
        for rows in _iter_stripes(x):
            first = max(rows.start - 1, 0)
            last = min(rows.stop + 1, height)
            made = self.conv(F.interpolate(x[..., first:last, :], scale_factor=2.0, mode="nearest"))
            above = 2 * (rows.start - first)
            out[..., 2 * rows.start : 2 * rows.stop, :] = made[..., above : above + 2 * (rows.stop - rows.start), :]
        return out


class PositionNorm(nn.Module):
    """RMS normalisation of the channels at each position of a feature map, with a learned scale."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels))

    def forward(self, x: Tensor) -> Tensor:
        return F.normalize(x, dim=1) * (len(self.weight) ** 0.5 * self.weight[:, None, None])


def _normalise_and_convolve(norm: nn.Module, conv: nn.Conv2d, x: Tensor) -> Tensor:
    """Compute conv(silu(norm(x))) with a 3x3 convolution: half of a residual block. Height and width are unchanged.

    Large feature maps are processed in stripes, which changes only the rounding, so that no other feature map than x
    and the result is in memory.
    """
    if not _is_large(x):
        out: Tensor = conv(F.silu(norm(x), inplace=not torch.is_grad_enabled()))
        return out
    normalise: Callable[[Tensor], Tensor] = norm
    if isinstance(norm, nn.GroupNorm):
        normalise = partial(_scale_and_shift, *_linear_coefficients(norm, x))
    count, _, height, width = x.shape
    out = x.new_empty(count, conv.out_channels, height, width)
    for rows in _iter_stripes(x):
        first = max(rows.start - 1, 0)
        last = min(rows.stop + 1, height)
        made = conv(F.silu(normalise(x[..., first:last, :]), inplace=True))
        out[..., rows, :] = made[..., rows.start - first : rows.stop - first, :]
    return out


def _linear_coefficients(norm: nn.GroupNorm, x: Tensor) -> tuple[Tensor, Tensor]:
    """Compute the scale and the shift (N, C, 1, 1) per channel that are equivalent to a group normalisation of the
    feature map x.
    """
    # MPS has no float64.
    wide = torch.float32 if x.device.type == "mps" else torch.float64
    totals = x.new_zeros(2, *x.shape[:2], dtype=wide)
    for rows in _iter_stripes(x):
        stripe = x[..., rows, :]
        totals += torch.stack([each.sum((2, 3), dtype=wide) for each in (stripe, stripe.square())])
    grouped = totals.unflatten(2, (norm.num_groups, -1))
    mean, square = grouped.sum(-1) / (grouped.shape[-1] * x.shape[2] * x.shape[3])  # (N, groups) each
    spread = (square - mean.square()).clamp_min(0).add(norm.eps).sqrt()
    each = x.shape[1] // norm.num_groups
    scale = norm.weight / spread.repeat_interleave(each, dim=1)
    shift = norm.bias - mean.repeat_interleave(each, dim=1) * scale
    return scale.to(x)[..., None, None], shift.to(x)[..., None, None]


def _scale_and_shift(scale: Tensor, shift: Tensor, x: Tensor) -> Tensor:
    return torch.addcmul(shift, x, scale)


def _is_large(x: Tensor) -> bool:
    return x.shape[-2] * x.shape[-1] >= (min(SMALL, LARGE) if _IN_STRIPES.get() else LARGE)


def _iter_stripes(x: Tensor) -> Iterator[slice]:
    """Yield the row slices that divide a feature map into stripes of at most ROWS rows."""
    return (slice(top, min(top + ROWS, x.shape[-2])) for top in range(0, x.shape[-2], ROWS))


def _create_norm(channels: int, *, pointwise: bool) -> nn.Module:
    return PositionNorm(channels) if pointwise else nn.GroupNorm(32, channels, eps=1e-6)
