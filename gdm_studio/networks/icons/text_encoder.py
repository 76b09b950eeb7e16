"""Text encoder: a fixed table of word vectors followed by a small transformer."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gdm_studio.networks.icons.special_tokens import FIRST_WORD, PADDING
from gdm_studio.networks.layers import attend, zero_init


@dataclass(frozen=True)
class TextConfig:
    """Hyperparameters of the built-in text encoder `TextEncoder`, such as its layer widths. They are saved with its
    weights.
    """

    # Number of rows of the word table.
    words: int
    # Length of a word vector.
    word_width: int = 80
    width: int = 192
    layers: int = 2
    heads: int = 6
    # Number of tokens of a prompt, including the style token.
    length: int = 16


class TextEncoder(nn.Module):
    """Text encoder of the built-in model, called as `text(ids) -> (tokens, mask, pooled)` with token ids (N, L) from
    `Tokenizer.encode`.

    Word vectors are int8 with one scale per dimension and are not trained. Special tokens have trained vectors.
    """

    table: Tensor
    table_scale: Tensor

    def __init__(self, config: TextConfig) -> None:
        super().__init__()
        self.config = config
        self.register_buffer("table", torch.zeros(config.words, config.word_width, dtype=torch.int8))
        self.register_buffer("table_scale", torch.ones(config.word_width))
        self.special = nn.Embedding(FIRST_WORD, config.width)
        self.word = nn.Sequential(
            nn.Linear(config.word_width, config.width), nn.LayerNorm(config.width, elementwise_affine=False)
        )
        self.position = nn.Parameter(0.02 * torch.randn(config.length, config.width))
        self.blocks = nn.ModuleList(TextBlock(config.width, config.heads) for _ in range(config.layers))
        self.correction = nn.LayerNorm(config.width)
        self.pooled = nn.Sequential(
            nn.Linear(config.width, 2 * config.width), nn.SiLU(), zero_init(nn.Linear(2 * config.width, config.width))
        )
        nn.init.zeros_(self.correction.weight)
        self.weigh = zero_init(nn.Linear(config.width, 1))

    def forward(self, ids: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        mask = ids != PADDING  # (N, L)
        is_word = (ids >= FIRST_WORD)[..., None]  # (N, L, 1)
        vectors = self.table[(ids - FIRST_WORD).clamp(min=0)] * self.table_scale
        words = self.word(vectors)  # (N, L, D)
        h = torch.where(is_word, words, self.special(ids.clamp(max=FIRST_WORD - 1)).to(words.dtype))
        # Word vectors go directly to both outputs, and the output of the transformer blocks is normalised separately.
        # In a single residual stream, the part that the blocks add to every prompt would soon dominate the differences
        # between prompts. The learned weights favour the subject: "a cute fox" is mainly a fox.
        weight = self.weigh(words).float().exp() * is_word  # (N, L, 1)
        bag = (words * weight).sum(1) / weight.sum(1).clamp(min=1e-6) + h[:, 0]  # (N, D)
        seen = h + self.position[: ids.shape[1]]
        for block in self.blocks:
            seen = block(seen, mask[:, None, None, :])
        seen = self.correction(seen)
        pooled = bag + seen[:, 0]
        return h + seen, mask, pooled + self.pooled(pooled)


class TextBlock(nn.Module):
    """Transformer block (Vaswani et al. 2017), called as `block(x, mask)` with tokens x (N, L, D).

    The mask, which broadcasts to (N, heads, L, L), is True where a token attends to another.
    """

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.norm1 = nn.LayerNorm(width)
        self.query_key_value = nn.Linear(width, 3 * width)
        self.out = zero_init(nn.Linear(width, width))
        self.norm2 = nn.LayerNorm(width)
        self.expand = nn.Linear(width, 2 * width)
        self.contract = zero_init(nn.Linear(2 * width, width))

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        n, length, width = x.shape
        parts = self.query_key_value(self.norm1(x)).view(n, length, 3, self.heads, -1)
        query, key, value = parts.permute(2, 0, 3, 1, 4)  # (N, heads, L, D / heads)
        h = attend(query, key, value, mask)
        x = x + self.out(h.transpose(1, 2).reshape(n, length, width))
        return x + self.contract(F.gelu(self.expand(self.norm2(x))))
