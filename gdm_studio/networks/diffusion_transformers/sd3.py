"""Stable Diffusion 3 and 3.5 (Esser et al. 2024, arXiv:2403.03206, section 4, and the released weights of 3.5)."""

from __future__ import annotations

from functools import partial
from itertools import islice

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gdm_studio.networks.deep_features import DeepFeatures, reuse_residual
from gdm_studio.networks.diffusion_transformers.blocks import (
    Attention,
    GeluFeedForward,
    JointBlock,
    JointCondition,
    Modulation,
    Rotation,
    ShiftAndScale,
    Stream,
    attend,
    latents_of,
)
from gdm_studio.networks.diffusion_transformers.configurations import WAVES, SD3Config
from gdm_studio.networks.papers.backbones.dit import modulate
from gdm_studio.networks.region_text import RegionLayout, joint_bias
from gdm_studio.networks.stable_diffusion.unet import perceptron, sinusoidal


class SD3(nn.Module):
    """Denoising transformer of Stable Diffusion 3 and 3.5, called as `network(x, timesteps, context, pooled)`.

    It returns the velocity eps − x0 with the shape of x, whose sides must be even and at most twice `config.positions`.
    """

    def __init__(self, config: SD3Config) -> None:
        super().__init__()
        self.config = config
        width = config.width
        self.positions = nn.Parameter(torch.zeros(1, config.positions**2, width))
        self.image_in = nn.Conv2d(config.channels, width, 2, stride=2)
        self.text_in = nn.Linear(config.context, width)
        self.time_in = perceptron(WAVES, width)
        self.pooled_in = perceptron(config.pooled, width)
        self.blocks = nn.ModuleList(SD3Block(config, number) for number in range(config.depth))
        self.last_modulation = ShiftAndScale(width)
        self.out = nn.Linear(width, 4 * config.channels)

    def forward(
        self,
        x: Tensor,  # (N, channels, H, W)
        timesteps: Tensor,  # (N,), 0 … 1000, may be fractional
        context: Tensor,  # (N, L, context)
        pooled: Tensor | None = None,  # (N, pooled)
        guidance: Tensor | None = None,  # not used
        regions: RegionLayout | None = None,  # where the prompts act of which the context consists
        deep: DeepFeatures | None = None,  # those of all blocks but the first
    ) -> Tensor:
        height, width = (side // 2 for side in x.shape[-2:])
        image = self.image_in(x).flatten(2).transpose(1, 2) + self._crop_positions(height, width)
        text = self.text_in(context)
        c = F.silu(self.time_in(sinusoidal(timesteps, WAVES).to(x.dtype)) + self.pooled_in(pooled))
        bias = joint_bias(regions, (height, width), image)
        image, text = self.blocks[0](image, text, c, None, bias)
        image = reuse_residual(deep, image, partial(self._run_later_blocks, image, text, c, bias))
        image = modulate(image, *self.last_modulation(c))
        return latents_of(self.out(image), height, width, channels_last=True)

    def _run_later_blocks(self, image: Tensor, text: Tensor, c: Tensor, bias: Tensor | None) -> Tensor:
        for block in islice(self.blocks, 1, None):
            image, text = block(image, text, c, None, bias)
        return image

    def _crop_positions(self, height: int, width: int) -> Tensor:
        """Return the position embeddings (1, height · width, token width) for an image, cropped from the centre of the
        learned table. Raises ValueError if the image is larger than the table.
        """
        side = self.config.positions
        top, left = (side - height) // 2, (side - width) // 2
        if top < 0 or left < 0:
            raise ValueError(f"{height} × {width} patches, and positions for {side} × {side}")
        table = self.positions.unflatten(1, (side, side))
        return table[:, top : top + height, left : left + width].flatten(1, 2)


class SD3Block(JointBlock):
    """Joint transformer block of Stable Diffusion 3. In the first blocks of 3.5 Medium, the image tokens have an
    additional self-attention.

    The last block has no output for the text.
    """

    def __init__(self, config: SD3Config, number: int) -> None:
        width = config.width
        is_last = number == config.depth - 1
        is_dual = number < config.dual

        def attention(*, has_out: bool = True) -> Attention:
            return Attention(width, config.heads, normed=config.normed, has_out=has_out)

        super().__init__(
            Stream(attention(), GeluFeedForward(width, 4 * width)),
            Stream(attention(has_out=not is_last), nn.Identity() if is_last else GeluFeedForward(width, 4 * width)),
            Modulation(width, 9 if is_dual else 6),
            ShiftAndScale(width) if is_last else Modulation(width, 6),
        )
        self.second = attention() if is_dual else None
        self.is_last = is_last

    def forward(
        self,
        image: Tensor,
        text: Tensor,
        c: JointCondition,
        rotation: Rotation | None = None,
        bias: Tensor | None = None,
    ) -> tuple[Tensor, Tensor]:
        of_image, of_text = self.modulations(c)
        attended_image, attended_text = self.attend(image, text, of_image, of_text, rotation, bias)
        added = image
        if self.second is not None:
            shift, scale, gate = of_image[6:]
            added = image + gate * self.second.out(attend(self.second(modulate(image, shift, scale))))
        image = self.image.add(added, attended_image, of_image)
        return image, text if self.is_last else self.text.add(text, attended_text, of_text)
