"""Made-up results and libraries for the gallery's tests and benchmarks."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benches import gallery as made_up
from gdm_studio.gallery import Gallery, Picture, annotations
from gdm_studio.gallery.folder_scan import File
from gdm_studio.gallery.index import Index
from gdm_studio.request.generation_events import Result
from gdm_studio.request.generation_request import Request

BATCH = 5_000


def result(prompt: str = "a red fox", *, seed: int = 42, side: int = 16, stopped_at: int = 0, **settings) -> Result:
    """Create a generated image for tests, with `side` × `side` random colours and alphas.

    `settings` are passed to its Request.
    """
    rgba = np.random.default_rng(seed % 2**32).integers(0, 256, (side, side, 4), np.uint8)
    request = Request(prompt=prompt, seed=seed, size=(side, side), **settings)
    return Result(0, request, rgba, stopped_at)


def pictures(count: int, root: Path, *, seed: int = 0) -> Iterator[Picture]:
    """Yield `count` different gallery images, created one a minute, with paths in `root`. No files are written."""
    for number, request in enumerate(made_up.requests(count, seed=seed)):
        name = f"{number:06} {request.prompt} {request.seed}.png"
        yield Picture(f"{number:032x}", root / name, made_up.EPOCH + 60 * number, (96, 96), request)


def fill_index(gallery: Gallery, count: int) -> None:
    """Add `count` images without files to the gallery's index, with every hundredth as a favourite."""
    # Counting creates the databases.
    gallery.count()
    index = Index(gallery.index_path, user_data=gallery.user_data_path, root=gallery.pictures)
    made = pictures(count, gallery.pictures)
    while batch := [File(picture.path.name, (0, 0), picture) for picture in itertools.islice(made, BATCH)]:
        index.add(batch)
        annotations.set_favourites(index.connection, [file.picture.id for file in batch[::100]], True)
    index.close()
