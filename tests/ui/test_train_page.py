"""The Train page: captions in a table, a run in a process of its own, its end and its use."""

from __future__ import annotations

import asyncio
import json
import math
import os
import time
from collections.abc import Iterator
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from gdm_studio.cli.main import run
from gdm_studio.common import paths
from gdm_studio.common.errors import BadRequest, StorageError
from gdm_studio.common.file_lock import FileLock
from gdm_studio.models.model_card import ModelCard
from gdm_studio.models.model_library import Library
from gdm_studio.studio import training
from gdm_studio.studio.training import TrainingRun, TrainingSettings, training_run
from gdm_studio.studio.training_process import recipe_of
from gdm_studio.training import loop
from gdm_studio.training.captioned_folder import CaptionedImage, read_folder
from gdm_studio.training.checkpoint import load_checkpoint
from gdm_studio.training.loop import Run
from gdm_studio.training.lora.recipe import LoraRecipe
from gdm_studio.training.run_comparison import UNITS, append
from gdm_studio.training.run_state_file import LiveState
from gdm_studio.ui.create.queue.sleep_prevention import IdleNotifier
from gdm_studio.ui.shell.window import Window
from gdm_studio.ui.train import controller
from gdm_studio.ui.train.page import THUMBNAIL, TrainPage
from gdm_studio.ui.window_state_file import Session
from tests.gallery.test_metadata_comfy import default_graph
from tests.helpers import foreign_images
from tests.helpers.languages import language
from tests.helpers.tiny_model import TinyLibrary
from tests.helpers.window import click, drop, notice_button, notices, run_in_window, until, wait_for_notice
from tests.papers.toy import CLASSES, write_pictures
from tests.ui.accessibility import problems

# Longest wait for the window, and for a training process, which has a low priority, on a busy machine.
SECONDS = 250
PROCESS_SECONDS = 600
with_process = pytest.mark.timeout(2 * PROCESS_SECONDS)


@pytest.fixture
def drawings(tmp_path: Path) -> Path:
    """Return a folder with four images."""
    folder = tmp_path / "drawings"
    folder.mkdir()
    for name, colour in {"red disc": "red", "blue fox": "blue", "owl": "grey", "fox": "tan"}.items():
        Image.new("RGB", (64, 64), colour).save(folder / f"{name}.png")
    return folder


@pytest.fixture
def bars(tmp_path: Path) -> Path:
    """Return a folder with images of four classes, in a folder each."""
    return write_pictures(tmp_path / "bars")


async def opened(window: Window, folder: Path) -> TrainPage:
    window.open_page("train")
    page = window.train_page
    await window._train_controller.open_folder(folder)
    return page


def test_black_drawings_are_visible_in_the_dark_theme(home: Path, tmp_path: Path) -> None:
    drawing = Image.new("RGBA", (64, 64), (0, 0, 0, 0))
    drawing.paste((0, 0, 0, 255), (16, 16, 48, 48))
    drawing.save(tmp_path / "owl.png")

    async def play(window: Window) -> None:
        page = await opened(window, tmp_path)

        def corner() -> QColor:
            return page.images.item(0, 0).icon().pixmap(THUMBNAIL).toImage().pixelColor(1, 1)

        window.theme.set_scheme("dark")
        assert corner().name() == window.theme.colour("plate").name()
        window.theme.set_scheme("light")
        assert corner().alpha() == 0

    run_in_window(play, library=TinyLibrary(), seconds=SECONDS)


def test_captions_are_edited_in_the_table(home: Path, drawings: Path) -> None:
    (drawings / "zebra.png").write_bytes(b"no image")

    async def play(window: Window) -> None:
        window.open_page("train")
        parts = window.train_page
        assert not any(part.isVisible() for part in (parts.chart, parts.compared, parts.table)), "they are empty"
        page = await opened(window, drawings)
        assert page.table.isVisible()
        rows = [page.images.item(row, 1).text() for row in range(page.images.rowCount())]
        assert "Ten or more" in page.finding.text()
        assert "left out: 1; the first is zebra.png" in page.warning.text() and page.warning.isVisible()
        assert rows == ["blue fox", "fox", "owl", "red disc"] and not page.images.item(0, 0).icon().isNull()
        page.images.item(2, 1).setText("a grey owl")
        await until(lambda: (drawings / "owl.txt").exists())
        assert (drawings / "owl.txt").read_text() == "a grey owl"
        assert not page.images.item(0, 0).flags() & Qt.ItemFlag.ItemIsEditable
        assert page.controls.base.choice() == "tiny" and page.controls.start.isEnabled()
        assert problems(page) == []
        await window._train_controller.open_folder(drawings / "nowhere")
        assert "cannot be read" in window._notices.shown[-1].text

    run_in_window(play, library=TinyLibrary(), seconds=SECONDS)


def test_captions_are_the_prompts_that_any_tool_stores(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "made"
    (folder / "more").mkdir(parents=True)
    texts = {
        "a1111": ("parameters", "an owl\nNegative prompt: dark\nSteps: 20, Seed: 1"),
        "comfy": ("prompt", json.dumps(default_graph())),
        "invoke": ("invokeai_metadata", json.dumps({"positive_prompt": "a blue fox", "seed": 2, "steps": 20})),
        "photo": ("Description", "a garden"),
    }
    for name, (keyword, text) in texts.items():
        foreign_images.png(folder / f"{name}.png", {keyword: text})
    foreign_images.png(folder / "more" / "deep.png", {})
    captions = ["an owl", "a cat", "a blue fox", "a garden"]
    assert [each.caption for each in recipe_of(TrainingSettings(str(folder), "tiny", "made")).pictures] == captions

    def check(recipe: LoraRecipe, *_: object, **__: object) -> Iterator[None]:
        assert [each.caption for each in recipe.pictures] == captions
        assert "subfolders, which are left out: 1; the first subfolder is more." in recipe.problems.sentences()[0]
        checked.append(recipe)
        return iter(())

    checked: list[LoraRecipe] = []
    monkeypatch.setattr(loop, "train", check)
    assert run(["train", "lora", "--images", str(folder), "--out", str(tmp_path / "out")]) == 0 and checked

    async def play(window: Window) -> None:
        page = await opened(window, folder)
        assert [page.images.item(row, 1).text() for row in range(page.images.rowCount())] == captions
        assert "left out: 1; the first subfolder is more." in page.warning.text()
        # The systems learn from the subfolders too.
        await until(lambda: page.controls.method.offers("ddpm"))
        page.controls.method.pick("ddpm")
        await until(lambda: page.images.rowCount() == 5)
        assert not page.warning.isVisible()

    run_in_window(play, library=TinyLibrary(), seconds=SECONDS)


def test_a_prepared_run_is_there_after_the_end_of_the_program(home: Path, drawings: Path) -> None:
    async def prepare(window: Window) -> None:
        page = await opened(window, drawings)
        await until(lambda: page.controls.method.offers("ddpm"))
        page.controls.title.setText("discs")
        page.controls.prompts.setText("fox; owl")
        # A crash loses nothing.
        await until(lambda: "fox; owl" in Session.load(paths.data_dir()).training)
        window.open_page("create")

    async def leave(window: Window) -> None:
        assert not window.pages.is_created("train") or not window.train_page.controls.prompts.text()

    async def go_on(window: Window) -> None:
        window.open_page("train")
        controls = window.train_page.controls
        await until(lambda: window.train_page.images.rowCount() == 4)
        assert (controls.title.text(), controls.prompts.text()) == ("discs", "fox; owl")

    run_in_window(prepare)
    # A session in which the page is not opened keeps it.
    run_in_window(leave)
    run_in_window(go_on)


def test_a_prepared_run_is_shown_after_a_paused_one(home: Path, drawings: Path) -> None:
    async def prepare(window: Window) -> None:
        page = await opened(window, drawings)
        page.controls.title.setText("discs")
        page.controls.prompts.setText("fox; owl")

    async def look(window: Window) -> None:
        window.open_page("train")
        await until(lambda: window.train_page.controls.title.text() == "older")

    async def go_on(window: Window) -> None:
        await look(window)
        controls = window.train_page.controls
        await window._train_controller._choose_run(controller.NEW_RUN)
        await until(lambda: window.train_page.images.rowCount() == 4)
        assert (controls.title.text(), controls.prompts.text()) == ("discs", "fox; owl")
        controls.prompts.setText("owl")
        assert "owl" in window._train_controller.prepared()

    run_in_window(prepare)
    write_run("older", drawings, 0.5, status="paused")
    run_in_window(look)
    run_in_window(go_on)


def test_a_choice_of_a_run_replaces_an_earlier_one_that_is_still_read(
    home: Path, drawings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    photos = tmp_path / "photos"
    photos.mkdir()
    Image.new("RGB", (64, 64), "green").save(photos / "tree.png")
    write_run("first", photos, 0.5)
    write_run("second", drawings, 0.5)
    to_thread = asyncio.to_thread

    async def choose_both(window: Window, held: int, then: str = "second") -> None:
        """Choose another run while a call of the choice of the first one is held."""
        reached, go, calls = asyncio.Event(), asyncio.Event(), iter(range(9))

        async def late(*args: Any, **options: Any) -> Any:
            if asyncio.current_task() is first and next(calls) == held:
                reached.set()
                await go.wait()
            return await to_thread(*args, **options)

        monkeypatch.setattr(asyncio, "to_thread", late)
        first = asyncio.create_task(window._train_controller._choose_run("first"))
        await reached.wait()
        await window._train_controller._choose_run(then)
        go.set()
        await first

    async def play(window: Window) -> None:
        page = await opened(window, drawings)
        controls = page.controls
        # The settings, the images, the list of runs and the state of the first run are read in turn.
        for held in range(4):
            await choose_both(window, held)
            assert (controls.runs.choice(), controls.title.text()) == ("second", "second")
            assert page.images.rowCount() == 4 and controls.folder.text() == "drawings: 4 pictures"
        await choose_both(window, 1, controller.NEW_RUN)
        assert "photos" not in controls.folder.text()

    run_in_window(play, library=TinyLibrary(), seconds=SECONDS)


def test_a_prepared_run_gets_no_title_of_an_earlier_run(home: Path, drawings: Path) -> None:
    async def prepare(window: Window) -> None:
        (await opened(window, drawings)).controls.prompts.setText("fox")

    async def go_on(window: Window) -> None:
        window.open_page("train")
        controls = window.train_page.controls
        await until(lambda: controls.prompts.text() == "fox")
        assert controls.title.text() == "my-lora-2", "Start would replace the earlier one"

    run_in_window(prepare)
    # The command line has trained it.
    write_run("my-lora", drawings, 0.5, status="done")
    run_in_window(go_on)


@pytest.mark.parametrize(
    "change",
    [
        {"samples": 10**30, "rank": -(10**30), "size": 10**30, "learning_rate": float("inf")},
        {"images": "a\0b", "base": "\ud800", "method": "nothing", "backbone": "x", "learning_rate": float("nan")},
        {"samples": "8"},
    ],
)
def test_a_damaged_prepared_run_is_ignored_or_limited(home: Path, change: dict[str, Any]) -> None:
    async def look(window: Window) -> None:
        window.open_page("train")
        await until(lambda: not window._train_controller._prepared)
        controls = window.train_page.controls
        assert (
            controls.samples.value() > 0 and controls.rank.value() > 0 and math.isfinite(controls.learning_rate.value())
        )

    text = json.dumps({**asdict(TrainingSettings("", "", "discs")), **change})
    replace(Session(), training=text).save(paths.data_dir())
    run_in_window(look)


def test_the_empty_page_says_what_to_do_first(home: Path, drawings: Path) -> None:
    async def play(window: Window) -> None:
        window.open_page("train")
        page, controls = window.train_page, window.train_page.controls
        shown = page.introduction
        assert shown.isVisible() and not page.finding.isVisible()
        assert "any prompt" in shown.steps.texts[-1].text() and problems(page) == []
        await until(lambda: controls.method.offers("edm"))
        controls.method.set_choice("edm")
        await window._train_controller._choose_method("edm")
        assert "hundreds" in shown.drop_area.amount.text() and "a class" in shown.steps.texts[0].text()
        assert controls.title.text() == "my-model"
        drop(window, drawings / "fox.png", on=page)
        await until(lambda: page.table.isVisible())
        assert not shown.isVisible() and page.finding.isVisible() and window.page() == "train"
        assert controls.folder.text() == "drawings: 4 pictures"

    run_in_window(play, library=TinyLibrary(), seconds=SECONDS)


def test_only_the_first_of_several_dropped_folders_is_opened(home: Path, drawings: Path) -> None:
    others = drawings.parent / "others"
    others.mkdir()

    async def play(window: Window) -> None:
        window.open_page("train")
        drop(window, drawings / "fox.png", drawings / "owl.png", on=window.train_page)
        assert not notices(window)
        assert not window._notices.shown
        drop(window, drawings, others, on=window.train_page)
        assert [(each.title, each.text) for each in window._notices.shown] == [
            ("Only drawings is used", "Left out: others.")
        ]
        await until(lambda: window.train_page.controls.folder.text() == "drawings: 4 pictures")

    run_in_window(play, library=TinyLibrary(), seconds=SECONDS)


@with_process
@pytest.mark.slow
@pytest.mark.usefixtures("forked_processes")
def test_a_run_is_paused_resumed_and_used(home: Path, drawings: Path) -> None:
    async def play(window: Window) -> None:
        page = await opened(window, drawings)
        controls = page.controls
        controls.samples.set_value(64_000)
        controls.title.setText("flat")
        click(controls.start)
        run = training_run("flat")
        await until(lambda: (state := run.state()) is not None and state.seen > 0, seconds=PROCESS_SECONDS)
        await until(lambda: controls.pause.isEnabled() and not controls.start.isEnabled() and page.time.text() != "")
        click(controls.pause)
        # The button may see the end of the process before the page does.
        await until(lambda: page.status.text() == "Paused. Resume continues it.", seconds=PROCESS_SECONDS)
        assert controls.start.isEnabled() and (run.folder / "checkpoint.pt").is_file()
        seen = run.state().seen  # type: ignore[union-attr]
        assert 0 < seen < 64_000 and page.before.isVisible()
        click(controls.start)
        await until(lambda: (state := run.state()) is not None and state.seen > seen, seconds=PROCESS_SECONDS)
        process = window._train_controller._run._process  # type: ignore[union-attr]
        assert process is not None
        process.kill()
        await until(lambda: controls.start.isEnabled(), seconds=PROCESS_SECONDS)
        await until(lambda: any("at most a minute is lost" in notice.text for notice in window._notices.shown))
        if len(run.sheets()) == 1:
            assert not controls.use.isEnabled(), "the only pictures are from before the training"
            write_sheet(run)
            await window._train_controller._poll()
        click(controls.use)
        await until(lambda: window.page() == "create", seconds=PROCESS_SECONDS)
        assert not any("same picture" in notice for notice in notices(window)), "there is none"
        assert "<lora:flat:1>" in window.request_draft["prompt"] and (paths.models_dir() / "flat.safetensors").is_file()
        window.open_page("train")
        click(controls.stop)
        await until(lambda: not run.folder.exists() and page.status.text() == "The run was deleted.")
        assert not controls.stop.isEnabled() and not (page.sheet.isVisible() or page.before.isVisible())
        window.undo()
        await until(lambda: controls.stop.isEnabled() and page.before.isVisible())
        await until(lambda: any(notice.title == "The run was restored." for notice in window._notices.shown))
        assert (run.folder / "checkpoint.pt").is_file()
        click(controls.stop)
        await until(lambda: not controls.stop.isEnabled())

    run_in_window(play, library=TinyLibrary(), seconds=PROCESS_SECONDS)
    assert [*(paths.data_dir() / "training").iterdir()] == [], "the window deletes it at its end"


class TrainedLibrary(TinyLibrary):
    """The library of the tiny model and of models that were trained."""

    def cards(self) -> list[ModelCard]:
        return [*super().cards(), *(card for card in Library.cards(self) if "trained" in str(card.path))]


@with_process
@pytest.mark.slow
@pytest.mark.usefixtures("forked_processes")
def test_a_system_is_trained_and_opens_as_a_model(home: Path, bars: Path) -> None:
    """The process outlives the window if asked, and another window opens the run."""

    async def play(window: Window) -> None:
        page = await opened(window, bars)
        controls = page.controls
        await until(lambda: controls.method.offers("edm"), seconds=PROCESS_SECONDS)
        assert not {"diffflow", "consistency"} & {each.id for each in controls.method.choices()}
        controls.method.pick("edm")
        await until(lambda: page.images.rowCount() == 24)
        assert page.images.item(0, 1).text() == "bottom" and page.images.item(0, 0).text() == "bottom/0.png"
        assert not page.images.item(0, 1).isEditable() and not controls.rank.isVisible()
        assert controls.backbone.choice() == "unet" and controls.learning_rate.value() == 0.002
        controls.title.setText("bars")
        controls.samples.set_value(1_000_000)
        controls.learning_rate.set_value(0.001)
        controls.keeps_running.setChecked(True)
        click(controls.start)
        run = training_run("bars")
        await until(lambda: (state := run.state()) is not None and state.seen > 0, seconds=PROCESS_SECONDS)

    async def play_again(window: Window) -> None:
        page = await opened(window, bars)
        controls = page.controls
        await until(lambda: controls.runs.offers("bars"), seconds=PROCESS_SECONDS)
        controls.runs.pick("bars")
        await until(lambda: controls.method.choice() == "edm" and controls.pause.isEnabled(), seconds=PROCESS_SECONDS)
        assert controls.keeps_running.isChecked() and controls.samples.value() == 1_000_000
        assert controls.learning_rate.value() == 0.001 and not controls.start.isEnabled()
        click(controls.pause)
        await until(lambda: controls.start.isEnabled(), seconds=PROCESS_SECONDS)
        await until(lambda: controls.runs.choice() == "bars")
        run = training_run("bars")
        assert (run.folder / "checkpoint.pt").is_file()
        write_sheet(run)
        controls.runs.pick("+")
        await until(lambda: not controls.stop.isEnabled())
        controls.runs.pick("bars")
        await until(lambda: page.sheet.isVisible() and controls.use.isEnabled(), seconds=PROCESS_SECONDS)
        assert "only found with 100 pictures" in page.finding.text()
        click(controls.use)
        await until(lambda: window.page() == "create", seconds=PROCESS_SECONDS)
        assert window.request_draft["model"] == "bars"
        card = window._context.library.card("bars")
        assert card.path == paths.models_dir() / "trained" / "bars" / "bars.safetensors"
        assert card.accepts.labels == CLASSES

    run_in_window(play, library=TinyLibrary(), seconds=PROCESS_SECONDS)
    run = training_run("bars")
    assert run.is_active, "the process continues"
    try:
        run_in_window(play_again, library=TrainedLibrary(), seconds=PROCESS_SECONDS)
    finally:
        run.request_stop()
        run.wait()


@with_process
def test_errors_of_the_process_are_notices(home: Path, drawings: Path) -> None:
    async def play(window: Window) -> None:
        page = await opened(window, drawings)
        for drawing in drawings.iterdir():
            drawing.unlink()
        click(page.controls.start)
        await until(lambda: bool(window._notices.shown), seconds=PROCESS_SECONDS)
        assert "contains no images" in window._notices.shown[-1].text
        assert page.controls.start.isEnabled() and page.status.text() == "Training has stopped"
        # The notice disappears; the page keeps the reason.
        assert page.warning.isVisible() and "contains no images" in page.warning.text()

    run_in_window(play, library=TinyLibrary(), seconds=PROCESS_SECONDS)


def test_a_run_that_is_closed_while_it_prepares_is_paused(home: Path, drawings: Path) -> None:
    for title in ("closed", "killed"):
        write_run(title, drawings, 0.5, status="preparing")
    training_run("closed").request_stop()
    assert not training_run("closed").ended_badly and training_run("killed").ended_badly

    async def play(window: Window) -> None:
        page = await opened(window, drawings)
        for title, status in {"closed": "Paused. Resume continues it.", "killed": "Training has stopped"}.items():
            await until(lambda title=title: page.controls.runs.offers(title))
            shown = {each.id: each.summary for each in page.controls.runs.choices()}
            assert shown[title] == status
            page.controls.runs.pick(title)
            await until(lambda status=status: page.status.text() == status)

    run_in_window(play, library=TinyLibrary(), seconds=SECONDS)


def test_images_that_are_left_out_by_the_run_are_named(home: Path, drawings: Path) -> None:
    write_run("one", drawings, 0.5)
    state = replace(LiveState.load(training_run("one").folder) or LiveState(), left_out=2, first_left_out="owl.png")
    (training_run("one").folder / "live.json").write_bytes(state.to_json())

    async def play(window: Window) -> None:
        page = await opened(window, drawings)
        assert not page.warning.isVisible()
        await until(lambda: page.controls.runs.offers("one"))
        page.controls.runs.pick("one")
        await until(lambda: "left out: 2; the first is owl.png" in page.warning.text() and page.warning.isVisible())

    run_in_window(play, library=TinyLibrary(), seconds=SECONDS)


@pytest.mark.parametrize(
    ("seen", "says"), [(472, "27.0 per second · less than a minute left"), (0, "27.0 per second · 6 minutes left")]
)
def test_the_remaining_time_of_a_run_is_not_overstated(home: Path, drawings: Path, seen: int, says: str) -> None:
    write_run("one", drawings, 0.5)
    folder = training_run("one").folder
    state = replace(LiveState.load(folder) or LiveState(), status="running", seen=seen, samples=500 if seen else 10_000)
    (folder / "live.json").write_bytes(replace(state, speed=27.0).to_json())
    lock = held_lock(folder)

    async def play(window: Window) -> None:
        page = await opened(window, drawings)
        await until(lambda: page.controls.runs.offers("one"))
        page.controls.runs.pick("one")
        await until(lambda: page.time.text().endswith(says))
        # Closing the window would wait for a run that still trains.
        lock.release()

    run_in_window(play, library=TinyLibrary(), seconds=SECONDS)


def test_a_run_that_is_not_started_cannot_be_deleted(home: Path, drawings: Path) -> None:
    """The name of a LoRA is that of a folder, which may not be another one."""

    async def play(window: Window) -> None:
        page = await opened(window, drawings)
        for title in ("..", "a/..", "", "no:name"):
            window._notices.clear()
            assert not window._notices.shown
            page.controls.title.setText(title)
            click(page.controls.start)
            await until(lambda: bool(window._notices.shown))
            assert "cannot be called" in window._notices.shown[-1].text, title
            assert page.controls.start.isEnabled() and not page.controls.stop.isEnabled(), title
        page.controls.title.setText("flat")
        lock = held_lock(training_run("flat").folder)
        click(page.controls.start)
        await until(lambda: "still being trained" in window._notices.shown[-1].text)
        assert not page.controls.stop.isEnabled()
        lock.release()

    run_in_window(play, library=TinyLibrary(), seconds=SECONDS)


def write_run(title: str, images: Path, error: float, *, status: str = "done") -> None:
    """Write the folder of a run whose errors at the same noise are about `error`."""
    folder = training_run(title).folder
    folder.mkdir(parents=True)
    settings = TrainingSettings(str(images), "tiny", title, samples=1_000, rank=3)
    (folder / "settings.json").write_text(json.dumps(asdict(settings)))
    losses = ((8, 0.5), (16, 0.4), (512, 0.3))
    (folder / "live.json").write_bytes(LiveState(status, seen=512, samples=1_000, losses=losses).to_json())
    noise = np.random.default_rng(len(title)).normal(size=(4, UNITS))
    for index, each in enumerate(noise):
        append(folder, index, 128 * (index + 1), "units", error + 0.01 * each)


def test_pictures_from_before_the_training_are_named_so(home: Path, drawings: Path) -> None:
    write_run("one", drawings, 0.5)
    sheets = training_run("one").folder / "sheets"
    sheets.mkdir()
    Image.new("RGB", (64, 16), "red").save(sheets / "00000000.png")

    async def play(window: Window) -> None:
        page = await opened(window, drawings)
        await until(lambda: page.controls.runs.offers("one"))
        page.controls.runs.pick("one")
        await until(lambda: page.before.isVisible())
        assert not page.sheet.isVisible()
        Image.new("RGB", (64, 16), "blue").save(sheets / "00000512.png")
        await window._train_controller._poll()
        assert page.before.isVisible() and page.sheet.isVisible()

    run_in_window(play, library=TinyLibrary(), seconds=SECONDS)


@pytest.mark.parametrize(
    ("latest", "status"), [("paused", "Paused. Resume continues it."), ("running", "Training"), ("done", "")]
)
def test_the_page_opens_the_latest_run_if_it_is_unfinished(
    home: Path, drawings: Path, latest: str, status: str
) -> None:
    write_run("older", drawings, 0.5, status="paused")
    write_run("latest", drawings, 0.5, status=latest)
    lock = held_lock(training_run("latest").folder) if latest == "running" else None
    for seconds, title in enumerate(("older", "latest")):
        for name in ("live.json", "settings.json"):
            os.utime(training_run(title).folder / name, (10**9 + seconds, 10**9 + seconds))

    async def play(window: Window) -> None:
        window.open_page("train")
        controls = window.train_page.controls
        await until(lambda: controls.runs.offers("latest"))
        if status:
            await until(lambda: controls.runs.choice() == "latest" and window.train_page.status.text() == status)
            # Its images are listed, too.
            await until(lambda: controls.folder.text().startswith("drawings: 4"))
        else:
            assert controls.runs.choice() == controller.NEW_RUN
        if lock is not None:
            lock.release()

    run_in_window(play, library=TinyLibrary(), seconds=SECONDS)


def test_earlier_runs_are_listed_opened_and_compared(home: Path, drawings: Path) -> None:
    write_run("one", drawings, 0.5)
    write_run("second", drawings, 0.4, status="running")

    async def play(window: Window) -> None:
        page = await opened(window, drawings)
        controls = page.controls
        await until(lambda: controls.runs.offers("one") and controls.runs.offers("second"))
        controls.title.setText("new")
        controls.runs.pick("second")
        await until(lambda: page.status.text() != "" and page.compared.offers("one"))
        assert page.status.text() == "Training has stopped", "the process was killed"
        assert controls.title.text() == "second" and controls.rank.value() == 3 and controls.start.isEnabled()
        assert "512 of 1,000" in page.time.text() and not page.compared.offers("second")
        page.compared.pick("one")
        await until(lambda: page.verdict.text() != "")
        assert page.verdict.text() == "Better than one; the difference is significant."
        assert [each.title for each in page.chart.legend()] == ["This run", "one"]
        page.grab()
        page.compared.pick("-")
        await until(lambda: page.verdict.text() == "")
        assert problems(page) == [] and page.chart.isVisible()
        controls.runs.pick("+")
        await until(lambda: not page.chart.isVisible() and not page.compared.isVisible())

    run_in_window(play, library=TinyLibrary(), seconds=SECONDS)


def test_a_new_run_does_not_continue_an_earlier_one(home: Path, drawings: Path) -> None:
    for title in ("my-lora", "owls"):
        write_run(title, drawings, 0.5)

    async def play(window: Window) -> None:
        page = await opened(window, drawings)
        controls = page.controls
        await until(lambda: controls.runs.offers("owls"))
        assert controls.title.text() == "my-lora-2"
        controls.runs.pick("owls")
        await until(lambda: controls.title.text() == "owls" and page.time.text() != "")
        controls.runs.pick(controller.NEW_RUN)
        await until(lambda: controls.title.text() == "owls-2")
        # An earlier title that the user types is refused, too.
        controls.title.setText("owls")
        click(controls.start)
        await until(lambda: bool(window._notices.shown))
        assert "There is a run called owls" in window._notices.shown[-1].text
        state = training_run("owls").state()
        assert state is not None and state.status == "done"

    run_in_window(play, library=TinyLibrary(), seconds=SECONDS)


def test_a_new_run_shows_nothing_of_the_one_before(home: Path, drawings: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_run("one", drawings, 0.5)
    locks: list[Any] = []
    folder = training_run("new").folder
    monkeypatch.setattr(training.subprocess, "Popen", lambda *args, **kwargs: locks.append(held_lock(folder)))

    async def play(window: Window) -> None:
        page = await opened(window, drawings)
        page.controls.runs.pick("one")
        await until(lambda: "512 of 1,000" in page.time.text() and page.chart.isVisible())
        page.controls.title.setText("new")
        click(page.controls.start)
        await until(lambda: page.status.text() == "Preparing…")
        assert not page.chart.isVisible() and "512" not in page.time.text()
        # Closing the window would wait for a run that still trains.
        locks[0].release()

    run_in_window(play, library=TinyLibrary(), seconds=SECONDS)


def test_an_ended_run_is_opened_while_another_is_training(
    home: Path, drawings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page shows the test images of the ended run, and reports no end of it."""
    photos = tmp_path / "photos"
    photos.mkdir()
    Image.new("RGB", (64, 64), "green").save(photos / "tree.png")
    write_run("first", drawings, 0.5, status="running")
    write_run("second", photos, 0.5)
    (training_run("second").folder / "sheets").mkdir()
    Image.new("RGB", (64, 16), "blue").save(training_run("second").folder / "sheets" / "00000512.png")
    lock = held_lock(training_run("first").folder)

    def read_slowly(*args: Any, **options: Any) -> list[CaptionedImage]:
        # The state of the run is read several times meanwhile.
        time.sleep(0.5)
        return read_folder(*args, **options)

    monkeypatch.setattr(controller, "POLL_MS", 20)
    monkeypatch.setattr(controller, "read_folder", read_slowly)

    async def play(window: Window) -> None:
        page = await opened(window, drawings)
        controls = page.controls
        await until(lambda: controls.runs.offers("second"))
        # Another run is opened before the first one is shown, and after.
        for is_enough in (controls.pause.isEnabled, lambda: page.status.text() == "Training"):
            controls.runs.pick("first")
            await until(is_enough)
            await window._train_controller._choose_run("second")
            assert page.sheet.isVisible() and page.status.text() == "Done"
            assert [each.title for each in window._notices.shown] == []
        controls.runs.pick("first")
        await until(lambda: page.status.text() == "Training")
        lock.release()
        await until(lambda: bool(window._notices.shown))
        assert "ended unexpectedly" in window._notices.shown[-1].text, "this run is followed again"

    run_in_window(play, library=TinyLibrary(), seconds=SECONDS)


def status_of(title: str) -> str:
    state = training_run(title).state()
    return "" if state is None else state.status


def test_runs_of_one_name_are_deleted_and_restored(home: Path, drawings: Path) -> None:
    folder = training_run("one").folder

    async def play(window: Window) -> None:
        page = await opened(window, drawings)
        controls = page.controls
        for status in ("paused", "done"):
            write_run("one", drawings, 0.5, status=status)
            window.open_page("train")
            await until(lambda: controls.runs.offers("one"))
            controls.runs.pick("one")
            await until(lambda: controls.stop.isEnabled() and page.time.text() != "")
            click(controls.stop)
            await until(lambda: not folder.exists() and not controls.runs.offers("one"))
        window.undo()
        await until(lambda: status_of("one") == "done")
        folder.rename(folder.with_name("second"))
        window.undo()
        await until(lambda: status_of("one") == "paused")

    run_in_window(play, library=TinyLibrary(), seconds=SECONDS)
    assert {each.name for each in folder.parent.iterdir()} == {"one", "second"}


def test_undo_opens_the_restored_run(home: Path, drawings: Path, tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    photos.mkdir()
    Image.new("RGB", (64, 64), "green").save(photos / "tree.png")
    write_run("one", drawings, 0.5)
    write_run("second", photos, 0.4)

    async def play(window: Window) -> None:
        page = await opened(window, drawings)
        controls = page.controls
        await until(lambda: controls.runs.offers("one"))
        controls.runs.pick("one")
        await until(lambda: controls.stop.isEnabled() and page.time.text() != "")
        click(controls.stop)
        await until(lambda: not controls.runs.offers("one"))
        controls.runs.pick("second")
        await until(lambda: controls.title.text() == "second" and "photos" in controls.folder.text())
        window.undo()
        await until(lambda: controls.runs.choice() == "one")
        await until(lambda: "drawings" in controls.folder.text())
        assert controls.title.text() == "one" and page.images.rowCount() == 4

    run_in_window(play, library=TinyLibrary(), seconds=SECONDS)


def write_sheet(run: TrainingRun) -> None:
    """Write test pictures with the weights of the run's checkpoint, as the training does after some time."""
    settings = run.settings
    assert settings is not None
    recipe = recipe_of(settings)
    trained = Run(recipe, run.folder, load_checkpoint(run.folder / "checkpoint.pt"))
    recipe.write_sheet(trained.model, run.folder, trained.seen)


def test_the_top_bar_shows_a_training_from_its_preparation_to_its_end(home: Path, drawings: Path) -> None:
    write_run("long", drawings, 0.5)
    folder = training_run("long").folder
    (folder / "live.json").write_bytes(LiveState("preparing", encoded=3, images=20).to_json())
    lock = held_lock(folder)

    async def play(window: Window) -> None:
        page = await opened(window, drawings)
        await until(lambda: page.controls.runs.offers("long"))
        page.controls.runs.pick("long")
        await until(lambda: page.time.text() == "3 of 20 pictures encoded")
        assert page.status.text() == "Preparing…"
        window.open_page("create")
        await until(lambda: window.top.jobs.title.isVisible())
        assert window.top.jobs.title.text() == "Training long · Preparing… · 3 of 20 pictures encoded"
        (entry,) = window.jobs.jobs
        assert window.jobs.view(entry).share == 0.15
        click(window.top.jobs.title)
        assert window.page() == "train"
        (folder / "live.json").write_bytes(LiveState("running", seen=8, samples=64).to_json())
        await until(lambda: window.top.jobs.title.text().startswith("Training long · 8 of 64 samples"))
        assert page.status.text() == "Training" and window.jobs.view(entry).share == 0.125
        lock.release()
        await until(lambda: not window.top.jobs.title.isVisible())

    run_in_window(play, library=TinyLibrary(), seconds=SECONDS)


def test_closing_the_window_notifies_of_trainings_that_are_paused_or_continue(
    home: Path, drawings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[tuple[str, str]] = []
    monkeypatch.setattr(IdleNotifier, "notify", lambda notifier, title, text: said.append((title, text)))
    monkeypatch.setattr(TrainingRun, "wait", lambda run: None)
    write_run("short", drawings, 0.5, status="running")
    write_run("long", drawings, 0.5, status="running")
    write_run("done", drawings, 0.5)
    training_run("long").set_keeps_running(True)
    locks = [held_lock(training_run(title).folder) for title in ("short", "long")]

    async def play(window: Window) -> None:
        await opened(window, drawings)
        for title in ("short", "long", "done"):
            await window._train_controller._choose_run(title)
        window.open_page("create")

    run_in_window(play, library=TinyLibrary(), seconds=SECONDS)
    assert said == [
        ("Training short", "Paused. Resume continues it."),
        ("Training long", "It continues without the window."),
    ]
    for lock in locks:
        lock.release()
    state = training_run("short").state()
    assert state is not None
    (training_run("short").folder / "live.json").write_bytes(replace(state, status="paused").to_json())
    started: list[str] = []
    monkeypatch.setattr(TrainingRun, "start", lambda run, settings, is_new: started.append(settings.title))

    async def return_to(window: Window) -> None:
        assert window.page() == "create"
        await wait_for_notice(window, "Training short is paused It was paused when the window closed.")
        button = notice_button(window, "Continue")
        assert button is not None
        click(button)
        await until(lambda: started)
        assert window.page() == "train" and started == ["short"]

    async def return_again(window: Window) -> None:
        await window._first_scan
        assert not notices(window), "it was not paused by the end of the last session"

    for play_again in (return_to, return_again):
        run_in_window(play_again, library=TinyLibrary(), seconds=SECONDS)


def test_the_diagnosis_has_the_decimal_separator_of_the_language(home: Path, drawings: Path) -> None:
    write_run("one", drawings, 0.5)
    found = {"kind": "details", "message": "details", "values": {"ratio": "0.12"}, "copies": 0}
    (training_run("one").folder / "diagnosis.json").write_text(json.dumps(found))

    async def play(window: Window) -> None:
        page = await opened(window, drawings)
        await until(lambda: page.controls.runs.offers("one"))
        with language("de"):
            page.controls.runs.pick("one")
            await until(lambda: "σ = 0,12" in page.finding.text())

    run_in_window(play, library=TinyLibrary(), seconds=SECONDS)


def test_an_ended_training_is_not_said_to_be_at_its_beginning(home: Path, drawings: Path) -> None:
    says = {"done": "too short to tell what was learned", "paused": "too early to tell what is learned"}
    for status in says:
        write_run(status, drawings, 0.5, status=status)
        found = {"kind": "learning", "message": "early", "values": {}, "copies": 0}
        (training_run(status).folder / "diagnosis.json").write_text(json.dumps(found))

    async def play(window: Window) -> None:
        page = await opened(window, drawings)
        for status, words in says.items():
            await until(partial(page.controls.runs.offers, status))
            page.controls.runs.pick(status)
            await until(lambda words=words: words in page.finding.text())

    run_in_window(play, library=TinyLibrary(), seconds=SECONDS)


def held_lock(folder: Path) -> FileLock:
    """Return the lock of a process that trains in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock.take(folder / "training.lock")
    assert lock is not None
    return lock


def test_a_folder_has_one_process(tmp_path: Path) -> None:
    lock = held_lock(tmp_path)
    with pytest.raises(BadRequest, match="still being trained"):
        TrainingRun(tmp_path).start(TrainingSettings(str(tmp_path), "tiny", "flat"))
    lock.release()


def test_a_run_does_not_continue_with_other_images(tmp_path: Path) -> None:
    settings = TrainingSettings(str(tmp_path / "cats"), "tiny", "flat")
    (tmp_path / "settings.json").write_text(json.dumps(asdict(settings)))
    (tmp_path / "live.json").write_bytes(LiveState("done", seen=32, samples=32).to_json())
    with pytest.raises(BadRequest, match="other pictures"):
        TrainingRun(tmp_path).start(replace(settings, images=str(tmp_path / "dogs")))
    assert TrainingRun(tmp_path).settings == settings


def test_a_paused_run_prepares_from_its_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = TrainingSettings(str(tmp_path / "cats"), "tiny", "flat")
    losses = ((8, 0.5), (32, 0.4))
    paused = LiveState("paused", seen=32, samples=64, losses=losses, encoded=20, images=20)
    (tmp_path / "live.json").write_bytes(paused.to_json())
    # The process has not written its state yet.
    monkeypatch.setattr(training.subprocess, "Popen", lambda *args, **kwargs: None)
    TrainingRun(tmp_path).start(settings)
    assert TrainingRun(tmp_path).state() == LiveState("preparing", seen=32, samples=64, losses=losses)


def test_a_new_run_is_preparing_from_its_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: Any, **options: Any) -> None:
        raise OSError("no memory")

    settings = TrainingSettings(str(tmp_path / "cats"), "tiny", "flat")
    run = TrainingRun(tmp_path / "run")
    monkeypatch.setattr(training.subprocess, "Popen", fail)
    with pytest.raises(StorageError, match="no memory"):
        run.start(settings)
    assert run.state() is None
    monkeypatch.setattr(training.subprocess, "Popen", lambda *args, **options: None)
    run.start(settings)
    assert run.state() == LiveState("preparing")


def test_a_run_that_was_paused_while_it_prepared_keeps_its_progress(
    home: Path, drawings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_run("long", drawings, 0.5)
    run = training_run("long")
    (run.folder / "live.json").write_bytes(LiveState("preparing", encoded=3, images=20).to_json())
    lock = held_lock(run.folder)
    ended = []

    def end(way: str) -> None:
        ended.append(way)
        lock.release()

    # The process loads a model, which cannot be interrupted. `wait` would kill it even if it trained by then.
    for way in ("end_preparation", "wait"):
        monkeypatch.setattr(TrainingRun, way, lambda run, way=way: end(way))

    async def play(window: Window) -> None:
        page = await opened(window, drawings)
        await until(lambda: page.controls.runs.offers("long"))
        page.controls.runs.pick("long")
        await until(lambda: page.controls.pause.isEnabled())
        click(page.controls.pause)
        await until(lambda: page.status.text() == "Paused. Resume continues it.")
        assert page.time.text() == "3 of 20 pictures encoded" and page.controls.start.isEnabled()
        assert page.controls.start.text() == page.controls.start.accessibleName() == "Resume"
        # Another title begins another run.
        page.controls.title.setText("longer")
        assert page.controls.start.text() == page.controls.start.accessibleName() == "Start"
        page.controls.title.setText("long")
        assert page.controls.start.text() == "Resume"
        page.controls.runs.pick(controller.NEW_RUN)
        await until(lambda: page.controls.start.text() == "Start")
        assert ended == ["end_preparation"]

    run_in_window(play, library=TinyLibrary(), seconds=SECONDS)
    settings = run.settings
    assert settings is not None
    monkeypatch.setattr(training.subprocess, "Popen", lambda *args, **kwargs: None)
    run.start(settings)
    assert run.state() == LiveState("preparing", encoded=3, images=20)
    run.start(replace(settings, base="other"))
    assert run.state() == LiveState("preparing")


@pytest.mark.parametrize("is_damaged", [False, True])
def test_a_run_that_is_paused_before_its_first_state_is_paused(
    home: Path, drawings: Path, monkeypatch: pytest.MonkeyPatch, is_damaged: bool
) -> None:
    paused = "Paused. Resume continues it."
    run = training_run("flat")
    locks = []
    monkeypatch.setattr(training.subprocess, "Popen", lambda *args, **kwargs: locks.append(held_lock(run.folder)))

    def kill(run: TrainingRun) -> None:
        if is_damaged:
            (run.folder / "live.json").write_bytes(b"")
        locks.pop().release()

    monkeypatch.setattr(TrainingRun, "end_preparation", kill)

    async def play(window: Window) -> None:
        page = await opened(window, drawings)
        page.controls.title.setText("flat")
        click(page.controls.start)
        await until(lambda: page.controls.pause.isEnabled())
        click(page.controls.pause)
        await until(lambda: page.status.text() == paused and not run.is_active)
        assert page.controls.start.isEnabled() and notices(window) == []
        await until(lambda: {each.summary for each in page.controls.runs.choices() if each.id == "flat"} == {paused})

    run_in_window(play, library=TinyLibrary(), seconds=SECONDS)


def test_a_damaged_state_is_none(tmp_path: Path) -> None:
    run = TrainingRun(tmp_path)
    assert run.state() is None and run.settings is None and run.finding().message == ""
    state = LiveState("running", "", 4, 32, 64, 2.0, 1, ((8, 0.5), (16, 0.4)))
    (tmp_path / "live.json").write_bytes(state.to_json())
    assert run.state() == state and state.seconds_left == 16.0
    for text in ("", "[]", "{", json.dumps({"losses": [["a", 1]]}), '{"losses": 3}'):
        (tmp_path / "live.json").write_text(text)
        (tmp_path / "settings.json").write_text(text)
        (tmp_path / "diagnosis.json").write_text(text)
        assert run.state() is None and run.settings is None and run.finding().copies == 0
    assert TrainingSettings("a", "b", "c").samples == 8_000
