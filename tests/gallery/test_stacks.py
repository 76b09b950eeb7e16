"""Stacks of near-identical images in the gallery."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import numpy as np
import pytest

from gdm_studio.gallery import Gallery, Picture
from gdm_studio.gallery.index import Index
from gdm_studio.gallery.stacks import ROWS, StackRanges
from gdm_studio.request.generation_events import Result
from gdm_studio.request.generation_request import Request
from gdm_studio.request.interpolation import Interpolation


@pytest.fixture
def gallery() -> Iterator[Gallery]:
    with closing(Gallery.open()) as gallery:
        yield gallery


def save(gallery: Gallery, prompt: str, seed: int, *, pixels: int = 0, steps: int = 2) -> Picture:
    rgba = np.full((16, 16, 4), 255, np.uint8)
    rgba[:8, :, :3] = pixels
    toward = Interpolation(seed=99, prompt=prompt, amount=0.2) if seed == 8 else None
    request = Request(model="gaussian", prompt=prompt, seed=seed, steps=steps, toward=toward)
    return gallery.save(Result(0, request, rgba))


def stacks(gallery: Gallery) -> list[tuple[int, ...]]:
    """Return the seeds of each stack, oldest image first."""
    for steps in (gallery.stacks.update(), gallery.stacks.compare()):
        for _ in steps:
            pass
    *_, ranges = gallery.stacks.read()
    pictures = list(reversed(gallery.page(limit=10_000)))
    found: dict[int, list[int]] = {}
    for picture in pictures:
        if (stack := ranges.find(round(picture.created * 1e6))) >= 0:
            found.setdefault(stack, []).append(picture.request.seed)
    return [tuple(seeds) for seeds in found.values()]


def test_images_that_differ_only_in_their_seeds_are_a_stack(gallery: Gallery) -> None:
    for seed in (1, 2, 8):
        save(gallery, "a fox", seed, pixels=25 * seed)
    save(gallery, "an owl", 4, pixels=20)
    assert stacks(gallery) == [(1, 2, 8)]
    save(gallery, "an owl", 5, pixels=140)
    save(gallery, "a fox", 6, pixels=250)
    assert stacks(gallery) == [(1, 2, 8), (4, 5)], "only consecutive images are a stack"


def test_images_that_look_alike_are_a_stack(gallery: Gallery) -> None:
    for seed, pixels in ((1, 100), (2, 103), (3, 101), (4, 190), (5, 0)):
        save(gallery, f"prompt {seed}", seed, pixels=pixels, steps=seed)
    assert stacks(gallery) == [(1, 2, 3)]


def test_a_deleted_image_leaves_its_stack_and_returns(gallery: Gallery) -> None:
    pictures = [save(gallery, "a fox", seed, pixels=60 * seed) for seed in range(4)]
    assert stacks(gallery) == [(0, 1, 2, 3)]
    deletion = gallery.trash.delete([pictures[1].id])
    assert stacks(gallery) == [(0, 2, 3)]
    gallery.trash.restore(deletion)
    assert stacks(gallery) == [(0, 1, 2, 3)]
    gallery.rebuild()
    assert stacks(gallery) == [(0, 1, 2, 3)]


def test_decisions_are_stored_in_the_index(gallery: Gallery) -> None:
    for seed in range(3):
        save(gallery, "a fox" if seed else "an owl", seed, pixels=80 * seed)
    assert stacks(gallery) == [(1, 2)]
    with closing(Gallery.open()) as again:
        assert list(again.stacks.update()) == [0] and list(again.stacks.compare()) == []
        *_, ranges = again.stacks.read()
        assert len(ranges.firsts) == 1


def test_images_of_different_hours_are_no_stack(gallery: Gallery) -> None:
    newest = [save(gallery, "a fox", seed, pixels=80 * seed) for seed in range(3)][-1]
    sql = "UPDATE pictures SET row = row + 3700000000 WHERE id = ?"
    gallery._connection.run(lambda index: index.connection.execute(sql, (newest.id,)))
    assert sum(gallery.stacks.update()) == 2
    *_, ranges = gallery.stacks.read()
    assert len(ranges.firsts) == 1


def test_ranges_are_merged_in_order() -> None:
    ranges = StackRanges()
    for before, moment in ((1, 2), (2, 5), (9, 12)):
        ranges.append_pair(before, moment)
    assert [ranges.find(moment) for moment in (0, 1, 2, 4, 5, 6, 9, 12, 13)] == [-1, 0, 0, 0, 0, -1, 1, 1, -1]


def test_many_images_are_decided_in_steps(gallery: Gallery) -> None:
    save(gallery, "a fox", 0)
    count = 2 * ROWS + 10

    def copy(index: Index) -> None:
        columns = (row[1] for row in index.connection.execute("PRAGMA table_info(pictures)"))
        names = ", ".join(name for name in columns if name not in ("row", "id"))
        sql = f"INSERT INTO pictures(row, id, {names}) SELECT ?, ?, {names} FROM pictures LIMIT 1"
        index.connection.executemany(sql, [(number, f"{number:032x}") for number in range(1, count)])

    gallery._connection.run(copy)
    steps = list(gallery.stacks.update())
    assert len(steps) == 3 and sum(steps) == count - 1
    *_, ranges = gallery.stacks.read()
    assert (list(ranges.firsts), list(ranges.lasts)) == ([1], [count - 1])
