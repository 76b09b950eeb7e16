"""A model in memory, ready to denoise: what every family's `load` returns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import torch

from gdm_studio.maths.path import Point
from gdm_studio.maths.processes import Process
from gdm_studio.models.card import ModelCard
from gdm_studio.request import Request

Conditioning = Any  # encoded prompts, one row a picture; what is inside is the model's own affair


@dataclass(frozen=True)
class Prompt:
    """What one picture is conditioned on."""

    text: str
    style: str = ""


class LoadedModel(Protocol):
    """A denoiser with its text encoder and decoder, on one device in one dtype."""

    @property
    def card(self) -> ModelCard: ...
    @property
    def process(self) -> Process: ...
    @property
    def device(self) -> torch.device: ...
    @property
    def dtype(self) -> torch.dtype: ...

    def latent_shape(self, request: Request) -> tuple[int, int, int]:
        """(channels, height, width) of the latents of one picture of the request's size."""
        ...

    def encode(self, prompts: Sequence[Prompt]) -> Conditioning:
        """One row of conditioning a prompt."""
        ...

    def denoised(self, x: torch.Tensor, at: Point, conditioning: Conditioning) -> torch.Tensor:
        """x0 in fp32, shaped like x (N, C, h, w), predicted at the point `at`."""
        ...

    def encode_picture(self, rgba: torch.Tensor) -> torch.Tensor:
        """Uint8 pictures (N, H, W, 4), straight alpha, of a size the model makes, to latents (N, C, h, w)."""
        ...

    def decode(self, x0: torch.Tensor) -> torch.Tensor:
        """Latents (N, C, h, w) to uint8 pictures (N, H, W, channels) on the CPU, straight alpha."""
        ...

    def glimpse(self, x0: torch.Tensor) -> torch.Tensor:
        """What `decode` gives, sooner and a little less exactly: to look at while a run goes on, never to keep."""
        ...

    def preview(self, x0: torch.Tensor) -> torch.Tensor:
        """A linear reading of latents as uint8 RGBA (N, H, W, 4) on the CPU: instant and rough."""
        ...
