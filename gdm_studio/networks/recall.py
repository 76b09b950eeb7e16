"""Drawings that a sketch knows by heart: principal components of their latents, by the ids of their name and style."""

from __future__ import annotations

import json
import lzma
from collections.abc import Mapping, Sequence
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
LEAST = 16  # drawings in a style that something can be carried over to
RIDGE = 1.0  # of the mean square of what is carried over
OWN = 0.5  # of what is its own in the other drawings: without, what the regression is not sure of would be grey


class Recall(nn.Module):
    """`recall(ids, styles) -> known, components`: which names are those of drawings that are known, and what these are.

    Of a drawing that people ask for there is nothing to guess: a network that is taught it for hours stays less exact
    than its own principal components, which are solved for. A name in no style, to be drawn in none, is the mean of the
    two of its drawings that are most alike, for that of all is no drawing where they show a thing from several sides.
    One to be drawn in a style that nobody drew it in is carried over from the others (`Carried`). Where a name is in no
    style or carried over, drawings in the styles that are `blended` count alone, if there are any. It stays on the CPU,
    where ids come from. Raises ValueError where rows and components do not belong together.
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
        self._carried: dict[int, Carried | None] = {}  # by styles, made when they are asked for
        self._drawn: dict[tuple[int, ...], dict[int, int]] = {}  # by the ids of a name, the places of each style
        for place, (style, *name) in enumerate(rows.tolist()):
            self._drawn.setdefault(_bare(name), {})[style] = place

    @property
    def width(self) -> int:
        """How many components a drawing has."""
        return self.components.shape[1]

    def forward(self, ids: Tensor, styles: Tensor, *, carries: bool = True) -> tuple[Tensor, Tensor]:
        """(N,) and (N, K) of names given by their ids (N, L), each to be drawn in a style (N,); zeros of those that are
        not known. The style is among the ids of a name that is to be drawn as it is. What would be carried over is the
        mean of the others unless this `carries`."""
        found = [self._found(row, style, carries) for row, style in zip(ids.tolist(), styles.tolist(), strict=True)]
        nothing = torch.zeros(self.width)
        known = torch.tensor([each is not None for each in found])
        return known, torch.stack([nothing if each is None else each for each in found]) * self.step

    def _found(self, row: Sequence[int], style: int, carries: bool) -> Tensor | None:
        """Components in steps."""
        told, *name = row
        drawn = self._drawn.get(_bare(name), {})
        if told != ANY_STYLE:
            return self.components[drawn[told]].float() if told in drawn else None
        if not drawn:
            return None
        if style == ANY_STYLE:
            return self._alike(self._blended(drawn))
        mean = self._mean(self._blended(drawn))
        if carries and style not in self._carried:
            self._carried[style] = self._carrying(style)
        carried = self._carried[style] if carries else None
        return carried(mean) if carried else mean

    def _blended(self, drawn: Mapping[int, int]) -> list[int]:
        return [drawn[each] for each in self.blended if each in drawn] or [*drawn.values()]

    def _mean(self, places: list[int]) -> Tensor:
        return self.components[places].float().mean(0)

    def _alike(self, places: list[int]) -> Tensor:
        def apart(pair: list[int]) -> float:
            return float(torch.dist(*self.components[pair].float()))

        return self._mean(min(([*pair] for pair in combinations(places, 2)), key=apart, default=places))

    def _carrying(self, style: int) -> Carried | None:
        """None where too few are drawn in that style and another."""
        pairs = {drawn[style]: self._blended({each: place for each, place in drawn.items() if each != style})
                 for drawn in self._drawn.values() if style in drawn and len(drawn) > 1}  # fmt: skip
        if len(pairs) < LEAST:
            return None
        return Carried(self.components[[*pairs]].float(), torch.stack([*map(self._mean, pairs.values())]))

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


class Carried:
    """`carried(others) -> drawing`: what drawings of a thing in other styles tell of it in one that nobody drew it in.

    Ridge regression (Hoerl and Kennard 1970) of the drawings that there are in that style (n, K), on the means (n, K)
    of the same things' drawings in others, and a part of what is their own.
    """

    def __init__(self, drawings: Tensor, others: Tensor) -> None:
        self.centre, self.mean = others.mean(0), drawings.mean(0)
        off, one = others - self.centre, torch.eye(others.shape[1])
        ridge = RIDGE * off.square().sum(1).mean() + 1  # more than nothing where all are the same
        told = torch.linalg.solve(off.T @ off + ridge * one, off.T @ (drawings - self.mean))
        self.weights = told + OWN * one  # (K, K)

    def __call__(self, others: Tensor) -> Tensor:
        """(K,) from the mean of the others (K,)."""
        return self.mean + (others - self.centre) @ self.weights


def remembered(
    sketch: Sketch,
    recall: Recall | None,
    ids: Tensor,  # (N, L)
    pooled: Tensor,  # (N, D) of the same prompts
    styles: Tensor,  # (N,) ids of those that they are to be drawn in
    size: torch.Size,
    *,
    carries: bool = True,
) -> Tensor:
    """(N, C, h, w): drawings that are known as they are, and of other prompts what the sketch makes of them."""
    drawn: Tensor = sketch(pooled, size)
    if recall is None:
        return drawn
    known, components = (part.to(pooled.device) for part in recall(ids, styles, carries=carries))
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
