"""FLUX.1 Redux (Black Forest Labs 2024): image prompts, whose patches become tokens beside those of the text, and
SigLIP's image encoder (Zhai et al. 2023, arXiv:2303.15343), which reads them.
"""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F

from gdm_studio.networks.diffusion_transformers.redux_configuration import ReduxConfig, SiglipVisionConfig
from gdm_studio.networks.stable_diffusion.clip import Layer, create_embedding


class Redux(nn.Module):
    """Perceptron that converts the patches of an encoded image (N, P, inputs) to text tokens (N, P, context)."""

    def __init__(self, config: ReduxConfig) -> None:
        super().__init__()
        self.config = config
        self.up = nn.Linear(config.inputs, config.hidden)
        self.down = nn.Linear(config.hidden, config.context)

    def forward(self, encoded: Tensor) -> Tensor:
        tokens: Tensor = self.down(F.silu(self.up(encoded)))
        return tokens


class SiglipVision(nn.Module):
    """SigLIP's image encoder, called with images (N, 3, SIDE, SIDE) in -1 … 1. It returns (N, patches, width)."""

    def __init__(self, config: SiglipVisionConfig) -> None:
        super().__init__()
        self.config = config
        width = config.width
        self.patch_embedding = nn.Conv2d(3, width, config.patch, stride=config.patch)
        self.position_embedding = create_embedding(config.patches, width)
        self.layers = nn.ModuleList(
            Layer(width, config.heads, config.hidden, quick=False, is_causal=False, siglip=True)
            for _ in range(config.layers)
        )
        self.post_layer_norm = nn.LayerNorm(width, eps=1e-6)

    def forward(self, images: Tensor) -> Tensor:
        h = self.patch_embedding(images).flatten(2).transpose(1, 2) + self.position_embedding.weight[:]
        for layer in self.layers:
            h = layer(h)
        out: Tensor = self.post_layer_norm(h)
        return out
