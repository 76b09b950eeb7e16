"""Fast decoding of latents for previews, with the best-matching tiny autoencoder (TAESD) in the models folders."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gdm_studio.common.errors import ModelError
from gdm_studio.models.adapters.lookup import user_weight_files
from gdm_studio.models.files.checkpoints import Stamp, read_entry, stamp_of
from gdm_studio.models.files.taesd import LATENT, find_decoder
from gdm_studio.models.files.weights import Weights
from gdm_studio.networks.stable_diffusion.tiny_autoencoder import TinyDecoder

# Maximum size of a TAESD file in bytes. Its decoder and encoder have 2.4 million weights.
LARGEST = 2**24
# Side of the test image in pixels.
SIDE = 64

# Function from latents, in the denoiser's scale, to images (N, 3, H, W) in −1 … 1.
Decode = Callable[[Tensor], Tensor]


class FastDecoder:
    """Tiny autoencoder (TAESD) that decodes previews for one model. `update` searches the models folders for a suitable
    file.

    TAESD and TAESDXL have the same tensor names and shapes, and so do TAESD3 and TAEF1. Each candidate therefore
    decodes a test image, and the one closest to the model's own decoder is used, or none if the linear preview is
    closer. `latent` is the number of latent channels.
    """

    def __init__(
        self, encode: Decode, decode: Decode, linear: Decode, device: torch.device, *, latent: int = LATENT
    ) -> None:
        self._encode = encode
        self._decode_exactly = decode
        self._linear = linear
        self._device = device
        self._latent = latent
        self._listed_files: tuple[tuple[Path, Stamp | None], ...] = ()
        self.decoder: TinyDecoder | None = None

    def update(self) -> None:
        """Search the models folders again for the best tiny decoder, if files have changed since the last search."""
        small = ((path, stamp_of(path)) for path in user_weight_files())
        seen = tuple((path, stamp) for path, stamp in small if stamp is not None and stamp[1] <= LARGEST)
        if seen != self._listed_files:
            self._listed_files = seen
            self.decoder = self._select_decoder([path for path, _ in seen])

    @torch.no_grad()
    def _select_decoder(self, files: list[Path]) -> TinyDecoder | None:
        decoders = [decoder for path in files if (decoder := _read_decoder(path, self._latent)) is not None]
        if not decoders:
            return None
        latents = self._encode(_create_test_image().to(self._device))
        wanted = self._decode_exactly(latents).clamp(-1, 1)
        apart = [float((self._linear(latents).to(wanted) - wanted).square().mean())]
        for decoder in decoders:
            apart.append(
                float((decode_latents(decoder.to(self._device), latents).clamp(-1, 1) - wanted).square().mean())
            )
        nearest = min(range(len(apart)), key=lambda place: apart[place])
        return decoders[nearest - 1] if nearest else None


def decode_latents(decoder: TinyDecoder, latents: Tensor) -> Tensor:
    """Decode latents to images (N, 3, H, W) with values −1 … 1, using a tiny autoencoder. (The network's output ranges
    from 0 to 1.)

    FLUX.2's latents have 2 × 2 positions folded into channels.
    """
    first = decoder[1]
    assert isinstance(first, nn.Conv2d)
    fold = round((latents.shape[1] / first.in_channels) ** 0.5)
    pictures: Tensor = 2 * decoder(F.pixel_shuffle(latents.float(), fold)) - 1
    return pictures


def _read_decoder(path: Path, latent: int) -> TinyDecoder | None:
    """Read the decoder of a tiny autoencoder (TAESD) from a file.

    Returns None if the file contains none or is damaged, because previews are optional.
    """
    try:
        entry = read_entry(path)
        names = find_decoder(next(iter(entry.headers.values())).shapes, latent)
        if not names:
            return None
        weights = Weights(entry)
        found = {ours: weights.read(theirs, torch.float32) for ours, theirs in names.items()}
    except (ModelError, LookupError, ValueError, TypeError):
        return None
    if not all(bool(weight.isfinite().all()) for weight in found.values()):
        return None
    with torch.device("meta"):
        decoder = TinyDecoder(latent)
    decoder.load_state_dict(found, assign=True)
    return decoder.eval().requires_grad_(False)


def _create_test_image() -> Tensor:
    """Return a test image (1, 3, SIDE, SIDE) with values −1 … 1, on which candidate decoders are compared. It contains
    colours, edges, a gradient and a fine grid.
    """
    across, down = torch.meshgrid(*[torch.linspace(-1, 1, SIDE)] * 2, indexing="xy")
    colours = torch.stack([across, down, -across])
    colours[:, 8:28, 8:28] = torch.tensor([0.9, -0.7, -0.6])[:, None, None]
    colours[:, 12:44, 36:52] = torch.tensor([-0.6, 0.4, 0.9])[:, None, None]
    colours[:, 40:56, 8:40] = torch.sign(torch.sin(18 * (across + down)))[40:56, 8:40]
    return colours[None]
