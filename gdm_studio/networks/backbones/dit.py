"""DiT: a transformer over patches whose every layer is scaled, shifted and gated by time and class (adaLN-zero).

Peebles and Xie 2022, arXiv:2212.09748, section 3.2 and figure 3: c = time + class; a block adds gate · attention(scale
· LN(x) + shift), then the same of a feed-forward network; scales, shifts and gates are one layer of SiLU(c), which
begins at zero, so that every block begins as the identity and the whole network as nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gdm_studio.networks.backbones.tokens import (
    Attention,
    FeedForward,
    Patches,
    SquareConfig,
    TimeEmbedding,
    heads_of,
    pictures_of,
    side_of,
    waves,
)
from gdm_studio.networks.layers import zeroed


@dataclass(frozen=True)
class DiTConfig(SquareConfig):
    """Sizes of a `DiT`; saved with its weights."""

    patch: int = 4
    width: int = 160  # of a token, a multiple of four
    depth: int = 4
    heads: int = 0  # 0 for as many as suit the width
    dropout: float = 0.0
    zero: bool = True  # adaLN-zero; without, plain adaLN: no gates, and blocks do not begin as the identity
    backbone: str = "dit"


class DiT(nn.Module):
    """`network(x, time, told) -> F` for square pictures of the size that it was made for."""

    def __init__(self, config: DiTConfig) -> None:
        super().__init__()
        self.config = config
        width = config.width
        self.side = side_of(config.size, config.patch)
        self.patches = Patches(config.channels, config.patch, width)
        self.time = TimeEmbedding(width)
        self.told = nn.Linear(config.told, width, bias=False) if config.told else None
        self.blocks = nn.ModuleList(
            DiTBlock(width, config.heads or heads_of(width), dropout=config.dropout, zero=config.zero)
            for _ in range(config.depth)
        )
        self.last = nn.Linear(width, config.channels * config.answers * config.patch**2)
        self.modulation = nn.Linear(width, 2 * width)
        for module in (self.last, self.modulation):
            if config.zero:
                zeroed(module)

    def forward(self, x: Tensor, time: Tensor, told: Tensor | None = None) -> Tensor:
        tokens = self.patches(x)                                                # (N, T, D)
        tokens = tokens + waves(self.side, self.config.width).to(tokens)
        c = self.time(time).to(tokens.dtype)                                    # (N, D)
        if self.told is not None and told is not None:
            c = c + self.told(told)
        c = F.silu(c)
        for block in self.blocks:
            tokens = block(tokens, c)
        shift, scale = self.modulation(c)[:, None].chunk(2, dim=-1)
        tokens = self.last(modulated(tokens, shift, scale))
        return pictures_of(tokens, self.side, self.config.patch)                # (N, C · answers, H, W)


class DiTBlock(nn.Module):
    """One layer of a `DiT`: tokens (N, T, D), told SiLU(c) (N, D)."""

    def __init__(self, width: int, heads: int, *, dropout: float = 0.0, zero: bool = True) -> None:
        super().__init__()
        self.attention = Attention(width, heads)
        self.forward_network = FeedForward(width, dropout=dropout, approximate="tanh")
        self.modulation = zeroed(nn.Linear(width, 6 * width)) if zero else nn.Linear(width, 4 * width)
        self.gated = zero
        for layer in (self.attention.given, self.attention.out, *self.forward_network):
            if isinstance(layer, nn.Linear):
                nn.init.xavier_uniform_(layer.weight)

    def forward(self, tokens: Tensor, c: Tensor) -> Tensor:
        parts = self.modulation(c)[:, None].chunk(6 if self.gated else 4, dim=-1)
        first, second = parts[: len(parts) // 2], parts[len(parts) // 2 :]
        tokens = tokens + self._gate(first) * self.attention(modulated(tokens, *first[:2]))
        return tokens + self._gate(second) * self.forward_network(modulated(tokens, *second[:2]))

    def _gate(self, parts: tuple[Tensor, ...]) -> Tensor | float:
        return parts[2] if self.gated else 1.0


def modulated(tokens: Tensor, shift: Tensor, scale: Tensor) -> Tensor:
    """Tokens normalised (layer normalisation without weights of its own), scaled by 1 + scale, and shifted."""
    return torch.addcmul(shift, F.layer_norm(tokens, tokens.shape[-1:], eps=1e-6), 1 + scale)
