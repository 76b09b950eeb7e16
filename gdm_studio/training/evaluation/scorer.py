"""The scorer, a small contrastive network for images and texts, which evaluates images and never generates them."""

from __future__ import annotations

import hashlib
import json
import re
import zlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor, nn
from torch.nn import functional as F

from gdm_studio.common.atomic_files import make_folder, write
from gdm_studio.common.errors import ModelError
from gdm_studio.networks.bounded_construction import load_network

FILE = "scorer.safetensors"
# The side in pixels of the scorer's input.
SIDE = 64
# The grey level of the background.
GREY = 0.5
# The batch size for images and texts.
BATCH = 256


@dataclass(frozen=True)
class ScorerConfig:
    """Layer sizes of the scorer network, and the styles that it classifies. They are saved with its weights."""

    styles: tuple[str, ...]
    # The channels of the image tower at 32, 16, 8 and 4 pixels.
    channels: tuple[int, ...] = (24, 48, 96, 192)
    # The number of residual blocks at each of these sizes.
    blocks: tuple[int, ...] = (0, 1, 1, 1)
    # The width of features and embeddings.
    width: int = 128
    # The number of hash buckets for words and parts of words in the text tower.
    buckets: int = 2**14


class Scorer(nn.Module):
    """Small CLIP-like network that evaluates generated images, with an image tower, a text tower and a style
    classifier.

    The towers share an embedding space.
    """

    def __init__(self, config: ScorerConfig) -> None:
        super().__init__()
        self.config = config
        self.image = ImageTower(config)
        self.match = nn.Linear(config.width, config.width)
        self.style = nn.Linear(config.width, len(config.styles))
        self.text = TextTower(config)
        # The logarithm of the scale of cosine similarities before the softmax.
        self.log_scale = nn.Parameter(torch.tensor(2.5))

    @torch.inference_mode()
    def features(self, pictures: NDArray[np.uint8]) -> Tensor:
        """Return the features (N, width) of images (N, SIDE, SIDE, 4) that were prepared by `composite`."""
        parts = [self.image(to_input(pictures[at : at + BATCH])) for at in range(0, len(pictures), BATCH)]
        return torch.cat(parts)

    @torch.inference_mode()
    def match_of(self, features: Tensor) -> Tensor:
        """Project the features of images into the space shared with texts. Returns unit vectors (N, width)."""
        return F.normalize(self.match(features), dim=1)

    @torch.inference_mode()
    def match_of_texts(self, texts: Sequence[str]) -> Tensor:
        """Embed captions in the space shared with images. Returns unit vectors (N, width)."""
        parts = [self.text(*bags(texts[at : at + BATCH], self.config)) for at in range(0, len(texts), BATCH)]
        return F.normalize(torch.cat(parts), dim=1)

    @torch.inference_mode()
    def styles_of(self, features: Tensor) -> list[str]:
        """Classify the style of each image from its features, and return the style names."""
        return [self.config.styles[index] for index in self.style(features).argmax(1).tolist()]


class ImageTower(nn.Module):
    """Residual convolutional network that maps composited images (N, 4, 64, 64) to feature vectors (N, width)."""

    def __init__(self, config: ScorerConfig) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        before = 4
        for channels, blocks in zip(config.channels, config.blocks, strict=True):
            layers += [_build_convolution(before, channels, stride=2), nn.ReLU(inplace=True)]
            layers += [ResidualBlock(channels) for _ in range(blocks)]
            before = channels
        self.layers = nn.Sequential(*layers)
        self.out = nn.Linear(before, config.width)

    def forward(self, x: Tensor) -> Tensor:
        h: Tensor = self.out(self.layers(x).mean((2, 3)))
        return h


class ResidualBlock(nn.Module):
    """Residual block with two convolutions (He et al. 2015), for the scorer's image tower."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = _build_convolution(channels, channels)
        self.second = _build_convolution(channels, channels)

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(x + self.second(F.relu(self.first(x))))


class TextTower(nn.Module):
    """Text encoder of the scorer, based on hashed words, word pairs and letter trigrams (Bojanowski et al. 2016)."""

    def __init__(self, config: ScorerConfig) -> None:
        super().__init__()
        self.table = nn.EmbeddingBag(config.buckets, config.width, mode="mean")
        nn.init.normal_(self.table.weight, std=0.5)
        self.mix = nn.Sequential(
            nn.Linear(config.width, 2 * config.width), nn.ReLU(), nn.Linear(2 * config.width, config.width)
        )

    def forward(self, ids: Tensor, starts: Tensor) -> Tensor:
        bag: Tensor = self.table(ids, starts)
        return bag + self.mix(bag)


def bags(texts: Sequence[str], config: ScorerConfig) -> tuple[Tensor, Tensor]:
    """Convert captions to hash buckets of their words and trigrams, the inputs of the scorer's text tower.

    Returns the buckets of all captions in one tensor, and the index at which each caption starts.
    """
    rows = [_hash_parts(text, config.buckets) for text in texts]
    starts = np.cumsum([0, *map(len, rows[:-1])])
    return torch.from_numpy(np.concatenate(rows)), torch.from_numpy(starts)


@lru_cache(maxsize=2**16)
def _hash_parts(text: str, count: int) -> NDArray[np.int64]:
    return np.array([zlib.crc32(part.encode()) % count for part in split_into_features(text)])


def split_into_features(text: str) -> list[str]:
    """Split a caption into features for hashing: words, pairs of adjacent words, and letter trigrams of each word."""
    words = re.findall(r"[a-z0-9]+", text.lower()) or [""]
    pairs = [" ".join(pair) for pair in pairwise(words)]
    trigrams = [f"<{word}>"[at : at + 3] for word in words for at in range(len(word))]
    return [*(f"={word}" for word in words), *pairs, *trigrams]


def composite(rgba: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Prepare straight-alpha images (N, H, W, 4) for the scorer: composite them over grey and resize them.

    The result (N, SIDE, SIDE, 4) has the same alpha.
    """
    small = np.empty((len(rgba), SIDE, SIDE, 4), np.uint8)
    for at in range(0, len(rgba), BATCH):
        x = torch.from_numpy(np.array(rgba[at : at + BATCH])).permute(0, 3, 1, 2).float() / 255
        colours, alpha = x[:, :3], x[:, 3:]
        x = torch.cat([colours * alpha + GREY * (1 - alpha), alpha], dim=1)
        x = F.adaptive_avg_pool2d(x, SIDE)
        small[at : at + BATCH] = (255 * x).round().to(torch.uint8).permute(0, 2, 3, 1).numpy()
    return small


def to_input(pictures: NDArray[np.uint8]) -> Tensor:
    """Convert composited uint8 images to tensors for the image tower, (N, 4, SIDE, SIDE) in −1 … 1."""
    return torch.from_numpy(pictures).permute(0, 3, 1, 2).float() / 127.5 - 1


def save_scorer(scorer: Scorer, folder: Path) -> Path:
    """Save the trained scorer to a folder, and return the path of its file. Raises StorageError."""
    make_folder(folder)
    metadata = {"config": json.dumps(asdict(scorer.config))}
    write(folder / FILE, save({name: value.contiguous() for name, value in scorer.state_dict().items()}, metadata))
    return folder / FILE


def load_scorer(folder: Path) -> Scorer:
    """Load the trained scorer from a folder. Raises ModelError if it is missing or damaged."""
    path = folder / FILE
    try:
        with safe_open(path, "pt") as file:
            facts: dict[str, Any] = json.loads(file.metadata()["config"])
            weights = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        lists = {name: tuple(facts.pop(name)) for name in ("styles", "channels", "blocks")}
        config = ScorerConfig(**{**facts, **lists})
        scorer = load_network(lambda: Scorer(config), weights)
    except FileNotFoundError as error:
        raise ModelError(f"There is no scorer in {folder}; create it with  gdm-studio train scorer") from error
    except (OSError, SafetensorError, ValueError, TypeError, KeyError, RuntimeError) as error:
        raise ModelError(f"The scorer {path} cannot be read; train it again.") from error
    return scorer.eval()


def digest(scorer: Scorer) -> str:
    """Return a short hash of the scorer's weights, which distinguishes measurements with different scorers."""
    sha = hashlib.sha256()
    for value in scorer.state_dict().values():
        sha.update(value.numpy().tobytes())
    return sha.hexdigest()[:12]


def _build_convolution(before: int, after: int, *, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(before, after, 3, stride, 1, bias=False), nn.BatchNorm2d(after))
