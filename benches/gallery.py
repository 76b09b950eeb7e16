"""Benchmark of the gallery without a window, on a synthetic library of any size."""

from __future__ import annotations

import itertools
import json
import os
import random
import struct
import time
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np

from gdm_studio import __version__
from gdm_studio.common import memory
from gdm_studio.common.measurement import Measurement
from gdm_studio.gallery.gallery import Gallery
from gdm_studio.gallery.image_encoding import encode_image
from gdm_studio.gallery.metadata import a1111_parameters
from gdm_studio.gallery.metadata import record as ours
from gdm_studio.gallery.storage import file_operations
from gdm_studio.request.generation_request import Request

PICTURES = 100_000
COLOURS = ("red", "green", "blue", "golden", "silver", "dark", "pale", "bright", "tiny", "huge", "old", "shiny")
THINGS = ("fox", "owl", "castle", "robot", "cactus", "octopus", "pizza", "guitar", "whale", "tiger", "crown", "ghost")
PLACES = ("forest", "desert", "harbour", "garden", "library", "kitchen", "station", "meadow", "island", "market")
STYLES = ("noto", "twemoji", "fluent-emoji", "")
QUERIES = ("f", "fo", "fox", "fox i", "fox in", "fox steps:>20", "-fox is:favourite", "tag:keep", "fox OR owl", "zebra")
EPOCH = 1_700_000_000.0
# The side of an image in pixels.
_SIDE = 96
# The number of different images; every file has its own settings.
_DRAWINGS = 256
# The number of files between two progress reports.
_CHUNK = 2_000
# The bytes of a PNG's signature and header chunk.
_HEAD = 33
# A progress callback with (title, done, total).
Progress = Callable[[str, int, int], object]


def requests(count: int, *, seed: int = 0) -> Iterator[Request]:
    """Yield `count` different requests, which depend only on the seed."""
    rng = random.Random(seed)
    for _ in range(count):
        yield Request(
            prompt=f"a {rng.choice(COLOURS)} {rng.choice(THINGS)} in the {rng.choice(COLOURS)} {rng.choice(PLACES)}",
            negative_prompt="blurry, text" if rng.random() < 0.3 else "",
            style=rng.choice(STYLES),
            seed=rng.randrange(2**32),
            steps=rng.choice((10, 20, 20, 20, 50)),
            size=(_SIDE, _SIDE),
        )


def build(home: Path, count: int, progress: Progress) -> None:
    """Create or complete a library of `count` images in `home`, a folder for GDM_STUDIO_HOME. Raises StorageError.

    The library has real files with settings, an index and thumbnails; a few images are favourites, tagged or in a
    collection.
    """
    pictures = home / "pictures"
    file_operations.make_folder(pictures)
    existing = set(os.listdir(pictures))
    drawings = [_encode_drawing(number) for number in range(_DRAWINGS)]
    for number, request in enumerate(requests(count)):
        name = f"{number:06} {request.prompt} {request.seed}.png"
        if name not in existing:
            file_operations.write(pictures / name, _file(drawings[number % _DRAWINGS], number, request), durable=False)
        if number % _CHUNK == 0:
            progress("drawing pictures", number, count)
    gallery = opened(home)
    gallery.sync(lambda done, total: progress("reading pictures", done, total))
    done = 0
    for some in gallery.create_thumbnails():
        done += some
        progress("making thumbnails", done, count)
    _mark(gallery)
    gallery.close()


def opened(home: Path) -> Gallery:
    """Open the gallery of a library in `home`."""
    return Gallery(home / "pictures", home / "data", home / "cache")


def figures(home: Path) -> Iterator[Measurement]:
    """Yield the measurements of opening, searching, counting, jumping, scanning and memory."""
    before = memory.in_use() or 0
    start = time.perf_counter()
    gallery = opened(home)
    newest = gallery.page(limit=60, fill=False)
    gallery.thumbnails.get(newest, 256)
    yield Measurement("gallery opened, newest 60 with thumbnails", 1000 * (time.perf_counter() - start), "ms", "≤ 300")
    searched = [_measure_milliseconds(partial(gallery.page, query, limit=60, fill=False)) for query in QUERIES]
    yield Measurement("search, slowest of ten", max(searched), "ms", "≤ 50")
    counted = [_measure_milliseconds(partial(gallery.count, query, fill=False)) for query in QUERIES]
    yield Measurement("count, slowest of ten", max(counted), "ms", "≤ 50")
    moments = list(itertools.chain.from_iterable(_list_moments(gallery)))
    places = random.Random(1).sample(range(len(moments) - 60), 40) if len(moments) > 100 else [0]
    turned = [_measure_milliseconds(partial(_turn_to, gallery, moments[at : at + 60])) for at in places]
    yield Measurement("60 pictures and thumbnails anywhere, slowest of 40", max(turned), "ms", "≤ 100")
    looked = _measure_milliseconds(gallery.sync)
    yield Measurement(f"look through {len(moments)} files, in steps", looked / 1000, "s")
    # The process may meanwhile have returned memory of earlier work.
    grown = max((memory.in_use() or 0) - before, 0)
    yield Measurement("memory for it", grown / 2**20, "MiB", "≤ 100")
    gallery.close()


def _turn_to(gallery: Gallery, moments: list[int]) -> object:
    return gallery.thumbnails.get(gallery.timeline.images(moments), 256)


def _list_moments(gallery: Gallery) -> Iterator[list[int]]:
    found = gallery.timeline.moments()
    while found:
        yield found
        found = gallery.timeline.moments(before=found[-1])


def _mark(gallery: Gallery) -> None:
    newest = [picture.id for picture in gallery.page(limit=2_000)]
    gallery.favourites.set(newest[::10], True)
    gallery.tags.set(newest[5:505], "keep")
    if not gallery.collections.all():
        gallery.collections.create("Best of them", newest[:300])


def _encode_drawing(number: int) -> tuple[bytes, bytes]:
    """Draw a soft blob on a transparent background; return the PNG bytes before and after the text chunks."""
    rng = np.random.default_rng(number)
    y, x = np.mgrid[-1 : 1 : _SIDE * 1j, -1 : 1 : _SIDE * 1j]
    angle, radius = np.arctan2(y, x), np.hypot(x, y)
    edge = 0.6 + 0.2 * np.sin(rng.integers(2, 7) * angle + rng.uniform(0, 6))
    alpha = np.clip((edge - radius) * 40, 0, 1) * 255
    colours = rng.uniform(40, 220, 3) + np.stack([x, y, radius], -1) * rng.uniform(-60, 60, 3)
    rgba = np.dstack([colours, alpha]).clip(0, 255).astype(np.uint8)
    _, data = encode_image(rgba, ours.Record("0" * 32, EPOCH, __version__, {}), Request())
    return data[:_HEAD], data[data.index(b"IDAT") - 4 :]


def _file(drawing: tuple[bytes, bytes], number: int, request: Request) -> bytes:
    """Return the PNG file of a drawing with the settings of one image, in the format of saved images."""
    record = ours.Record(f"{number:032x}", EPOCH + 60 * number, __version__, json.loads(request.to_json()))
    text = a1111_parameters.write_text(request, size=(_SIDE, _SIDE), version=f"{ours.TOOL} {__version__}")
    head, rest = drawing
    return head + _text(a1111_parameters.CHUNK, text) + _text(ours.CHUNK, record.to_json()) + rest


def _text(keyword: str, text: str) -> bytes:
    body = b"tEXt" + keyword.encode() + b"\0" + text.encode("latin-1")
    return struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))


def _measure_milliseconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - start)
