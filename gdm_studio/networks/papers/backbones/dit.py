"""DiT: a transformer over patches whose layers are scaled, shifted and gated by time and class (adaLN-zero).

Peebles and Xie 2022, arXiv:2212.09748, section 3.2 and figure 3. A block adds gate · attention(scale · LN(x) + shift),
then the same with a feed-forward network. The scales, shifts and gates are one linear layer of SiLU(c), where c is the
sum of the embedded time and class. This layer is initialised to zero, so that every block starts as the identity and
the whole network as zero.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gdm_studio.networks.deep_features import DeepFeatures, run_later_blocks
from gdm_studio.networks.layers import zero_init
from gdm_studio.networks.papers.backbones.transformer_layers import (
    Attention,
    FeedForward,
    Patches,
    SquareConfig,
    TimeEmbedding,
    assemble_images,
    head_count,
    patches_per_side,
    position_encoding,
)


@dataclass(frozen=True)
class DiTConfig(SquareConfig):
    """Hyperparameters of the diffusion transformer `DiT`, such as its layer widths. They are saved with its weights."""

    patch: int = 4
    # Width of a token, a multiple of four.
    width: int = 160
    depth: int = 4
    # Number of attention heads; 0 to derive it from the width.
    heads: int = 0
    dropout: float = 0.0
    # True for adaLN-zero. False for plain adaLN without gates, whose blocks do not start as the identity.
    zero: bool = True
    backbone: str = "dit"


class DiT(nn.Module):
    """Diffusion transformer (DiT) that denoises square images with the side `config.size`, called as `network(x, time,
    cond) -> F`.
    """

    def __init__(self, config: DiTConfig) -> None:
        super().__init__()
        self.config = config
        width = config.width
        self.side = patches_per_side(config.size, config.patch)
        self.patches = Patches(config.channels, config.patch, width)
        self.time = TimeEmbedding(width)
        self.told = nn.Linear(config.told, width, bias=False) if config.told else None
        self.blocks = nn.ModuleList(
            DiTBlock(width, config.heads or head_count(width), dropout=config.dropout, zero=config.zero)
            for _ in range(config.depth)
        )
        self.last = nn.Linear(width, config.channels * config.answers * config.patch**2)
        self.modulation = nn.Linear(width, 2 * width)
        for module in (self.last, self.modulation):
            if config.zero:
                zero_init(module)

    def forward(
        self,
        x: Tensor,  # (N, C, H, W)
        time: Tensor,  # (N,), of order one
        cond: Tensor | None = None,  # (N, told)
        deep: DeepFeatures | None = None,  # those of all blocks but the first
    ) -> Tensor:
        tokens = self.patches(x)  # (N, T, D)
        tokens = tokens + position_encoding(self.side, self.config.width).to(tokens)
        c = self.time(time).to(tokens.dtype)  # (N, D)
        if self.told is not None and cond is not None:
            c = c + self.told(cond)
        c = F.silu(c)
        tokens = self.blocks[0](tokens, c)
        tokens = run_later_blocks(deep, self.blocks, tokens, c)
        shift, scale = self.modulation(c)[:, None].chunk(2, dim=-1)
        tokens = self.last(modulate(tokens, shift, scale))
        return assemble_images(tokens, self.side, self.config.patch)  # (N, C · answers, H, W)


class DiTBlock(nn.Module):
    """Transformer layer of the network `DiT` on tokens (N, T, D), conditioned on the activated embedding SiLU(c) (N, D)
    of time and class.
    """

    def __init__(self, width: int, heads: int, *, dropout: float = 0.0, zero: bool = True) -> None:
        super().__init__()
        self.attention = Attention(width, heads)
        self.forward_network = FeedForward(width, dropout=dropout, approximate="tanh")
        self.modulation = zero_init(nn.Linear(width, 6 * width)) if zero else nn.Linear(width, 4 * width)
        self.gated = zero
        for layer in (self.attention.given, self.attention.out, *self.forward_network):
            if isinstance(layer, nn.Linear):
                nn.init.xavier_uniform_(layer.weight)

    def forward(self, tokens: Tensor, c: Tensor) -> Tensor:
        parts = self.modulation(c)[:, None].chunk(6 if self.gated else 4, dim=-1)
        first = parts[: len(parts) // 2]
        second = parts[len(parts) // 2 :]
        tokens = tokens + self._select_gate(first) * self.attention(modulate(tokens, *first[:2]))
        return tokens + self._select_gate(second) * self.forward_network(modulate(tokens, *second[:2]))

    def _select_gate(self, parts: tuple[Tensor, ...]) -> Tensor | float:
        return parts[2] if self.gated else 1.0


def modulate(tokens: Tensor, shift: Tensor, scale: Tensor) -> Tensor:
    """Apply layer normalisation without learned weights to each token, multiply the result by 1 + scale, and add the
    shift (adaLN).
    """
    return torch.addcmul(shift, F.layer_norm(tokens, tokens.shape[-1:], eps=1e-6), 1 + scale)
