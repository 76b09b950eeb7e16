"""Transformer blocks of Z-Image and Lumina 2, which their ControlNets have too."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from gdm_studio.networks.diffusion_transformers.blocks import Attention, JointAttention, Modulation, Rotation, SwiGlu
from gdm_studio.networks.diffusion_transformers.configurations import ZImageConfig

# Text and image are padded to multiples of this number of tokens.
MULTIPLE = 32
EPS = 1e-5


class SandwichBlock(nn.Module):
    """Transformer block with a normalisation before and after both the attention and the feed-forward network (sandwich
    norm).

    With `modulated`, linear layers of `c` (N, time) scale their inputs and, after tanh, gate their outputs.
    """

    def __init__(self, config: ZImageConfig, *, modulated: bool = True) -> None:
        super().__init__()
        width = config.width
        self.attention = Attention(width, config.heads, value_heads=config.value_heads, eps=EPS, bias=False)
        self.mix = JointAttention()
        self.feed_forward = SwiGlu(width, config.hidden)
        self.attention_norm = nn.RMSNorm(width, eps=EPS)
        self.attention_out_norm = nn.RMSNorm(width, eps=EPS)
        self.feed_forward_norm = nn.RMSNorm(width, eps=EPS)
        self.feed_forward_out_norm = nn.RMSNorm(width, eps=EPS)
        self.modulation = Modulation(width, 4, source=config.time) if modulated else None

    def forward(
        self, tokens: Tensor, rotation: Rotation, c: Tensor | None = None, bias: Tensor | None = None
    ) -> Tensor:
        scales: tuple[Tensor | float, ...] = (1.0, 1.0)
        gates: tuple[Tensor | float, ...] = (1.0, 1.0)
        if self.modulation is not None:
            first_scale, first_gate, last_scale, last_gate = self.modulation(c)
            scales = 1 + first_scale, 1 + last_scale
            gates = first_gate.tanh(), last_gate.tanh()
        attended = self.mix(self.attention(self.attention_norm(tokens) * scales[0]), rotation, bias)
        tokens = tokens + gates[0] * self.attention_out_norm(self.attention.out(attended))
        added = self.feed_forward(self.feed_forward_norm(tokens) * scales[1])
        return tokens + gates[1] * self.feed_forward_out_norm(added)


def pad_tokens(tokens: Tensor, pad: Tensor) -> Tensor:
    """Append copies of the learned padding token `pad` (1, width) until the number of tokens is a multiple of
    MULTIPLE.
    """
    missing = -tokens.shape[1] % MULTIPLE
    return torch.cat([tokens, pad.to(tokens.dtype).expand(len(tokens), missing, -1)], dim=1)
