"""Variants and wildcards of the prompt in the window: batches, sets, grids, and the settings of an image."""

from __future__ import annotations

import asyncio
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from gdm_studio.common import paths
from gdm_studio.gallery import read
from gdm_studio.jobs.queue import Queue
from gdm_studio.request.generation_events import State
from gdm_studio.request.generation_request import Request
from gdm_studio.ui.shell.window import Window
from tests.helpers.gaussian_model import GaussianLibrary
from tests.helpers.window import click, notices, pause_run, run_in_window, until, wait_for_notice
from tests.ui.test_flow import generated

DISCS = {"a cheerful red disc", "a cheerful blue disc"}
TEMPLATE = "a cheerful {red|blue} __thing__"


def write_things(text: str) -> None:
    paths.wildcards_dir().mkdir(parents=True, exist_ok=True)
    (paths.wildcards_dir() / "thing.txt").write_text(text)


def pictures(home: Path) -> dict[int, tuple[Path, Request]]:
    """Return the saved images and their requests, by seed."""
    found = {path: read(path).request for path in (home / "pictures").glob("*.png")}
    return {request.seed: (path, request) for path, request in found.items() if request is not None}


def test_each_image_of_a_batch_has_a_variant_and_its_settings_bring_it_back(home: Path) -> None:
    write_things("disc\nring\n")

    async def play(window: Window) -> None:
        controls = window.create_page.controls
        controls.prompt.set_text(TEMPLATE)
        controls.request_draft.change(count=6, seed=3, seed_locked=True)
        click(controls.button)
        await until(lambda: len(pictures(home)) == 6 and window.generation.job is None)
        saved = pictures(home)
        assert {request.template for _, request in saved.values()} == {TEMPLATE}
        assert len({request.prompt for _, request in saved.values()}) > 1
        assert controls.request_draft["prompt"] == TEMPLATE

        path, request = saved[7]
        controls.prompt.set_text("something else")
        window.settings.use(request)
        assert controls.request_draft["prompt"] == TEMPLATE and controls.request().prompt == request.prompt
        before = np.asarray(Image.open(path))
        path.unlink()
        click(controls.button)
        await until(lambda: 7 in pictures(home) and window.generation.job is None)
        assert np.abs(np.asarray(Image.open(pictures(home)[7][0])).astype(int) - before).max() <= 1

        # The words of the file have changed: the image's own words come back.
        write_things("star\n")
        window.settings.use(request)
        assert controls.request_draft["prompt"] == request.prompt

    run_in_window(play)


def test_grids_and_sets_draw_for_the_seed_of_each_image(home: Path) -> None:
    async def play(window: Window) -> None:
        controls = window.create_page.controls
        controls.prompt.set_text("a cheerful {red|blue} disc")
        controls.request_draft.change(seed=1, steps=2, seed_locked=True)
        grid = window.tools.boards.grid
        grid.make(("seed", "1-8"), ("", ""))
        await until(lambda: len(pictures(home)) == 8)
        assert {request.prompt for _, request in pictures(home).values()} == DISCS
        await until(lambda: window.tools.boards.runner.job is None)

        click(controls.modes.set)
        controls.request_draft.change(seed=101)
        controls.things.set_text("a calm {red|blue} disc\na calm {red|blue} ring\na calm {red|blue} star\nan owl")
        click(controls.button)
        await until(lambda: len(pictures(home)) == 12 and window.sets.job is None)
        of_set = {request.prompt: request.template for seed, (_, request) in pictures(home).items() if seed > 100}
        assert of_set.pop("an owl") == "" and len(of_set) == 3
        for prompt, template in of_set.items():
            assert prompt in {template.replace("{red|blue}", colour) for colour in ("red", "blue")}

    run_in_window(play)


def test_a_missing_wildcard_is_reported_in_one_sentence(home: Path) -> None:
    async def play(window: Window) -> None:
        controls = window.create_page.controls
        controls.prompt.set_text("a __nothing__ disc")
        window.request_draft.hold_seed(False)
        seed = window.request_draft["seed"]
        click(controls.button)
        await wait_for_notice(window, "There is no wildcard called 'nothing'")
        assert not pictures(home) and window.generation.job is None and window.request_draft["seed"] == seed
        assert any("Check the prompt" in notice for notice in notices(window))
        await window.backlog.refresh()
        assert not any((home / "data" / "queue").rglob("*.json")), "the queue cannot read such an item"
        assert len(window.create_page.canvas_panel.notices.shown) == 1

    run_in_window(play)


def test_a_queue_item_is_not_replaced_by_a_prompt_with_a_missing_wildcard(home: Path) -> None:
    queue = Queue(home / "data" / "queue")
    item = queue.add(Request(model="gaussian", prompt="a disc", steps=4).checked())
    queue.pause()

    async def play(window: Window) -> None:
        await until(lambda: len(window.backlog.items) == 1)
        window.generation.editor.begin(window.backlog.items[0])
        controls = window.create_page.controls
        controls.prompt.set_text("a __nothing__ disc")
        click(controls.button)
        await wait_for_notice(window, "There is no wildcard called 'nothing'")
        await window.backlog.refresh()
        assert [each.request.prompt for each in window.backlog.items] == ["a disc"]
        assert window.generation.editor.item is not None, "the user can correct the prompt"
        controls.prompt.set_text("a calm disc")
        click(controls.button)
        await until(lambda: queue.get(item.id).request.prompt == "a calm disc")

    run_in_window(play)


def test_the_arrow_keys_go_through_earlier_prompts(home: Path) -> None:
    async def play(window: Window) -> None:
        controls = window.create_page.controls
        editor = controls.prompt.editor
        controls.request_draft.change(steps=1, count=2)
        for prompt in ("a calm {blue|green} disc", "a red ring"):
            controls.prompt.set_text(prompt)
            await generated(window, 2)
        controls.prompt.set_text("a new")
        editor.setFocus()

        async def press_arrow(key: Qt.Key, prompt: str) -> None:
            QTest.keyClick(editor, key)
            await until(lambda: controls.prompt.text() == prompt)
            assert controls.request_draft["prompt"] == prompt

        # The first prompt is a template, of which the file has two results.
        await press_arrow(Qt.Key.Key_Up, "a red ring")
        await press_arrow(Qt.Key.Key_Up, "a calm {blue|green} disc")
        await press_arrow(Qt.Key.Key_Up, "a calm {blue|green} disc")
        await press_arrow(Qt.Key.Key_Down, "a red ring")
        await press_arrow(Qt.Key.Key_Down, "a new")
        await press_arrow(Qt.Key.Key_Down, "a new")
        await press_arrow(Qt.Key.Key_Up, "a red ring")
        QTest.keyClicks(editor, "s")
        await press_arrow(Qt.Key.Key_Up, "a red ring")
        await press_arrow(Qt.Key.Key_Down, "a red rings")

    run_in_window(play)


@pytest.mark.parametrize("is_template_edited", [False, True])
def test_a_paused_run_resumes_with_the_prompt_of_each_image(home: Path, is_template_edited: bool) -> None:
    template = "a cheerful {red|blue} disc"
    library = GaussianLibrary(step_seconds=0.05)

    async def play(window: Window) -> None:
        controls, bar = window.create_page.controls, window.create_page.canvas_panel.bar
        controls.prompt.set_text(template)
        controls.request_draft.change(count=4, steps=20, seed=3, seed_locked=True)
        run = await pause_run(window)
        prompts = run.request.prompts
        assert set(prompts) == DISCS
        # The number of images in the panel is that of the next run.
        controls.request_draft.change(count=2)
        controls.changed.emit()
        assert bar._pause_button.accessibleName() == "Resume"
        controls.request_draft.change(guidance_scale=5.0)
        if is_template_edited:
            controls.prompt.set_text("a calm {red|blue} disc")
        controls.changed.emit()
        assert ("prompt" in bar._pause_button.toolTip()) is is_template_edited
        click(bar._pause_button)
        library.hurry()
        await until(lambda: len(pictures(home)) == 4 and window.generation.job is None)
        expected = [prompt.replace("cheerful", "calm") if is_template_edited else prompt for prompt in prompts]
        found = pictures(home)
        assert [found[seed][1].prompt for seed in range(3, 7)] == expected
        assert {request.guidance_scale for _, request in found.values()} == {5.0}

    run_in_window(play, library=library)


def test_changes_during_a_pause_are_undone_to_the_template(home: Path) -> None:
    write_things("disc\nring\n")

    async def play(window: Window) -> None:
        controls, bar = window.create_page.controls, window.create_page.canvas_panel.bar
        controls.prompt.set_text(TEMPLATE)
        controls.request_draft.change(count=4, steps=20, seed=3, seed_locked=True)
        run = await pause_run(window)
        for text in ("a calm star", "a calm {green|yellow} star", "a __missing__ star"):
            controls.prompt.set_text(text)
            controls.request_draft.change(count=2)
            controls.changed.emit()
            assert bar._pause_button.accessibleName() == "Continue with changes"
            click(controls.status.close_button)
            assert controls.request_draft["prompt"] == TEMPLATE and bar._pause_button.accessibleName() == "Resume"
        controls.prompt.set_text("a __missing__ star")
        controls.changed.emit()
        click(bar._pause_button)
        await wait_for_notice(window, "There is no wildcard called 'missing'")
        assert run.state is State.PAUSED
        click(controls.status.close_button)
        assert controls.request_draft["prompt"] == TEMPLATE and bar._pause_button.accessibleName() == "Resume"
        # Another run is queued, whose prompts are no changes of the paused run.
        controls.prompt.set_text("a calm {green|yellow} star")
        controls.changed.emit()
        window.generation.generate()
        await until(lambda: len(window.backlog.waiting) == 1)
        controls.request_draft.change(count=3, seed=8, guidance_scale=5.0)
        controls.changed.emit()
        assert "guidance 2 → 5" in bar._pause_button.toolTip()
        click(controls.status.close_button)
        assert controls.request_draft["prompt"] == "a calm {green|yellow} star"
        assert (controls.request_draft["guidance_scale"], bar._pause_button.accessibleName()) == (2, "Resume")
        assert run.request.template == TEMPLATE

    run_in_window(play, library=GaussianLibrary(step_seconds=0.05))


def test_quick_arrow_keys_retain_the_text_that_is_being_written(home: Path) -> None:
    async def play(window: Window) -> None:
        controls = window.create_page.controls
        editor = controls.prompt.editor
        controls.request_draft.change(steps=1)
        for prompt in ("a blue disc", "a red ring"):
            controls.prompt.set_text(prompt)
            await generated(window, 1)
        controls.prompt.set_text("a new")
        editor.setFocus()
        QTest.keyClick(editor, Qt.Key.Key_Up)
        QTest.keyClick(editor, Qt.Key.Key_Up)
        await until(lambda: controls.prompt.text() == "a blue disc")
        QTest.keyClick(editor, Qt.Key.Key_Down)
        await until(lambda: controls.prompt.text() == "a red ring")
        QTest.keyClick(editor, Qt.Key.Key_Down)
        await until(lambda: controls.prompt.text() == "a new")

    run_in_window(play)


def test_an_earlier_prompt_has_the_braces_that_the_user_typed(home: Path) -> None:
    async def play(window: Window) -> None:
        controls = window.create_page.controls
        controls.request_draft.change(steps=1)
        controls.prompt.set_text("one {cat|dog")
        await generated(window, 1)
        controls.prompt.set_text("")
        controls.prompt.editor.setFocus()
        QTest.keyClick(controls.prompt.editor, Qt.Key.Key_Up)
        await until(controls.prompt.text)
        assert controls.prompt.text() == "one {cat|dog"

    run_in_window(play)


def test_an_earlier_prompt_is_not_shown_after_the_user_has_left_the_field(home: Path) -> None:
    async def play(window: Window) -> None:
        controls = window.create_page.controls
        controls.request_draft.change(steps=1)
        controls.prompt.set_text("a red ring")
        await generated(window, 1)
        controls.prompt.set_text("a new")
        controls.prompt.editor.setFocus()
        QTest.keyClick(controls.prompt.editor, Qt.Key.Key_Up)
        controls.button.setFocus()
        await window.gallery.ask(lambda gallery: gallery.suggestions.prompts(1))
        await asyncio.sleep(0.05)
        assert controls.prompt.text() == "a new"

    run_in_window(play)
