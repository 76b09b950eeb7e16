"""What an adapter adds to one weight, kept as the factors of its file and multiplied out only while it is used.

LoRA: Hu et al. 2021, arXiv:2106.09685; LoHa, LoKr and Tucker's form of convolutions: Yeh et al. 2023,
arXiv:2309.14859; DoRA: Liu et al. 2024, arXiv:2402.09353.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite, prod
from typing import Protocol

import torch
from torch import Tensor


class Delta(Protocol):
    """A change of a weight (out, …), seen as the matrix (out, the rest); a vector is one column."""

    @property
    def size(self) -> tuple[int, int]:
        """Of the matrix."""

    def matrix(self, own: Tensor) -> Tensor:
        """The change, where the weight is the matrix `own`, in its type."""


@dataclass(frozen=True)
class LowRank:
    """scale · up · down; with a core, up · core · down, the core's kernel standing between two of a point."""

    up: Tensor  # (out, rank)
    down: Tensor  # (rank, in · kernel)
    core: Tensor | None = None  # (rank, rank', h, w), `down` being (rank', in) then
    scale: float = 1.0

    def __post_init__(self) -> None:
        ranks = (self.up.shape[1], self.down.shape[0])
        if ranks[0] != ranks[1] if self.core is None else self.core.ndim != 4 or self.core.shape[:2] != ranks:
            raise ValueError(f"factors of the ranks {ranks}")

    @property
    def size(self) -> tuple[int, int]:
        return self.up.shape[0], self.down.shape[1] * (1 if self.core is None else prod(self.core.shape[2:]))

    def factors(self) -> tuple[Tensor, Tensor]:
        """Two (out, rank), (rank, in · kernel) whose product the change is."""
        if self.core is None:
            return self.scale * self.up, self.down
        return self.scale * self.up, torch.einsum("ijhw,jc->ichw", self.core, self.down).flatten(1)

    def matrix(self, own: Tensor) -> Tensor:
        up, down = self.factors()
        return up @ down


@dataclass(frozen=True)
class Difference:
    """The change as it is."""

    values: Tensor  # (out, the rest)

    @property
    def size(self) -> tuple[int, int]:
        return self.values.shape[0], self.values.shape[1]

    def matrix(self, own: Tensor) -> Tensor:
        return self.values


@dataclass(frozen=True)
class Hadamard:
    """The product of two changes, number by number (LoHa)."""

    one: Delta
    other: Delta

    def __post_init__(self) -> None:
        if self.one.size != self.other.size:
            raise ValueError(f"factors {self.one.size} and {self.other.size}")

    @property
    def size(self) -> tuple[int, int]:
        return self.one.size

    def matrix(self, own: Tensor) -> Tensor:
        return self.one.matrix(own) * self.other.matrix(own)


@dataclass(frozen=True)
class Kronecker:
    """scale · their Kronecker product (LoKr)."""

    left: Delta
    right: Delta
    scale: float

    @property
    def size(self) -> tuple[int, int]:
        return self.left.size[0] * self.right.size[0], self.left.size[1] * self.right.size[1]

    def matrix(self, own: Tensor) -> Tensor:
        return self.scale * torch.kron(self.left.matrix(own), self.right.matrix(own))


@dataclass(frozen=True)
class Decomposed:
    """The weight and its change, brought to given lengths: of its rows, or of what each input sees (DoRA, eq. 5)."""

    change: Delta
    magnitude: Tensor  # (out,) or (in,)
    by_rows: bool

    def __post_init__(self) -> None:
        rows, columns = self.change.size
        if len(self.magnitude) != rows if self.by_rows else columns % len(self.magnitude):
            raise ValueError(f"{len(self.magnitude)} lengths for {self.change.size}")

    @property
    def size(self) -> tuple[int, int]:
        return self.change.size

    def matrix(self, own: Tensor) -> Tensor:
        whole = (own + self.change.matrix(own)).unflatten(1, (1 if self.by_rows else len(self.magnitude), -1))
        lengths = whole.norm(dim=(1, 2) if self.by_rows else (0, 2), keepdim=True)
        turned = whole * (self.magnitude.reshape(lengths.shape) / lengths.clamp_min(torch.finfo(own.dtype).eps))
        return turned.flatten(1) - own


def delta_of(parts: Mapping[str, Tensor]) -> Delta:
    """The change of a weight, of the tensors that a file has for it (by `card.PARTS`).

    Raises ValueError, KeyError, TypeError, IndexError or RuntimeError where they do not belong together.
    """
    if "diff" in parts:
        return difference(parts["diff"])
    if "up" in parts:
        up, down = parts["up"].flatten(1), parts["down"].flatten(1)
        change: Delta = LowRank(up, down, parts.get("mid"), _scale(parts, len(down)))
    elif "hada_w1_a" in parts:
        one, other = (_factored(parts, f"hada_w{side}", f"hada_t{side}") for side in (1, 2))
        change = Hadamard(LowRank(one.up, one.down, one.core, _scale(parts, len(one.down))), other)
    else:
        left, right = (
            difference(parts[whole]) if whole in parts else _factored(parts, whole, f"lokr_t{whole[-1]}")
            for whole in ("lokr_w1", "lokr_w2")
        )
        ranks = [len(side.down) for side in (left, right) if isinstance(side, LowRank)]
        change = Kronecker(left, right, _scale(parts, ranks[0]) if ranks else 1.0)
    if "magnitude" in parts:
        return Decomposed(change, parts["magnitude"].flatten(), by_rows=True)
    if "dora_scale" in parts:
        lengths = parts["dora_scale"]
        return Decomposed(change, lengths.reshape(max(lengths.shape)), by_rows=len(lengths) == change.size[0])
    return change


def difference(values: Tensor) -> Difference:
    """The change of a weight, or of a bias, that has these values."""
    return Difference(values.reshape(len(values), -1))


def _factored(parts: Mapping[str, Tensor], name: str, core: str) -> LowRank:
    up, down = parts[f"{name}_a"].flatten(1), parts[f"{name}_b"].flatten(1)
    return LowRank(up.T, down, parts[core]) if core in parts else LowRank(up, down)


def _scale(parts: Mapping[str, Tensor], rank: int) -> float:
    """alpha / rank; 1 where a file has no alpha, or 0, which stands for none."""
    alpha = float(parts["alpha"].reshape(())) if "alpha" in parts else 0.0
    if not isfinite(alpha):
        raise ValueError(f"alpha {alpha}")
    return alpha / rank if alpha else 1.0
