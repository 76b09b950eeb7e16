"""The gallery's thread: user actions are handled during a long scan of the library."""

from __future__ import annotations

import asyncio
import threading
import time
from concurrent.futures import Future, wait
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication

from gdm_studio.common.errors import StorageError
from gdm_studio.gallery import Gallery, read, save, scanner
from gdm_studio.request.generation_events import Result
from gdm_studio.request.generation_request import Request
from gdm_studio.ui.gallery.service import GalleryService
from gdm_studio.ui.shell.window import Window
from tests.helpers import beats
from tests.helpers.window import click, run_in_window, until, wait_for_notice

# This is longer than closing waits for tasks.
FILE_SECONDS = 0.7
# A scan of this many plain files takes 84 seconds, and no test waits for its end.
FILES = 120


@pytest.fixture
def slow_disk(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Create a folder of FILES plain files, each of which takes FILE_SECONDS to read, and three newer images."""
    folder = home / "pictures"
    folder.mkdir()
    for number in range(FILES):
        Image.new("RGB", (1, 1)).save(folder / f"{number}.png")
    for number in range(3):
        request = Request(model="gaussian", prompt=f"picture {number}", size=(8, 8))
        save(Result(0, request, np.zeros((8, 8, 4), np.uint8)), folder)
    read_file = scanner.read_file

    def slowly(root: Path, path: str, *args, **named):  # type: ignore[no-untyped-def]
        if Path(path).stem.isdecimal():
            plain_reads.add(path)
            time.sleep(FILE_SECONDS)
        return read_file(root, path, *args, **named)

    plain_reads.clear()
    monkeypatch.setattr(scanner, "read_file", slowly)
    return folder


# The plain files that scans have read.
plain_reads: set[str] = set()


def test_newest_images_are_shown_first_and_closing_cancels_the_scan(
    slow_disk: Path,
) -> None:
    async def play(window: Window) -> None:
        model = window.gallery.panel_model
        await until(lambda: model.rowCount() >= 3 and model.picture(2) is not None)
        assert len(plain_reads) < FILES, "the pictures came only with the last of the files"
        assert {model.picture(row).request.prompt for row in range(3)} == {f"picture {number}" for number in range(3)}

    run_in_window(play)
    assert len(plain_reads) < FILES, "closing waited for the scan"


def test_an_image_saved_by_another_program_appears_in_every_list(home: Path) -> None:
    async def play(window: Window) -> None:
        await until(lambda: window.gallery.is_scanned)
        with closing(Gallery.open()) as command_line:
            # The first image creates the folder, which is watched from then on.
            for number in range(2):
                request = Request(model="gaussian", prompt=f"picture {number}", size=(8, 8))
                command_line.save(Result(0, request, np.zeros((8, 8, 4), np.uint8)))
                if number == 0:
                    window.activateWindow()
                    QApplication.sendEvent(window, QEvent(QEvent.Type.WindowActivate))
                await until(lambda: [model.rowCount() for model in window.gallery.lists] == [number + 1] * 2)  # noqa: B023

    run_in_window(play)


def test_an_image_finished_during_a_list_refresh_stays_listed(home: Path) -> None:
    def made(number: int) -> Result:
        request = Request(model="gaussian", prompt=f"picture {number}", size=(8, 8))
        return Result(0, request, np.zeros((8, 8, 4), np.uint8))

    async def play(window: Window) -> None:
        await until(lambda: window.gallery.is_scanned)
        window.runner.save(made(0))
        await window.gallery.flush()
        taken_out: list[int] = []
        for model in window.gallery.lists:
            model.rowsRemoved.connect(lambda parent, first, last: taken_out.append(first))
            model.refresh()
        # The lists are read before the next image is saved, and answered after it.
        await asyncio.sleep(0)
        job = window.runner.save(made(1))
        await window.gallery.flush()
        for _ in range(4):
            # This waits for all earlier requests.
            await window.gallery.ask(lambda gallery: None)
        assert not taken_out
        await until(lambda: [model.row_of(job.run.kept[0]) for model in window.gallery.lists] == [0, 0])

    run_in_window(play)


def test_answers_arrive_in_the_order_of_the_calls(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answered, go = [], threading.Event()

    async def play(window: Window) -> None:
        async def call(number: int) -> None:
            await window.gallery.ask(lambda gallery: go.wait(90))
            answered.append(number)

        first = window.tasks.start(call(1))
        await beats.next_beat()
        submit = window.gallery._disk_executor.submit

        def submit_slowly(*task: Any) -> Future[Any]:
            """Return after the end of the task, as on a busy machine."""
            done = submit(*task)
            go.set()
            wait([done])
            return done

        monkeypatch.setattr(window.gallery._disk_executor, "submit", submit_slowly)
        await asyncio.gather(call(2), first)
        assert answered == [1, 2]

    run_in_window(play)


def test_an_error_of_the_disk_before_the_gallery_opens_is_reported(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise StorageError("The disk is full.")

    async def fail_and_open(service: GalleryService) -> None:
        service.run_on_disk(fail)
        await service.flush()
        await open_gallery(service)

    async def play(window: Window) -> None:
        await wait_for_notice(window, "The disk is full.")

    open_gallery = GalleryService.open
    monkeypatch.setattr(GalleryService, "open", fail_and_open)
    run_in_window(play)


def test_images_finished_just_before_closing_are_saved(slow_disk: Path) -> None:
    async def play(window: Window) -> None:
        window.create_page.controls.request_draft.change(count=3)
        window.create_page.controls.request_draft.change(batch=1)
        click(window.create_page.controls.button)
        run = window.viewer.run
        assert run is not None
        await until(lambda: run.state.ended)

    run_in_window(play)
    assert len(plain_reads) < FILES, "closing waited for the scan"
    made = [read(path).request for path in slow_disk.glob("*disc*.png")]
    assert len(made) == len({request.seed for request in made if request}) == 3
