"""Watching attention: hooks on a network's layers for as long as it is looked at, and what they saw as small maps."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

SIDE = 16  # of a map, at most
Words = Sequence[tuple[str, Sequence[int]]]  # each with the places of its tokens


@contextmanager
def watched(layers: Iterable[nn.Module], look: Callable[..., Tensor]) -> Iterator[list[Tensor]]:
    """What `look(layer, *inputs)` finds each time that one of the layers is asked, in this block alone."""
    found: list[Tensor] = []

    def hook(layer: nn.Module, inputs: tuple[Any, ...], _: Any) -> None:
        with torch.no_grad():
            found.append(look(layer, *inputs))

    handles = [layer.register_forward_hook(hook) for layer in layers]
    try:
        yield found
    finally:
        for handle in handles:
            handle.remove()


def grid_of(height: int, width: int) -> tuple[int, int]:
    """The size of a map of data of that size."""
    shrink = max(1.0, max(height, width) / SIDE)
    return max(1, round(height / shrink)), max(1, round(width / shrink))


def maps_of(found: Sequence[Tensor], words: Words, size: tuple[int, int]) -> Tensor:
    """(W, h, w) in fp32 on the CPU: what each word got of layers' (1, tokens, H, W), its tokens added up, a mean over
    the layers."""
    grid = grid_of(*size)
    if not found or not words:
        return torch.zeros(len(words), *grid)
    sized = [F.interpolate(each.float(), grid, mode="bilinear", antialias=True)[0] for each in found]
    mean = torch.stack(sized).mean(dim=0)
    return torch.stack([mean[list(places)].sum(dim=0) for _, places in words]).cpu()


def level_of(tokens: int, height: int, width: int) -> tuple[int, int]:
    """Height and width of so many places, of data halved again and again; raises ValueError where there are none."""
    while height * width > tokens:
        height, width = math.ceil(height / 2), math.ceil(width / 2)
    if height * width != tokens:
        raise ValueError(f"{tokens} places are no picture")
    return height, width
