"""Attribution: detection of the training drawing that an image resembles, with an index stored beside the model."""

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

from gdm_studio.common.atomic_files import storage_error, write
from gdm_studio.common.errors import ModelError
from gdm_studio.models.dataclass_json import from_json
from gdm_studio.models.families.icons.family import ORIGINS as FILE
from gdm_studio.models.files.checkpoints import Stamp, stamp_of
from gdm_studio.models.model_card import ModelCard, Source

# Maximum size of an unpacked index file in bytes.
MOST = 2**24
# Side in pixels to which an image is reduced first.
LOOKED_AT = 64
# Side in pixels of the aligned images from which the codes are computed.
SIDE = 12
# Standard deviation, as a fraction of the side, to which the positions of opaque pixels are scaled.
SPREAD = 17 / 64
# Minimum standard deviation for scaling, so that a speck is not enlarged further.
LEAST = 2 / 64
# Minimum and maximum opaque fraction of a drawing. Photographs and backgrounds fill the whole image.
OPAQUE = (1 / 500, 0.985)

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Origin:
    """Training image that a generated image resembles, with its source, for attribution.

    `distance` is the root mean square difference after alignment, from 0 to 1.
    """

    thing: str
    source: Source
    distance: float

    @property
    def words(self) -> str:
        """Text for the user that names the training image with its dataset, author and licence."""
        whose = self.source.title or self.source.set
        return f"“{self.thing}” of {whose} ({self.source.author}, {self.source.licence})"

    @property
    def facts(self) -> dict[str, str | float]:
        """Dictionary with the training image's subject, dataset, author, licence and distance, for JSON output."""
        named = {name: value for name, value in asdict(self.source).items() if name != "count"}
        return {"thing": self.thing, **named, "distance": round(self.distance, 4)}


@dataclass(frozen=True)
class _IndexHeader:
    """Header of an attribution index file. It is followed by the little-endian arrays `mean`, `scale`, `basis`, `sets`,
    `things` and `codes`.
    """

    version: int
    count: int
    dims: int
    # Quantisation unit of the codes.
    step: float
    # Distance below which an image counts as a copy of a drawing.
    near: float
    things: tuple[str, ...]
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class Origins:
    """Search index of a model's training images, which finds the training image that a generated image resembles. Each
    training image is stored as a short code, the principal components of the aligned image.
    """

    head: _IndexHeader
    # Mean of the aligned images, (SIDE * SIDE * 4,).
    mean: Floats
    # Principal components, (SIDE * SIDE * 4, dims).
    basis: Floats
    # Indices of each drawing's source and subject, (2, count).
    which: NDArray[np.intp]
    # Codes of the drawings, (dims, count).
    codes: Floats

    @cached_property
    def _code_norms(self) -> Floats:
        """Squared length of each training image's code, shape (count,), for computing distances quickly."""
        squares: Floats = (self.codes**2).sum(axis=0)
        return squares

    @property
    def near(self) -> float:
        return self.head.near

    def nearest(self, rgba: NDArray[np.uint8]) -> Origin | None:
        """Return the training image that is closest to an image or to its mirror image. `rgba` has the shape (H, W, 3
        or 4) and straight alpha.

        The distance is not limited. Returns None if the image cannot be aligned; see `align`.
        """
        found = [each for way in (rgba, rgba[:, ::-1]) if (each := self._search(way)) is not None]
        return min(found, key=lambda each: each.distance, default=None)

    def _search(self, rgba: NDArray[np.uint8]) -> Origin | None:
        seen = align(rgba)
        if seen is None:
            return None
        code = (seen - self.mean) @ self.basis
        squares = self._code_norms - 2 * (code @ self.codes)
        best = int(squares.argmin())
        distance = math.sqrt(max(0.0, float(squares[best] + code @ code)))
        source, thing = self.which[:, best]
        return Origin(self.head.things[thing], self.head.sources[source], distance)

    def close(self, rgba: NDArray[np.uint8]) -> Origin | None:
        """Return the nearest training image if a viewer would confuse it with the given image. Otherwise,
        return None.
        """
        found = self.nearest(rgba)
        return found if found is not None and found.distance < self.near else None


def align(rgba: NDArray[np.uint8]) -> Floats | None:
    """Convert an image to a vector (SIDE * SIDE * 4,) of premultiplied values, centred and scaled by its opaque pixels,
    so that position and size do not affect a comparison.

    The mean position of the opaque pixels becomes the centre, and the standard deviation of their positions becomes
    SPREAD. The values are scaled so that the norm of a difference between two vectors is a root mean square. Returns
    None if almost nothing or almost everything is opaque.
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
    across = alpha.sum(axis=0) / total
    down = alpha.sum(axis=1) / total
    x = across @ at
    y = down @ at
    spread = math.sqrt((across @ (at - x) ** 2 + down @ (at - y) ** 2) / 2)
    step = max(spread, LEAST * LOOKED_AT) / (SPREAD * LOOKED_AT) * LOOKED_AT / (2 * SIDE)
    placed = (step, 0, x - step * SIDE, 0, step, y - step * SIDE)
    turned = small.transform((2 * SIDE, 2 * SIDE), Image.Transform.AFFINE, placed, Image.Resampling.BILINEAR)
    values = np.asarray(turned, np.float32).reshape(SIDE, 2, SIDE, 2, 4).mean(axis=(1, 3)).ravel()
    scaled: Floats = values / np.float32(255 * math.sqrt(values.size))
    return scaled


def load_origins(card: ModelCard) -> Origins | None:
    """Load the index of training images that is stored beside a model's files. Returns None if the model has none.
    Raises ModelError if the index is damaged.
    """
    if card.path is None:
        return None
    path = card.path.with_name(FILE)
    stamp = stamp_of(path)
    return None if stamp is None else _read(path, stamp)


def find_origin(card: ModelCard, rgba: NDArray[np.uint8]) -> Origin | None:
    """Return the training image that a generated image (H, W, 3 or 4) closely resembles, or None. Raises ModelError if
    the model's attribution index is damaged.
    """
    origins = load_origins(card)
    return origins.close(rgba) if origins is not None else None


def write_origins(
    path: Path, seen: Floats, drawn: Sequence[tuple[Source, str]], *, dims: int, step: float, near: float
) -> int:
    """Write an attribution index, a file that lists a model's training images in compressed form. Returns the size of
    the file in bytes.

    `seen` contains the aligned drawings (count, SIDE * SIDE * 4), and `drawn` their sources and subjects.
    """
    sources = list(dict.fromkeys(source for source, _ in drawn))
    things = sorted({thing for _, thing in drawn})
    of = {thing: number for number, thing in enumerate(things)}
    named = np.array([(sources.index(source), of[thing]) for source, thing in drawn])
    order = np.lexsort((named[:, 1], named[:, 0]))  # ascending numbers compress well
    named = named[order]
    mean = seen.mean(axis=0)
    _, vectors = np.linalg.eigh(np.cov((seen - mean).T))
    components = vectors[:, ::-1][:, :dims].astype(np.float32)
    scale = np.abs(components).max(axis=0) / 127
    rounded = np.round(components / scale).astype(np.int8)
    codes = np.round((seen[order] - mean) @ (rounded * scale) / step).clip(-127, 127).astype(np.int8)
    head = _IndexHeader(1, len(seen), rounded.shape[1], step, near, tuple(things), tuple(sources))
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
    """Read an attribution index and cache it. `stamp` (size and modification time) is part of the cache key, so that a
    changed file is read again.
    """
    try:
        unpacked = lzma.LZMADecompressor(memlimit=2**28).decompress(path.read_bytes(), MOST)
        text, _, data = unpacked.partition(b"\n")
        return _unpack(from_json(_IndexHeader, json.loads(text)), data)
    except OSError as error:
        raise storage_error(path, error) from error
    except (lzma.LZMAError, EOFError, ArithmeticError, ValueError, TypeError, KeyError, RecursionError) as error:
        raise ModelError(f"{path} is damaged ({error}); copy the model's whole folder again.") from error


def _unpack(head: _IndexHeader, data: bytes) -> Origins:
    """Parse the arrays that follow the header of an attribution index. Raises ValueError if their sizes are
    inconsistent.
    """
    count = head.count
    dims = head.dims
    numbers = SIDE * SIDE * 4
    if head.version != 1 or not 0 < count <= MOST or not 0 < dims <= numbers:
        raise ValueError("its version or size is not supported")
    if not all(math.isfinite(value) and value > 0 for value in (head.step, head.near)):
        raise ValueError("a number is out of range")
    sizes = (4 * numbers, 4 * dims, numbers * dims, count, 2 * count, count * dims)
    if len(data) != sum(sizes):
        raise ValueError("it is cut short")
    cut = [data[sum(sizes[:part]) : sum(sizes[: part + 1])] for part in range(len(sizes))]
    mean, scale = (np.frombuffer(each, "<f4") for each in cut[:2])
    basis = np.frombuffer(cut[2], np.int8).reshape(numbers, dims) * scale
    sets = np.frombuffer(cut[3], np.uint8)
    # Differences between sets wrap around in uint16, both in the file and here.
    things = np.cumsum(np.frombuffer(cut[4], "<u2"), dtype=np.uint16)
    codes = np.frombuffer(cut[5], np.int8).reshape(dims, count) * np.float32(head.step)
    if sets.max() >= len(head.sources) or things.max() >= len(head.things) or not np.isfinite(basis).all():
        raise ValueError("it refers to entries that it does not have")
    if not np.isfinite(mean).all():
        raise ValueError("a number is out of range")
    return Origins(head, mean, basis, np.stack([sets, things]).astype(np.intp), codes)
