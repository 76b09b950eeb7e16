"""A library of made-up pictures as large as one likes, and how quickly the gallery finds its way in it."""

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

from gdm_studio import __version__, memory
from gdm_studio.figure import Figure
from gdm_studio.gallery import files
from gdm_studio.gallery.encoding import encoded
from gdm_studio.gallery.gallery import Gallery
from gdm_studio.gallery.metadata import a1111, ours
from gdm_studio.request import Request

PICTURES = 100_000
COLOURS = ("red", "green", "blue", "golden", "silver", "dark", "pale", "bright", "tiny", "huge", "old", "shiny")
THINGS = ("fox", "owl", "castle", "robot", "cactus", "octopus", "pizza", "guitar", "whale", "tiger", "crown", "ghost")
PLACES = ("forest", "desert", "harbour", "garden", "library", "kitchen", "station", "meadow", "island", "market")
STYLES = ("noto", "twemoji", "fluent-emoji", "")
QUERIES = ("f", "fo", "fox", "fox i", "fox in", "fox steps:>20", "-fox is:favourite", "tag:keep", "fox OR owl", "zebra")
EPOCH = 1_700_000_000.0
_SIDE = 96  # pixels
_DRAWINGS = 256  # different ones; the settings of each picture are its own
_CHUNK = 2_000  # files between two reports
_HEAD = 33  # bytes of a PNG before its other chunks
Progress = Callable[[str, int, int], object]  # (what is done, how far, of how many)


def requests(count: int, *, seed: int = 0) -> Iterator[Request]:
    """`count` different requests, the same every time."""
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
    """Makes, or completes, a library of `count` pictures in `home`, as GDM_STUDIO_HOME names one. Raises StorageError.

    Real files with real settings, indexed and their thumbnails made as in any library; a few are marked.
    """
    pictures = home / "pictures"
    files.make_folder(pictures)
    there = set(os.listdir(pictures))
    drawn = [_drawing(number) for number in range(_DRAWINGS)]
    for number, request in enumerate(requests(count)):
        name = f"{number:06} {request.prompt} {request.seed}.png"
        if name not in there:
            files.write(pictures / name, _file(drawn[number % _DRAWINGS], number, request), durable=False)
        if number % _CHUNK == 0:
            progress("drawing pictures", number, count)
    gallery = opened(home)
    gallery.sync(lambda looked, total: progress("reading pictures", looked, total))
    made = 0
    for some in gallery.thumbnailing():
        made += some
        progress("making thumbnails", made, count)
    _mark(gallery)
    gallery.close()


def opened(home: Path) -> Gallery:
    """The gallery of such a library."""
    return Gallery(home / "pictures", home / "data", home / "cache")


def figures(home: Path) -> Iterator[Figure]:
    """Without a window: opening, searching at every key, turning to any place, thumbnails, memory."""
    before = memory.in_use() or 0
    began = time.perf_counter()
    gallery = opened(home)
    newest = gallery.page(limit=60, fill=False)
    gallery.thumbnails(newest, 256)
    yield Figure("gallery opened, newest 60 with thumbnails", 1000 * (time.perf_counter() - began), "ms", "≤ 300")
    searched = [_milliseconds(partial(gallery.page, query, limit=60, fill=False)) for query in QUERIES]
    yield Figure("search, slowest of ten", max(searched), "ms", "≤ 50")
    counted = [_milliseconds(partial(gallery.count, query, fill=False)) for query in QUERIES]
    yield Figure("count, slowest of ten", max(counted), "ms", "≤ 50")
    moments = list(itertools.chain.from_iterable(_moments(gallery)))
    places = random.Random(1).sample(range(len(moments) - 60), 40) if len(moments) > 100 else [0]
    turned = [_milliseconds(partial(_turned_to, gallery, moments[at : at + 60])) for at in places]
    yield Figure("60 pictures and thumbnails anywhere, slowest of 40", max(turned), "ms", "≤ 100")
    looked = _milliseconds(gallery.sync)
    yield Figure(f"look through {len(moments)} files, in steps", looked / 1000, "s")
    yield Figure("memory for it", ((memory.in_use() or 0) - before) / 2**20, "MiB", "≤ 100")
    gallery.close()


def _turned_to(gallery: Gallery, moments: list[int]) -> object:
    return gallery.thumbnails(gallery.at(moments), 256)


def _moments(gallery: Gallery) -> Iterator[list[int]]:
    found = gallery.moments()
    while found:
        yield found
        found = gallery.moments(before=found[-1])


def _mark(gallery: Gallery) -> None:
    newest = [picture.id for picture in gallery.page(limit=2_000)]
    gallery.favourite(newest[::10], True)
    gallery.tag(newest[5:505], "keep")
    if not gallery.collections():
        gallery.new_collection("Best of them", newest[:300])


def _drawing(number: int) -> tuple[bytes, bytes]:
    """A picture of a soft blob over nothing, as the bytes of a PNG before and after its texts."""
    rng = np.random.default_rng(number)
    y, x = np.mgrid[-1 : 1 : _SIDE * 1j, -1 : 1 : _SIDE * 1j]
    angle, radius = np.arctan2(y, x), np.hypot(x, y)
    edge = 0.6 + 0.2 * np.sin(rng.integers(2, 7) * angle + rng.uniform(0, 6))
    alpha = np.clip((edge - radius) * 40, 0, 1) * 255
    colours = rng.uniform(40, 220, 3) + np.stack([x, y, radius], -1) * rng.uniform(-60, 60, 3)
    rgba = np.dstack([colours, alpha]).clip(0, 255).astype(np.uint8)
    _, data = encoded(rgba, ours.Record("0" * 32, EPOCH, __version__, {}), Request())
    return data[:_HEAD], data[data.index(b"IDAT") - 4 :]


def _file(drawing: tuple[bytes, bytes], number: int, request: Request) -> bytes:
    """The drawing with the settings of one picture, in the form that new pictures are kept."""
    record = ours.Record(f"{number:032x}", EPOCH + 60 * number, __version__, json.loads(request.to_json()))
    text = a1111.write_text(request, size=(_SIDE, _SIDE), version=f"{ours.TOOL} {__version__}")
    head, rest = drawing
    return head + _text(a1111.CHUNK, text) + _text(ours.CHUNK, record.to_json()) + rest


def _text(keyword: str, text: str) -> bytes:
    body = b"tEXt" + keyword.encode() + b"\0" + text.encode("latin-1")
    return struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))


def _milliseconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - began)
