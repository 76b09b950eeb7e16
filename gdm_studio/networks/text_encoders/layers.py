"""Layers shared by the text encoders."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class Perceptron(nn.Module):
    """Gated feed-forward network of a transformer, without biases (Shazeer 2020, arXiv:2002.05202)."""

    def __init__(self, width: int, hidden: int, *, gelu: bool) -> None:
        super().__init__()
        # True if the gate is a GELU (tanh approximation) instead of a SiLU.
        self.gelu = gelu
        self.gate_proj = nn.Linear(width, hidden, bias=False)
        self.up_proj = nn.Linear(width, hidden, bias=False)
        self.down_proj = nn.Linear(hidden, width, bias=False)

    def forward(self, h: Tensor) -> Tensor:
        gate = self.gate_proj(h)
        gate = F.gelu(gate, approximate="tanh") if self.gelu else F.silu(gate)
        out: Tensor = self.down_proj(gate * self.up_proj(h))
        return out


def embedding(rows: int, width: int) -> nn.Embedding:
    """Create a token embedding whose values are left uninitialised, because they will be loaded from a file.

    To draw random numbers on the meta device, torch would import its compiler, which takes a second.
    """
    return nn.Embedding(rows, width, _weight=torch.empty(rows, width))
