"""Which training drawing a picture comes close to: small codes of all drawings, in a file beside the model."""

from __future__ import annotations

import json
import lzma
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from gdm_studio.atomic import problem, write
from gdm_studio.errors import ModelError
from gdm_studio.models.card import ModelCard, Source
from gdm_studio.models.checkpoints import Stamp, stamp_of
from gdm_studio.models.families.icons import ORIGINS as FILE
from gdm_studio.models.typed import from_plain

MOST = 2**24  # bytes of such a file, unpacked
LOOKED_AT = 64  # pixels a side that a picture is first reduced to
SIDE = 12  # of what codes are made of
SPREAD = 17 / 64  # to which a drawing's opaque parts are scaled: standard deviation of their place, in sides
LEAST = 2 / 64  # a speck is not blown up to more than this
OPAQUE = (1 / 500, 0.985)  # share of the square that drawings cover: photographs and backgrounds fill all of it

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Origin:
    """A training drawing that a picture is close to; `distance` is root mean square in 0 … 1 after alignment."""

    thing: str
    source: Source
    distance: float

    @property
    def words(self) -> str:
        """The drawing with its set, author and licence."""
        whose = self.source.title or self.source.set
        return f"“{self.thing}” of {whose} ({self.source.author}, {self.source.licence})"

    @property
    def facts(self) -> dict[str, str | float]:
        """As other programs are told it."""
        named = {name: value for name, value in asdict(self.source).items() if name != "count"}
        return {"thing": self.thing, **named, "distance": round(self.distance, 4)}


@dataclass(frozen=True)
class _Head:
    """What is said of the arrays that follow, little-endian: mean, scale, basis, sets, things, codes."""

    version: int
    count: int
    dims: int
    step: float  # of codes
    near: float  # distance from which on a picture counts as one of its own
    things: tuple[str, ...]
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class Origins:
    """Codes (count, dims) int8 of drawings: principal components of aligned pictures, in units of `head.step`."""

    head: _Head
    mean: Floats  # (SIDE * SIDE * 4,)
    basis: Floats  # (SIDE * SIDE * 4, dims)
    which: NDArray[np.intp]  # (2, count): of the sources, and of the things
    codes: Floats  # (dims, count)

    @cached_property
    def _squares(self) -> Floats:
        """(count,) of the codes' lengths."""
        squares: Floats = (self.codes**2).sum(axis=0)
        return squares

    @property
    def near(self) -> float:
        return self.head.near

    def nearest(self, rgba: NDArray[np.uint8]) -> Origin | None:
        """The drawing nearest to a picture (H, W, 3 or 4), straight alpha, whatever its distance; None where
        `aligned` sees no drawing."""
        seen = aligned(rgba)
        if seen is None:
            return None
        code = (seen - self.mean) @ self.basis
        squares = self._squares - 2 * (code @ self.codes)
        best = int(squares.argmin())
        distance = math.sqrt(max(0.0, float(squares[best] + code @ code)))
        source, thing = self.which[:, best]
        return Origin(self.head.things[thing], self.head.sources[source], distance)

    def close(self, rgba: NDArray[np.uint8]) -> Origin | None:
        """The same where it is so near that people would take one for the other."""
        found = self.nearest(rgba)
        return found if found is not None and found.distance < self.near else None


def aligned(rgba: NDArray[np.uint8]) -> Floats | None:
    """(SIDE * SIDE * 4,) premultiplied, the opaque parts' mean in the middle and their spread SPREAD; values so scaled
    that lengths are root mean squares. None where next to nothing is opaque, or all.
    """
    whole = Image.fromarray(rgba).convert("RGBA").convert("RGBa")
    side = max(whole.size)
    if whole.width != whole.height:
        square = Image.new("RGBa", (side, side))
        square.paste(whole, ((side - whole.width) // 2, (side - whole.height) // 2))
        whole = square
    small = whole.resize((LOOKED_AT, LOOKED_AT), Image.Resampling.BOX)
    alpha = np.asarray(small)[..., 3].astype(np.float64) / 255
    total = alpha.sum()
    if not OPAQUE[0] < total / LOOKED_AT**2 < OPAQUE[1]:
        return None
    at = np.arange(LOOKED_AT) + 0.5
    across, down = alpha.sum(axis=0) / total, alpha.sum(axis=1) / total
    x, y = across @ at, down @ at
    spread = math.sqrt((across @ (at - x) ** 2 + down @ (at - y) ** 2) / 2)
    step = max(spread, LEAST * LOOKED_AT) / (SPREAD * LOOKED_AT) * LOOKED_AT / (2 * SIDE)
    placed = (step, 0, x - step * SIDE, 0, step, y - step * SIDE)
    turned = small.transform((2 * SIDE, 2 * SIDE), Image.Transform.AFFINE, placed, Image.Resampling.BILINEAR)
    values = np.asarray(turned, np.float32).reshape(SIDE, 2, SIDE, 2, 4).mean(axis=(1, 3)).ravel()
    scaled: Floats = values / np.float32(255 * math.sqrt(values.size))
    return scaled


def origins_of(card: ModelCard) -> Origins | None:
    """Those beside a model; None where it has none. Raises ModelError where they are damaged."""
    if card.path is None:
        return None
    path = card.path.with_name(FILE)
    stamp = stamp_of(path)
    return None if stamp is None else _read(path, stamp)


def close_to(card: ModelCard, rgba: NDArray[np.uint8]) -> Origin | None:
    """The training drawing that a picture (H, W, 3 or 4) of that model is close to; None where there is none, or the
    model has no index of them. Raises ModelError.
    """
    origins = origins_of(card)
    return origins.close(rgba) if origins is not None else None


def pack(path: Path, seen: Floats, drawn: Sequence[tuple[Source, str]], *, dims: int, step: float, near: float) -> int:
    """Write the index of drawings `seen` (count, SIDE * SIDE * 4), each with its source and its thing; their bytes."""
    sources = list(dict.fromkeys(source for source, _ in drawn))
    things = sorted({thing for _, thing in drawn})
    of = {thing: number for number, thing in enumerate(things)}
    named = np.array([(sources.index(source), of[thing]) for source, thing in drawn])
    order = np.lexsort((named[:, 1], named[:, 0]))  # so that the numbers rise, and pack well
    named = named[order]
    mean = seen.mean(axis=0)
    _, vectors = np.linalg.eigh(np.cov((seen - mean).T))
    components = vectors[:, ::-1][:, :dims].astype(np.float32)
    scale = np.abs(components).max(axis=0) / 127
    rounded = np.round(components / scale).astype(np.int8)
    codes = np.round((seen[order] - mean) @ (rounded * scale) / step).clip(-127, 127).astype(np.int8)
    head = _Head(1, len(seen), rounded.shape[1], step, near, tuple(things), tuple(sources))
    parts = (
        json.dumps(asdict(head), ensure_ascii=False).encode() + b"\n",
        mean.astype("<f4").tobytes(),
        scale.astype("<f4").tobytes(),
        rounded.tobytes(),
        named[:, 0].astype(np.uint8).tobytes(),
        np.diff(named[:, 1], prepend=0).astype("<u2").tobytes(),
        np.ascontiguousarray(codes.T).tobytes(),
    )
    packed = lzma.compress(b"".join(parts), preset=9)
    write(path, packed)
    return len(packed)


@lru_cache(maxsize=4)
def _read(path: Path, stamp: Stamp) -> Origins:
    """That file, as it was when it had this stamp."""
    try:
        unpacked = lzma.LZMADecompressor(memlimit=2**28).decompress(path.read_bytes(), MOST)
        text, _, data = unpacked.partition(b"\n")
        return _unpacked(from_plain(_Head, json.loads(text)), data)
    except OSError as error:
        raise problem(path, error) from error
    except (lzma.LZMAError, EOFError, ArithmeticError, ValueError, TypeError, KeyError, RecursionError) as error:
        raise ModelError(f"{path} is damaged ({error}); copy the model's whole folder again.") from error


def _unpacked(head: _Head, data: bytes) -> Origins:
    """Raises ValueError where the numbers do not fit each other."""
    count, dims, numbers = head.count, head.dims, SIDE * SIDE * 4
    if head.version != 1 or not 0 < count <= MOST or not 0 < dims <= numbers:
        raise ValueError("it is of another kind")
    if not all(math.isfinite(value) and value > 0 for value in (head.step, head.near)):
        raise ValueError("a number is out of range")
    sizes = (4 * numbers, 4 * dims, numbers * dims, count, 2 * count, count * dims)
    if len(data) != sum(sizes):
        raise ValueError("it is cut short")
    cut = [data[sum(sizes[:part]) : sum(sizes[: part + 1])] for part in range(len(sizes))]
    mean, scale = (np.frombuffer(each, "<f4") for each in cut[:2])
    basis = np.frombuffer(cut[2], np.int8).reshape(numbers, dims) * scale
    sets = np.frombuffer(cut[3], np.uint8)
    things = np.cumsum(np.frombuffer(cut[4], "<u2"), dtype=np.uint16)  # round in each set, as they were told apart
    codes = np.frombuffer(cut[5], np.int8).reshape(dims, count) * np.float32(head.step)
    if sets.max() >= len(head.sources) or things.max() >= len(head.things) or not np.isfinite(basis).all():
        raise ValueError("it names what it does not have")
    if not np.isfinite(mean).all():
        raise ValueError("a number is out of range")
    return Origins(head, mean, basis, np.stack([sets, things]).astype(np.intp), codes)
