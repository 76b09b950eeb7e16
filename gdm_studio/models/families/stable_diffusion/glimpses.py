"""Quick looks at latents: by the TAESD in the models folder that comes nearest to a model's own decoder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor

from gdm_studio.errors import ModelError
from gdm_studio.models.adapters.finding import files_of_people
from gdm_studio.models.checkpoints import Stamp, read_entry, stamp_of
from gdm_studio.models.tiny import decoder_in
from gdm_studio.models.weights import Weights
from gdm_studio.networks.stable_diffusion.tiny_autoencoder import TinyDecoder

LARGEST = 2**24  # bytes of a file that may be one: it has 2.4 million numbers, its encoder's among them
SIDE = 64  # pixels of the picture that they are compared by

Decode = Callable[[Tensor], Tensor]  # latents in the scale of the U-Net to pictures (N, 3, H, W) in −1 … 1


class Glimpses:
    """The tiny decoder for one model's latents, looked for when told to.

    TAESD and TAESDXL cannot be told apart by names and shapes. Which of them a model's latents are for shows when both
    decode the same picture: the nearest to the model's own decoder is taken, and none that is no nearer than `linear`.
    """

    def __init__(self, encode: Decode, decode: Decode, linear: Decode, device: torch.device) -> None:
        self._encode, self._exactly, self._linear, self._device = encode, decode, linear, device
        self._seen: tuple[tuple[Path, Stamp | None], ...] = ()
        self.decoder: TinyDecoder | None = None

    def look(self) -> None:
        """Takes the files as they are now; those that were there before are not read again."""
        small = ((path, stamp_of(path)) for path in files_of_people())
        seen = tuple((path, stamp) for path, stamp in small if stamp is not None and stamp[1] <= LARGEST)
        if seen != self._seen:
            self._seen, self.decoder = seen, self._nearest([path for path, _ in seen])

    @torch.no_grad()
    def _nearest(self, files: list[Path]) -> TinyDecoder | None:
        decoders = [decoder for path in files if (decoder := _read(path)) is not None]
        if not decoders:
            return None
        latents = self._encode(_pattern().to(self._device))
        wanted = self._exactly(latents).clamp(-1, 1)
        apart = [float((self._linear(latents).to(wanted) - wanted).square().mean())]
        for decoder in decoders:
            apart.append(float((decoded(decoder.to(self._device), latents).clamp(-1, 1) - wanted).square().mean()))
        nearest = min(range(len(apart)), key=lambda place: apart[place])
        return decoders[nearest - 1] if nearest else None


def decoded(decoder: TinyDecoder, latents: Tensor) -> Tensor:
    """Pictures (N, 3, H, W) in −1 … 1; theirs are in 0 … 1."""
    pictures: Tensor = 2 * decoder(latents.float()) - 1
    return pictures


def _read(path: Path) -> TinyDecoder | None:
    """The decoder in a file; None where it holds none, or a damaged one: a preview is not worth failing for."""
    try:
        entry = read_entry(path)
        names = decoder_in(next(iter(entry.headers.values())).shapes)
        if not names:
            return None
        weights = Weights(entry)
        found = {ours: weights.read(theirs, torch.float32) for ours, theirs in names.items()}
    except (ModelError, LookupError, ValueError, TypeError):
        return None
    if not all(bool(weight.isfinite().all()) for weight in found.values()):
        return None
    with torch.device("meta"):
        decoder = TinyDecoder()
    decoder.load_state_dict(found, assign=True)
    return decoder.eval().requires_grad_(False)


def _pattern() -> Tensor:
    """A picture (1, 3, SIDE, SIDE) in −1 … 1 of what makes decoders differ: colours, edges, a slope, a fine grid."""
    across, down = torch.meshgrid(*[torch.linspace(-1, 1, SIDE)] * 2, indexing="xy")
    colours = torch.stack([across, down, -across])
    colours[:, 8:28, 8:28] = torch.tensor([0.9, -0.7, -0.6])[:, None, None]
    colours[:, 12:44, 36:52] = torch.tensor([-0.6, 0.4, 0.9])[:, None, None]
    colours[:, 40:56, 8:40] = torch.sign(torch.sin(18 * (across + down)))[40:56, 8:40]
    return colours[None]
