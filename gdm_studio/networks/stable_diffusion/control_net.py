"""ControlNet (Zhang et al. 2023, arXiv:2302.05543): a copy of a U-Net's encoder that reads a control image."""

from __future__ import annotations

from torch import Tensor, nn

from gdm_studio.networks.stable_diffusion.sizes import HINT_WIDTHS
from gdm_studio.networks.stable_diffusion.sizes import UNetConfig as UNetConfig
from gdm_studio.networks.stable_diffusion.unet import ControlSignal, Encoder, Stack


class ControlNet(Encoder):
    """Network that returns the features to be added to those of a U-Net, given the same inputs and a control image.

    `features` encodes the image once for a run. Weight names are those of the original release.
    """

    def __init__(self, config: UNetConfig) -> None:
        super().__init__(config)
        layers: list[nn.Module] = []
        here = 3
        for width, stride in HINT_WIDTHS:
            layers += [nn.Conv2d(here, width, 3, padding=1, stride=stride), nn.SiLU()]
            here = width
        self.input_hint_block = nn.Sequential(*layers, nn.Conv2d(here, config.channels, 3, padding=1))
        self.zero_convs = nn.ModuleList(Stack(nn.Conv2d(width, width, 1)) for width in self.skip_channels)
        self.middle_block_out = Stack(nn.Conv2d(self.skip_channels[-1], self.skip_channels[-1], 1))

    def features(self, image: Tensor) -> Tensor:
        """Encode a control image (1, 3, 8h, 8w) in 0 … 1 to features (1, C, h, w)."""
        found: Tensor = self.input_hint_block(image)
        return found

    def forward(
        self,
        features: Tensor,  # (1, C, H, W), the result of `features`
        x: Tensor,  # (N, in_channels or more, H, W)
        timesteps: Tensor,  # (N,), 0 … 999, may be fractional
        context: Tensor,  # (N, L, context)
        vector: Tensor | None = None,  # (N, vector)
    ) -> ControlSignal:
        embedding = self.embed(timesteps, vector, None, x.dtype)
        h = self.input_blocks[0](x[:, : self.config.in_channels], embedding, context) + features
        skips = [self.zero_convs[0](h, embedding, context)]
        for block, out in zip(self.input_blocks[1:], self.zero_convs[1:], strict=True):
            h = block(h, embedding, context)
            skips.append(out(h, embedding, context))
        h = self.middle_block(h, embedding, context)
        return ControlSignal(tuple(skips), self.middle_block_out(h, embedding, context))
