"""U-Net of one stage of a cascade: the base stage generates an image from a caption, and an upsampler enlarges a
smaller image.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gdm_studio.networks.icons.unet import PriorNetwork, UNet, UNetConfig
from gdm_studio.networks.layers import zero_init


@dataclass(frozen=True)
class CascadeUNetConfig:
    """Sizes and inputs of the denoising network `CascadeUNet`, which are saved with its weights."""

    # Channels of an image.
    channels: int = 4
    # Side in pixels of the blocks that become channels.
    patch: int = 2
    # Width of each level, the finest first.
    widths: tuple[int, ...] = (32, 64, 96)
    # Number of residual blocks of each level, on the way down and again on the way up.
    blocks: tuple[int, ...] = (1, 1, 1)
    # For each level, 1 if it has attention.
    attention: tuple[int, ...] = (0, 1, 1)
    head: int = 32
    embedding: int = 128
    # Width of the caption tokens and of the pooled caption; 0 for a stage without a caption.
    caption: int = 0
    # Width of the image embedding; 0 for none (DALL·E 2's decoder has one).
    image_embedding: int = 0
    # Number of tokens into which the image embedding is also projected.
    image_tokens: int = 4
    # Factor of the smaller image's side to that of the output; 1 for a base stage, which has none.
    factor: int = 1
    # True if the known part of an image is an input, for inpainting.
    inpainting: bool = False
    # True if the noise level of the smaller image is an input (Imagen's noise conditioning).
    augmented: bool = False
    # Factor of the skip connections: 2^(−1/2) in Imagen's efficient U-Net, otherwise 1.
    skip_scale: float = 1.0
    # Width of the narrowest layer of the `PriorNetwork`, which drafts the image from the pooled caption; 0 for none.
    sketch: int = 0
    # Height and width of the draft, in patches.
    sketch_side: int = 16

    def __post_init__(self) -> None:
        for name in ("widths", "blocks", "attention"):
            object.__setattr__(self, name, tuple(getattr(self, name)))


class CascadeUNet(nn.Module):
    """U-Net that denoises the images of one stage of a cascade, called as `network(x, time, …) -> F`. Depending on the
    stage, it is conditioned on a caption, an image embedding or a smaller image.

    The caption's tokens are keys of the attention, and its pooled vector is added to the embedded time (GLIDE). An
    image embedding is added to the time as well, and becomes four more tokens (DALL·E 2, Ramesh et al. 2022, section
    2.1). The smaller image is enlarged bilinearly and concatenated with x (Ho et al. 2021, cascaded diffusion). It is
    also added to the output, so that an upsampler only learns the details that are missing.

    For inpainting, the known part of the image and its mask are further input channels, whose kernel starts at zero
    (GLIDE, section 2.5). Without them, nothing is known.
    """

    def __init__(self, config: CascadeUNetConfig) -> None:
        super().__init__()
        self.config = config
        numbers = config.channels * config.patch**2
        width = config.embedding
        context = config.caption or (width if config.image_embedding else 0)
        self.pooled = nn.Linear(config.caption, width) if config.caption else None
        self.image = ImageConditioning(config, context) if config.image_embedding else None
        self.level = zero_init(nn.Linear(2, width)) if config.augmented else None
        drafted = UNetConfig(in_channels=numbers, pooled=width, sketch=config.sketch, sketch_side=config.sketch_side)
        self.sketch = PriorNetwork(drafted) if config.sketch else None
        self.known: nn.Conv2d | None = None
        if config.inpainting:
            # A convolution is linear, so that this is the first one's kernel for the further channels.
            seen = (config.channels + 1) * config.patch**2
            self.known = zero_init(nn.Conv2d(seen, config.widths[0], 3, padding=1, bias=False))
        self.unet = UNet(
            UNetConfig(
                in_channels=numbers * (1 + (config.factor > 1) + (config.sketch > 0)),
                out_channels=numbers,
                channels=config.widths,
                blocks=config.blocks,
                attention=tuple(bool(each) for each in config.attention),
                head=config.head,
                embedding=width,
                context=context,
                pooled=width if context or config.augmented else 0,
                skip_scale=config.skip_scale,
            )
        )

    def forward(
        self,
        x: Tensor,  # (N, C, H, W), scaled by c_in
        time: Tensor,  # (N,), of order one
        *,
        tokens: Tensor | None = None,  # (N, L, caption)
        pooled: Tensor | None = None,  # (N, caption)
        image: Tensor | None = None,  # (N, image_embedding); rows of NaN for a missing image
        small: Tensor | None = None,  # (N, C, H / factor, W / factor), the smaller image
        level: Tensor | None = None,  # (N, 2), alpha and sigma of the noise in the smaller image
        known: Tensor | None = None,  # (N, C + 1, H, W), the known part, otherwise 0, and its mask, 1 where known
    ) -> Tensor:
        inputs = [F.pixel_unshuffle(x, self.config.patch)]  # (N, C · p², H/p, W/p) each
        embedded = torch.zeros(len(x), self.config.embedding, device=x.device)
        if self.pooled is not None and pooled is not None:
            embedded = embedded + self.pooled(pooled)
        if self.image is not None and image is not None:
            shift, own = self.image(image)
            embedded = embedded + shift
            tokens = own if tokens is None else torch.cat([tokens, own], dim=1)
        if self.level is not None and level is not None:
            embedded = embedded + self.level(level)
        large = None if small is None else F.interpolate(small, x.shape[-2:], mode="bilinear", align_corners=False)
        if large is not None:
            inputs.append(F.pixel_unshuffle(large, self.config.patch))
        if self.sketch is not None:
            inputs.append(self.sketch(embedded, inputs[0].shape[-2:]))
        added = None
        if self.known is not None and known is not None:
            added = self.known(F.pixel_unshuffle(known, self.config.patch))
        answer = self.unet(torch.cat(inputs, dim=1), time, tokens, pooled=embedded, added=added)
        output = F.pixel_shuffle(answer, self.config.patch)
        return output if large is None else output + large


class ImageConditioning(nn.Module):
    """Network that projects an image embedding to the conditioning of a U-Net, called as `image(embedding) -> (shift,
    tokens)`.

    A row of NaN means that there is no embedding, and is replaced by a learned one.
    """

    def __init__(self, config: CascadeUNetConfig, context: int) -> None:
        super().__init__()
        self.count = config.image_tokens
        self.shift = nn.Linear(config.image_embedding, config.embedding)
        self.tokens = nn.Linear(config.image_embedding, config.image_tokens * context)
        self.missing = nn.Parameter(torch.zeros(config.image_embedding))

    def forward(self, embedding: Tensor) -> tuple[Tensor, Tensor]:
        known = torch.where(embedding.isnan(), self.missing, embedding)
        return self.shift(known), self.tokens(known).unflatten(1, (self.count, -1))
