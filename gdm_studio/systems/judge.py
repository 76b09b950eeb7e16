"""The judge of the systems: a classifier of the classes of the picture set, and distances in what it sees.

It learns from shifted and tinted pictures with a little noise, never from the drawings held out, and never teaches.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import Tensor, nn
from torch.nn import functional as F

from gdm_studio.atomic import make_folder, write
from gdm_studio.errors import ModelError, StorageError, StudioError
from gdm_studio.models.families.icons_model import premultiplied
from gdm_studio.models.header import read_header, strict_json
from gdm_studio.models.listing import PART_OF
from gdm_studio.networks.generator import Encoder, EncoderConfig
from gdm_studio.networks.layers import channels_last
from gdm_studio.systems.pictures import PictureSet, open_set
from gdm_studio.systems.recipe import Pictures, Size
from gdm_studio.training.ema import Ema
from gdm_studio.training.optim import OPTIMIZERS
from gdm_studio.training.options import Option
from gdm_studio.training.recipe import (
    Batch,
    Cooldown,
    Halflife,
    LearningRate,
    Objective,
    Recipe,
    Samples,
    Threads,
    Warmup,
)
from gdm_studio.training.schedule import Schedule, normal

FILE = "systems-judge.safetensors"
SHIFT = 3  # pixels of 32
TINT = 0.3  # how far colours are mixed with a colour of their own
SMOOTHING = 0.05
REAL = "real"  # among its tensors: the features of the pictures that it knows
NEIGHBOURS = 3  # of coverage and recall (Kynkäänniemi et al. 2019)

HeldOut = Annotated[str, Option("Held out", "what it is measured by", choices=("renderings", "drawings"))]


@dataclass(frozen=True)
class Judge:
    """A trained classifier; pictures are uint8 RGBA (N, H, W, 4), straight, of any multiple of its size."""

    network: Encoder
    labels: tuple[str, ...]
    real: NDArray[np.float32] = field(default_factory=lambda: np.zeros((0, 0), np.float32))  # features of real pictures

    @torch.no_grad()
    def features(self, rgba: NDArray[np.uint8]) -> NDArray[np.float32]:
        """(N, widest)."""
        return np.concatenate([self.network.features(part).numpy() for part in self._parts(rgba)])

    @torch.no_grad()
    def classes(self, rgba: NDArray[np.uint8]) -> NDArray[np.int64]:
        """(N,) places among `labels`."""
        return np.concatenate([self.network(part).argmax(dim=1).numpy() for part in self._parts(rgba)])

    def accuracy(self, rgba: NDArray[np.uint8], labels: Sequence[str]) -> float:
        """Share of the pictures whose class is recognised."""
        found = self.classes(rgba)
        return float(np.mean([self.labels[place] == label for place, label in zip(found, labels, strict=True)]))

    def _parts(self, rgba: NDArray[np.uint8]) -> Sequence[Tensor]:
        data = premultiplied(torch.from_numpy(np.ascontiguousarray(rgba)))
        return F.adaptive_avg_pool2d(data, self.network.config.size).split(128)


def load_judge(path: Path) -> Judge:
    """Raises ModelError."""
    try:
        config = strict_json(read_header(path).metadata["config"])
        network = Encoder(EncoderConfig(**config["network"]))
        weights = load_file(path)
        real = weights.pop(REAL).float().numpy()
        network.load_state_dict({name: value.float() for name, value in weights.items()})
    except (SafetensorError, LookupError, TypeError, ValueError, RuntimeError, OSError, StudioError) as error:
        raise ModelError(f"{path} is no judge of systems; train one by  gdm-studio train systems-judge.") from error
    return Judge(channels_last(network).eval(), tuple(config["labels"]), real)


def coverage(real: NDArray[np.float32], made: NDArray[np.float32], *, neighbours: int = NEIGHBOURS) -> float:
    """Share of the real features (n, d) that have a made one nearer than their own k-th real neighbour.

    Naeem et al. 2020, arXiv:2002.09797, equation 8: a model that leaves things out covers less.
    """
    radius = np.sort(_distances(real, real), axis=1)[:, neighbours]  # the first is the picture itself
    return float((_distances(real, made).min(axis=1) <= radius).mean())


def recall(real: NDArray[np.float32], made: NDArray[np.float32], *, neighbours: int = NEIGHBOURS) -> float:
    """Share of the real features that lie within some made one's k-th made neighbour (Kynkäänniemi et al. 2019)."""
    radius = np.sort(_distances(made, made), axis=1)[:, neighbours]
    return float((_distances(real, made) <= radius[None]).any(axis=1).mean())


def _distances(one: NDArray[np.float32], other: NDArray[np.float32]) -> NDArray[np.float64]:
    a, b = one.astype(np.float64), other.astype(np.float64)
    squared = (a * a).sum(1)[:, None] + (b * b).sum(1)[None] - 2 * a @ b.T
    return np.sqrt(np.maximum(squared, 0))


@dataclass(frozen=True, kw_only=True)
class JudgeRecipe(Recipe[Encoder]):
    """The classifier."""

    name: ClassVar[str] = "systems-judge"
    product: ClassVar[str] = FILE

    data: Pictures
    size: Size = 32
    hold: HeldOut = "renderings"
    samples: Samples = 120_000
    batch: Batch = 64
    learning_rate: LearningRate = 2e-3
    warmup: Warmup = 4_000
    cooldown: Cooldown = 80_000
    ema_halflife: Halflife = 4_000
    threads: Threads = 2

    @cached_property
    def pictures(self) -> PictureSet:
        return open_set(self.data, self.size)

    @cached_property
    def parts(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Indices of what it learns, and of what it is measured by."""
        return self.pictures.parts(drawings=self.hold == "drawings")

    @property
    def schedule(self) -> Schedule:
        return Schedule(self.samples, min(self.warmup, self.samples // 10), min(self.cooldown, self.samples))

    def model(self, out: Path) -> Encoder:
        if len(self.pictures.labels) < 2:
            raise StorageError(f"{self.data} has no classes to tell apart; put pictures into a folder for each class.")
        return channels_last(Encoder(EncoderConfig(answers=len(self.pictures.labels), size=self.size, width=16)))

    def modules(self, model: Encoder) -> dict[str, nn.Module]:
        return {"network": model}

    def average(self, model: Encoder) -> Ema:
        return Ema(list(model.parameters()), self.ema_halflife)

    def objectives(self, model: Encoder) -> Sequence[Objective]:
        def loss(pictures: Tensor, labels: Tensor) -> Tensor:
            return F.cross_entropy(model(pictures), labels, label_smoothing=SMOOTHING)

        optimizers = OPTIMIZERS["muon"](model, nn.Module(), self.learning_rate)
        return (Objective("loss", loss, list(model.parameters()), optimizers),)

    def draw(self, model: Encoder, rng: np.random.Generator, step: int) -> tuple[Tensor, ...]:
        learnt, _ = self.parts
        picked = learnt[rng.integers(len(learnt), size=self.batch)]
        pictures = varied(self.pictures.data[picked], rng)
        return pictures, torch.from_numpy(self.pictures.label[picked])

    def figures(self, model: Encoder) -> dict[str, float]:
        """Accuracy on drawings held out, as they are and varied."""
        _, held = self.parts
        judge, names = Judge(model.eval(), self.pictures.labels), self.pictures.labels
        labels = [names[place] for place in self.pictures.label[held]]
        found = judge.accuracy(self.pictures.rgba[held], labels)
        again = varied(self.pictures.data[held], np.random.default_rng(1))
        with torch.no_grad():
            right = model(again).argmax(dim=1).numpy() == self.pictures.label[held]
        model.train()
        return {"held_out": found, "held_out_varied": float(right.mean())}

    def finish(self, model: Encoder, out: Path, seen: int) -> None:
        make_folder(out)
        config: dict[str, Any] = {
            "network": asdict(model.config), "labels": self.pictures.labels, "figures": self.figures(model),
        }  # fmt: skip
        weights = {name: value.detach().cpu().half().contiguous() for name, value in model.state_dict().items()}
        every = Judge(model.eval(), self.pictures.labels).features(self.pictures.rgba)
        weights[REAL] = torch.from_numpy(every).half()
        write(out / FILE, save(weights, {"format": "gdm-studio", PART_OF: "systems", "config": json.dumps(config)}))


def varied(pictures: Tensor, rng: np.random.Generator) -> Tensor:
    """Premultiplied pictures (N, 4, H, W) shifted, sized, mirrored and tinted a little, with a little noise."""
    count, side = len(pictures), pictures.shape[-1]
    scale = torch.from_numpy(rng.uniform(0.85, 1.15, count).astype(np.float32))
    mirror = torch.from_numpy(np.where(rng.random(count) < 0.5, -1.0, 1.0).astype(np.float32))
    move = torch.from_numpy((rng.uniform(-1, 1, (count, 2)) * 2 * SHIFT / 32).astype(np.float32))
    turn = rng.uniform(-0.2, 0.2, count)
    cosine, sine = (torch.from_numpy(f(turn).astype(np.float32)) for f in (np.cos, np.sin))
    rows = [
        torch.stack([scale * cosine * mirror, -scale * sine, move[:, 0]], dim=1),
        torch.stack([scale * sine * mirror, scale * cosine, move[:, 1]], dim=1),
    ]
    grid = F.affine_grid(torch.stack(rows, dim=1), [count, 4, side, side], align_corners=False)
    moved = F.grid_sample(pictures + 1, grid, align_corners=False) / 2  # clear outside, 0 … 1
    rgb, alpha = moved[:, :3], moved[:, 3:]
    amount = torch.from_numpy((TINT * rng.random((count, 1, 1, 1))).astype(np.float32))
    colour = torch.from_numpy(rng.random((count, 3, 1, 1)).astype(np.float32))
    orders = [rng.permutation(3) if rng.random() < 0.3 else np.arange(3) for _ in range(count)]
    order = torch.from_numpy(np.stack(orders))
    rgb = torch.gather(rgb, 1, order[:, :, None, None].expand_as(rgb))
    tinted = (1 - amount) * rgb + amount * colour * alpha
    noisy = 2 * torch.cat([tinted, alpha], dim=1) - 1
    spread = torch.from_numpy((0.15 * rng.random((count, 1, 1, 1))).astype(np.float32))
    return noisy + spread * normal(rng, *noisy.shape)
