"""The gallery's thread: people's own calls find their turn beside a long look through the files."""

from __future__ import annotations

import asyncio
import time
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication

from gdm_studio.gallery import Gallery, read, save, scanning
from gdm_studio.request import Request
from gdm_studio.run import Result
from gdm_studio.ui.shell.window import Window
from tests.helpers.opened import click, opened, until

FILE_SECONDS = 0.7  # longer than closing waits for tasks


@pytest.fixture
def slow_disk(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of 57 plain files, and three pictures newer than them, that are looked through in 42 seconds."""
    folder = home / "pictures"
    folder.mkdir()
    for number in range(57):
        Image.new("RGB", (1, 1)).save(folder / f"{number}.png")
    for number in range(3):
        request = Request(model="gaussian", prompt=f"picture {number}", size=(8, 8))
        save(Result(0, request, np.zeros((8, 8, 4), np.uint8)), folder)
    looked_at = scanning.looked_at

    def slowly(*args, **named):  # type: ignore[no-untyped-def]
        time.sleep(FILE_SECONDS)
        return looked_at(*args, **named)

    monkeypatch.setattr(scanning, "looked_at", slowly)
    return folder


def test_the_newest_pictures_of_a_large_folder_are_shown_first_and_closing_breaks_the_look_off(
    slow_disk: Path,
) -> None:
    times = []

    async def play(window: Window) -> None:
        began = time.monotonic()
        await until(lambda: window.shelf.beside.rowCount() == 3)
        assert time.monotonic() - began < 20, "the pictures came only with the last of the files"
        times.append(time.monotonic())

    opened(play)
    assert time.monotonic() - times[0] < 20


def test_a_picture_that_another_program_makes_is_in_every_list(home: Path) -> None:
    async def play(window: Window) -> None:
        await until(lambda: window.shelf.looked)
        with closing(Gallery.open()) as command_line:
            for number in range(2):  # the folder is there with the first, and watched from then on
                request = Request(model="gaussian", prompt=f"picture {number}", size=(8, 8))
                command_line.keep(Result(0, request, np.zeros((8, 8, 4), np.uint8)))
                if number == 0:
                    window.activateWindow()
                    QApplication.sendEvent(window, QEvent(QEvent.Type.WindowActivate))
                await until(lambda: [model.rowCount() for model in window.shelf.models] == [number + 1] * 2)  # noqa: B023

    opened(play)


def test_a_picture_that_is_finished_while_the_list_is_asked_for_anew_stays_in_it(home: Path) -> None:
    def made(number: int) -> Result:
        request = Request(model="gaussian", prompt=f"picture {number}", size=(8, 8))
        return Result(0, request, np.zeros((8, 8, 4), np.uint8))

    async def play(window: Window) -> None:
        await until(lambda: window.shelf.looked)
        await window.shelf.keep(made(0))
        taken_out: list[int] = []
        for model in window.shelf.models:
            model.rowsRemoved.connect(lambda parent, first, last: taken_out.append(first))
            model.refresh()
        await asyncio.sleep(0)  # they read the list before the next picture is kept, and are answered after it
        picture = await window.shelf.keep(made(1))
        for _ in range(4):
            await window.shelf.ask(lambda gallery: None)  # behind all that was asked
        assert not taken_out
        await until(lambda: [model.row_of(picture.id) for model in window.shelf.models] == [0, 0])

    opened(play)


def test_pictures_finished_just_before_closing_are_kept(slow_disk: Path) -> None:
    times = []

    async def play(window: Window) -> None:
        window.create_page.controls.draft.change(count=3)
        window.create_page.controls.draft.change(batch=1)
        click(window.create_page.controls.button)
        run = window.viewer.run
        assert run is not None
        await until(lambda: run.state.ended)
        times.append(time.monotonic())

    opened(play)
    assert time.monotonic() - times[0] < 20
    made = [read(path).request for path in slow_disk.glob("*disc*.png")]
    assert len(made) == len({request.seed for request in made if request}) == 3
