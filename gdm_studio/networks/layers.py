"""Layers shared by several networks: normalisation, residual blocks, attention and resampling."""

from __future__ import annotations

import math
from typing import TypeVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gdm_studio.networks.convolution import Conv3x3

ModuleT = TypeVar("ModuleT", bound=nn.Module)
ConvOrLinear = TypeVar("ConvOrLinear", nn.Conv2d, nn.Linear)


class ResBlock(nn.Module):
    """Residual block of two 3x3 convolutions, after He et al. 2016. Before training it returns its input.

    If `embedding` > 0, the second normalisation is scaled and shifted by a projection of the embedding (AdaGN, Dhariwal
    and Nichol 2021, appendix A).
    """

    def __init__(
        self,
        channels_in: int,
        channels_out: int,
        *,
        embedding: int = 0,  # width of the conditioning vector; 0 for none
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.norm1 = group_norm(channels_in)
        self.conv1 = Conv3x3(channels_in, channels_out)
        self.modulation = zero_init(nn.Linear(embedding, 2 * channels_out)) if embedding else None
        self.norm2 = group_norm(channels_out)
        self.dropout = nn.Dropout(dropout)
        self.conv2 = zero_init(Conv3x3(channels_out, channels_out))
        self.skip = Conv1x1(channels_in, channels_out) if channels_in != channels_out else nn.Identity()

    def forward(self, x: Tensor, embedding: Tensor | None = None) -> Tensor:
        h = self.conv1(F.silu(self.norm1(x)))  # (N, C', H, W)
        h = self.norm2(h)
        if self.modulation is not None:
            scale, shift = self.modulation(embedding).to(h.dtype)[:, :, None, None].chunk(2, dim=1)
            h = torch.addcmul(shift, h, 1 + scale)
        return self.skip(x) + self.conv2(self.dropout(F.silu(h)))


# The factor r of `Attention2d.indirect_attention`. It is below 1, since a position may attend to other positions only.
FOLLOW_FACTOR = 0.99


class Attention2d(nn.Module):
    """Self-attention layer for feature maps, in which each position also attends to the text tokens (GLIDE, Nichol et
    al. 2021).

    At initialisation it returns its input.
    """

    def __init__(
        self,
        channels: int,
        *,
        head: int = 32,  # channels of one head
        context: int = 0,  # width of the text tokens; 0 for none
    ) -> None:
        super().__init__()
        if channels % head:
            raise ValueError(f"{channels} channels do not divide into heads of {head}")
        self.heads = channels // head
        self.norm = group_norm(channels)
        self.query_key_value = nn.Linear(channels, 3 * channels)
        self.context = nn.Sequential(nn.LayerNorm(context), nn.Linear(context, 2 * channels)) if context else None
        self.out = zero_init(nn.Linear(channels, channels))

    def forward(self, x: Tensor, context: Tensor | None = None, mask: Tensor | None = None) -> Tensor:
        n, c, height, width = x.shape
        h = self.norm(x).permute(0, 2, 3, 1).reshape(n, height * width, c)  # (N, T, C)
        query, key, value = self.query_key_value(h).chunk(3, dim=-1)
        allowed = None
        if self.context is not None and context is not None:
            text_key, text_value = self.context(context).to(key.dtype).chunk(2, dim=-1)
            key = torch.cat([text_key, key], dim=1)  # (N, L + T, C)
            value = torch.cat([text_value, value], dim=1)
            if mask is not None:
                allowed = F.pad(mask, (0, height * width), value=True)[:, None, None, :]
        query, key, value = (part.unflatten(-1, (self.heads, -1)).transpose(1, 2) for part in (query, key, value))
        h = attend(query, key, value, allowed)
        h = self.out(h.transpose(1, 2).reshape(n, height * width, c))
        return x + h.reshape(n, height, width, c).permute(0, 3, 1, 2)

    def token_attention(self, x: Tensor, context: Tensor, mask: Tensor | None = None) -> Tensor:
        """Return the attention of each position of the feature map to each text token, averaged over the heads, as (N,
        L, H, W).

        The remaining attention of a position, up to a sum of 1, goes to other positions.
        """
        shares = self._attention_weights(x, context, mask)[..., : context.shape[1]]  # (N, T, L)
        return shares.transpose(1, 2).unflatten(2, x.shape[-2:])

    def indirect_attention(self, x: Tensor, context: Tensor, mask: Tensor | None = None) -> Tensor:
        """Return the attention of each position to each text token, (N, L, H, W), including the attention that reaches
        the token through other positions.

        A position passes its attention on to the positions that attend to it. With attention W to words and S to
        positions, the sum is W + rSW + r²SSW + … = (1 − rS)⁻¹W. (Abnar and Zuidema 2020 follow attention through layers
        in the same way.)
        """
        words, places = (
            self._attention_weights(x, context, mask).cpu().split([context.shape[1], x[0, 0].numel()], dim=2)
        )
        reached = torch.linalg.solve(torch.eye(places.shape[1]) - FOLLOW_FACTOR * places, words)
        return reached.transpose(1, 2).unflatten(2, x.shape[-2:])

    def _attention_weights(self, x: Tensor, context: Tensor, mask: Tensor | None) -> Tensor:
        """Compute the attention weights (N, T, L + T) of the T positions of the feature map, first to the L text tokens
        and then to the positions.
        """
        if self.context is None:
            raise ValueError("this attention has no text tokens")
        h = self.norm(x).permute(0, 2, 3, 1).flatten(1, 2)  # (N, T, C)
        query, key, _ = self.query_key_value(h).chunk(3, dim=-1)
        text_key, _ = self.context(context).to(key.dtype).chunk(2, dim=-1)
        allowed = F.pad(mask, (0, h.shape[1]), value=True)[:, None, None, :] if mask is not None else None
        return attention_weights(query, torch.cat([text_key, key], dim=1), self.heads, allowed)


def attend(query: Tensor, key: Tensor, value: Tensor, allowed: Tensor | None = None) -> Tensor:
    """Compute softmax attention of queries, keys and values with shapes (N, heads, T or S, D). Returns a tensor (N,
    heads, T, D).

    `allowed` is a boolean mask that broadcasts to (N, heads, T, S).
    """
    if query.is_cuda:
        return F.scaled_dot_product_attention(query, key, value, attn_mask=allowed)
    # On a CPU, plain matrix products are several times faster for a few hundred tokens than the backward pass of the
    # fused kernel.
    scores = (query * query.shape[-1] ** -0.5) @ key.transpose(-1, -2)
    if allowed is not None:
        scores = scores.masked_fill(~allowed, float("-inf"))
    return scores.softmax(dim=-1).to(value.dtype) @ value


def attention_weights(query: Tensor, key: Tensor, heads: int, allowed: Tensor | None = None) -> Tensor:
    """Compute the softmax attention weights of T queries to S keys, averaged over the heads, as (N, T, S) in fp32.

    `query` is (N, T, C), and `key` is (N, S, C).
    """
    query, key = (part.float().unflatten(-1, (heads, -1)).transpose(1, 2) for part in (query, key))
    scores = (query * query.shape[-1] ** -0.5) @ key.transpose(-1, -2)  # (N, heads, T, S)
    if allowed is not None:
        scores = scores.masked_fill(~allowed, float("-inf"))
    return scores.softmax(dim=-1).mean(dim=1)


class Downsample(Conv3x3):
    """Layer that halves the height and width of a feature map by a 3x3 convolution of stride 2."""

    def __init__(self, channels_in: int, channels_out: int) -> None:
        super().__init__(channels_in, channels_out, stride=2)


class Upsample(nn.Module):
    """Layer that doubles the height and width of a feature map by a 1x1 convolution and a pixel-shuffle (Shi et al.
    2016).
    """

    def __init__(self, channels_in: int, channels_out: int) -> None:
        super().__init__()
        self.conv = Conv1x1(channels_in, 4 * channels_out)

    def forward(self, x: Tensor) -> Tensor:
        return F.pixel_shuffle(self.conv(x), 2)


class Conv1x1(nn.Conv2d):
    """1x1 convolution that is computed as a matrix product during inference on a CPU.

    The sums of a matrix product do not depend on the number of threads. Those of a convolution may, since it splits the
    channels of small images among the threads. On one thread both give the same bits.
    """

    def __init__(self, channels_in: int, channels_out: int) -> None:
        super().__init__(channels_in, channels_out, 1)

    def forward(self, x: Tensor) -> Tensor:
        if x.device.type != "cpu" or torch.is_grad_enabled():
            return super().forward(x)
        return F.linear(x.permute(0, 2, 3, 1), self.weight.flatten(1), self.bias).permute(0, 3, 1, 2)


class GroupNorm(nn.GroupNorm):
    """Group normalisation whose result does not depend on the number of threads, during inference on a CPU.

    In torch's implementation, the partial sums of a large channels-last image depend on the threads. This
    implementation sums x and x² channel by channel, in about the same time.
    """

    # Minimum number of pixels for which torch splits the sums among threads.
    LARGE = 1024

    def forward(self, x: Tensor) -> Tensor:
        pixels = x.shape[-2] * x.shape[-1]
        if pixels < self.LARGE or x.device.type != "cpu" or x.dtype != torch.float32 or torch.is_grad_enabled():
            return super().forward(x)
        count = pixels * self.num_channels // self.num_groups
        means = (part.sum((2, 3)).unflatten(1, (self.num_groups, -1)).sum(2) / count for part in (x, x * x))
        mean, square = (each[:, :, None] for each in means)  # (N, groups, 1)
        deviation = ((square - mean * mean).clamp(min=0) + self.eps).sqrt()
        scale = self.weight.view(self.num_groups, -1) / deviation  # (N, groups, channels of a group)
        shift = self.bias.view(self.num_groups, -1) - mean * scale
        return torch.addcmul(shift.flatten(1)[..., None, None], x, scale.flatten(1)[..., None, None])


class FourierEmbedding(nn.Module):
    """Layer that embeds numbers (N,) of order one as Fourier features (N, width) in fp32, with frequencies from 1/4 to
    64 cycles per unit.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.width = width

    def forward(self, x: Tensor) -> Tensor:
        # This is no buffer, since buffers are converted to bf16 with the weights. That would shift high frequencies by
        # a radian.
        turns = torch.logspace(-2, 6, self.width // 2, base=2, device=x.device)
        angles = x.float()[:, None] * (2 * math.pi * turns)
        return torch.cat([angles.cos(), angles.sin()], dim=1)


def channels_last(module: ModuleT) -> ModuleT:
    """Convert a module's convolution kernels to the memory layout "channels last", and return the module.

    It is the faster layout for bf16 on CPU and GPU.
    """
    return module.to(memory_format=torch.channels_last)  # type: ignore[call-overload]


def group_norm(channels: int) -> GroupNorm:
    """Create a group normalisation with 16 channels per group, or a single group if the number of channels is not a
    multiple of 16.
    """
    return GroupNorm(channels // 16 if channels % 16 == 0 else 1, channels, eps=1e-5)


def zero_init(module: ConvOrLinear) -> ConvOrLinear:
    """Set the weight and bias of a layer to zero, so that a residual branch ending in it has no effect before training.
    Returns the layer.
    """
    nn.init.zeros_(module.weight)
    if module.bias is not None:
        nn.init.zeros_(module.bias)
    return module
