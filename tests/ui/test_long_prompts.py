"""Prompts long enough to block the window: dropped, shown, typed, generated, and stored in the session."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtTest import QTest

from gdm_studio import preferences
from gdm_studio.gallery import save
from gdm_studio.request.generation_events import Result
from gdm_studio.request.generation_request import Request
from gdm_studio.request.prompts import MOST_CHARACTERS
from gdm_studio.ui.shell.window import Window
from gdm_studio.ui.window_state_file import FILE, MARK, Session
from tests.helpers.window import drop, run_in_window, until, wait_for_notice
from tests.ui.test_prompt_editing import Weighing

# CPU time of the window's thread between two turns of its event loop, in seconds. Without limits these prompts took 5
# to 60.
LONGEST_BLOCK = 5.0
# Some work is delayed by half a second after the last key.
DELAY_SECONDS = 0.75
BOMBS = {
    "word": "a" * 1_000_000,
    "words": "abc " * 250_000 + "x",
    "adapters": "<lora:" * 20_000,
    "brackets": "(a" * 10_000,
    "pairs": "[" * 5_000 + "]" * 5_000,
    "letters": "\u05d0" * 100_000,
    "closing": ")" * 10_000,
    "spaces": " " * 9_998 + "x",
}


def save_picture(prompt: str, folder: Path) -> Path:
    request = Request(model="gaussian", prompt=prompt, negative_prompt=prompt, steps=3, size=(128, 128))
    return save(Result(0, request, np.zeros((128, 128, 4), np.uint8)), folder).path


@asynccontextmanager
async def responsive() -> AsyncIterator[None]:
    """Fail if the window's thread works for longer than LONGEST_BLOCK before it handles the next event."""
    gaps = [0.0]

    async def beat() -> None:
        before = time.thread_time()
        while True:
            await asyncio.sleep(0.01)
            gaps.append(time.thread_time() - before)
            before = time.thread_time()

    beating = asyncio.create_task(beat())
    try:
        yield
        await asyncio.sleep(DELAY_SECONDS)
    finally:
        beating.cancel()
        with suppress(asyncio.CancelledError):
            await beating
    assert max(gaps) < LONGEST_BLOCK


@pytest.mark.slow
def test_settings_of_an_image_with_a_huge_prompt_are_restored(home: Path, tmp_path: Path) -> None:
    async def restore(bomb: str, window: Window) -> None:
        box = window.create_page.controls.prompt
        drop(window, save_picture(bomb, tmp_path))
        await until(lambda: box.text() == " ".join(bomb.split()))
        await asyncio.sleep(DELAY_SECONDS)
        assert len(box.editor.toPlainText()) <= MOST_CHARACTERS
        if len(bomb) > MOST_CHARACTERS:
            await wait_for_notice(window, f"The prompt has {len(bomb):,} characters; shorten it to 10,000 at most.")
            assert box._problem.isVisible() and box._words.text() == f"{len(bomb):,} characters"

    async def play(window: Window) -> None:
        async with responsive():
            for bomb in BOMBS.values():
                await restore(bomb, window)

    run_in_window(play, library=Weighing())


@pytest.mark.slow
def test_the_gallery_lists_and_shows_images_with_huge_prompts(home: Path) -> None:
    for prompt in BOMBS.values():
        save_picture(prompt, preferences.pictures_dir())

    async def play(window: Window) -> None:
        async with responsive():
            window.open_page("gallery")
            grid = window.gallery_page.grid
            await until(lambda: grid.model().rowCount() == len(BOMBS))
            for row in range(len(BOMBS)):
                index = grid.model().index(row, 0)
                grid.setCurrentIndex(index)
                assert len(index.data(Qt.ItemDataRole.ToolTipRole) or "") < MOST_CHARACTERS
                await asyncio.sleep(0.2)
            window.gallery.page_model.with_pictures([0, 1], window.compare_controller.open_pictures)
            await until(lambda: window.page() == "compare")

    run_in_window(play, library=Weighing())


def test_a_paste_beyond_the_limit_is_kept_and_not_generated(home: Path) -> None:
    async def play(window: Window) -> None:
        box = window.create_page.controls.prompt
        box.set_text("a fox ")
        pasted = QMimeData()
        pasted.setText(BOMBS["word"])
        box.editor.insertFromMimeData(pasted)
        assert len(box.text()) > 1_000_000 and len(box.editor.toPlainText()) == MOST_CHARACTERS
        assert window.request_draft["prompt"] == box.text()
        window.create_page.controls.button.click()
        await wait_for_notice(window, "shorten it to 10,000 at most")
        assert not list((home / "pictures").rglob("*.png"))
        QTest.keyClick(box.editor, Qt.Key.Key_Backspace)
        assert box.text() == box.editor.toPlainText() and len(box.text()) == MOST_CHARACTERS - 1
        await until(lambda: not box._problem.isVisible())

    run_in_window(play, library=Weighing())


def test_a_list_too_long_is_not_pasted(home: Path) -> None:
    async def play(window: Window) -> None:
        things = window.create_page.controls.things
        pasted = QMimeData()
        for text in (BOMBS["word"], "fox\n" * 50_000):
            pasted.setText(text)
            things.editor.insertFromMimeData(pasted)
            assert things.text() == "" and things._count.text() == "The text is too long for a list"
        pasted.setText("fox\nowl\n")
        things.editor.insertFromMimeData(pasted)
        assert things.things() == ["fox", "owl"]

    run_in_window(play)


@pytest.mark.parametrize("bomb", [BOMBS["word"], BOMBS["adapters"]], ids=["word", "adapters"])
def test_a_prompt_beyond_the_limit_is_not_restored_and_its_file_is_kept(bomb: str, home: Path) -> None:
    data = home / "data"
    Session(request=Request(model="gaussian", prompt=bomb, steps=7)).save(data)
    before = (data / FILE).read_bytes()

    async def play(window: Window) -> None:
        assert window.create_page.controls.prompt.text() == "" and window.request_draft["steps"] == 7
        await wait_for_notice(window, "The last prompt is too long to be shown; the prompt is empty now.")

    run_in_window(play, library=Weighing())
    (aside,) = data.glob(f"{FILE}.*")
    assert aside.read_bytes() == before and len((data / FILE).read_bytes()) < 10_000


def test_a_prompt_that_blocked_the_window_is_not_restored_again(home: Path) -> None:
    data, prompt = home / "data", "a fox " * 300
    session = Session(request=Request(model="gaussian", prompt=prompt, steps=7))
    session.save(data)
    # The program was ended while it was blocked.
    session.begin_restoring(data)

    async def empty(window: Window) -> None:
        assert window.create_page.controls.prompt.text() == "" and window.request_draft["steps"] == 7
        await wait_for_notice(window, "The window did not answer with its last prompt")
        window.create_page.controls.prompt.set_text(prompt)

    async def restored(window: Window) -> None:
        assert window.create_page.controls.prompt.text() == prompt.strip()
        assert (data / MARK).exists()
        await until(lambda: not (data / MARK).exists())

    run_in_window(empty, library=Weighing())
    (aside,) = data.glob(f"{FILE}.*")
    assert Session.load(data).request.prompt == prompt.strip() and prompt in aside.read_text()
    run_in_window(restored, library=Weighing())
