"""Weight changes of adapters that depend on the weight that they change: OFT, BOFT, IA3 and T-LoRA, as LyCORIS computes
them at strength 1.

OFT: Qiu et al. 2023, arXiv:2306.07280. BOFT: Liu et al. 2023, arXiv:2311.06243. IA3: Liu et al. 2022,
arXiv:2205.05638. T-LoRA: Soboleva et al. 2025, arXiv:2507.05964.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import torch
from torch import Tensor

from gdm_studio.models.adapters.lora_weight_deltas import Delta, LowRank, lora_scale

# The factors of a T-LoRA must lie in the singular vectors of the weight by this share more than chance would have it.
_MIN_ALIGNMENT = 0.25
# Largest error of singular vectors, relative to the largest squared singular value.
_EXACT = 1e-10


@dataclass(frozen=True)
class Rotated:
    """Weight change of an OFT adapter: consecutive blocks of rows are multiplied by orthogonal matrices."""

    # (blocks, n, n): skew-symmetric matrices, whose Cayley transforms are the transposed rotations.
    skew: Tensor
    # (out,): factors of the rotated rows.
    lengths: Tensor | None
    columns: int

    @property
    def size(self) -> tuple[int, int]:
        return self.skew.shape[0] * self.skew.shape[1], self.columns

    @cached_property
    def _rotations(self) -> Tensor:
        return _apply_cayley(self.skew).mT

    def matrix(self, base_weight: Tensor) -> Tensor:
        turned = (self._rotations @ base_weight.unflatten(0, self.skew.shape[:2])).flatten(0, 1)
        return _scale_rows(turned, self.lengths) - base_weight

    def rows(self, rows: slice) -> Rotated:
        begin, end, _ = rows.indices(self.size[0])
        block = self.skew.shape[1]
        if begin % block or end % block:
            raise ValueError("a block has rows of several layers")
        lengths = None if self.lengths is None else self.lengths[rows]
        return Rotated(self.skew[begin // block : end // block], lengths, self.columns)


@dataclass(frozen=True)
class Butterfly:
    """Weight change of a BOFT adapter: several stages that rotate blocks of rows, each stage combining rows that are
    further apart.
    """

    # (stages, blocks, n, n): skew-symmetric matrices, whose Cayley transforms are the rotations.
    skew: Tensor
    # (out,): factors of the rotated rows.
    lengths: Tensor | None
    columns: int

    def __post_init__(self) -> None:
        stages, blocks, block, _ = self.skew.shape
        # The last stage exchanges rows within 2^(stages - 1) blocks.
        if block % 2 or stages > blocks.bit_length() or blocks % (1 << (stages - 1)):
            raise ValueError(f"{stages} stages of {blocks} blocks of {block} rows")

    @property
    def size(self) -> tuple[int, int]:
        return self.skew.shape[1] * self.skew.shape[2], self.columns

    @cached_property
    def _rotations(self) -> Tensor:
        return _apply_cayley(self.skew)

    def matrix(self, base_weight: Tensor) -> Tensor:
        turned = base_weight
        _, blocks, block, _ = self.skew.shape
        for stage, rotations in enumerate(self._rotations):
            half = block // 2 << stage
            mixed = turned.unflatten(0, (-1, 2, half)).transpose(1, 2).reshape(blocks, block, -1)
            turned = (rotations @ mixed).view(-1, half, 2, base_weight.shape[1]).transpose(1, 2).flatten(0, 2)
        return _scale_rows(turned, self.lengths) - base_weight

    def rows(self, rows: slice) -> Butterfly:
        raise ValueError("rows of several layers are mixed")


@dataclass(frozen=True)
class Scaled:
    """Weight change of an IA3 adapter, which multiplies the rows or the input channels of the weight by 1 + factors."""

    # (out,) or (in,).
    factors: Tensor
    by_rows: bool
    # The weight's number of columns if `by_rows` is set, else of rows.
    others: int
    # Number of columns of an input channel.
    kernel: int = 1

    @property
    def size(self) -> tuple[int, int]:
        count = len(self.factors)
        return (count, self.others) if self.by_rows else (self.others, count * self.kernel)

    def matrix(self, base_weight: Tensor) -> Tensor:
        return base_weight * (self.factors[:, None] if self.by_rows else self.factors.repeat_interleave(self.kernel))

    def rows(self, rows: slice) -> Scaled:
        if self.by_rows:
            return replace(self, factors=self.factors[rows])
        return replace(self, others=len(range(*rows.indices(self.others))))


@dataclass(frozen=True)
class Centred:
    """Weight change of a T-LoRA: the product of its factors minus that at the start of the training, when they were
    singular vectors of the weight. Files contain only the trained factors.
    """

    trained: LowRank

    @property
    def size(self) -> tuple[int, int]:
        return self.trained.size

    def matrix(self, base_weight: Tensor) -> Tensor:
        return self.around(base_weight).matrix(base_weight)

    def rows(self, rows: slice) -> Centred:
        raise ValueError("the singular vectors are those of joined layers")

    def around(self, base_weight: Tensor) -> LowRank:
        """Return the change for the weight matrix `base_weight`. Raises ValueError if the factors are not near any of
        its singular vectors, so that those at the start of the training are unknown.
        """
        wide = base_weight.to("cpu", torch.float64)
        up, down = (factor.to(wide) for factor in self.trained.factors())
        by_rows = len(wide) <= wide.shape[1]
        start = _starting_vectors(wide if by_rows else wide.T, up if by_rows else down.T)
        before = (start, start.T @ wide) if by_rows else (wide @ start, start.T)
        # Orthogonal factors of the difference, since those of its two large parts would cancel out in narrow types.
        left, left_core = torch.linalg.qr(torch.cat([up, -self.trained.scale * before[0]], dim=1))
        right, right_core = torch.linalg.qr(torch.cat([down, before[1]]).T)
        return LowRank((left @ (left_core @ right_core.T)).to(base_weight), right.T.to(base_weight))


def transform_of(parts: Mapping[str, Tensor], shape: tuple[int, int]) -> Delta | None:
    """Create the weight change of an OFT, BOFT, IA3 or T-LoRA adapter for a weight matrix of this shape, from the
    adapter's tensors by part name. Returns None for other kinds.

    Raises ValueError, KeyError, IndexError or RuntimeError if the tensors are inconsistent.
    """
    if "oft_blocks" in parts:
        return _create_rotation(parts, shape[1])
    if "on_input" in parts:
        factors = parts["scales"].flatten()
        if not parts["on_input"]:
            return Scaled(factors, by_rows=True, others=shape[1])
        return Scaled(factors, by_rows=False, others=shape[0], kernel=max(1, shape[1] // len(factors)))
    if "lambda_layer" in parts:
        up, down = parts["p_layer"].flatten(1), parts["q_layer"].flatten(1)
        return Centred(LowRank(up * parts["lambda_layer"].reshape(1, -1), down, scale=lora_scale(parts, len(down))))
    return None


def _create_rotation(parts: Mapping[str, Tensor], columns: int) -> Delta:
    blocks = parts["oft_blocks"]
    if blocks.ndim not in (3, 4) or blocks.shape[-1] != blocks.shape[-2]:
        raise ValueError(f"blocks of the shape {tuple(blocks.shape)}")
    rows = blocks.shape[-3] * blocks.shape[-1]
    lengths = parts["rescale"].flatten() if "rescale" in parts else None
    if lengths is not None and len(lengths) != rows:
        raise ValueError(f"{len(lengths)} lengths for {rows} rows")
    skew = blocks - blocks.mT
    # Alpha limits the angles.
    most = float(parts.get("alpha", 0)) * rows
    length = float(skew.norm())
    if 0 < most < length:
        skew = skew * (most / length)
    return Rotated(skew, lengths, columns) if blocks.ndim == 3 else Butterfly(skew, lengths, columns)


def _apply_cayley(skew: Tensor) -> Tensor:
    one = torch.eye(skew.shape[-1], dtype=skew.dtype, device=skew.device)
    return torch.linalg.solve(one - skew, one + skew)


def _scale_rows(turned: Tensor, lengths: Tensor | None) -> Tensor:
    return turned if lengths is None else turned * lengths[:, None]


def _starting_vectors(base_weight: Tensor, factors: Tensor) -> Tensor:
    """Return the left singular vectors of `base_weight` with which the training of a T-LoRA began: those of the
    largest, smallest or middle singular values, whichever are nearest to the trained factors.

    `base_weight` is a matrix with at most as many rows as columns. The number of vectors is the number of columns of
    `factors`. Files do not say which vectors were used. Raises ValueError if none are near.
    """
    count, rank = len(base_weight), factors.shape[1]
    directions = factors / factors.norm(dim=0).clamp_min(torch.finfo(factors.dtype).tiny)

    def share(vectors: Tensor) -> float:
        return float((vectors.T @ directions).square().sum()) / rank

    # No others can be nearer than these if they have more than half.
    if (largest := _largest_vectors(base_weight, directions)) is not None and share(largest) > 0.5:
        return largest
    vectors = torch.linalg.eigh(base_weight @ base_weight.T).eigenvectors.flip(1)
    if rank >= count:
        return vectors
    choices = [vectors[:, begin : begin + rank] for begin in (0, count - rank, (count - rank) // 2)]
    nearest = max(choices, key=share)
    chance = rank / count
    if share(nearest) - chance < _MIN_ALIGNMENT * (1 - chance):
        raise ValueError("the factors are not near singular vectors of the weight")
    return nearest


def _largest_vectors(base_weight: Tensor, near: Tensor) -> Tensor | None:
    """Return the left singular vectors of the largest values of `base_weight`, as many as `near` has columns, by a
    search that starts from `near` (block Lanczos with full orthogonalisation). Returns None if that takes as long as
    computing all.
    """
    rank = near.shape[1]
    basis = last = torch.linalg.qr(near).Q
    images = base_weight.T @ last
    while basis.shape[1] + rank <= len(base_weight) // 8:
        new = base_weight @ images[:, -rank:]
        for _ in range(2):
            new = new - basis @ (basis.T @ new)
        last = torch.linalg.qr(new).Q
        basis, images = torch.cat([basis, last], dim=1), torch.cat([images, base_weight.T @ last], dim=1)
        if basis.shape[1] // rank % 4 == 0:
            values, mixture = (found[..., -rank:] for found in torch.linalg.eigh(images.T @ images))
            vectors = basis @ mixture
            if float((base_weight @ (images @ mixture) - vectors * values).norm()) <= _EXACT * float(values[-1]):
                return vectors.flip(1)
    return None
