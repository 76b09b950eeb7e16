"""A made-up family of small models that differ from the built-in one, each a file of a few hundred numbers."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor
from torch.nn.functional import adaptive_avg_pool2d, conv2d, interpolate

from gdm_studio.maths.diffusion import Diffusion
from gdm_studio.maths.noise_path import Denoise, Noise, NoiseLevel
from gdm_studio.maths.noise_path import NoisePath as NoisePath
from gdm_studio.maths.numeric_parameters import Param
from gdm_studio.models.capabilities import Capabilities
from gdm_studio.models.families import Family
from gdm_studio.models.files.checkpoints import Entry
from gdm_studio.models.forward_process import forward_process
from gdm_studio.models.loaded_model import Conditioning, NoiseAt, Stage
from gdm_studio.models.memory.loaded_model_cache import Store
from gdm_studio.models.memory.parallel_rows import RowEvaluator
from gdm_studio.models.model_card import ModelCard
from gdm_studio.request.generation_request import Request

WORDS = 16
UNCONDITIONAL = Capabilities(prompt="", negative=False, guidance=False, picture=False, mask=False)
TEXT_ONLY = Capabilities(picture=False, mask=False)


@dataclass
class ConvModel:
    """A model with a single stage: one convolution over 8×8 data of three channels, at half the image's resolution."""

    card: ModelCard
    device: torch.device
    dtype: torch.dtype
    weights: dict[str, Tensor]
    diffusion: Diffusion = field(init=False)
    rows: RowEvaluator = field(init=False)
    # Pixels of the image for each data point, along an axis.
    pixels = 2.0

    def __post_init__(self) -> None:
        self.diffusion = Diffusion(forward_process(self.card), self.card.prediction, self.card.data_scale)
        self.rows = RowEvaluator(self.device)

    @property
    def stages(self) -> tuple[Stage, ...]:
        return (self,)

    def shape(self, request: Request) -> tuple[int, ...]:
        return self.card.latent

    def start(self, asks: Sequence[Conditioning], path: NoisePath, noise: Noise, like: Tensor) -> Tensor:
        return self.diffusion.process.prior(noise, like, path[0])

    def encode(self, rgba: Tensor) -> Tensor:
        return interpolate(rgba[..., :3].permute(0, 3, 1, 2).float() / 127.5 - 1, scale_factor=0.5).to(self.device)

    def denoiser(self, asks: Sequence[Conditioning], path: NoisePath, noise: NoiseAt) -> Denoise:
        told = torch.cat([self.told(ask) for ask in asks])

        def denoise(x: Tensor, at: NoiseLevel) -> Tensor:
            return self.diffusion.x0(self.network, x, at, told[: len(x)])

        return denoise

    def told(self, ask: Conditioning) -> Tensor:
        """Return the conditioning of a prompt, (1, 3, 1, 1) or (1, 3, 8, 8)."""
        return self.words("words", ask.text)[..., None, None]

    def words(self, table: str, text: str) -> Tensor:
        """Return the mean of a text's word vectors, (1, 3), from a table (WORDS, 3)."""
        found = [self.weights[table][zlib.crc32(word.encode()) % WORDS] for word in text.split()]
        return torch.stack(found or [torch.zeros(3)]).mean(dim=0, keepdim=True)

    def network(self, x: Tensor, time: float, *told: Tensor) -> Tensor:
        return self.rows(lambda *row: self.painted(torch.tensor(time / 1000).sin(), *row), x, *told)

    def painted(self, time: Tensor, x: Tensor, *told: Tensor) -> Tensor:
        """Return the network's answer for one row. The first condition is added; others are extra channels of x."""
        added, *beside = told
        return torch.tanh(conv2d(torch.cat([x, *beside], dim=1), self.weights["network"], padding=1) + added + time)

    def decode(self, x0: Tensor) -> Tensor:
        levels = ((x0.float().clamp(-1, 1) + 1) * 127.5).round().to(torch.uint8)
        return interpolate(levels, scale_factor=self.pixels).permute(0, 2, 3, 1).contiguous().cpu()

    fast_decode = decode

    def preview(self, x0: Tensor) -> Tensor:
        rgb = self.decode(x0)
        return torch.cat([rgb, torch.full_like(rgb[..., :1], 255)], dim=-1)


class TwoEncoders(ConvModel):
    """A model with two word tables, one of them pooled, and with size and factor conditioning as in SDXL."""

    def told(self, ask: Conditioning) -> Tensor:
        assert ask.size is not None
        numbers = torch.tensor([[ask.size[0] / 16, ask.size[1] / 16, ask.factors["aesthetic"]]])
        pooled = torch.cat([self.words("pooled", ask.text), numbers @ self.weights["numbers"]]).sum(0, keepdim=True)
        return (self.words("words", ask.text) + pooled)[..., None, None]


class Inpainter(ConvModel):
    """A model with the mask and the masked image as extra input channels."""

    def denoiser(self, asks: Sequence[Conditioning], path: NoisePath, noise: NoiseAt) -> Denoise:
        told, beside = torch.cat([self.told(ask) for ask in asks]), torch.cat([self.beside(ask) for ask in asks])

        def denoise(x: Tensor, at: NoiseLevel) -> Tensor:
            return self.diffusion.x0(self.network, x, at, told[: len(x)], beside[: len(x)])

        return denoise

    def beside(self, ask: Conditioning) -> Tensor:
        """Return the mask and the masked image, (1, 4, 8, 8)."""
        picture = torch.zeros(1, *self.card.latent) if ask.picture is None else ask.picture
        mask = torch.ones(1, 1, *picture.shape[2:]) if ask.mask is None else ask.mask
        return torch.cat([mask, picture * (1 - mask)], dim=1)


class Controlled(ConvModel):
    """A model that adds the residuals of a second network for each control image."""

    def told(self, ask: Conditioning) -> Tensor:
        residuals = torch.zeros(1, 3, 8, 8)
        for hint in ask.hints:
            residuals = residuals + hint.weight * conv2d(self.encode(hint.rgba), self.weights[hint.kind], padding=1)
        return super().told(ask) + residuals


class LearnedStart(ConvModel):
    """A model that starts near an image given by the prompt instead of in pure noise."""

    def start(self, asks: Sequence[Conditioning], path: NoisePath, noise: Noise, like: Tensor) -> Tensor:
        near = torch.cat([self.words("words", ask.text) for ask in asks])[..., None, None]
        return path[0].alpha * near + super().start(asks, path, noise, like)


class Restless(ConvModel):
    """A model that draws its own noise in every evaluation."""

    def denoiser(self, asks: Sequence[Conditioning], path: NoisePath, noise: NoiseAt) -> Denoise:
        sure = super().denoiser(asks, path, noise)
        return lambda x, at: sure(x + 0.1 * at.sigma * noise(at, x), at)


class SelfConditioned(ConvModel):
    """A model with its previous prediction as extra channels (Chen et al. 2022, arXiv:2208.04202)."""

    def denoiser(self, asks: Sequence[Conditioning], path: NoisePath, noise: NoiseAt) -> Denoise:
        return _SelfConditionedDenoiser(self, torch.cat([self.told(ask) for ask in asks]))


@dataclass
class _SelfConditionedDenoiser:
    model: SelfConditioned
    told: Tensor
    memory: tuple[Tensor, ...] = ()

    def __call__(self, x: Tensor, at: NoiseLevel) -> Tensor:
        (before,) = self.memory or (torch.zeros(len(self.told), *x.shape[1:]),)
        found: Tensor = self.model.diffusion.x0(self.model.network, x, at, self.told[: len(x)], before[: len(x)])
        self.memory = (torch.cat([found, before[len(x) :]]),)
        return found


class Labelled(ConvModel):
    """A model conditioned on a class number, or on none."""

    def told(self, ask: Conditioning) -> Tensor:
        labels = ("", *self.card.accepts.labels)
        return self.weights["words"][labels.index(ask.label)][None, :, None, None]


class Oblong(ConvModel):
    """A model with wide and tall image sizes."""

    def shape(self, request: Request) -> tuple[int, ...]:
        width, height = request.size or self.card.sizes()[0]
        return 3, height // 2, width // 2


class Points(ConvModel):
    """A model of twelve points in a plane; its image shows them."""

    def told(self, ask: Conditioning) -> Tensor:
        return self.words("words", ask.text)[:, None, :2]

    def painted(self, time: Tensor, x: Tensor, *told: Tensor) -> Tensor:
        return torch.tanh(x @ self.weights["layer"] + told[0] + time) @ self.weights["layer"].T

    def decode(self, x0: Tensor) -> Tensor:
        pictures = torch.full((len(x0), 16, 16, 3), 255, dtype=torch.uint8)
        places = ((x0.cpu().clamp(-2, 2) + 2) * 3.75).round().long()
        for picture, points in zip(pictures, places, strict=True):
            picture[points[:, 1], points[:, 0]] = 0
        return pictures

    fast_decode = decode


class Cascade(ConvModel):
    """A model with two stages: a draft of 4×4, and one of 8×8 with the draft as extra channels."""

    @property
    def stages(self) -> tuple[Stage, ...]:
        finish = self.weights | {"network": self.weights["finish"]}
        return (
            _Draft(self.card, self.device, self.dtype, self.weights),
            _Finish(self.card, self.device, self.dtype, finish),
        )


class _Draft(ConvModel):
    pixels = 4.0

    def shape(self, request: Request) -> tuple[int, ...]:
        return 3, 4, 4

    def encode(self, rgba: Tensor) -> Tensor:
        return adaptive_avg_pool2d(super().encode(rgba), 4)


class _Finish(ConvModel):
    def start(self, asks: Sequence[Conditioning], path: NoisePath, noise: Noise, like: Tensor) -> Tensor:
        return self.diffusion.process.degrade(_enlarged(asks), path[0], noise(0, like))

    def denoiser(self, asks: Sequence[Conditioning], path: NoisePath, noise: NoiseAt) -> Denoise:
        told, draft = torch.cat([self.told(ask) for ask in asks]), _enlarged(asks)

        def denoise(x: Tensor, at: NoiseLevel) -> Tensor:
            return self.diffusion.x0(self.network, x, at, told[: len(x)], draft[: len(x)])

        return denoise


def _enlarged(asks: Sequence[Conditioning]) -> Tensor:
    return interpolate(torch.cat([ask.before for ask in asks if ask.before is not None]), scale_factor=2.0)


@dataclass(frozen=True)
class MadeUp:
    """A made-up model with its weights and card, the settings to request, and other settings for the same seed."""

    model: type[ConvModel]
    shapes: dict[str, tuple[int, ...]]
    card: dict[str, Any]
    asked: dict[str, Any]
    other: dict[str, Any]

    def write(self, file: Path) -> None:
        draw = torch.Generator().manual_seed(7)
        weights = {name: 0.5 * torch.randn(shape, generator=draw) for name, shape in self.shapes.items()}
        save_file(weights, file, {"format": "made-up", "name": file.stem})


def _conv_shapes(beside: int = 0, **more: tuple[int, ...]) -> dict[str, tuple[int, ...]]:
    return {"network": (3, 3 + beside, 3, 3), "words": (WORDS, 3), **more}


PROMPT = {"prompt": "a red fox", "negative_prompt": "an owl"}
OTHER = {"prompt": "a blue disc"}
AESTHETIC = Param("Aesthetic", 0.0, 10.0, "How well liked.", "aesthetic", 5.0)
MADE_UP = {
    "two-encoders": MadeUp(
        TwoEncoders,
        _conv_shapes(pooled=(WORDS, 3), numbers=(3, 3)),
        {"accepts": Capabilities(picture=False, mask=False, factors=(AESTHETIC,))},
        {**PROMPT, "factors": {"aesthetic": 7.0}},
        {"factors": {"aesthetic": 2.0}},
    ),
    "inpainter": MadeUp(
        Inpainter, _conv_shapes(4), {"prediction": "epsilon", "process": "vp"}, {**PROMPT, "mask": "kept"}, OTHER
    ),
    "controlled": MadeUp(
        Controlled,
        _conv_shapes(edges=(3, 3, 3, 3)),
        {"accepts": Capabilities(picture=False, mask=False, hints=("edges", "depth"))},
        {**PROMPT, "hints": "kept"},
        OTHER,
    ),
    "cascade": MadeUp(Cascade, _conv_shapes(finish=(3, 6, 3, 3)), {"stages": (0.5, 0.5)}, PROMPT, OTHER),
    "learned-start": MadeUp(LearnedStart, _conv_shapes(), {"prediction": "flow", "process": "flow"}, PROMPT, OTHER),
    "restless": MadeUp(Restless, _conv_shapes(), {"prediction": "v", "process": "vp"}, PROMPT, OTHER),
    "self-conditioned": MadeUp(
        SelfConditioned,
        _conv_shapes(3),
        {},
        {**PROMPT, "controls": {"guidance_from": 0.4, "guidance_until": 0.8}},
        OTHER,
    ),
    "unconditional": MadeUp(
        ConvModel, _conv_shapes(), {"accepts": UNCONDITIONAL}, {"guidance_scale": 1.0}, {"temperature": 0.5}
    ),
    "labelled": MadeUp(
        Labelled,
        _conv_shapes(),
        {"accepts": Capabilities(prompt="", negative=False, labels=("cat", "dog"), picture=False, mask=False)},
        {"label": "cat"},
        {"label": "dog"},
    ),
    "oblong": MadeUp(
        Oblong,
        _conv_shapes(),
        {"accepts": Capabilities(mask=False, sizes=((32, 16), (16, 32)))},
        {**PROMPT, "size": (16, 32)},
        OTHER,
    ),
    "points": MadeUp(
        Points, {"layer": (2, 2), "words": (WORDS, 3)}, {"latent": (12, 2), "accepts": TEXT_ONLY}, PROMPT, OTHER
    ),
}


def card_of(entry: Entry) -> ModelCard:
    file, name = entry.path, entry.metadata["name"]
    facts: dict[str, Any] = {"latent": (3, 8, 8), "prediction": "edm", "process": "edm", "data_scale": 0.5}
    return ModelCard(
        name=name,
        family="made-up",
        date="2026-01-01",
        parameters=sum(torch.Size(shape).numel() for shape in MADE_UP[name].shapes.values()),
        author="GDM Studio's tests",
        licence="CC0-1.0",
        size=16,
        channels=3,
        path=file,
        weights=entry.weights,
        files=entry.files,
        file_bytes=file.stat().st_size,
        **(facts | MADE_UP[name].card),
    )


def load(card: ModelCard, device: torch.device, dtype: torch.dtype, store: Store) -> ConvModel:
    assert card.path is not None
    return MADE_UP[card.name].model(card, device, dtype, load_file(card.path, str(device)))


def _matches(entry: Entry) -> bool:
    return entry.metadata.get("format") == "made-up"


FAMILY = Family("made-up", _matches, card_of, load)
