"""CLIP's text encoder (Radford et al. 2021, arXiv:2103.00020), as Stable Diffusion uses it."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gdm_studio.networks.stable_diffusion.configurations import ClipConfig as ClipConfig
from gdm_studio.networks.stable_diffusion.tokenizer import ClipTokenizer, plain_tokenizer

# The id of the token that ends a prompt.
END = 49407


class Encoded(NamedTuple):
    """Output of CLIP's text encoder for a batch of prompts: the hidden states of all layers and the pooled text
    embedding.
    """

    # Hidden states (N, L, width) before the first layer and after each layer, without the final normalisation.
    hidden: tuple[Tensor, ...]
    # The pooled text (N, projection).
    pooled: Tensor | None


class ClipText(nn.Module):
    """CLIP's text encoder, which encodes prompts for Stable Diffusion. It is called as `clip(clip.embed(ids), ends)`.

    `ids` are token ids (N, L), and `ends` (N,) the index of each prompt's end token. Embedding is a separate step, so
    that learned embeddings without a token can be inserted.
    """

    def __init__(self, config: ClipConfig) -> None:
        super().__init__()
        self.config = config
        # Tokenizer whose ids it encodes, if it has tokens beside CLIP's.
        self.extended_tokenizer: ClipTokenizer | None = None
        self.token_embedding = create_embedding(config.vocabulary, config.width)
        self.position_embedding = create_embedding(config.length, config.width)
        self.layers = nn.ModuleList(
            Layer(config.width, config.heads, 4 * config.width, quick=config.quick, is_causal=True)
            for _ in range(config.layers)
        )
        self.final_layer_norm = nn.LayerNorm(config.width)
        self.text_projection = nn.Linear(config.width, config.projection, bias=False) if config.projection else None

    @property
    def tokenizer(self) -> ClipTokenizer:
        """Tokenizer that converts prompts to this encoder's token ids."""
        return self.extended_tokenizer or plain_tokenizer()

    def embed(self, ids: Tensor) -> Tensor:
        tokens: Tensor = self.token_embedding(ids)
        return tokens

    def forward(self, tokens: Tensor, ends: Tensor) -> Encoded:
        h = tokens + self.position_embedding.weight[: tokens.shape[1]]  # (N, L, C)
        hidden = [h]
        for layer in self.layers:
            hidden.append(layer(hidden[-1]))
        pooled = None
        if self.text_projection is not None:
            rows = torch.arange(len(h), device=h.device)
            pooled = self.text_projection(self.final_layer_norm(hidden[-1][rows, ends]))
        return Encoded(tuple(hidden), pooled)

    def skip_layers(self, encoded: Encoded, skip: int, *, norm: bool) -> Tensor:
        """Return the hidden states (N, L, width) that serve as the encoded prompt, leaving out the last `skip` − 1
        layers ("clip skip").

        `norm` determines whether the final normalisation is applied.
        """
        h = encoded.hidden[-skip]
        return self.final_layer_norm(h) if norm else h


class Layer(nn.Module):
    """Pre-norm transformer layer of CLIP's encoders: self-attention, which is causal for text, and a feed-forward
    network with `hidden` channels, each with a residual connection.

    With `siglip`, it is a layer of SigLIP, which has the tanh approximation of GELU.
    """

    def __init__(
        self, width: int, heads: int, hidden: int, *, quick: bool, is_causal: bool, siglip: bool = False
    ) -> None:
        super().__init__()
        self.heads = heads
        self.quick = quick
        self.is_causal = is_causal
        self.approximate = "tanh" if siglip else "none"
        eps = 1e-6 if siglip else 1e-5
        self.layer_norm1 = nn.LayerNorm(width, eps=eps)
        self.layer_norm2 = nn.LayerNorm(width, eps=eps)
        names = ("q_proj", "k_proj", "v_proj", "out_proj")
        self.self_attn = nn.ModuleDict({name: nn.Linear(width, width) for name in names})
        self.mlp = nn.ModuleDict({"fc1": nn.Linear(width, hidden), "fc2": nn.Linear(hidden, width)})

    def forward(self, h: Tensor) -> Tensor:
        normed = self.layer_norm1(h)
        parts = (self.self_attn[name](normed) for name in ("q_proj", "k_proj", "v_proj"))
        query, key, value = (part.unflatten(-1, (self.heads, -1)).transpose(1, 2) for part in parts)
        mixed = F.scaled_dot_product_attention(query, key, value, is_causal=self.is_causal)
        h = h + self.self_attn["out_proj"](mixed.transpose(1, 2).flatten(2))
        wide = self.mlp["fc1"](self.layer_norm2(h))
        active = torch.sigmoid(1.702 * wide) * wide if self.quick else F.gelu(wide, approximate=self.approximate)
        out: Tensor = h + self.mlp["fc2"](active)
        return out


def create_embedding(rows: int, width: int) -> nn.Embedding:
    """Create an embedding layer with torch's default initialisation. On the meta device, the random initialisation is
    skipped.

    To draw numbers there, torch would import its compiler, which takes a second. The values come from a file anyway.
    """
    weight = torch.empty(rows, width)
    if not weight.is_meta:
        nn.init.normal_(weight)
    return nn.Embedding(rows, width, _weight=weight)
