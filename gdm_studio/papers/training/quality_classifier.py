"""Judge of the systems: an image classifier whose features measure the quality of generated images.

It is trained on shifted, tinted and slightly noisy images, without the held-out ones, and never used in a system's
training loss.
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

from gdm_studio.common.atomic_files import make_folder, write
from gdm_studio.common.errors import ModelError, StorageError, StudioError
from gdm_studio.models.files.checkpoints import read_header
from gdm_studio.models.files.header import strict_json
from gdm_studio.models.installed.scanner import PART_OF
from gdm_studio.models.straight_alpha import to_premultiplied
from gdm_studio.networks.bounded_construction import load_network
from gdm_studio.networks.layers import channels_last
from gdm_studio.networks.papers.small_convolutional_networks import Encoder, EncoderConfig
from gdm_studio.papers.training.recipe import Pictures, Size
from gdm_studio.papers.training.training_images import ImageDataset, open_dataset
from gdm_studio.training.ema import Ema
from gdm_studio.training.learning_rate_schedule import Schedule, normal
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

FILE = "systems-judge.safetensors"
# The maximum shift of an image in pixels, for images of 32 pixels.
SHIFT = 3
# The maximum weight of a random colour that is mixed into an image.
TINT = 0.3
SMOOTHING = 0.05
# The name of the tensor in the judge's file that contains the features of the real images.
REAL = "real"
# The number of nearest neighbours for coverage and recall (Kynkäänniemi et al. 2019).
NEIGHBOURS = 3

HeldOut = Annotated[str, Option("Held out", "images for the accuracy test", choices=("renderings", "drawings"))]


@dataclass(frozen=True)
class Judge:
    """Trained image classifier whose features and classes measure the quality of generated images.

    It takes uint8 RGBA images (N, H, W, 4) with straight alpha. The image side may be any multiple of the network's
    size.
    """

    network: Encoder
    labels: tuple[str, ...]
    # The features of the real images, (N, widest).
    real: NDArray[np.float32] = field(default_factory=lambda: np.zeros((0, 0), np.float32))

    @torch.no_grad()
    def features(self, rgba: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return the feature vectors (N, widest) that the classifier computes for images, for measuring Fréchet
        distances.
        """
        return np.concatenate([self.network.features(part).numpy() for part in self._split_batch(rgba)])

    @torch.no_grad()
    def classes(self, rgba: NDArray[np.uint8]) -> NDArray[np.int64]:
        """Classify the images, and return their predicted classes (N,) as indices of `labels`."""
        return np.concatenate([self.network(part).argmax(dim=1).numpy() for part in self._split_batch(rgba)])

    def accuracy(self, rgba: NDArray[np.uint8], labels: Sequence[str]) -> float:
        """Return the fraction of images whose predicted class is the class given for them in `labels`."""
        predicted = self.classes(rgba)
        return float(np.mean([self.labels[index] == label for index, label in zip(predicted, labels, strict=True)]))

    def _split_batch(self, rgba: NDArray[np.uint8]) -> Sequence[Tensor]:
        data = to_premultiplied(torch.from_numpy(np.ascontiguousarray(rgba)))
        return F.adaptive_avg_pool2d(data, self.network.config.size).split(128)


def load_judge(path: Path) -> Judge:
    """Load the judge, a trained classifier of images, from a file. Raises ModelError if the file is not a judge."""
    try:
        config = strict_json(read_header(path).metadata["config"])
        sizes = EncoderConfig(**config["network"])
        weights = load_file(path)
        real = weights.pop(REAL).float().numpy()
        network = load_network(lambda: Encoder(sizes), weights)
    except (SafetensorError, LookupError, TypeError, ValueError, RuntimeError, OSError, StudioError) as error:
        raise ModelError(f"{path} is not a judge; train one by  gdm-studio train systems-judge.") from error
    return Judge(channels_last(network).eval(), tuple(config["labels"]), real)


def coverage(real: NDArray[np.float32], generated: NDArray[np.float32], *, neighbours: int = NEIGHBOURS) -> float:
    """Return the coverage metric: the fraction of real images that have a generated image near them in feature space.

    Models that drop modes have a low coverage. `real` and `generated` are features (n, d). A generated image is near if
    it is closer than the k-th nearest real image (Naeem et al. 2020, arXiv:2002.09797, equation 8).
    """
    # The distance at index 0 is that of an image to itself.
    radius = np.sort(_compute_distances(real, real), axis=1)[:, neighbours]
    return float((_compute_distances(real, generated).min(axis=1) <= radius).mean())


def recall(real: NDArray[np.float32], generated: NDArray[np.float32], *, neighbours: int = NEIGHBOURS) -> float:
    """Return the recall metric: the fraction of real images that lie near generated images in feature space.

    It measures how much of the variety of real images a model covers. `real` and `generated` are features (n, d). A
    real image is covered if its distance from a generated image is not larger than that of the generated image's k-th
    nearest generated neighbour (Kynkäänniemi et al. 2019, arXiv:1904.06991).
    """
    radius = np.sort(_compute_distances(generated, generated), axis=1)[:, neighbours]
    return float((_compute_distances(real, generated) <= radius[None]).any(axis=1).mean())


def _compute_distances(one: NDArray[np.float32], other: NDArray[np.float32]) -> NDArray[np.float64]:
    a, b = one.astype(np.float64), other.astype(np.float64)
    squared = (a * a).sum(1)[:, None] + (b * b).sum(1)[None] - 2 * a @ b.T
    return np.sqrt(np.maximum(squared, 0))


@dataclass(frozen=True, kw_only=True)
class JudgeRecipe(Recipe[Encoder]):
    """Training recipe for the judge, the image classifier that measures generated images."""

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
    def pictures(self) -> ImageDataset:
        return open_dataset(self.data, self.size, self.read_prompt)

    @cached_property
    def split(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Indices of the classifier's training images and of the held-out images."""
        return self.pictures.split(drawings=self.hold == "drawings")

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
        training, _ = self.split
        picked = training[rng.integers(len(training), size=self.batch)]
        pictures = augment(self.pictures.data[picked], rng)
        return pictures, torch.from_numpy(self.pictures.label[picked])

    def figures(self, model: Encoder) -> dict[str, float]:
        """Return the classifier's accuracy on held-out images, both unchanged and augmented."""
        _, held = self.split
        judge, names = Judge(model.eval(), self.pictures.labels), self.pictures.labels
        labels = [names[place] for place in self.pictures.label[held]]
        found = judge.accuracy(self.pictures.rgba[held], labels)
        again = augment(self.pictures.data[held], np.random.default_rng(1))
        with torch.no_grad():
            right = model(again).argmax(dim=1).numpy() == self.pictures.label[held]
        model.train()
        return {"held_out": found, "held_out_varied": float(right.mean())}

    def finish(self, model: Encoder, out: Path, seen: int) -> None:
        make_folder(out)
        config: dict[str, Any] = {
            "network": asdict(model.config),
            "labels": self.pictures.labels,
            "figures": self.figures(model),
        }
        weights = {name: value.detach().cpu().half().contiguous() for name, value in model.state_dict().items()}
        every = Judge(model.eval(), self.pictures.labels).features(self.pictures.rgba)
        weights[REAL] = torch.from_numpy(every).half()
        write(out / FILE, save(weights, {"format": "gdm-studio", PART_OF: "systems", "config": json.dumps(config)}))


def augment(pictures: Tensor, rng: np.random.Generator) -> Tensor:
    """Change training images (N, 4, H, W) slightly and at random, so that the classifier does not memorise them.

    The images have premultiplied alpha. They are shifted, scaled, rotated, mirrored and tinted, and noise is added.
    """
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
    # The data are shifted to 0 … 2 for resampling, so that the zero padding is transparent. Then they are scaled to 0 …
    # 1.
    moved = F.grid_sample(pictures + 1, grid, align_corners=False) / 2
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
