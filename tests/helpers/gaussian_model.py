"""A library with one fast model of Gaussian images, whose denoiser is known in closed form.

The mean image is a disc on a transparent ground, coloured by the prompt. Every pixel has variance DEVIATION².
"""

from __future__ import annotations

import colorsys
import threading
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from gdm_studio.common.errors import ModelError
from gdm_studio.maths.diffusion import Diffusion
from gdm_studio.maths.exact.gaussian import gaussian_denoiser
from gdm_studio.maths.noise_path import Denoise, Noise, NoiseLevel, NoisePath
from gdm_studio.maths.processes import Process, edm
from gdm_studio.models.capabilities import Capabilities
from gdm_studio.models.installed.description import Description
from gdm_studio.models.installed.model_table import ModelTableRow, row_of_card
from gdm_studio.models.loaded_model import Conditioning, NoiseAt
from gdm_studio.models.model_card import Example, ModelCard, Style
from gdm_studio.models.model_library import load_arguments
from gdm_studio.models.upscalers.built_in_upscaler import shipped_file
from gdm_studio.request.generation_request import Request
from tests.helpers import beats

if TYPE_CHECKING:
    import torch

    from gdm_studio.models.model_library import RefusedFile

SIDE = 128
LATENT = (4, 16, 16)
DEVIATION = 0.25

CARD = ModelCard(
    name="gaussian",
    title="Gaussian",
    summary="Discs with an exact denoiser.",
    family="gaussian",
    date="2026-01-01",
    parameters=1024,
    author="GDM Studio's tests",
    licence="CC0-1.0",
    size=SIDE,
    channels=4,
    accepts=Capabilities(plain_icons=True),
    latent=LATENT,
    prediction="x0",
    process="edm",
    data_scale=DEVIATION,
    styles=(Style("plain", "Plain"), Style("dark", "Dark")),
    examples=(Example("a cheerful red disc", seed=8), Example("a calm blue disc", "dark", 21)),
    defaults={"steps": 8, "guidance_scale": 2.0},
)


class GaussianLibrary:
    """Model library of tests that contains only `GaussianModel`, under the name "gaussian".

    Every evaluation of the model takes `step_seconds`, so that a test can act during a run, or no time after `hurry`.
    In a test with an event loop, these seconds pass only while the loop runs (see `tests.helpers.beats`).
    `kind` is the model's class.
    """

    def __init__(self, *, step_seconds: float = 0.0, kind: type[GaussianModel] | None = None) -> None:
        self.step_seconds = step_seconds
        self.hurried = threading.Event()
        self._kind = kind or GaussianModel
        self._model: GaussianModel | None = None

    def hurry(self) -> None:
        """End the current evaluation and make all later ones without delay."""
        self.hurried.set()

    def restore(self) -> None:
        """Do nothing. A real library restores the models of an earlier scan, but this one has saved no scan."""

    def refresh(self) -> bool:
        return False

    def make_room(self, name: str, *, device: object = None, dtype: object = None) -> bool:
        return False

    def cards(self) -> list[ModelCard]:
        return [CARD]

    def model_table(self) -> list[ModelTableRow]:
        return [row_of_card(card, Description()) for card in self.cards()]

    def upscalers(self) -> dict[str, Path]:
        return {}

    def upscaler(self, name: str) -> Path:
        return shipped_file()

    def refused(self) -> list[RefusedFile]:
        return []

    def card(self, name: str) -> ModelCard:
        if name != CARD.name:
            raise ModelError(f"There is no model called {name!r}; there are: {CARD.name}.")
        return CARD

    def with_parts(self, card: ModelCard, asked: Request | None) -> ModelCard:
        if asked is not None and load_arguments(asked):
            raise ModelError("There is no other VAE and no refiner here.")
        return card

    def is_loaded(self, name: str, *, device: object = None, dtype: object = None) -> bool:
        return self._model is not None and name == CARD.name

    def load(
        self, name: str, *, device: torch.device, dtype: torch.dtype, asked: Request | None = None
    ) -> GaussianModel:
        self.card(name)
        if asked is not None:
            raise ModelError("There is no other VAE and no refiner here.")
        self._model = self._kind(CARD, edm(), device, dtype, self.step_seconds, self.hurried)
        return self._model


@dataclass(frozen=True)
class GaussianModel:
    """Model of tests with a denoiser in closed form.

    Its latents are the RGBA image in -1 … 1 at an eighth of its size, and conditioning rows are mean latents.
    """

    card: ModelCard
    process: Process
    device: torch.device
    dtype: torch.dtype
    step_seconds: float = 0.0
    hurried: threading.Event = field(default_factory=threading.Event)

    @property
    def diffusion(self) -> Diffusion:
        return Diffusion(self.process, self.card.prediction, self.card.data_scale)

    @property
    def stages(self) -> tuple[GaussianModel]:
        return (self,)

    def shape(self, request: Request) -> tuple[int, ...]:
        return LATENT

    def start(self, asks: Sequence[Conditioning], path: NoisePath, noise: Noise, like: torch.Tensor) -> torch.Tensor:
        return self.process.prior(noise, like, path[0])

    def denoiser(self, asks: Sequence[Conditioning], path: NoisePath, noise: NoiseAt) -> Denoise:
        means = self.told(asks)

        def denoise(x: torch.Tensor, at: NoiseLevel) -> torch.Tensor:
            return self.denoised(x, at, means[: len(x)])

        return denoise

    def told(self, asks: Sequence[Conditioning]) -> torch.Tensor:
        import torch

        return torch.stack([_disc(ask) for ask in asks]).to(self.device)

    def denoised(self, x: torch.Tensor, at: NoiseLevel, conditioning: torch.Tensor) -> torch.Tensor:
        beats.pause(self.step_seconds, self.hurried)
        return gaussian_denoiser(DEVIATION**2)(x - at.alpha * conditioning, at) + conditioning

    def encode(self, rgba: torch.Tensor) -> torch.Tensor:
        from torch.nn.functional import avg_pool2d

        return avg_pool2d(rgba.permute(0, 3, 1, 2).float() / 127.5 - 1, SIDE // LATENT[1]).to(self.device)

    def decode(self, x0: torch.Tensor) -> torch.Tensor:
        from torch.nn.functional import interpolate

        picture = interpolate(x0.float(), scale_factor=SIDE // LATENT[1], mode="bilinear")
        return _bytes(picture)

    def fast_decode(self, x0: torch.Tensor) -> torch.Tensor:
        return self.decode(x0)

    def preview(self, x0: torch.Tensor) -> torch.Tensor:
        from torch.nn.functional import interpolate

        return _bytes(interpolate(x0.float(), scale_factor=SIDE // LATENT[1], mode="nearest"))


def _disc(ask: Conditioning) -> torch.Tensor:
    import torch

    hue = zlib.crc32(ask.text.encode()) % 360 / 360
    red, green, blue = colorsys.hsv_to_rgb(hue, 0.8, 0.4 if ask.style == "dark" else 0.9)
    axis = torch.linspace(-1, 1, LATENT[1])
    inside = (axis[:, None] ** 2 + axis[None, :] ** 2 < 0.7).float()
    colours = torch.tensor([red, green, blue])[:, None, None].expand(3, *inside.shape)
    return torch.cat([colours, inside[None]]) * 2 - 1


def _bytes(picture: torch.Tensor) -> torch.Tensor:
    import torch

    return ((picture.clamp(-1, 1) + 1) * 127.5).round().to(torch.uint8).permute(0, 2, 3, 1).cpu().contiguous()
