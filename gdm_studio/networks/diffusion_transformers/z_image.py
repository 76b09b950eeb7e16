"""Z-Image (Tongyi 2025) and Lumina-Image 2.0 (Qin et al. 2025, arXiv:2503.21758): one stream of text and image."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gdm_studio.networks.deep_features import DeepFeatures, reuse_residual
from gdm_studio.networks.diffusion_transformers.blocks import (
    Rotation,
    grid_positions,
    latents_of,
    rotary_positions,
    tokens_of,
)
from gdm_studio.networks.diffusion_transformers.configurations import WAVES, ZImageConfig
from gdm_studio.networks.diffusion_transformers.z_image_blocks import EPS, MULTIPLE, SandwichBlock, pad_tokens
from gdm_studio.networks.diffusion_transformers.z_image_control import ZImageControl
from gdm_studio.networks.region_text import RegionLayout, joint_bias
from gdm_studio.networks.stable_diffusion.unet import sinusoidal


class ZImage(nn.Module):
    """Denoising transformer of Z-Image and Lumina 2, called as `network(x, timesteps, context)`.

    It returns the velocity eps − x0 with the shape of x, whose sides must be even. The released networks count the time
    from noise to image and predict x0 − eps; both are converted here. The context must not be padded.
    """

    def __init__(self, config: ZImageConfig) -> None:
        super().__init__()
        self.config = config
        width = config.width
        self.image_in = nn.Linear(4 * config.channels, width)
        self.text_norm = nn.RMSNorm(config.context, eps=EPS)
        self.text_in = nn.Linear(config.context, width)
        self.time_in = nn.Sequential(
            nn.Linear(WAVES, config.time_hidden), nn.SiLU(), nn.Linear(config.time_hidden, config.time)
        )
        if config.padded:
            self.image_pad = nn.Parameter(torch.zeros(1, width))
            self.text_pad = nn.Parameter(torch.zeros(1, width))
        self.noise_refiner = nn.ModuleList(SandwichBlock(config) for _ in range(config.refiners))
        self.context_refiner = nn.ModuleList(SandwichBlock(config, modulated=False) for _ in range(config.refiners))
        self.layers = nn.ModuleList(SandwichBlock(config) for _ in range(config.depth))
        self.last_scale = nn.Linear(config.time, width)
        self.out = nn.Linear(width, 4 * config.channels)

    def forward(
        self,
        x: Tensor,  # (N, channels, H, W)
        timesteps: Tensor,  # (N,), 0 … 1000, may be fractional
        context: Tensor,  # (N, L, context)
        pooled: Tensor | None = None,  # not used
        guidance: Tensor | None = None,  # not used
        control: Sequence[ZImageControl] = (),  # all ControlNets
        regions: RegionLayout | None = None,  # where the prompts act of which the context consists
        deep: DeepFeatures | None = None,  # those of all blocks but the first
    ) -> Tensor:
        config = self.config
        height, width = (side // 2 for side in x.shape[-2:])
        image = self.image_in(tokens_of(x, channels_last=True))
        text = self.text_in(self.text_norm(context))
        if config.padded:
            prompts = text.split(regions.lengths, dim=1) if regions is not None else (text,)
            text = torch.cat([pad_tokens(each, self.text_pad) for each in prompts], dim=1)
            image = pad_tokens(image, self.image_pad)
            regions = None if regions is None else regions.with_multiple(MULTIPLE)
        places = torch.arange(text.shape[1]) if regions is None else regions.text_positions(aligns_ends=True)
        of_text, of_image = self._compute_rotations(height, width, places, image.shape[1], x.device)
        text_bias = None if regions is None else regions.text_bias(x.dtype)
        bias = joint_bias(regions, (height, width), image)
        time = 1 - timesteps / 1000 if config.lumina else 1000 - timesteps
        embedding = self.time_in(sinusoidal(time, WAVES).to(x.dtype))
        c = F.silu(embedding) if config.lumina else embedding
        refined = [each.refine(image, self.image_pad, of_image, c) for each in control]
        for number, block in enumerate(self.noise_refiner):
            image = block(image, of_image, c)
            for _, residuals in refined:
                image = image + residuals[number] if number < len(residuals) else image
        for block in self.context_refiner:
            text = block(text, of_text, bias=text_bias)
        tokens = torch.cat([text, image], dim=1)
        rotation = torch.cat([of_text[0], of_image[0]]), torch.cat([of_text[1], of_image[1]])
        later = [
            each.iterate_residuals(hidden, text, tokens, rotation, c, bias)
            for each, (hidden, _) in zip(control, refined, strict=True)
        ]

        def run(tokens: Tensor, first: int, end: int) -> Tensor:
            for number in range(first, end):
                tokens = self.layers[number](tokens, rotation, c, bias)
                for each, found in zip(control, later, strict=True):
                    if each.acts_after(number, len(self.layers)):
                        tokens = tokens + next(found)
            return tokens

        tokens = run(tokens, 0, 1)
        tokens = reuse_residual(deep, tokens, lambda: run(tokens, 1, len(self.layers)))
        image = tokens[:, text.shape[1] : text.shape[1] + height * width]
        scale = 1 + self.last_scale(F.silu(embedding))[:, None]
        image = F.layer_norm(image, image.shape[-1:], eps=1e-6) * scale
        return -latents_of(self.out(image), height, width, channels_last=True)

    def _compute_rotations(
        self, height: int, width: int, words: Tensor, places: int, device: torch.device
    ) -> tuple[Rotation, Rotation]:
        """Compute the rotary position embeddings of the text tokens, whose order is `words` (L,), and of the `places`
        image tokens.

        Along the first axis, the image's positions continue after the text's. All prompts of regions end there.
        """
        config = self.config
        first = 0 if config.lumina else 1
        count = int(words.max()) + 1 if len(words) else 0
        text = torch.zeros(len(words), 3, dtype=torch.long)
        text[:, 0] = first + words
        # Padding tokens of the image have position 0.
        image = torch.zeros(places, 3, dtype=torch.long)
        image[: height * width] = grid_positions(height, width, first=first + count)
        of_text, of_image = (rotary_positions(each, config.axes, config.theta, device) for each in (text, image))
        return of_text, of_image
