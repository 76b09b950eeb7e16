"""Encoder of T5 version 1.1 (Raffel et al. 2020, arXiv:1910.10683), and of UMT5."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gdm_studio.networks.text_encoders.layers import Perceptron, embedding
from gdm_studio.networks.text_encoders.prompt_format import PromptFormat

# Prompts of each family. Chroma's denoiser attends to the prompt and one padding token.
FLUX_1_DEV = PromptFormat(tokens=512, padded=True)
FLUX_1_SCHNELL = PromptFormat(tokens=256, padded=True)
STABLE_DIFFUSION_3 = PromptFormat(tokens=256, padded=True)
CHROMA = PromptFormat(tokens=512, padded=True, masked=True)
# Anima has no T5, only its token ids.
ANIMA = PromptFormat(tokens=512)


@dataclass(frozen=True)
class T5Config:
    """Hyperparameters of the text encoder `T5Encoder`, such as its layer widths. The defaults are those of T5-XXL."""

    vocabulary: int = 32128
    width: int = 4096
    layers: int = 24
    heads: int = 64
    # Channels per head.
    head: int = 64
    # Width inside the perceptron.
    hidden: int = 10240
    # Number of buckets of relative positions, and the distance in tokens from which on all positions share one.
    buckets: int = 32
    distance: int = 128
    # True if each layer has a table of position biases, as in UMT5. Otherwise all layers use the first layer's.
    own_biases: bool = False


# UMT5-XXL (Chung et al. 2023, arXiv:2304.09151).
UMT5_XXL = T5Config(vocabulary=256384, own_biases=True)


class T5Encoder(nn.Module):
    """Text encoder of T5 or UMT5, a bidirectional transformer with relative positions and RMS normalisation.

    It overflows in fp16; use bf16 or fp32.
    """

    def __init__(self, config: T5Config) -> None:
        super().__init__()
        self.config = config
        self.tokens = embedding(config.vocabulary, config.width)
        tables = config.layers if config.own_biases else 1
        self.biases = nn.ModuleList(embedding(config.buckets, config.heads) for _ in range(tables))
        self.layers = nn.ModuleList(Layer(config) for _ in range(config.layers))
        self.norm = _create_norm(config)

    def encode(self, ids: Tensor, mask: Tensor | None = None) -> Tensor:
        """Encode N prompts of L tokens to the normalised hidden states (N, L, width) of the last layer.

        `ids` are token ids (N, L). `mask` (N, L) is False at tokens that are not attended to; by default all are.
        """
        h = self.tokens(ids)
        buckets = self._bucket_indices(ids.shape[1], ids.device)
        bias: Tensor | None = None
        for number, layer in enumerate(self.layers):
            if number < len(self.biases):
                bias = self.biases[number](buckets).permute(2, 0, 1)[None]  # (1, heads, L, L)
                if mask is not None:
                    bias = bias.masked_fill(~mask[:, None, None, :], torch.finfo(bias.dtype).min)
            h = layer(h, bias)
        out: Tensor = self.norm(h)
        return out

    def _bucket_indices(self, length: int, device: torch.device) -> Tensor:
        """Return the index of the relative position bias for each pair of query and key, (L, L). The index depends on
        their distance.

        Half of the buckets are for keys after the query. In each half, the first buckets represent single distances,
        the others exponentially growing ranges.
        """
        place = torch.arange(length, device=device)
        offset = place[None] - place[:, None]
        half = self.config.buckets // 2
        exact = half // 2
        distance = offset.abs()
        # The reference computes these logarithms in fp32 as well, which decides on which side of a border they are.
        growth = (distance.clamp_min(1).float() / exact).log() / math.log(self.config.distance / exact)
        far = (exact + (growth * (half - exact)).long()).clamp_max(half - 1)
        return half * (offset > 0) + torch.where(distance < exact, distance, far)


class Layer(nn.Module):
    """Transformer layer of T5's encoder: self-attention and a gated feed-forward network, each with a residual
    connection.
    """

    def __init__(self, config: T5Config) -> None:
        super().__init__()
        self.norm1 = _create_norm(config)
        self.attention = Attention(config)
        self.norm2 = _create_norm(config)
        self.mlp = Perceptron(config.width, config.hidden, gelu=True)

    def forward(self, h: Tensor, bias: Tensor) -> Tensor:
        h = h + self.attention(self.norm1(h), bias)
        out: Tensor = h + self.mlp(self.norm2(h))
        return out


class Attention(nn.Module):
    """Self-attention layer of T5, whose logits are not divided by the square root of the head width."""

    def __init__(self, config: T5Config) -> None:
        super().__init__()
        self.heads = config.heads
        inner = config.heads * config.head
        self.q, self.k, self.v = (nn.Linear(config.width, inner, bias=False) for _ in range(3))
        self.o = nn.Linear(inner, config.width, bias=False)

    def forward(self, h: Tensor, bias: Tensor) -> Tensor:
        parts = (part(h).unflatten(-1, (self.heads, -1)).transpose(1, 2) for part in (self.q, self.k, self.v))
        query, key, value = parts
        mixed = F.scaled_dot_product_attention(query, key, value, attn_mask=bias, scale=1.0)
        out: Tensor = self.o(mixed.transpose(1, 2).flatten(2))
        return out


def _create_norm(config: T5Config) -> nn.RMSNorm:
    return nn.RMSNorm(config.width, eps=1e-6)
