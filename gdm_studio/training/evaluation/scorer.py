"""The scorer: a small contrastive image-text network that judges pictures, and takes no part in making any."""

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

from gdm_studio.atomic import make_folder, write
from gdm_studio.errors import ModelError

FILE = "scorer.safetensors"
SIDE = 64  # pixels a side of what it sees
GREY = 0.5  # that pictures stand on
AT_ONCE = 256  # pictures or texts


@dataclass(frozen=True)
class ScorerConfig:
    """Sizes of a `Scorer`, and the styles that it tells apart; saved with its weights."""

    styles: tuple[str, ...]
    channels: tuple[int, ...] = (24, 48, 96, 192)  # of the image tower at 32, 16, 8 and 4 pixels a side
    blocks: tuple[int, ...] = (0, 1, 1, 1)  # residual blocks at each of these sizes
    width: int = 128  # of features and embeddings
    buckets: int = 2**14  # of the text tower's hashed words and parts of words


class Scorer(nn.Module):
    """An image tower and a text tower that meet in one space, where a picture lies near its captions (CLIP)."""

    def __init__(self, config: ScorerConfig) -> None:
        super().__init__()
        self.config = config
        self.image = ImageTower(config)
        self.match = nn.Linear(config.width, config.width)
        self.style = nn.Linear(config.width, len(config.styles))
        self.text = TextTower(config)
        self.log_scale = nn.Parameter(torch.tensor(2.5))  # of the cosines, before a softmax

    @torch.inference_mode()
    def features(self, pictures: NDArray[np.uint8]) -> Tensor:
        """(N, width) features of composited pictures (N, SIDE, SIDE, 4)."""
        parts = [self.image(as_input(pictures[at : at + AT_ONCE])) for at in range(0, len(pictures), AT_ONCE)]
        return torch.cat(parts)

    @torch.inference_mode()
    def match_of(self, features: Tensor) -> Tensor:
        """Unit vectors (N, width) to compare with those of texts."""
        return F.normalize(self.match(features), dim=1)

    @torch.inference_mode()
    def match_of_texts(self, texts: Sequence[str]) -> Tensor:
        """Unit vectors (N, width) of captions."""
        parts = [self.text(*bags(texts[at : at + AT_ONCE], self.config)) for at in range(0, len(texts), AT_ONCE)]
        return F.normalize(torch.cat(parts), dim=1)

    @torch.inference_mode()
    def styles_of(self, features: Tensor) -> list[str]:
        """The likeliest style of each picture."""
        return [self.config.styles[index] for index in self.style(features).argmax(1).tolist()]


class ImageTower(nn.Module):
    """A residual convolutional network from composited pictures (N, 4, 64, 64) to features (N, width)."""

    def __init__(self, config: ScorerConfig) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        before = 4
        for channels, blocks in zip(config.channels, config.blocks, strict=True):
            layers += [_convolution(before, channels, stride=2), nn.ReLU(inplace=True)]
            layers += [ResidualBlock(channels) for _ in range(blocks)]
            before = channels
        self.layers = nn.Sequential(*layers)
        self.out = nn.Linear(before, config.width)

    def forward(self, x: Tensor) -> Tensor:
        h: Tensor = self.out(self.layers(x).mean((2, 3)))
        return h


class ResidualBlock(nn.Module):
    """Two convolutions beside the identity (He et al. 2015)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = _convolution(channels, channels)
        self.second = _convolution(channels, channels)

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(x + self.second(F.relu(self.first(x))))


class TextTower(nn.Module):
    """Captions as bags of hashed words, neighbouring words and letters in threes (Bojanowski et al. 2016)."""

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
    """Every text's bucket numbers in one row, and where each text begins in it."""
    rows = [_buckets(text, config.buckets) for text in texts]
    starts = np.cumsum([0, *map(len, rows[:-1])])
    return torch.from_numpy(np.concatenate(rows)), torch.from_numpy(starts)


@lru_cache(maxsize=2**16)
def _buckets(text: str, count: int) -> NDArray[np.int64]:
    return np.array([zlib.crc32(part.encode()) % count for part in parts(text)])


def parts(text: str) -> list[str]:
    """What a caption is known by: its words, each two that follow each other, and the letters of each in threes."""
    words = re.findall(r"[a-z0-9]+", text.lower()) or [""]
    pairs = [" ".join(pair) for pair in pairwise(words)]
    threes = [f"<{word}>"[at : at + 3] for word in words for at in range(len(word))]
    return [*(f"={word}" for word in words), *pairs, *threes]


def composited(rgba: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Straight-alpha pictures (N, H, W, 4) as the scorer sees them: (N, SIDE, SIDE, 4), over mid-grey, and alpha."""
    small = np.empty((len(rgba), SIDE, SIDE, 4), np.uint8)
    for at in range(0, len(rgba), AT_ONCE):
        x = torch.from_numpy(np.array(rgba[at : at + AT_ONCE])).permute(0, 3, 1, 2).float() / 255
        colours, alpha = x[:, :3], x[:, 3:]
        x = torch.cat([colours * alpha + GREY * (1 - alpha), alpha], dim=1)
        x = F.adaptive_avg_pool2d(x, SIDE)
        small[at : at + AT_ONCE] = (255 * x).round().to(torch.uint8).permute(0, 2, 3, 1).numpy()
    return small


def as_input(pictures: NDArray[np.uint8]) -> Tensor:
    """(N, 4, SIDE, SIDE) in -1 … 1 from composited pictures."""
    return torch.from_numpy(pictures).permute(0, 3, 1, 2).float() / 127.5 - 1


def save_scorer(scorer: Scorer, folder: Path) -> Path:
    """Writes the scorer into `folder`. Raises StorageError."""
    make_folder(folder)
    metadata = {"config": json.dumps(asdict(scorer.config))}
    write(folder / FILE, save({name: value.contiguous() for name, value in scorer.state_dict().items()}, metadata))
    return folder / FILE


def load_scorer(folder: Path) -> Scorer:
    """The scorer that `train scorer` wrote into `folder`; raises ModelError."""
    path = folder / FILE
    try:
        with safe_open(path, "pt") as file:
            facts: dict[str, Any] = json.loads(file.metadata()["config"])
            weights = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        lists = {name: tuple(facts.pop(name)) for name in ("styles", "channels", "blocks")}
        scorer = Scorer(ScorerConfig(**{**facts, **lists}))
        scorer.load_state_dict(weights)
    except FileNotFoundError as error:
        raise ModelError(f"There is no scorer in {folder}; make it with  gdm-studio train scorer") from error
    except (OSError, SafetensorError, ValueError, TypeError, KeyError, RuntimeError) as error:
        raise ModelError(f"The scorer {path} cannot be read; train it again.") from error
    return scorer.eval()


def digest(scorer: Scorer) -> str:
    """A short name for these weights."""
    sha = hashlib.sha256()
    for value in scorer.state_dict().values():
        sha.update(value.numpy().tobytes())
    return sha.hexdigest()[:12]


def _convolution(before: int, after: int, *, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(before, after, 3, stride, 1, bias=False), nn.BatchNorm2d(after))
