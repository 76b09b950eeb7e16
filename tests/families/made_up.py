"""Models unlike the built-in one, of a few hundred numbers in a file each, and the family that loads them."""

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
from gdm_studio.maths.knobs import Knob
from gdm_studio.maths.path import Denoise, Noise, Point
from gdm_studio.maths.path import Path as NoisePath
from gdm_studio.models.accepts import Accepts
from gdm_studio.models.card import ModelCard
from gdm_studio.models.checkpoints import Entry
from gdm_studio.models.families import Family
from gdm_studio.models.loaded import Ask, NoiseAt, Stage
from gdm_studio.models.process import process_of
from gdm_studio.models.rows import Rows
from gdm_studio.models.store import Store
from gdm_studio.request import Request

WORDS = 16
SILENT = Accepts(prompt="", negative=False, guidance=False, picture=False, mask=False)
TOLD = Accepts(picture=False, mask=False)


@dataclass
class Painter:
    """A model and its only stage: one convolution over 8×8 data of three channels, half as wide as its pictures."""

    card: ModelCard
    device: torch.device
    dtype: torch.dtype
    weights: dict[str, Tensor]
    diffusion: Diffusion = field(init=False)
    rows: Rows = field(init=False)
    pixels = 2.0  # to a number of its data, along an axis

    def __post_init__(self) -> None:
        self.diffusion = Diffusion(process_of(self.card), self.card.prediction, self.card.data_scale)
        self.rows = Rows(self.device)

    @property
    def stages(self) -> tuple[Stage, ...]:
        return (self,)

    def shape(self, request: Request) -> tuple[int, ...]:
        return self.card.latent

    def start(self, asks: Sequence[Ask], path: NoisePath, noise: Noise, like: Tensor) -> Tensor:
        return self.diffusion.process.prior(noise, like, path[0])

    def encode(self, rgba: Tensor) -> Tensor:
        return interpolate(rgba[..., :3].permute(0, 3, 1, 2).float() / 127.5 - 1, scale_factor=0.5).to(self.device)

    def denoiser(self, asks: Sequence[Ask], path: NoisePath, noise: NoiseAt) -> Denoise:
        told = torch.cat([self.told(ask) for ask in asks])

        def denoise(x: Tensor, at: Point) -> Tensor:
            return self.diffusion.x0(self.network, x, at, told[: len(x)])

        return denoise

    def told(self, ask: Ask) -> Tensor:
        """(1, 3, 1, 1), or (1, 3, 8, 8)."""
        return self.words("words", ask.text)[..., None, None]

    def words(self, table: str, text: str) -> Tensor:
        """(1, 3) of a text, of a table (WORDS, 3)."""
        found = [self.weights[table][zlib.crc32(word.encode()) % WORDS] for word in text.split()]
        return torch.stack(found or [torch.zeros(3)]).mean(dim=0, keepdim=True)

    def network(self, x: Tensor, time: float, *told: Tensor) -> Tensor:
        return self.rows(lambda *row: self.painted(torch.tensor(time / 1000).sin(), *row), x, *told)

    def painted(self, time: Tensor, x: Tensor, *told: Tensor) -> Tensor:
        """One row: told first what is added, then what stands beside x as channels of its own."""
        added, *beside = told
        return torch.tanh(conv2d(torch.cat([x, *beside], dim=1), self.weights["network"], padding=1) + added + time)

    def decode(self, x0: Tensor) -> Tensor:
        levels = ((x0.float().clamp(-1, 1) + 1) * 127.5).round().to(torch.uint8)
        return interpolate(levels, scale_factor=self.pixels).permute(0, 2, 3, 1).contiguous().cpu()

    glimpse = decode

    def preview(self, x0: Tensor) -> Tensor:
        rgb = self.decode(x0)
        return torch.cat([rgb, torch.full_like(rgb[..., :1], 255)], dim=-1)


class TwoEncoders(Painter):
    """Of two tables of words, one of them pooled, beside the picture's size and a factor, as SDXL is told of them."""

    def told(self, ask: Ask) -> Tensor:
        assert ask.size is not None
        numbers = torch.tensor([[ask.size[0] / 16, ask.size[1] / 16, ask.factors["aesthetic"]]])
        pooled = torch.cat([self.words("pooled", ask.text), numbers @ self.weights["numbers"]]).sum(0, keepdim=True)
        return (self.words("words", ask.text) + pooled)[..., None, None]


class Inpainter(Painter):
    """Sees the mask and the masked picture as channels beside x."""

    def denoiser(self, asks: Sequence[Ask], path: NoisePath, noise: NoiseAt) -> Denoise:
        told, beside = torch.cat([self.told(ask) for ask in asks]), torch.cat([self.beside(ask) for ask in asks])

        def denoise(x: Tensor, at: Point) -> Tensor:
            return self.diffusion.x0(self.network, x, at, told[: len(x)], beside[: len(x)])

        return denoise

    def beside(self, ask: Ask) -> Tensor:
        """(1, 4, 8, 8)."""
        picture = torch.zeros(1, *self.card.latent) if ask.picture is None else ask.picture
        mask = torch.ones(1, 1, *picture.shape[2:]) if ask.mask is None else ask.mask
        return torch.cat([mask, picture * (1 - mask)], dim=1)


class Controlled(Painter):
    """Adds the residuals that a second network makes of a hint."""

    def told(self, ask: Ask) -> Tensor:
        residuals = torch.zeros(1, 3, 8, 8)
        for hint in ask.hints:
            residuals = residuals + hint.weight * conv2d(self.encode(hint.rgba), self.weights[hint.kind], padding=1)
        return super().told(ask) + residuals


class LearnedStart(Painter):
    """Begins near a picture that it knows by its words, rather than in noise alone."""

    def start(self, asks: Sequence[Ask], path: NoisePath, noise: Noise, like: Tensor) -> Tensor:
        near = torch.cat([self.words("words", ask.text) for ask in asks])[..., None, None]
        return path[0].alpha * near + super().start(asks, path, noise, like)


class Restless(Painter):
    """Draws noise of its own in every evaluation."""

    def denoiser(self, asks: Sequence[Ask], path: NoisePath, noise: NoiseAt) -> Denoise:
        sure = super().denoiser(asks, path, noise)
        return lambda x, at: sure(x + 0.1 * at.sigma * noise(at, x), at)


class SelfConditioned(Painter):
    """Sees what it predicted before (Chen et al. 2022, arXiv:2208.04202) as channels beside x."""

    def denoiser(self, asks: Sequence[Ask], path: NoisePath, noise: NoiseAt) -> Denoise:
        return _Remembering(self, torch.cat([self.told(ask) for ask in asks]))


@dataclass
class _Remembering:
    model: SelfConditioned
    told: Tensor
    memory: tuple[Tensor, ...] = ()

    def __call__(self, x: Tensor, at: Point) -> Tensor:
        (before,) = self.memory or (torch.zeros(len(self.told), *x.shape[1:]),)
        found: Tensor = self.model.diffusion.x0(self.model.network, x, at, self.told[: len(x)], before[: len(x)])
        self.memory = (torch.cat([found, before[len(x) :]]),)
        return found


class Labelled(Painter):
    """Knows classes, and "none of them", by number."""

    def told(self, ask: Ask) -> Tensor:
        labels = ("", *self.card.accepts.labels)
        return self.weights["words"][labels.index(ask.label)][None, :, None, None]


class Oblong(Painter):
    """Makes wide pictures and high ones."""

    def shape(self, request: Request) -> tuple[int, ...]:
        width, height = request.size or self.card.sizes()[0]
        return 3, height // 2, width // 2


class Points(Painter):
    """Its data are twelve points on a plane; a picture shows them."""

    def told(self, ask: Ask) -> Tensor:
        return self.words("words", ask.text)[:, None, :2]

    def painted(self, time: Tensor, x: Tensor, *told: Tensor) -> Tensor:
        return torch.tanh(x @ self.weights["layer"] + told[0] + time) @ self.weights["layer"].T

    def decode(self, x0: Tensor) -> Tensor:
        pictures = torch.full((len(x0), 16, 16, 3), 255, dtype=torch.uint8)
        places = ((x0.cpu().clamp(-2, 2) + 2) * 3.75).round().long()
        for picture, points in zip(pictures, places, strict=True):
            picture[points[:, 1], points[:, 0]] = 0
        return pictures

    glimpse = decode


class Cascade(Painter):
    """Two stages: a draft of 4×4, and one of 8×8 that sees the draft beside x all the way."""

    @property
    def stages(self) -> tuple[Stage, ...]:
        finish = self.weights | {"network": self.weights["finish"]}
        return (
            _Draft(self.card, self.device, self.dtype, self.weights),
            _Finish(self.card, self.device, self.dtype, finish),
        )


class _Draft(Painter):
    pixels = 4.0

    def shape(self, request: Request) -> tuple[int, ...]:
        return 3, 4, 4

    def encode(self, rgba: Tensor) -> Tensor:
        return adaptive_avg_pool2d(super().encode(rgba), 4)


class _Finish(Painter):
    def start(self, asks: Sequence[Ask], path: NoisePath, noise: Noise, like: Tensor) -> Tensor:
        return self.diffusion.process.degrade(_enlarged(asks), path[0], noise(0, like))

    def denoiser(self, asks: Sequence[Ask], path: NoisePath, noise: NoiseAt) -> Denoise:
        told, draft = torch.cat([self.told(ask) for ask in asks]), _enlarged(asks)

        def denoise(x: Tensor, at: Point) -> Tensor:
            return self.diffusion.x0(self.network, x, at, told[: len(x)], draft[: len(x)])

        return denoise


def _enlarged(asks: Sequence[Ask]) -> Tensor:
    return interpolate(torch.cat([ask.before for ask in asks if ask.before is not None]), scale_factor=2.0)


@dataclass(frozen=True)
class MadeUp:
    """A model as it is written, what is asked of it, and what makes another picture of the same seed."""

    model: type[Painter]
    shapes: dict[str, tuple[int, ...]]
    card: dict[str, Any]
    asked: dict[str, Any]
    other: dict[str, Any]

    def write(self, file: Path) -> None:
        draw = torch.Generator().manual_seed(7)
        weights = {name: 0.5 * torch.randn(shape, generator=draw) for name, shape in self.shapes.items()}
        save_file(weights, file, {"format": "made-up", "name": file.stem})


def _painter(beside: int = 0, **more: tuple[int, ...]) -> dict[str, tuple[int, ...]]:
    return {"network": (3, 3 + beside, 3, 3), "words": (WORDS, 3), **more}


PROMPT = {"prompt": "a red fox", "negative_prompt": "an owl"}
OTHER = {"prompt": "a blue disc"}
AESTHETIC = Knob("Aesthetic", 0.0, 10.0, "How well liked.", "aesthetic", 5.0)
MADE_UP = {
    "two-encoders": MadeUp(
        TwoEncoders,
        _painter(pooled=(WORDS, 3), numbers=(3, 3)),
        {"accepts": Accepts(picture=False, mask=False, factors=(AESTHETIC,))},
        {**PROMPT, "factors": {"aesthetic": 7.0}},
        {"factors": {"aesthetic": 2.0}},
    ),
    "inpainter": MadeUp(
        Inpainter, _painter(4), {"prediction": "epsilon", "process": "vp"}, {**PROMPT, "mask": "kept"}, OTHER
    ),
    "controlled": MadeUp(
        Controlled,
        _painter(edges=(3, 3, 3, 3)),
        {"accepts": Accepts(picture=False, mask=False, hints=("edges", "depth"))},
        {**PROMPT, "hints": "kept"},
        OTHER,
    ),
    "cascade": MadeUp(Cascade, _painter(finish=(3, 6, 3, 3)), {"stages": (0.5, 0.5)}, PROMPT, OTHER),
    "learned-start": MadeUp(LearnedStart, _painter(), {"prediction": "flow", "process": "flow"}, PROMPT, OTHER),
    "restless": MadeUp(Restless, _painter(), {"prediction": "v", "process": "vp"}, PROMPT, OTHER),
    "self-conditioned": MadeUp(
        SelfConditioned, _painter(3), {}, {**PROMPT, "controls": {"guidance_from": 0.4, "guidance_until": 0.8}}, OTHER
    ),
    "unconditional": MadeUp(Painter, _painter(), {"accepts": SILENT}, {"guidance_scale": 1.0}, {"temperature": 0.5}),
    "labelled": MadeUp(
        Labelled,
        _painter(),
        {"accepts": Accepts(prompt="", negative=False, labels=("cat", "dog"), picture=False, mask=False)},
        {"label": "cat"},
        {"label": "dog"},
    ),
    "oblong": MadeUp(
        Oblong,
        _painter(),
        {"accepts": Accepts(mask=False, sizes=((32, 16), (16, 32)))},
        {**PROMPT, "size": (16, 32)},
        OTHER,
    ),
    "points": MadeUp(
        Points, {"layer": (2, 2), "words": (WORDS, 3)}, {"latent": (12, 2), "accepts": TOLD}, PROMPT, OTHER
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


def load(card: ModelCard, device: torch.device, dtype: torch.dtype, store: Store) -> Painter:
    assert card.path is not None
    return MADE_UP[card.name].model(card, device, dtype, load_file(card.path, str(device)))


def _matches(entry: Entry) -> bool:
    return entry.metadata.get("format") == "made-up"


FAMILY = Family("made-up", _matches, card_of, load)
