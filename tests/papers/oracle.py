"""Recipes with small known data, and networks that record their inputs and answer as a test asks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from gdm_studio.papers import recipe_of
from gdm_studio.papers.training.training_images import ImageDataset

SIDE = 8
CLASSES = ("a", "b", "c", "d")


class Oracle(nn.Module):
    """Network that records the inputs of each call in `calls`, and answers by a function of them."""

    def __init__(self, answer: Callable[..., Tensor], **config: Any) -> None:
        super().__init__()
        self.answer = answer
        self.calls: list[tuple[Tensor, ...]] = []
        self.config = type("Config", (), config)
        # Optimisers want a matrix and a vector.
        self.matrix = nn.Parameter(torch.zeros(2, 2))
        self.bias = nn.Parameter(torch.zeros(1))
        # The derivative of the loss by a shift of the output, where a test measures it.
        self.slope = 0.0

    def forward(self, *inputs: Tensor, **named: Tensor) -> Tensor:
        self.calls.append((*inputs, *named.values()))
        return self.answer(*inputs, **named) + self.matrix.sum() + self.bias


def ids_of(*networks: nn.Module) -> set[int]:
    """Return the identities of the networks' parameters."""
    return {id(parameter) for network in networks for parameter in network.parameters()}


def images(count: int = 64) -> ImageDataset:
    """Return random images of 8 × 8 pixels: each has one of four classes, and two factors."""
    rng = np.random.default_rng(8)
    rgba = rng.integers(0, 256, (count, SIDE, SIDE, 4)).astype(np.uint8)
    shares = (0.5 + 0.5 * rng.random((count, 2))).astype(np.float32)
    return ImageDataset(rgba, CLASSES, np.arange(count) % 4, {"style_x": "X", "colour_y": "Y"}, shares)


def recipe(name: str, *, data: str = "points:classes", **options: Any) -> Any:
    """Return a system's recipe for known points, or for the random images if `data` is "images"."""
    kind = recipe_of(name)
    own: dict[str, Any] = {"size": SIDE, "batch": 2048, "patch": 1, "width": 32, "widest": 32, "threads": 1} | options
    own |= {"data": Path(data)} if name != "diffflow" else {}
    made = kind(**{key: value for key, value in own.items() if key in kind.__dataclass_fields__})
    if data == "images":
        vars(made)["pictures"] = images()
    return made


class ConstantNoise:
    """Random generator whose normal numbers are all the same, so that noisy images are known exactly."""

    def __init__(self, value: float, seed: int = 0) -> None:
        self.value = value
        self.others = np.random.default_rng(seed)

    def standard_normal(self, shape: Any, dtype: Any) -> Any:
        return np.full(shape, self.value, dtype)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.others, name)


def draw(made: Any, seed: int = 0, *, noise: float | None = None, **networks: nn.Module) -> tuple[Tensor, ...]:
    """Return the batch of the first training step of a recipe or a phase, with all normal numbers equal to `noise` if
    it is given.
    """
    rng = np.random.default_rng(seed) if noise is None else ConstantNoise(noise, seed)
    batch: tuple[Tensor, ...] = made.draw(nn.ModuleDict(networks), rng, 0)
    return batch


def normal(seed: int, *shape: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def assert_uniform(shares: Any, first: float = 0.0, last: float = 1.0) -> None:
    """Check that numbers have equal density between `first` and `last`, by Kolmogorov and Smirnov's test."""
    sorted_shares = np.sort((np.asarray(shares, float) - first) / (last - first))
    count = len(sorted_shares)
    assert -1e-4 < sorted_shares[0] < 10 / count and 1 - 10 / count < sorted_shares[-1] < 1 + 1e-4
    steps = np.arange(1, count + 1) / count
    assert max(abs(steps - sorted_shares).max(), abs(steps - 1 / count - sorted_shares).max()) < 1.63 / count**0.5


def assert_standard_normal(numbers: Any) -> None:
    """Check mean, variance and kurtosis of independent normal numbers, and that none occurs twice."""
    flat = np.asarray(numbers, float).ravel()
    near = 4 / len(flat) ** 0.5
    assert abs(flat.mean()) < near and abs(flat.var() - 1) < 1.5 * near
    assert abs((flat**4).mean() - 3) < 10 * near
    assert len(np.unique(flat)) > 0.99 * len(flat)


def linear(timesteps: int = 1000) -> Any:
    """Return ᾱ_t of Ho et al. 2020, section 4: β from 1e-4 to 0.02."""
    return np.cumprod(1 - np.linspace(1e-4, 0.02, timesteps))


def cosine(timesteps: int = 1000) -> Any:
    """Return ᾱ_t of Nichol and Dhariwal 2021, equation 17."""
    f = np.cos((np.arange(timesteps + 1) / timesteps + 0.008) / 1.008 * np.pi / 2) ** 2
    return np.cumprod(1 - np.minimum(1 - f[1:] / f[:-1], 0.999))
