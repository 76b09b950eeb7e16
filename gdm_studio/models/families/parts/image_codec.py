"""Conversion between images and latents by the autoencoder of a model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from gdm_studio.models.families.stable_diffusion.fast_decode import decode_latents
from gdm_studio.models.families.stable_diffusion.workload import decoding_workload, encoding_workload
from gdm_studio.models.precision import check_finite, fast_autocast, image_levels
from gdm_studio.models.residency import evaluate_within_limit, leaves_streams
from gdm_studio.models.row_evaluator import RowEvaluator
from gdm_studio.networks.stable_diffusion.autoencoder import AutoencoderConfig
from gdm_studio.networks.stable_diffusion.tiny_autoencoder import TinyDecoder

# Memory for encoding and decoding, relative to that of the feature maps. SDXL at 1024 × 1024 took 7 to 9 GB on an H200,
# for feature maps of 3.2 GB: the rest is copies in another memory order and cuDNN's workspace.
MEMORY = 3


@dataclass(frozen=True)
class ImageCodec:
    """Autoencoder of a loaded model, which encodes and decodes batches within the memory limit.

    Images (N, 3, H, W) have values −1 … 1, and latents the scale of the denoiser.
    """

    rows: RowEvaluator
    config: AutoencoderConfig
    # Functions from images to latents and back, for a whole batch.
    encoder: Callable[[Tensor], Tensor]
    decoder: Callable[[Tensor], Tensor]
    # Positions of the autoencoder's latents per latent of the denoiser, along each side.
    fold: int = 1

    @torch.no_grad()
    def latents(self, pictures: Tensor) -> Tensor:
        def row_bytes() -> int:
            return MEMORY * encoding_workload(self.config, *pictures.shape[-2:]).peak

        return evaluate_within_limit(self.rows, self.encoder, pictures, row_bytes)

    @torch.no_grad()
    def pictures(self, latents: Tensor) -> Tensor:
        return self._decode(self.decoder, latents)

    def encode(self, rgba: Tensor) -> Tensor:
        """Encode uint8 images (N, H, W, 4) over a white background to latents."""
        levels = rgba.to(self.rows.device).permute(0, 3, 1, 2).float() / 255
        over_white = levels[:, :3] * levels[:, 3:] + 1 - levels[:, 3:]
        return self.latents(2 * over_white - 1)

    def decode(self, latents: Tensor) -> Tensor:
        """Decode latents to uint8 images (N, H, W, 3) on the CPU. Raises NotFinite."""
        return image_levels(check_finite(self.pictures(latents)))

    @torch.no_grad()
    def fast_decode(self, latents: Tensor, tiny: TinyDecoder | None) -> Tensor | None:
        """Decode latents to uint8 images for a preview, by the tiny decoder if there is one.

        Returns None if the memory is in use for the weights of the next steps, which would have to be read again.
        """
        if tiny is not None:
            return image_levels(self.rows(lambda rows: decode_latents(tiny, rows), latents.float()))
        count = self.rows.rows_at_once(len(latents))
        if not leaves_streams(self.rows.device, lambda: count * self._decoding_bytes(latents)):
            return None
        return image_levels(self._decode(self._decode_fast, latents))

    def _decode(self, decoder: Callable[[Tensor], Tensor], latents: Tensor) -> Tensor:
        return evaluate_within_limit(self.rows, decoder, latents.float(), lambda: self._decoding_bytes(latents))

    def _decode_fast(self, latents: Tensor) -> Tensor:
        with torch.no_grad(), fast_autocast(self.rows.device):
            return self.decoder(latents)

    def _decoding_bytes(self, latents: Tensor) -> int:
        height, width = (self.fold * side for side in latents.shape[-2:])
        return MEMORY * decoding_workload(self.config, height, width).peak
