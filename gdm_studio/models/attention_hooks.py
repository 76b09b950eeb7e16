"""Hooks that record attention layers, and functions that average their outputs into one attention map per word."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

# Maximum side of an attention map.
SIDE = 16
# Words of a prompt, each with the positions of its tokens.
Words = Sequence[tuple[str, Sequence[int]]]


@contextmanager
def watch_attention(layers: Iterable[nn.Module], observe: Callable[..., Tensor]) -> Iterator[list[Tensor]]:
    """Context manager that records a network's attention layers. After each call of a layer, it calls `look(layer,
    *inputs)` and appends the result to the list that it provides.
    """
    found: list[Tensor] = []

    def hook(layer: nn.Module, inputs: tuple[Any, ...], _: Any) -> None:
        with torch.no_grad():
            found.append(observe(layer, *inputs))

    handles = [layer.register_forward_hook(hook) for layer in layers]
    try:
        yield found
    finally:
        for handle in handles:
            handle.remove()


def map_size(height: int, width: int) -> tuple[int, int]:
    """Return the size (height, width) at which attention is recorded for an image or latents of size `height` ×
    `width`. The longer side is limited to SIDE.
    """
    shrink = max(1.0, max(height, width) / SIDE)
    return max(1, round(height / shrink)), max(1, round(width / shrink))


def attention_maps(found: Sequence[Tensor], words: Words, size: tuple[int, int]) -> Tensor:
    """Return one attention map for each word of a prompt, (W, h, w) in fp32 on the CPU, for an image or latents of
    `size` (height, width).

    The maps (1, tokens, H, W) of the layers in `found` are averaged, and the tokens of a word are summed.
    """
    grid = map_size(*size)
    if not found or not words:
        return torch.zeros(len(words), *grid)
    sized = [shrink_map(each, grid)[0] for each in found]
    mean = torch.stack(sized).mean(dim=0)
    return torch.stack([mean[list(places)].sum(dim=0) for _, places in words]).cpu()


def shrink_map(found: Tensor, size: tuple[int, int]) -> Tensor:
    """Resize attention maps of shape (N, tokens, H, W) to `size` (height, width) by bilinear interpolation, in fp32."""
    return F.interpolate(found.float(), size, mode="bilinear", antialias=True)
