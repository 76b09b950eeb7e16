"""Transformer that encodes a caption, given as word indices, and is trained together with the network that it
conditions.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from gdm_studio.networks.icons.text_encoder import TextBlock

# The word number of an empty position.
EMPTY = 0


@dataclass(frozen=True)
class CaptionTransformerConfig:
    """Hyperparameters of the caption encoder `CaptionTransformer`, such as its layer widths. They are saved with its
    weights.
    """

    # Number of words, including EMPTY.
    words: int
    # Number of positions. Longer captions are cut off.
    length: int = 10
    width: int = 96
    layers: int = 2
    heads: int = 4
    # Number of predicted words per position, for training on text alone; 0 for none.
    answers: int = 0


class CaptionTransformer(nn.Module):
    """Transformer that encodes captions, given as word indices (N, L), called as `text(ids) -> (tokens, pooled)`.

    Empty positions hold a learned vector of their own and take part in the attention, so that an empty caption has an
    encoding too (GLIDE, Nichol et al. 2021, section 2.4, for guidance without a classifier). `pooled` is the last
    token.
    """

    def __init__(self, config: CaptionTransformerConfig) -> None:
        super().__init__()
        self.config = config
        self.word = nn.Embedding(config.words, config.width)
        self.padding = nn.Parameter(0.02 * torch.randn(config.length, config.width))
        self.position = nn.Parameter(0.02 * torch.randn(config.length, config.width))
        self.blocks = nn.ModuleList(TextBlock(config.width, config.heads) for _ in range(config.layers))
        self.norm = nn.LayerNorm(config.width)
        self.answer = nn.Linear(config.width, config.answers) if config.answers else None

    def forward(self, ids: Tensor) -> tuple[Tensor, Tensor]:
        is_empty = (ids == EMPTY)[..., None]  # (N, L, 1)
        h = torch.where(is_empty, self.padding, self.word(ids) + self.position)  # (N, L, D)
        everything = torch.ones_like(ids, dtype=torch.bool)[:, None, None, :]
        for block in self.blocks:
            h = block(h, everything)
        tokens = self.norm(h)
        return tokens, tokens[:, -1]

    def word_scores(self, ids: Tensor) -> Tensor:
        """Predict the word at each position of a caption, as logits (N, L, answers), for pretraining on text without
        images.
        """
        if self.answer is None:
            raise ValueError("this caption transformer does not predict words")
        scores: Tensor = self.answer(self(ids)[0])
        return scores
