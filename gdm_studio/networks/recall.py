"""Drawings that a sketch knows by heart: principal components of their latents, by the ids of their name and style."""

from __future__ import annotations

import json
import lzma
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import safe_open
from safetensors.torch import save
from torch import Tensor, nn

from gdm_studio.atomic import write
from gdm_studio.networks.tokenizer import ANY_STYLE
from gdm_studio.networks.unet import Sketch

MOST = 2**27  # bytes of all components, unpacked


class Recall(nn.Module):
    """`recall(ids, alike) -> known, components`: which names are those of drawings that are known, and what these are.

    Of a drawing that people ask for there is nothing to guess: a network that is taught it for hours stays less exact
    than its own principal components, which are solved for. A name in no style is that of all its drawings, those in
    the styles that are `blended` where there are any: known is their mean, or that of the two most `alike`, for that of
    all is no drawing where they show a thing from several sides. It stays on the CPU, where ids come from. Raises
    ValueError where rows and components do not belong together.
    """

    rows: Tensor
    components: Tensor

    def __init__(self, rows: Tensor, components: Tensor, step: float, blended: Sequence[int]) -> None:
        super().__init__()
        if rows.ndim != 2 or components.ndim != 2 or len(rows) != len(components) or not 0 < step < 1000:
            raise ValueError(f"{tuple(rows.shape)} names have {tuple(components.shape)} components in steps of {step}")
        if not all(type(style) is int for style in blended):
            raise ValueError(f"{blended} are no styles")
        self.step, self.blended = step, tuple(blended)
        self.register_buffer("rows", rows)              # (n, L) int16: ids, as a tokenizer gives them
        self.register_buffer("components", components)  # (n, K) int8, in units of `step`
        self._drawn: dict[tuple[int, ...], dict[int, int]] = {}  # by the ids of a name, the places of each style
        for place, (style, *name) in enumerate(rows.tolist()):
            self._drawn.setdefault(_bare(name), {})[style] = place

    @property
    def width(self) -> int:
        """How many components a drawing has."""
        return self.components.shape[1]

    def forward(self, ids: Tensor, alike: bool) -> tuple[Tensor, Tensor]:
        """(N,) and (N, K) of names given by their ids (N, L); zeros of those that are not known."""
        found = [self._places(row, alike) for row in ids.tolist()]
        means = [self.components[places].float().sum(0) / max(1, len(places)) for places in found]
        return torch.tensor([*map(bool, found)]), torch.stack(means) * self.step

    def _places(self, row: Sequence[int], alike: bool) -> list[int]:
        style, *name = row
        drawn = self._drawn.get(_bare(name), {})
        if style != ANY_STYLE:
            return [drawn[style]] if style in drawn else []
        blended = [drawn[each] for each in self.blended if each in drawn] or [*drawn.values()]
        return self._alike(blended) if alike else blended

    def _alike(self, places: list[int]) -> list[int]:
        pairs = [[*pair] for pair in combinations(places, 2)]
        return min(pairs, key=lambda pair: float(torch.dist(*self.components[pair].float())), default=places)

    def write(self, path: Path, **facts: str) -> None:
        """As safetensors, with these facts in its header; raises StorageError."""
        columns = np.ascontiguousarray(self.components.T.cpu().numpy())
        packed = np.frombuffer(lzma.compress(columns.tobytes(), preset=9), np.uint8).copy()
        told = facts | {"recall": json.dumps([self.width, self.step, self.blended])}
        write(path, save({"rows": self.rows.cpu(), "components": torch.from_numpy(packed)}, told))

    @classmethod
    def read(cls, path: Path) -> Recall:
        """What `write` wrote; raises ValueError, TypeError, LookupError, OSError or SafetensorError for anything else.
        """
        with safe_open(path, "pt") as file:
            width, step, blended = json.loads(file.metadata()["recall"])
            rows, packed = (file.get_tensor(name) for name in ("rows", "components"))
        if rows.dtype != torch.int16 or type(width) is not int or not 0 < len(rows) * width <= MOST:
            raise ValueError("it is of another kind")
        return cls(rows, torch.from_numpy(_unpacked(packed.numpy(), len(rows), width)), float(step), blended)


def remembered(
    sketch: Sketch,
    recall: Recall | None,
    ids: Tensor,  # (N, L)
    pooled: Tensor,  # (N, D) of the same prompts
    size: torch.Size,
    *,
    alike: bool = False,
) -> Tensor:
    """(N, C, h, w): drawings that are known as they are, and of other prompts what the sketch makes of them."""
    drawn: Tensor = sketch(pooled, size)
    if recall is None:
        return drawn
    known, components = (part.to(pooled.device) for part in recall(ids, alike))
    return torch.where(known[:, None, None, None], sketch.drawn(components, size), drawn)


def _bare(row: Sequence[int]) -> tuple[int, ...]:
    """Without padding."""
    return tuple(filter(None, row))


def _unpacked(packed: NDArray[np.uint8], count: int, width: int) -> NDArray[np.int8]:
    try:
        whole = lzma.LZMADecompressor(memlimit=2**28).decompress(packed.tobytes(), count * width)
    except lzma.LZMAError as error:
        raise ValueError("its components are damaged") from error
    if len(whole) != count * width:
        raise ValueError("its components are cut short")
    return np.ascontiguousarray(np.frombuffer(whole, np.int8).reshape(width, count).T)
