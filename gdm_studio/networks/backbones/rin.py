"""RIN: a few latent tokens do the thinking; they read from the patches, and write to them what they found.

Jabri, Fleet and Chen 2022, arXiv:2212.11972, section 3 and figure 3: in a block the latents read (attention to the
patches), are processed (attention among themselves, several layers), and the patches are written (attention to the
latents). **Latent self-conditioning**: the latents begin as they ended at the step before, z = z₀ + LN(z′ + MLP(z′)),
with that normalisation's scale at zero first. In training z′ comes of the network itself, without a gradient.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

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
class RINConfig(SquareConfig):
    """Sizes of a `RIN`; saved with its weights."""

    patch: int = 4
    width: int = 160  # of a latent
    interface: int = 80  # of a patch's token, a multiple of four
    latents: int = 32
    blocks: int = 2
    layers: int = 2  # of a block, among the latents
    dropout: float = 0.0
    conditioned: float = 0.9  # share of the pictures in training whose latents have a step before
    backbone: str = "rin"


class RIN(nn.Module):
    """`network(x, time, told) -> F`; `remembering(x, time, told, latents) -> (F, latents)` for a run of steps."""

    def __init__(self, config: RINConfig) -> None:
        super().__init__()
        self.config = config
        width, interface = config.width, config.interface
        self.side = side_of(config.size, config.patch)
        self.patches = Patches(config.channels, config.patch, interface)
        self.norm_in = nn.LayerNorm(interface)
        self.time = TimeEmbedding(width)
        self.told = nn.Linear(config.told, width, bias=False) if config.told else None
        self.latents = nn.Parameter(torch.randn(1, config.latents, width) * 0.02)
        self.before = FeedForward(width)
        self.norm_before = nn.LayerNorm(width)
        nn.init.zeros_(self.norm_before.weight)
        self.blocks = nn.ModuleList(RINBlock(config) for _ in range(config.blocks))
        self.norm_out = nn.LayerNorm(interface)
        self.last = zeroed(nn.Linear(interface, config.channels * config.answers * config.patch**2))

    def forward(self, x: Tensor, time: Tensor, told: Tensor | None = None) -> Tensor:
        before = self.unremembered(x)
        if self.training and self.config.conditioned:
            with torch.no_grad():
                _, found = self.remembering(x, time, told, before)
            chosen = torch.rand(len(x), 1, 1, device=x.device) < self.config.conditioned
            before = torch.where(chosen, found, before)
        return self.remembering(x, time, told, before)[0]

    def unremembered(self, x: Tensor) -> Tensor:
        """What stands for latents before the first step: (N, latents, width), all zero."""
        return x.new_zeros(len(x), self.config.latents, self.config.width)

    def remembering(self, x: Tensor, time: Tensor, told: Tensor | None, before: Tensor) -> tuple[Tensor, Tensor]:
        """F, and the latents (N, latents, width) for the next step; `before` are those of the last one."""
        patches = self.norm_in(self.patches(x))
        patches = patches + waves(self.side, self.config.interface).to(patches)  # (N, T, interface)
        tokens = [self.time(time).to(patches.dtype)[:, None]]
        if self.told is not None:
            tokens.append(self.told(x.new_zeros(len(x), self.config.told) if told is None else told)[:, None])
        known = self.latents + self.norm_before(before + self.before(before))
        z = torch.cat([*tokens, known.expand(len(x), -1, -1)], dim=1)            # (N, extra + latents, width)
        for block in self.blocks:
            z, patches = block(z, patches)
        answer = pictures_of(self.last(self.norm_out(patches)), self.side, self.config.patch)
        return answer, z[:, len(tokens) :]


class RINBlock(nn.Module):
    """Reads, processes, writes: latents (N, L, width) and patches (N, T, interface), both changed."""

    def __init__(self, config: RINConfig) -> None:
        super().__init__()
        width, interface = config.width, config.interface
        heads = heads_of(width)
        self.norm_read, self.norm_source = nn.LayerNorm(width), nn.LayerNorm(interface)
        self.read = Attention(width, heads, source=interface)
        self.after_read = FeedForwardBlock(width, config.dropout)
        self.layers = nn.ModuleList(RINLayer(width, heads, config.dropout) for _ in range(config.layers))
        self.norm_write, self.norm_latents = nn.LayerNorm(interface), nn.LayerNorm(width)
        self.write = Attention(interface, heads_of(interface), source=width)
        self.after_write = FeedForwardBlock(interface, config.dropout)

    def forward(self, z: Tensor, patches: Tensor) -> tuple[Tensor, Tensor]:
        z = self.after_read(z + self.read(self.norm_read(z), self.norm_source(patches)))
        for layer in self.layers:
            z = layer(z)
        patches = self.after_write(patches + self.write(self.norm_write(patches), self.norm_latents(z)))
        return z, patches


class RINLayer(nn.Module):
    """Attention of the latents among themselves, and the network after it."""

    def __init__(self, width: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.attention = Attention(width, heads)
        self.after = FeedForwardBlock(width, dropout)

    def forward(self, z: Tensor) -> Tensor:
        return self.after(z + self.attention(self.norm(z)))


class FeedForwardBlock(nn.Module):
    """x + network(LN(x))."""

    def __init__(self, width: int, dropout: float) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.network = FeedForward(width, dropout=dropout)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.network(self.norm(x))
