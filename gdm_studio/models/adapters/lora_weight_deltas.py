"""Weight changes ("deltas") of adapters. Their factors are stored as in the file, and multiplied when a delta is used.

LoRA: Hu et al. 2021, arXiv:2106.09685. LoHa, LoKr and the Tucker form of convolutions: Yeh et al. 2023,
arXiv:2309.14859. DoRA: Liu et al. 2024, arXiv:2402.09353.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import prod
from typing import Protocol

import torch
from torch import Tensor

from gdm_studio.models.files.weights import read_scalar


class Delta(Protocol):
    """Change that an adapter adds to a weight of shape (out, …). The weight is viewed as a matrix (out, product of the
    other axes); a vector has one column.
    """

    @property
    def size(self) -> tuple[int, int]:
        """Number of rows and columns of the weight change when it is viewed as a matrix."""

    def matrix(self, base_weight: Tensor) -> Tensor:
        """Return the weight change as a matrix in the number type of `base_weight`, the weight matrix to which it will
        be added.
        """

    def rows(self, rows: slice) -> Delta:
        """Return the weight change restricted to some rows of the weight. Raises ValueError if it can only be computed
        for all rows.
        """


@dataclass(frozen=True)
class LowRank:
    """Low-rank weight change of a LoRA: scale · up · down, or scale · up · core · down for a convolution kernel with a
    core.
    """

    # (out, rank).
    up: Tensor
    # (rank, in · kernel).
    down: Tensor
    # (rank, rank', h, w), with `down` of shape (rank', in).
    core: Tensor | None = None
    scale: float = 1.0

    def __post_init__(self) -> None:
        ranks = (self.up.shape[1], self.down.shape[0])
        if ranks[0] != ranks[1] if self.core is None else self.core.ndim != 4 or self.core.shape[:2] != ranks:
            raise ValueError(f"factors of the ranks {ranks}")

    @property
    def size(self) -> tuple[int, int]:
        return self.up.shape[0], self.down.shape[1] * (1 if self.core is None else prod(self.core.shape[2:]))

    def factors(self) -> tuple[Tensor, Tensor]:
        """Return two matrices, (out, rank) and (rank, in · kernel), whose product is the weight change."""
        if self.core is None:
            return self.scale * self.up, self.down
        return self.scale * self.up, torch.einsum("ijhw,jc->ichw", self.core, self.down).flatten(1)

    def matrix(self, base_weight: Tensor) -> Tensor:
        up, down = self.factors()
        return up @ down

    def rows(self, rows: slice) -> LowRank:
        return replace(self, up=self.up[rows])


@dataclass(frozen=True)
class Difference:
    """Weight change of an adapter that stores the complete matrix, without low-rank factors."""

    # (out, rest).
    values: Tensor

    @property
    def size(self) -> tuple[int, int]:
        return self.values.shape[0], self.values.shape[1]

    def matrix(self, base_weight: Tensor) -> Tensor:
        return self.values

    def rows(self, rows: slice) -> Difference:
        return Difference(self.values[rows])


@dataclass(frozen=True)
class Replacement:
    """Weight change of an adapter that stores the new weight W′ itself, as PEFT does for `modules_to_save`: W′ − W. A
    strength s therefore gives W + s·(W′ − W).
    """

    # (out, rest).
    values: Tensor

    @property
    def size(self) -> tuple[int, int]:
        return self.values.shape[0], self.values.shape[1]

    def matrix(self, base_weight: Tensor) -> Tensor:
        return self.values - base_weight

    def rows(self, rows: slice) -> Replacement:
        return Replacement(self.values[rows])


@dataclass(frozen=True)
class Generalised:
    """Weight change of a GLoRA adapter, scale · (W · a1 · a2 + b1 · b2), where W is the weight that it changes.

    The form of LyCORIS. Chavan et al. 2023, arXiv:2306.07967.
    """

    # Change of the weight's input channels, a1 · a2.
    inputs: LowRank
    # The part that does not depend on the weight, b1 · b2.
    added: LowRank
    scale: float

    def __post_init__(self) -> None:
        rows, columns = self.inputs.size
        if rows != columns or self.added.size[1] % rows:
            raise ValueError(f"factors {self.inputs.size} and {self.added.size}")

    @property
    def size(self) -> tuple[int, int]:
        return self.added.size

    def matrix(self, base_weight: Tensor) -> Tensor:
        up, down = self.inputs.factors()
        # The kernel of a convolution is untouched.
        by_channel = base_weight.unflatten(1, (len(up), -1)).transpose(1, 2)
        changed = (by_channel @ up @ down).transpose(1, 2).flatten(1)
        return self.scale * (changed + self.added.matrix(base_weight))

    def rows(self, rows: slice) -> Generalised:
        return replace(self, added=self.added.rows(rows))


@dataclass(frozen=True)
class Hadamard:
    """Weight change of a LoHa adapter, the elementwise product of two low-rank matrices."""

    one: Delta
    other: Delta

    def __post_init__(self) -> None:
        if self.one.size != self.other.size:
            raise ValueError(f"factors {self.one.size} and {self.other.size}")

    @property
    def size(self) -> tuple[int, int]:
        return self.one.size

    def matrix(self, base_weight: Tensor) -> Tensor:
        return self.one.matrix(base_weight) * self.other.matrix(base_weight)

    def rows(self, rows: slice) -> Hadamard:
        return Hadamard(self.one.rows(rows), self.other.rows(rows))


@dataclass(frozen=True)
class Kronecker:
    """Weight change of a LoKr adapter, the scaled Kronecker product of two matrices."""

    left: Delta
    right: Delta
    scale: float

    @property
    def size(self) -> tuple[int, int]:
        return self.left.size[0] * self.right.size[0], self.left.size[1] * self.right.size[1]

    def matrix(self, base_weight: Tensor) -> Tensor:
        return self.scale * torch.kron(self.left.matrix(base_weight), self.right.matrix(base_weight))

    def rows(self, rows: slice) -> RowsOf:
        return RowsOf(self, rows)


@dataclass(frozen=True)
class RowsOf:
    """Range of rows of a LoKr adapter's weight change. They are cut from the complete matrix, because it can only be
    computed as a whole.
    """

    whole: Kronecker
    part: slice

    @property
    def size(self) -> tuple[int, int]:
        rows, columns = self.whole.size
        return len(range(*self.part.indices(rows))), columns

    def matrix(self, base_weight: Tensor) -> Tensor:
        return self.whole.matrix(base_weight)[self.part]

    def rows(self, rows: slice) -> RowsOf:
        inside = range(*self.part.indices(self.whole.size[0]))[rows]
        return RowsOf(self.whole, slice(inside.start, inside.stop))


@dataclass(frozen=True)
class Decomposed:
    """Weight change with weight decomposition (DoRA, eq. 5), which rescales the changed weight to the norms
    `magnitude`.

    These are the norms of the rows if `by_rows` is set, else of the input columns.
    """

    change: Delta
    # (out,) or (in,).
    magnitude: Tensor
    by_rows: bool

    def __post_init__(self) -> None:
        rows, columns = self.change.size
        if len(self.magnitude) != rows if self.by_rows else columns % len(self.magnitude):
            raise ValueError(f"{len(self.magnitude)} lengths for {self.change.size}")

    @property
    def size(self) -> tuple[int, int]:
        return self.change.size

    def matrix(self, base_weight: Tensor) -> Tensor:
        whole = (base_weight + self.change.matrix(base_weight)).unflatten(
            1, (1 if self.by_rows else len(self.magnitude), -1)
        )
        lengths = whole.norm(dim=(1, 2) if self.by_rows else (0, 2), keepdim=True)
        turned = whole * (self.magnitude.reshape(lengths.shape) / lengths.clamp_min(torch.finfo(base_weight.dtype).eps))
        return turned.flatten(1) - base_weight

    def rows(self, rows: slice) -> Decomposed:
        if not self.by_rows:
            raise ValueError("the lengths are those of whole columns")
        return Decomposed(self.change.rows(rows), self.magnitude[rows], by_rows=True)


def delta_of(parts: Mapping[str, Tensor]) -> Delta:
    """Create the weight change for one layer from an adapter's tensors, by part name (a value of
    `adapter_detection.PARTS`). The part names determine its kind: LoRA, LoHa, LoKr and so on.

    Raises ValueError, KeyError, TypeError, IndexError or RuntimeError if the tensors are inconsistent.
    """
    if "diff" in parts:
        return difference(parts["diff"])
    if "whole" in parts:
        return replacement(parts["whole"])
    if "up" in parts:
        up = parts["up"].flatten(1)
        down = parts["down"].flatten(1)
        change: Delta = LowRank(up, down, parts.get("mid"), lora_scale(parts, len(down)))
    elif "a1" in parts:
        change = _create_glora_delta(parts)
    elif "hada_w1_a" in parts:
        one, other = (_create_low_rank(parts, f"hada_w{side}", f"hada_t{side}") for side in (1, 2))
        change = Hadamard(LowRank(one.up, one.down, one.core, lora_scale(parts, len(one.down))), other)
    else:
        left, right = (
            difference(parts[whole]) if whole in parts else _create_low_rank(parts, whole, f"lokr_t{whole[-1]}")
            for whole in ("lokr_w1", "lokr_w2")
        )
        ranks = [len(side.down) for side in (left, right) if isinstance(side, LowRank)]
        # LyCORIS leaves out the alpha of two whole matrices.
        change = Kronecker(left, right, lora_scale(parts, ranks[0] if ranks else 0))
    if "magnitude" in parts:
        return Decomposed(change, parts["magnitude"].flatten(), by_rows=True)
    if "dora_scale" in parts:
        lengths = parts["dora_scale"]
        return Decomposed(change, lengths.reshape(max(lengths.shape)), by_rows=len(lengths) == change.size[0])
    return change


def _create_glora_delta(parts: Mapping[str, Tensor]) -> Generalised:
    a1, a2, b1, b2 = (parts[name].flatten(1) for name in ("a1", "a2", "b1", "b2"))
    if not a1.shape[1] == len(a2) == b1.shape[1] == len(b2):
        # LyCORIS before version 3 wrote the factors of each product in reverse.
        a1, a2, b1, b2 = a2, a1, b2, b1
    return Generalised(LowRank(a1, a2), LowRank(b1, b2, parts.get("bm")), lora_scale(parts, len(a2)))


def difference(values: Tensor) -> Difference:
    """Create a weight change (for a weight or a bias) from a tensor that contains all its values."""
    return Difference(values.reshape(len(values), -1))


def replacement(values: Tensor) -> Replacement:
    """Create the weight change that replaces a weight or a bias by a tensor."""
    return Replacement(values.reshape(len(values), -1))


def _create_low_rank(parts: Mapping[str, Tensor], name: str, core: str) -> LowRank:
    up = parts[f"{name}_a"].flatten(1)
    down = parts[f"{name}_b"].flatten(1)
    return LowRank(up.T, down, parts[core]) if core in parts else LowRank(up, down)


def lora_scale(parts: Mapping[str, Tensor], rank: int) -> float:
    """Return the scale of a LoRA layer: that of PEFT's configuration, or alpha / rank, or 1 if the file has no alpha,
    an alpha of 0 or no rank. Raises ValueError if it is not a finite number.
    """
    if "scale" in parts:
        return read_scalar(parts["scale"])
    alpha = read_scalar(parts["alpha"]) if "alpha" in parts else 0.0
    return alpha / rank if alpha and rank else 1.0
