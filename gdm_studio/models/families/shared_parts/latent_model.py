"""Base class of models that denoise latents, with the image encoding and decoding that all model families share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import torch
from torch import Tensor

from gdm_studio.maths.diffusion import Diffusion
from gdm_studio.maths.noise_path import Noise, NoisePath
from gdm_studio.models.families.stable_diffusion.cost import decoding_cost, encoding_cost
from gdm_studio.models.families.stable_diffusion.fast_decode import FastDecoder, decode_latents
from gdm_studio.models.forward_process import forward_process
from gdm_studio.models.loaded_model import Conditioning
from gdm_studio.models.memory.parallel_rows import RowEvaluator
from gdm_studio.models.memory.precision import check_finite, fast_autocast, image_levels
from gdm_studio.models.memory.residency import evaluate_within_limit, leaves_streams
from gdm_studio.models.model_card import ModelCard
from gdm_studio.networks.stable_diffusion.autoencoder import AutoencoderConfig

# Memory for encoding and decoding, relative to that of the feature maps. SDXL at 1024 × 1024 took 7 to 9 GB on an H200,
# for feature maps of 3.2 GB: the rest is copies in another memory order and cuDNN's workspace.
MEMORY = 3


@dataclass(frozen=True)
class ImageCodec:
    """Autoencoder of a loaded model. Images (N, 3, H, W) have values −1 … 1, and latents are scaled as the denoiser
    requires.
    """

    rows: RowEvaluator
    config: AutoencoderConfig
    encode: Callable[[Tensor], Tensor]
    decode: Callable[[Tensor], Tensor]
    # Linear map from latents to approximate images.
    linear: Callable[[Tensor], Tensor]
    # Positions of the autoencoder's latents per latent of the denoiser, along each side.
    fold: int = 1

    @cached_property
    def fast_decoder(self) -> FastDecoder:
        return FastDecoder(self.encode, self.decode, self.linear, self.rows.device, latent=self.config.latent)


@dataclass(frozen=True)
class LatentModel:
    """Base of loaded models that denoise latents. Images are encoded and decoded within the memory limit."""

    card: ModelCard
    device: torch.device
    dtype: torch.dtype
    codec: ImageCodec

    @property
    def rows(self) -> RowEvaluator:
        return self.codec.rows

    @property
    def fast_decoder(self) -> FastDecoder:
        return self.codec.fast_decoder

    @property
    def is_opaque(self) -> Literal[True]:
        return True

    @cached_property
    def diffusion(self) -> Diffusion:
        return Diffusion(forward_process(self.card), self.card.prediction, self.card.data_scale)

    def start(self, conditions: Sequence[Conditioning], path: NoisePath, noise: Noise, like: Tensor) -> Tensor:
        x: Tensor = self.diffusion.process.prior(noise, like, path[0])
        return x

    def encode(self, rgba: Tensor) -> Tensor:
        levels = rgba.to(self.device).permute(0, 3, 1, 2).float() / 255
        over_white = levels[:, :3] * levels[:, 3:] + 1 - levels[:, 3:]
        return self.encode_latents(2 * over_white - 1)

    @torch.no_grad()
    def encode_latents(self, pictures: Tensor) -> Tensor:
        """Encode images (N, 3, H, W) with values −1 … 1 to latents, scaled as the denoiser requires."""

        def row_bytes() -> int:
            return MEMORY * encoding_cost(self.codec.config, *pictures.shape[-2:]).peak

        return evaluate_within_limit(self.rows, self.codec.encode, pictures, row_bytes)

    @torch.no_grad()
    def pictures(self, latents: Tensor) -> Tensor:
        """Decode latents to images (N, 3, H, W) with values −1 … 1."""
        return self._decode(self.codec.decode, latents)

    def decode(self, x0: Tensor) -> Tensor:
        return image_levels(check_finite(self.pictures(x0)))

    @torch.no_grad()
    def fast_decode(self, x0: Tensor) -> Tensor | None:
        if (tiny := self.fast_decoder.decoder) is not None:
            return image_levels(self.rows(lambda latents: decode_latents(tiny, latents), x0.float()))
        count = self.rows.rows_at_once(len(x0))
        if not leaves_streams(self.device, lambda: count * self._estimate_decoding_bytes(x0)):
            return None
        return image_levels(self._decode(self._decode_fast, x0))

    @torch.no_grad()
    def preview(self, x0: Tensor) -> Tensor:
        levels = image_levels(self.codec.linear(x0))
        return torch.cat([levels, torch.full_like(levels[..., :1], 255)], dim=-1)

    def _decode(self, decode: Callable[[Tensor], Tensor], latents: Tensor) -> Tensor:
        return evaluate_within_limit(self.rows, decode, latents.float(), lambda: self._estimate_decoding_bytes(latents))

    def _decode_fast(self, latents: Tensor) -> Tensor:
        with torch.no_grad(), fast_autocast(self.device):
            return self.codec.decode(latents)

    def _estimate_decoding_bytes(self, latents: Tensor) -> int:
        height, width = (self.codec.fold * side for side in latents.shape[-2:])
        return MEMORY * decoding_cost(self.codec.config, height, width).peak
