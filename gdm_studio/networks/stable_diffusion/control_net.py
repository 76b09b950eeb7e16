"""ControlNet (Zhang et al. 2023, arXiv:2302.05543): a copy of a U-Net's encoder that reads a control image."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from gdm_studio.networks.stable_diffusion.configurations import MODE_SIZE
from gdm_studio.networks.stable_diffusion.configurations import ControlNetConfig as ControlNetConfig
from gdm_studio.networks.stable_diffusion.unet import ControlSignal, Encoder, Stack, Text, perceptron, sinusoidal

# Heads of the attention of a union.
MODE_HEADS = 8


class ControlFeatures(NamedTuple):
    """Features of a control image that a ControlNet computes once per run and uses in all steps."""

    # (1, C, h, w)
    image: Tensor
    # Embedding of the mode of a union, (1, E). None for other ControlNets.
    mode: Tensor | None = None


class ControlNet(Encoder):
    """Network that guides a U-Net by a control image. It computes features that are added to the U-Net's features.

    `features` encodes the image once per run. Weights are named as in the original release. A union ControlNet has
    several modes, such as pose and depth, and is conditioned on the image's mode.
    """

    def __init__(self, config: ControlNetConfig) -> None:
        super().__init__(config.encoder)
        first = config.encoder.channels
        layers: list[nn.Module] = []
        here = 3
        for width, stride in config.hint_layers:
            layers += [nn.Conv2d(here, width, 3, padding=1, stride=stride), nn.SiLU()]
            here = width
        self.input_hint_block = nn.Sequential(*layers, nn.Conv2d(here, first, 3, padding=1))
        self.zero_convs = nn.ModuleList(Stack(nn.Conv2d(width, width, 1)) for width in self.skip_channels)
        self.middle_block_out = Stack(nn.Conv2d(self.skip_channels[-1], self.skip_channels[-1], 1))
        if config.modes:
            self.task_embedding = nn.Parameter(torch.empty(config.modes, first))
            self.spatial_ch_projs = nn.Linear(first, first)
            self.control_add_embedding = perceptron(MODE_SIZE * config.modes, 4 * first)
            self.transformer_layes = nn.ModuleList(_ModeLayer(first) for _ in range(config.layers))

    def features(self, image: Tensor, mode: int = -1) -> ControlFeatures:
        """Encode a control image (1, 3, 8h, 8w) with values 0 … 1. For a union ControlNet, `mode` is the index of the
        kind of control image, such as pose.

        The union's public code attends between the rows of a batch; as they are equal, one row is enough.
        """
        found: Tensor = self.input_hint_block(image)
        if mode < 0:
            return ControlFeatures(found)
        token = found.mean(dim=(2, 3)) + self.task_embedding[mode]
        for layer in self.transformer_layes:
            token = layer(token)
        shift = self.spatial_ch_projs(token)[..., None, None]
        modes = torch.zeros(len(self.task_embedding), device=image.device)
        modes[mode] = 1
        waves = sinusoidal(modes, MODE_SIZE).reshape(1, -1).to(image.dtype)
        return ControlFeatures(found + shift, self.control_add_embedding(waves))

    def forward(
        self,
        features: ControlFeatures,
        x: Tensor,  # (N, in_channels or more, H, W)
        timesteps: Tensor,  # (N,), 0 … 999, may be fractional
        context: Text,  # (N, L, context)
        vector: Tensor | None = None,  # (N, vector)
    ) -> ControlSignal:
        embedding = self.embed(timesteps, vector, None, x.dtype)
        embedding = embedding if features.mode is None else embedding + features.mode
        h = self.input_blocks[0](x[:, : self.config.in_channels], embedding, context) + features.image
        skips = [self.zero_convs[0](h, embedding, context)]
        for block, out in zip(self.input_blocks[1:], self.zero_convs[1:], strict=True):
            h = block(h, embedding, context)
            skips.append(out(h, embedding, context))
        h = self.middle_block(h, embedding, context)
        return ControlSignal(tuple(skips), self.middle_block_out(h, embedding, context))


class _ModeLayer(nn.Module):
    """Transformer layer of a union ControlNet that processes a single token (1, C). Attention and feed-forward network
    each have a residual connection.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.attn = nn.MultiheadAttention(channels, MODE_HEADS)
        self.ln_1, self.ln_2 = nn.LayerNorm(channels), nn.LayerNorm(channels)
        self.mlp = nn.ModuleDict(
            {"c_fc": nn.Linear(channels, 4 * channels), "c_proj": nn.Linear(4 * channels, channels)}
        )

    def forward(self, token: Tensor) -> Tensor:
        normed = self.ln_1(token)
        token = token + self.attn(normed, normed, normed, need_weights=False)[0]
        wide = self.mlp["c_fc"](self.ln_2(token))
        out: Tensor = token + self.mlp["c_proj"](wide * torch.sigmoid(1.702 * wide))
        return out
