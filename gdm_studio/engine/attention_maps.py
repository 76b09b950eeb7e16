"""Attention maps of an image: data structure and serialisation. Does not import torch."""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save

from gdm_studio.denoising_steps import length_prefixed_records
from gdm_studio.denoising_steps.length_prefixed_records import ATTENTION


@dataclass(frozen=True)
class Attention:
    """Attention maps of one image for W prompt words at S recorded steps, uint8 (S, W, h, w). Each map is scaled to a
    maximum of 255; `strengths` (S, W) are the original maxima in 0 … 1.
    """

    words: tuple[str, ...]
    # Step numbers, counted from 1 over the whole path.
    steps: tuple[int, ...]
    maps: NDArray[np.uint8]
    strengths: NDArray[np.float32]

    def shares(self) -> NDArray[np.float32]:
        """Return the attention of every image position to every word of the prompt at each recorded step, as fractions
        in 0 … 1 with shape (S, W, h, w).
        """
        shares: NDArray[np.float32] = self.maps.astype(np.float32) / np.float32(255) * self.strengths[..., None, None]
        return shares

    def to_bytes(self) -> bytes:
        """Serialise the attention maps to a record that can be appended to a file of saved steps."""
        facts = json.dumps({"words": self.words, "steps": self.steps})
        metadata = {"format": ATTENTION, "attention": facts}
        data = save({"maps": np.ascontiguousarray(self.maps), "strengths": self.strengths}, metadata)
        return length_prefixed_records.pack(data)
