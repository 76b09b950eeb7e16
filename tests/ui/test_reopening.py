"""What the window shows as it opens: nothing that is not so, and the last picture."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from gdm_studio.gallery import Gallery, save
from gdm_studio.request import Request
from gdm_studio.run import Result
from gdm_studio.ui.shell.window import Window
from tests.helpers.opened import click, opened, until

REQUEST = Request(model="gaussian", prompt="a green disc", steps=5, size=(16, 16))
EMPTY = "Your picture"  # what is said where there is none


def kept(home: Path, *shades: int) -> None:
    """Pictures that another sitting left, without an index."""
    (home / "pictures").mkdir(exist_ok=True)
    for shade in shades:
        save(Result(0, REQUEST, np.full((16, 16, 4), shade, np.uint8)), home / "pictures")


def said(window: Window) -> list[str]:
    page = window.create_page
    return [page.gallery.grid.accessibleDescription(), page.stage.canvas.accessibleDescription()]


@pytest.fixture
def reading(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Looking through the files waits until this is set."""
    go, syncing = threading.Event(), Gallery.syncing

    def held(gallery: Gallery) -> Iterator[tuple[int, int]]:
        for step in syncing(gallery):
            go.wait(60)
            yield step

    monkeypatch.setattr(Gallery, "syncing", held)
    yield go
    go.set()


def test_nothing_is_called_empty_while_the_files_are_read(home: Path, reading: threading.Event) -> None:
    kept(home, 10, 20)

    async def play(window: Window) -> None:
        for _ in range(10):
            await asyncio.sleep(0.02)
            assert not any(EMPTY in words for words in said(window)), said(window)
        reading.set()
        await until(lambda: window.create_page.stage.canvas.picture() is not None)
        assert not any(EMPTY in words for words in said(window))

    opened(play)


def test_an_empty_library_says_so_once_that_is_known(home: Path) -> None:
    async def play(window: Window) -> None:
        await until(lambda: all(EMPTY in words for words in said(window)))

    opened(play)


def test_the_last_picture_is_shown_again(home: Path) -> None:
    kept(home, 10, 20)

    async def play(window: Window) -> None:
        canvas = window.create_page.stage.canvas
        await until(lambda: canvas.picture() is not None)
        assert int(canvas.picture()[0, 0, 0]) == 20
        current = window.create_page.gallery.grid.current()
        assert current is not None and current.id == window.shelf.beside.picture(0).id

    opened(play)


def test_a_run_that_has_begun_stays_on_the_stage(home: Path, reading: threading.Event) -> None:
    kept(home, 10)

    async def play(window: Window) -> None:
        click(window.create_page.controls.button)
        await until(lambda: window.viewer.view() is not None)
        run = window.viewer.on_stage
        reading.set()
        await until(lambda: window.shelf.beside.rowCount() == 2 and window.making.job is None)
        assert window.viewer.on_stage is run

    opened(play)


def test_the_list_of_a_set_is_found_again_where_the_prompt_was(home: Path) -> None:
    async def left(window: Window) -> None:
        window.ways.turn_set(True)
        window.create_page.controls.things.set_text("fox\nowl")

    async def found(window: Window) -> None:
        controls = window.create_page.controls
        assert window.sets.on and controls.modes.set.isChecked() and controls.things.isVisible()
        assert controls.things.things() == ["fox", "owl"] and not controls.prompt.isVisible()
        window.ways.turn_set(False)

    async def as_before(window: Window) -> None:
        assert not window.sets.on and window.create_page.controls.prompt.isVisible()

    for play in (left, found, as_before):
        opened(play)
