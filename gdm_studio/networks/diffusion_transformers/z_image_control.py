"""ControlNets for Z-Image (alibaba-pai's Fun-Controlnet-Union, versions 1 to 2.1): blocks that start from the tokens of
the transformer and see a control image.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from gdm_studio.networks.diffusion_transformers.blocks import Rotation, tokens_of
from gdm_studio.networks.diffusion_transformers.configurations import ZImageConfig
from gdm_studio.networks.diffusion_transformers.control_configuration import ZImageControlConfig
from gdm_studio.networks.diffusion_transformers.z_image_blocks import SandwichBlock, pad_tokens
from gdm_studio.networks.region_text import RegionLayout


class ZImageControlNet(nn.Module):
    """ControlNet for Z-Image. It recognises the kind of the control image by itself.

    It uses the embeddings of the transformer and is evaluated inside it: a call returns a `ZImageControl`.
    """

    # Residuals that are in memory at the same time.
    residuals = 2

    def __init__(self, config: ZImageControlConfig) -> None:
        super().__init__()
        self.config = config.blocks
        self.control_config = config
        self.control_in = nn.Linear(4 * config.inputs, config.blocks.width)
        self.control_noise_refiner = nn.ModuleList(
            _ControlBlock(config.blocks, is_first=number == 0)
            if config.refining == "refiners"
            else SandwichBlock(config.blocks)
            for number in range(config.blocks.refiners)
        )
        self.control_layers = nn.ModuleList(
            _ControlBlock(config.blocks, is_first=number == 0) for number in range(config.blocks.depth)
        )

    def forward(
        self,
        x: Tensor,  # not used
        timesteps: Tensor,  # not used
        context: Tensor,  # not used
        image: Tensor,  # (N, inputs, H, W), with the height and width of x
        pooled: Tensor | None = None,  # not used
        guidance: Tensor | None = None,  # not used
        mode: int = 0,  # not used
        regions: RegionLayout | None = None,  # not used
    ) -> ZImageControl:
        return ZImageControl(self, image)


@dataclass(frozen=True)
class ZImageControl:
    """ControlNet for Z-Image with its control image (N, inputs, H, W), and the weight of its residuals."""

    network: ZImageControlNet
    image: Tensor
    weight: float = 1.0

    def __mul__(self, weight: float) -> ZImageControl:
        return replace(self, weight=self.weight * weight)

    def refine(self, tokens: Tensor, pad: Tensor, rotation: Rotation, c: Tensor) -> tuple[Tensor, list[Tensor]]:
        """Return the control image's tokens, and the residuals that are added after the blocks of the noise refiner.

        `tokens` (N, T, width) are those of the noisy image before the noise refiner, and `pad` the padding token.
        """
        network = self.network
        hidden = pad_tokens(network.control_in(tokens_of(self.image, channels_last=True)), pad)
        refining = network.control_config.refining
        if refining == "none":
            for block in network.control_noise_refiner:
                hidden = block(hidden, rotation, c)
            return hidden, []
        found = []
        for block in network.control_layers if refining == "layers" else network.control_noise_refiner:
            hidden, residual = block(hidden, tokens, rotation, c)
            found.append(residual * self.weight)
        return hidden, found

    def iterate_residuals(
        self,
        hidden: Tensor,
        text: Tensor,
        tokens: Tensor,
        rotation: Rotation,
        c: Tensor,
        bias: Tensor | None = None,
    ) -> Iterator[Tensor]:
        """Yield the residual of each layer of the ControlNet for all tokens, computed when it is needed.

        `hidden` are the tokens from `refine`. `tokens` are those of `text` and image before the transformer's layers,
        and `bias` is that of their attention.
        """
        hidden = torch.cat([text, hidden], dim=1)
        for block in self.network.control_layers:
            hidden, residual = block(hidden, tokens, rotation, c, bias)
            yield residual * self.weight

    def acts_after(self, layer: int, layers: int) -> bool:
        """Return True if a residual is added after this layer of a transformer with `layers` layers."""
        count = len(self.network.control_layers)
        stride = max(1, round(layers / count))
        return layer % stride == 0 and layer // stride < count


class _ControlBlock(SandwichBlock):
    """Block of a ControlNet, which also returns a residual. The first one adds the transformer's tokens."""

    def __init__(self, config: ZImageConfig, *, is_first: bool) -> None:
        super().__init__(config)
        self.before_proj = nn.Linear(config.width, config.width) if is_first else None
        self.after_proj = nn.Linear(config.width, config.width)

    def forward(  # type: ignore[override]
        self, hidden: Tensor, tokens: Tensor, rotation: Rotation, c: Tensor, bias: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        if self.before_proj is not None:
            hidden = self.before_proj(hidden) + tokens
        hidden = super().forward(hidden, rotation, c, bias)
        return hidden, self.after_proj(hidden)
