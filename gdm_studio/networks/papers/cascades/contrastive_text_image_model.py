"""Contrastive model of images and captions: two networks with a common embedding space (CLIP, Radford et al. 2021)."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gdm_studio.networks.papers.cascades.caption_transformer import CaptionTransformer, CaptionTransformerConfig
from gdm_studio.networks.papers.noisy_classifier import NoisyClassifier, NoisyClassifierConfig

# The initial factor of the cosine similarities, 1 / 0.07, and the largest that training may reach.
FIRST_SCALE, LARGEST_SCALE = 1 / 0.07, 100.0


@dataclass(frozen=True)
class ContrastiveConfig:
    """Hyperparameters of the contrastive network `ContrastiveModel`, such as its layer widths. They are saved with its
    weights.
    """

    # Number of words of the captions.
    words: int
    # Length of an embedding.
    width: int = 64
    # Side of the images in pixels, 4 · 2^n.
    size: int = 64
    channels: int = 4
    # Width of the image network at full size, and its largest width.
    narrow: int = 12
    wide: int = 48
    length: int = 10
    text_width: int = 64
    layers: int = 1


class ContrastiveModel(nn.Module):
    """Pair of networks, like CLIP, that embed images and captions in a common space as vectors of length one.

    The image network takes the noise level of its image, so that its gradient can guide a diffusion model (GLIDE,
    Nichol et al. 2021, section 2.3). Clean images have the time 0.
    """

    def __init__(self, config: ContrastiveConfig) -> None:
        super().__init__()
        self.config = config
        self.image = NoisyClassifier(
            NoisyClassifierConfig(
                answers=config.width,
                channels=config.channels,
                size=config.size,
                width=config.narrow,
                widest=config.wide,
            )
        )
        text = CaptionTransformerConfig(
            config.words, length=config.length, width=config.text_width, layers=config.layers
        )
        self.text = CaptionTransformer(text)
        self.projection = nn.Linear(config.text_width, config.width)
        self.log_scale = nn.Parameter(torch.tensor(FIRST_SCALE).log())

    def embed_images(self, images: Tensor, time: Tensor | None = None) -> Tensor:
        """Embed images (N, C, S, S), which may be noisy, as unit vectors (N, width). `time` (N,) is their diffusion
        time, scaled to the order of one; None means clean images.
        """
        time = torch.zeros(len(images), device=images.device) if time is None else time
        return F.normalize(self.image(images, time), dim=1)

    def embed_captions(self, ids: Tensor) -> Tensor:
        """Embed captions, given as word indices (N, L), as unit vectors (N, width)."""
        return F.normalize(self.projection(self.text(ids)[1]), dim=1)

    @property
    def scale(self) -> Tensor:
        """Learned factor (inverse temperature) for the cosine similarities in the loss."""
        return self.log_scale.exp().clamp(max=LARGEST_SCALE)

    def loss(self, images: Tensor, time: Tensor, ids: Tensor) -> Tensor:
        """Compute the training loss: the symmetric cross-entropy of matching images and captions in a batch (Radford et
        al. 2021, figure 3).

        Pairs of a batch whose captions are equal count as matching too.
        """
        scores = self.scale * self.embed_images(images, time) @ self.embed_captions(ids).T  # (N, N)
        same = (ids[:, None] == ids[None]).all(dim=2).float()
        target = same / same.sum(dim=1, keepdim=True)
        return (F.cross_entropy(scores, target) + F.cross_entropy(scores.T, target)) / 2
