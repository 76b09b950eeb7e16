"""A classifier of noisy pictures: it is told how noisy they are, and its gradient leads to a class."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor, nn
from torch.nn import functional as F

from gdm_studio.networks.generator import SMALLEST, widths_of
from gdm_studio.networks.layers import Conv1x1, Conv3x3, Downsample, FourierEmbedding, ResBlock

FEATURES = 64


@dataclass(frozen=True)
class NoisyClassifierConfig:
    """Sizes of a `NoisyClassifier`; saved with its weights."""

    answers: int = 2  # classes
    channels: int = 4
    size: int = 32  # 4 · 2^n
    width: int = 32  # at full size, twice as much at half of it
    widest: int = 96
    embedding: int = 96


class NoisyClassifier(nn.Module):
    """`classifier(x, time) -> logits`, after the encoder half of a U-Net (Dhariwal and Nichol 2021, section 4.2)."""

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
        features = self.noise[0](time).to(x.dtype)                              # (N, 64)
        embedding = self.noise[1:](features)                                    # (N, E)
        h = self.conv_in(x)
        for level, block in enumerate(self.blocks):
            h = block(self.shrink[level - 1](h) if level else h, embedding)
        h = F.silu(self.seen(F.silu(self.narrow(h)).flatten(1)))                # (N, widest)
        answers: Tensor = self.answer(h)                                        # (N, answers)
        return answers
