"""RIN: most of the computation is done in a few latent tokens, which read from the image patches and write to them.

Jabri, Fleet and Chen 2022, arXiv:2212.11972, section 3 and figure 3. In each block the latents attend to the patches,
pass through several layers of self-attention, and the patches attend to the latents.

Latent self-conditioning: the latents are initialised from their final values z′ at the previous step, z = z₀ + LN(z′ +
MLP(z′)). The scale of that normalisation is initially zero. In training, z′ comes from the network itself, without a
gradient.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

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
class RINConfig(SquareConfig):
    """Hyperparameters of the recurrent interface network `RIN`, such as its layer widths. They are saved with its
    weights.
    """

    patch: int = 4
    # Width of a latent token.
    width: int = 160
    # Width of a patch token, a multiple of four.
    interface: int = 80
    latents: int = 32
    blocks: int = 2
    # Number of self-attention layers of a block, over the latents.
    layers: int = 2
    dropout: float = 0.0
    # Fraction of the training images whose latents are initialised from a previous step.
    conditioned: float = 0.9
    backbone: str = "rin"


class RIN(nn.Module):
    """Recurrent interface network, a transformer that denoises square images with the side `config.size`. It is called
    as `network(x, time, cond) -> F`.

    While sampling, `forward_with_latents` passes latents from step to step.
    """

    def __init__(self, config: RINConfig) -> None:
        super().__init__()
        self.config = config
        width = config.width
        interface = config.interface
        self.side = patches_per_side(config.size, config.patch)
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
        self.last = zero_init(nn.Linear(interface, config.channels * config.answers * config.patch**2))

    def forward(self, x: Tensor, time: Tensor, cond: Tensor | None = None) -> Tensor:
        before = self.initial_latents(x)
        if self.training and self.config.conditioned:
            with torch.no_grad():
                _, found = self.forward_with_latents(x, time, cond, before)
            chosen = torch.rand(len(x), 1, 1, device=x.device) < self.config.conditioned
            before = torch.where(chosen, found, before)
        return self.forward_with_latents(x, time, cond, before)[0]

    def initial_latents(self, x: Tensor) -> Tensor:
        """Return zeros (N, latents, width), which replace the previous latent tokens in the first step of a run."""
        return x.new_zeros(len(x), self.config.latents, self.config.width)

    def forward_with_latents(
        self, x: Tensor, time: Tensor, cond: Tensor | None, before: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Evaluate the network, given the latent tokens of the previous step. Returns the network's output F and the
        latent tokens (N, latents, width) for the next step.

        `before` are the latents of the previous step.
        """
        patches = self.norm_in(self.patches(x))
        patches = patches + position_encoding(self.side, self.config.interface).to(patches)  # (N, T, interface)
        tokens = [self.time(time).to(patches.dtype)[:, None]]
        if self.told is not None:
            tokens.append(self.told(x.new_zeros(len(x), self.config.told) if cond is None else cond)[:, None])
        known = self.latents + self.norm_before(before + self.before(before))
        z = torch.cat([*tokens, known.expand(len(x), -1, -1)], dim=1)  # (N, extra + latents, width)
        for block in self.blocks:
            z, patches = block(z, patches)
        answer = assemble_images(self.last(self.norm_out(patches)), self.side, self.config.patch)
        return answer, z[:, len(tokens) :]


class RINBlock(nn.Module):
    """Block of the network `RIN`. Latent tokens (N, L, width) read from the patch tokens (N, T, interface), are
    processed, and write back to the patch tokens.
    """

    def __init__(self, config: RINConfig) -> None:
        super().__init__()
        width = config.width
        interface = config.interface
        heads = head_count(width)
        self.norm_read = nn.LayerNorm(width)
        self.norm_source = nn.LayerNorm(interface)
        self.read = Attention(width, heads, source=interface)
        self.after_read = FeedForwardBlock(width, config.dropout)
        self.layers = nn.ModuleList(RINLayer(width, heads, config.dropout) for _ in range(config.layers))
        self.norm_write = nn.LayerNorm(interface)
        self.norm_latents = nn.LayerNorm(width)
        self.write = Attention(interface, head_count(interface), source=width)
        self.after_write = FeedForwardBlock(interface, config.dropout)

    def forward(self, z: Tensor, patches: Tensor) -> tuple[Tensor, Tensor]:
        z = self.after_read(z + self.read(self.norm_read(z), self.norm_source(patches)))
        for layer in self.layers:
            z = layer(z)
        patches = self.after_write(patches + self.write(self.norm_write(patches), self.norm_latents(z)))
        return z, patches


class RINLayer(nn.Module):
    """Transformer layer of the network `RIN`: self-attention among the latent tokens, followed by a feed-forward
    network.
    """

    def __init__(self, width: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.attention = Attention(width, heads)
        self.after = FeedForwardBlock(width, dropout)

    def forward(self, z: Tensor) -> Tensor:
        return self.after(z + self.attention(self.norm(z)))


class FeedForwardBlock(nn.Module):
    """Pre-norm feed-forward block with a residual connection: x + network(LN(x))."""

    def __init__(self, width: int, dropout: float) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.network = FeedForward(width, dropout=dropout)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.network(self.norm(x))
