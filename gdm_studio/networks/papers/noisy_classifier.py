"""Classifier of noisy images, conditioned on the noise level, for classifier guidance."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor, nn
from torch.nn import functional as F

from gdm_studio.networks.convolution import Conv3x3
from gdm_studio.networks.layers import Conv1x1, Downsample, FourierEmbedding, ResBlock
from gdm_studio.networks.papers.small_convolutional_networks import SMALLEST, widths_of

FEATURES = 64


@dataclass(frozen=True)
class NoisyClassifierConfig:
    """Hyperparameters of the classifier `NoisyClassifier`, such as its layer widths. They are saved with its
    weights.
    """

    # Number of classes.
    answers: int = 2
    channels: int = 4
    # Side of the images in pixels, 4 · 2^n.
    size: int = 32
    # Width at full size. It doubles with every halving of the size, up to `widest`.
    width: int = 32
    widest: int = 96
    embedding: int = 96


class NoisyClassifier(nn.Module):
    """Network that classifies noisy images for classifier guidance, called as `classifier(x, time) -> logits`.

    It is the encoder of a U-Net (Dhariwal and Nichol 2021, section 4.2).
    """

    def __init__(self, config: NoisyClassifierConfig) -> None:
        super().__init__()
        self.config = config
        widths = widths_of(config)[::-1]
        self.noise = nn.Sequential(FourierEmbedding(FEATURES), nn.Linear(FEATURES, config.embedding), nn.SiLU())
        self.conv_in = Conv3x3(config.channels, widths[0])
        self.blocks = nn.ModuleList(ResBlock(width, width, embedding=config.embedding) for width in widths)
        self.shrink = nn.ModuleList(Downsample(a, b) for a, b in zip(widths, widths[1:], strict=False))
        self.narrow = Conv1x1(widths[-1], widths[-1])
        self.seen = nn.Linear(widths[-1] * SMALLEST**2, config.widest)
        self.answer = nn.Linear(config.widest, config.answers)

    def forward(
        self,
        x: Tensor,  # (N, C, H, W), scaled by c_in
        time: Tensor,  # (N,), of order one
    ) -> Tensor:
        features = self.noise[0](time).to(x.dtype)  # (N, 64)
        embedding = self.noise[1:](features)  # (N, E)
        h = self.conv_in(x)
        for level, block in enumerate(self.blocks):
            h = block(self.shrink[level - 1](h) if level else h, embedding)
        h = F.silu(self.seen(F.silu(self.narrow(h)).flatten(1)))  # (N, widest)
        answers: Tensor = self.answer(h)  # (N, answers)
        return answers
