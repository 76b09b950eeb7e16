"""Transformer that denoises an image embedding, given a caption: the prior of DALL·E 2."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gdm_studio.networks.icons.text_encoder import TextBlock
from gdm_studio.networks.layers import FourierEmbedding

FEATURES = 64


@dataclass(frozen=True)
class PriorTransformerConfig:
    """Hyperparameters of the prior network `PriorTransformer`, such as its layer widths. They are saved with its
    weights.
    """

    # Length of an embedding.
    embedding: int = 64
    # Width of the caption tokens.
    caption: int = 96
    # Number of caption tokens.
    length: int = 10
    width: int = 96
    layers: int = 3
    heads: int = 3


class PriorTransformer(nn.Module):
    """Causal transformer that predicts the image embedding for a caption by denoising. It is called as `prior(z, time,
    tokens, text) -> z0` with noisy image embeddings z (N, D).

    Its sequence is the caption's tokens, the caption's embedding, the time, z, and a learned query, whose output is the
    clean embedding (Ramesh et al. 2022, section 2.2). `scaled` and `unscaled` convert embeddings of length one to the
    space of z, in which every number has mean 0 and variance 1.
    """

    mean: Tensor
    deviation: Tensor

    def __init__(self, config: PriorTransformerConfig) -> None:
        super().__init__()
        self.config = config
        width = config.width
        self.register_buffer("mean", torch.zeros(config.embedding))
        self.register_buffer("deviation", torch.full((config.embedding,), 1 / math.sqrt(config.embedding)))
        self.tokens = nn.Linear(config.caption, width)
        self.text = nn.Linear(config.embedding, width)
        self.noise = nn.Sequential(FourierEmbedding(FEATURES), nn.Linear(FEATURES, width))
        self.noisy = nn.Linear(config.embedding, width)
        self.query = nn.Parameter(0.02 * torch.randn(width))
        self.position = nn.Parameter(0.02 * torch.randn(config.length + 4, width))
        self.blocks = nn.ModuleList(TextBlock(width, config.heads) for _ in range(config.layers))
        self.norm = nn.LayerNorm(width)
        self.answer = nn.Linear(width, config.embedding)

    def forward(
        self,
        z: Tensor,  # (N, D)
        time: Tensor,  # (N,), of order one
        tokens: Tensor,  # (N, L, caption)
        text: Tensor,  # (N, D), the caption's embedding
    ) -> Tensor:
        single = [self.text(text), self.noise(time), self.noisy(z), self.query.expand(len(z), -1)]
        h = torch.cat([self.tokens(tokens), torch.stack(single, dim=1)], dim=1) + self.position  # (N, L + 4, W)
        length = h.shape[1]
        # Each position attends only to itself and to earlier ones.
        earlier = torch.ones(length, length, dtype=torch.bool, device=h.device).tril()
        for block in self.blocks:
            h = block(h, earlier)
        answer: Tensor = self.answer(self.norm(h[:, -1]))
        return answer

    def scaled(self, embedding: Tensor) -> Tensor:
        """Normalise image embeddings (…, D) so that each component has mean 0 and variance 1, as the prior network
        expects.
        """
        return (embedding - self.mean) / self.deviation

    def unscaled(self, z: Tensor) -> Tensor:
        """Convert normalised embeddings z (…, D) back to image embeddings of length one."""
        return F.normalize(z * self.deviation + self.mean, dim=-1)

    @torch.no_grad()
    def fit(self, embeddings: Tensor) -> None:
        """Measure the mean and standard deviation of each component of the training image embeddings (N, D), for
        normalisation.
        """
        self.mean.copy_(embeddings.mean(dim=0))
        self.deviation.copy_(embeddings.std(dim=0).clamp(min=1e-4))
