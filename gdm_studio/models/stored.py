"""What a file of weights holds, whichever its format: tensors by name, and where in the file their numbers are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from math import prod
from typing import NamedTuple

BYTES = {  # of a number of each kind, as safetensors calls them
    "BOOL": 1, "U8": 1, "I8": 1, "F8_E4M3": 1, "F8_E5M2": 1, "I16": 2, "U16": 2, "F16": 2, "BF16": 2,
    "I32": 4, "U32": 4, "F32": 4, "I64": 8, "U64": 8, "F64": 8,
}  # fmt: skip
MOST_AXES = 64
EMA = "model_ema."  # before the names of averaged weights, which have no other dots: CompVis/latent-diffusion's LitEma
FP8_MARK, FP8_SCALE = "scaled_fp8", (".scale_weight", ".scale_input")  # beside weights in fp8, as ComfyUI writes them


class Damaged(ValueError):
    """What is wrong with a file, in words that go on after "is damaged:"."""


class Stored(NamedTuple):
    """A tensor of a file; its numbers are in order unless `strides`, counted in numbers, say how they lie."""

    dtype: str  # a key of BYTES
    shape: tuple[int, ...]
    begin: int  # of its first number, in bytes from the beginning of the file
    strides: tuple[int, ...] | None = None

    @property
    def size(self) -> int:
        """Bytes of its numbers, were they in order."""
        return prod(self.shape) * BYTES[self.dtype]

    @property
    def end(self) -> int:
        """Behind its last number in the file."""
        if self.strides is None or 0 in self.shape:
            return self.begin + self.size
        last = sum(stride * (count - 1) for stride, count in zip(self.strides, self.shape, strict=True))
        return self.begin + (last + 1) * BYTES[self.dtype]


@dataclass(frozen=True)
class Header:
    """`shapes` of the weights by name, the file's free-form `metadata`, and where all of its tensors are."""

    shapes: dict[str, tuple[int, ...]]  # without the averages of others of them, and the scales of those in fp8
    metadata: dict[str, str]
    stored: Mapping[str, Stored] = field(default_factory=dict)

    @classmethod
    def of(cls, stored: Mapping[str, Stored], metadata: dict[str, str]) -> Header:
        """That of a file with these tensors."""
        return cls({name: tensor.shape for name, tensor in stored.items() if not is_beside(name)}, metadata, stored)


def is_beside(name: str) -> bool:
    """Whether a tensor is no weight of its own: an average of another, or its scale."""
    return name.startswith(EMA) or name == FP8_MARK or name.endswith(FP8_SCALE)


def averaged(name: str) -> str:
    """The name of the average of that weight of a whole model: "model.a.b" is kept as "model_ema.ab"."""
    return EMA + name.removeprefix("model.").replace(".", "")


def check_apart(tensors: Iterable[Stored]) -> None:
    """Raises Damaged where two of them lie in the same place."""
    places = sorted((tensor.begin, tensor.end) for tensor in tensors if tensor.size)
    if any(later < end for (_, end), (later, _) in pairwise(places)):
        raise Damaged("tensors lie in the same place")
