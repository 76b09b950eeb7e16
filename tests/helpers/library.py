"""Results and whole libraries of made-up pictures, for the tests and benchmarks of the gallery."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benches import gallery as made_up
from gdm_studio.gallery import Gallery, Picture, marks
from gdm_studio.gallery.folder import File
from gdm_studio.gallery.index import Index
from gdm_studio.request import Request
from gdm_studio.run import Result

BATCH = 5_000


def result(prompt: str = "a red fox", *, seed: int = 42, side: int = 16, stopped_at: int = 0, **settings) -> Result:
    """A picture of `side` × `side` pixels of many colours and every transparency; `settings` go to its Request."""
    rgba = np.random.default_rng(seed % 2**32).integers(0, 256, (side, side, 4), np.uint8)
    request = Request(prompt=prompt, seed=seed, size=(side, side), **settings)
    return Result(0, request, rgba, stopped_at)


def pictures(count: int, root: Path, *, seed: int = 0) -> Iterator[Picture]:
    """`count` different pictures, a minute apart, as if they lay in `root`; no files are written."""
    for number, request in enumerate(made_up.requests(count, seed=seed)):
        name = f"{number:06} {request.prompt} {request.seed}.png"
        yield Picture(f"{number:032x}", root / name, made_up.EPOCH + 60 * number, (96, 96), request)


def fill(gallery: Gallery, count: int) -> None:
    """Puts `count` made-up pictures into the gallery's index, every hundredth a favourite, without their files."""
    gallery.count()  # makes the databases
    index = Index(gallery.index_path, favourites=gallery.favourites_path, root=gallery.pictures)
    made = pictures(count, gallery.pictures)
    while batch := [File(picture.path.name, (0, 0), picture) for picture in itertools.islice(made, BATCH)]:
        index.add(batch)
        marks.favourite(index.connection, [file.picture.id for file in batch[::100]], True)
    index.close()
