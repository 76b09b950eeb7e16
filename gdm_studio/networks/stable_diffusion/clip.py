"""CLIP's text encoder (Radford et al. 2021, arXiv:2103.00020), as Stable Diffusion uses it."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gdm_studio.networks.stable_diffusion.sizes import ClipConfig as ClipConfig

END = 49407  # the token that ends a prompt


class Encoded(NamedTuple):
    hidden: tuple[Tensor, ...]  # (N, L, width) before the first layer and after each, without the final norm
    pooled: Tensor | None  # (N, projection)


class ClipText(nn.Module):
    """`clip(clip.embed(ids), ends)` with token ids (N, L) and the place of each row's end, (N,).

    Embeddings may be put in between that no token has.
    """

    def __init__(self, config: ClipConfig) -> None:
        super().__init__()
        self.config = config
        self.token_embedding = _embedding(config.vocabulary, config.width)
        self.position_embedding = _embedding(config.length, config.width)
        self.layers = nn.ModuleList(Layer(config) for _ in range(config.layers))
        self.final_layer_norm = nn.LayerNorm(config.width)
        self.text_projection = nn.Linear(config.width, config.projection, bias=False) if config.projection else None

    def embed(self, ids: Tensor) -> Tensor:
        tokens: Tensor = self.token_embedding(ids)
        return tokens

    def forward(self, tokens: Tensor, ends: Tensor) -> Encoded:
        h = tokens + self.position_embedding.weight[: tokens.shape[1]]                          # (N, L, C)
        hidden = [h]
        for layer in self.layers:
            hidden.append(layer(hidden[-1]))
        pooled = None
        if self.text_projection is not None:
            rows = torch.arange(len(h), device=h.device)
            pooled = self.text_projection(self.final_layer_norm(hidden[-1][rows, ends]))
        return Encoded(tuple(hidden), pooled)

    def skipping(self, encoded: Encoded, skip: int, *, norm: bool) -> Tensor:
        """The tokens as the last `skip` − 1 layers have not seen them, normalised at the end or not: (N, L, width)."""
        h = encoded.hidden[-skip]
        return self.final_layer_norm(h) if norm else h


class Layer(nn.Module):
    """Attention to what stands before, then a perceptron; each around a skip, normalised before."""

    def __init__(self, config: ClipConfig) -> None:
        super().__init__()
        self.heads, self.quick = config.heads, config.quick
        self.layer_norm1, self.layer_norm2 = nn.LayerNorm(config.width), nn.LayerNorm(config.width)
        names = ("q_proj", "k_proj", "v_proj", "out_proj")
        self.self_attn = nn.ModuleDict({name: nn.Linear(config.width, config.width) for name in names})
        self.mlp = nn.ModuleDict(
            {"fc1": nn.Linear(config.width, 4 * config.width), "fc2": nn.Linear(4 * config.width, config.width)}
        )

    def forward(self, h: Tensor) -> Tensor:
        normed = self.layer_norm1(h)
        parts = (self.self_attn[name](normed) for name in ("q_proj", "k_proj", "v_proj"))
        query, key, value = (part.unflatten(-1, (self.heads, -1)).transpose(1, 2) for part in parts)
        mixed = F.scaled_dot_product_attention(query, key, value, is_causal=True)
        h = h + self.self_attn["out_proj"](mixed.transpose(1, 2).flatten(2))
        wide = self.mlp["fc1"](self.layer_norm2(h))
        out: Tensor = h + self.mlp["fc2"](torch.sigmoid(1.702 * wide) * wide if self.quick else F.gelu(wide))
        return out


def _embedding(rows: int, width: int) -> nn.Embedding:
    """As torch makes it; but without numbers where it is to be filled from a file: to draw those on the meta device
    torch imports its compiler, which takes a second.
    """
    weight = torch.empty(rows, width)
    if not weight.is_meta:
        nn.init.normal_(weight)
    return nn.Embedding(rows, width, _weight=weight)
