"""The first page: few controls in sight, the others one step away, and no hidden setting that acts unseen."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLabel, QWidget

from gdm_studio.models.model_library import Library
from gdm_studio.request.generation_request import Interpolation, Request
from gdm_studio.ui.create.panel.changed_settings import Change
from gdm_studio.ui.shell.window import Window
from gdm_studio.ui.window_state_file import FILE, Session
from tests.helpers.controls_in_sight import controls_in_sight
from tests.helpers.window import click, press, remaining_problems, run_in_window, until
from tests.ui.accessibility import reachable, stops
from tests.ui.test_flow import generated

# The most controls in sight on an empty page, and with a finished picture.
MOST_EMPTY = 20
MOST_AFTER = 35


def names(controls: Iterable[QWidget]) -> list[str]:
    return [control.accessibleName() or type(control).__name__ for control in controls]


def too_many(window: Window, most: int) -> list[str]:
    """Return the names of the controls in sight if there are more than `most`, and [] otherwise."""
    found = names(controls_in_sight(window))
    return found if len(found) > most else []


def chips(window: Window) -> list[str]:
    """Return the phrases of the chips below the folded section More."""
    settings = window.create_page.controls.main_settings
    return [chip.accessibleName() for chip in settings.changes.chips] if "changes" in vars(settings) else []


def test_few_controls_are_in_sight(home: Path, shipped: Library) -> None:
    """The count is of the real window with the shipped models, before and after the first picture."""

    async def play(window: Window) -> None:
        controls = window.create_page.controls
        await until(lambda: window.create_page.canvas_panel.welcome.isVisible())
        await until(lambda: window.generation.device)
        window.resize(1280, 800)
        # The chips appear once the prompt has been read.
        await until(lambda: "fox, drawn" in names(controls_in_sight(window)))
        assert not await remaining_problems(lambda: too_many(window, MOST_EMPTY), after=0.1), (
            f"more than {MOST_EMPTY} controls"
        )
        needed = (controls.prompt.editor, controls.style_box, controls.model_box, controls.button)
        sight = controls_in_sight(window)
        assert all(part in sight for part in (*needed, controls.modes.live, controls.modes.set))
        assert controls.main_settings.head.text() == "More: seed, steps"
        controls.request_draft.change(steps=2)
        await generated(window)
        controls.request_draft.change(steps=controls.request_draft.default("steps"))
        assert not await remaining_problems(lambda: too_many(window, MOST_AFTER), after=0.1), (
            f"more than {MOST_AFTER} controls"
        )

    run_in_window(play, library=shipped, opens_more=False)


def test_what_was_opened_stays_open(home: Path) -> None:
    async def first(window: Window) -> None:
        page = window.create_page
        await generated(window)
        assert not page.controls.seed.isVisible() and not page.canvas_panel.bar.are_modes_open
        click(page.controls.main_settings.head)
        click(page.canvas_panel.bar._fold_mark)
        assert (
            page.controls.seed.isVisible() and page.controls.count.isVisible() and page.canvas_panel.bar.are_modes_open
        )

    async def second(window: Window) -> None:
        page = window.create_page
        assert page.controls.seed.isVisible() and page.canvas_panel.bar.are_modes_open
        click(page.controls.main_settings.head)

    async def third(window: Window) -> None:
        assert not window.create_page.controls.seed.isVisible()

    run_in_window(first, opens_more=False)
    run_in_window(second)
    run_in_window(third)


@pytest.mark.parametrize("row_open", [True, False])
def test_a_session_of_an_earlier_version_keeps_its_panels(home: Path, row_open: bool) -> None:
    from gdm_studio.common import paths

    Session(row_open=row_open, more_open=True).save(paths.data_dir())
    # Earlier versions wrote no such field.
    file = paths.data_dir() / FILE
    file.write_text(file.read_text().replace(' "views_open": false,\n', ""))

    async def play(window: Window) -> None:
        controls = window.create_page.controls
        assert controls.seed.isVisible() == row_open and controls.more.is_open()

    run_in_window(play)


async def _check_a_hidden_setting_that_acts_is_shown_and_can_be_cleared(window: Window) -> None:
    controls = window.create_page.controls
    draft = controls.request_draft
    assert chips(window) == []
    draft.change(seed=7, steps=30, sampler="ddim", knobs={"eta": 0.5}, negative_prompt="fog", count=3, dtype="bf16")
    texts = ["without “fog”", "seed 7", "3 pictures", "DDIM", "30 steps", "eta 0.5", "Half (bfloat16)"]
    await until(lambda: sorted(chips(window)) == sorted(texts))
    assert "30 steps" in controls.main_settings.head.accessibleDescription()
    controls.main_settings.set_open(True)
    assert not controls.main_settings.changes.isVisible(), "the controls show them"
    controls.main_settings.set_open(False)
    assert controls.main_settings.changes.isVisible()
    # The parameter goes with its scheduler.
    for text in (text for text in texts if text != "DDIM"):
        chip = next(chip for chip in controls.main_settings.changes.chips if chip.accessibleName() == text)
        click(chip)
        await until(lambda text=text: text not in chips(window))
    assert chips(window) == ["DDIM"]
    click(controls.main_settings.changes.chips[0])
    await until(lambda: chips(window) == [] and not controls.main_settings.changes.isVisible())
    controls.main_settings.changes.show_changes([Change("model", "Fast")])
    assert "Sets and drafts use this faster version" in controls.main_settings.changes.chips[0].toolTip()
    controls.main_settings.changes.show_changes([])
    usual = window.settings.defaults
    assert usual is not None
    request = controls.request()
    for name in ("steps", "sampler", "knobs", "negative_prompt", "count", "dtype", "spacing"):
        assert getattr(request, name) == getattr(usual, name), name
    assert not draft.is_seed_given
    draft.change(seed_locked=True)
    await until(lambda: chips(window) == [f"seed {draft['seed']}"])
    press(window, Qt.Key.Key_Tab)
    controls.main_settings.changes.chips[0].setFocus()
    press(window, Qt.Key.Key_Delete)
    await until(lambda: chips(window) == [] and not draft.is_locked_by_user)


def test_a_given_seed_acts_once_and_its_chip_with_it(home: Path) -> None:
    async def play(window: Window) -> None:
        draft = window.create_page.controls.request_draft
        draft.change(seed=7)
        await until(lambda: chips(window) == ["seed 7"])
        await generated(window)
        await until(lambda: chips(window) == [])
        picture = window.gallery.panel_model.picture(0)
        assert picture is not None and picture.request.seed == 7

    run_in_window(play, opens_more=False)


async def _check_settings_behind_more_are_found_and_opened(window: Window) -> None:
    controls = window.create_page.controls
    found = {action.title: action for action in window.commands.settings()}
    for title, part in {
        "Seed": controls.seed.edit,
        "Guidance": controls.guidance.edit,
        "Steps": controls.steps.edit,
    }.items():
        controls.main_settings.set_open(False)
        controls.more.set_open(False)
        assert not part.isVisible()
        found[title].act()
        await until(part.hasFocus)
        assert part.isVisible(), title
    controls.main_settings.set_open(False)
    labels = {action.label for action in window.commands.actions()}
    assert {"Examples", "Presets…", "Start from a picture…", "Compare schedulers…", "Fast"} <= labels
    window.commands.open_palette()
    palette = window.commands.palette
    assert palette is not None
    palette.field.setText("outpaint")
    assert palette.names()[0] == "Create: Start from a picture…"
    palette.field.setText("controlnet")
    assert palette.names() == [], "this model takes no control images"
    assert any("Only models with a ControlNet" in part.text() for part in palette.findChildren(QLabel))
    palette.close_up()


def test_nothing_scrolls_or_moves_at_the_smallest_size(home: Path) -> None:
    async def play(window: Window) -> None:
        controls = window.create_page.controls
        window.resize(872, 600)
        await asyncio.sleep(0.05)
        assert controls._scroll.verticalScrollBar().maximum() == 0
        places = [part.mapTo(controls, QPoint(0, 0)) for part in (controls.prompt.editor, controls.button)]
        click(controls.main_settings.head)
        await asyncio.sleep(0.05)
        row = controls.main_settings
        assert all(part.isVisible() for part in (row.seed, row.sampler_box, row.steps, row.temperature, controls.count))
        assert [part.mapTo(controls, QPoint(0, 0)) for part in (controls.prompt.editor, controls.button)] == places
        assert controls.count._unit.text() == "picture"
        click(controls.count.plus)
        assert controls.request().count == 2 and controls.count._unit.text() == "pictures"
        levels = {part.track.mapTo(controls, QPoint(0, 0)).y() for part in (row.steps, row.temperature)}
        assert len(levels) == 1 and row.steps.width() == row.temperature.width()
        controls.more.set_open(True)
        folded = [controls.guidance, controls.spacing_box, controls.curve, controls.negative, controls.device_box]
        await until(lambda: all(part.isVisible() for part in folded))

    run_in_window(play, opens_more=False)


def test_the_tools_keep_their_keys_and_their_menus_name_them(home: Path) -> None:
    async def play(window: Window) -> None:
        stage = window.create_page.canvas_panel
        await generated(window)
        titles = [action.title for menu in ("noise_menu", "edit_menu") for action in stage.tools.entries(menu)]
        edits = ["Start from this", "Draw on it", "Mask", "Detail…", "Extend", "Enlarge and refine…"]
        assert titles == ["Add noise", "Recover noise", *edits]
        found = {action.label for action in window.commands.buttons()}
        assert {"Add noise", "Recover noise", "Start from this", "Mask", "Vary"} <= found
        stage.setFocus()
        press(window, Qt.Key.Key_N)
        await until(lambda: stage.mode() == "noise")
        press(window, Qt.Key.Key_Escape)
        await until(lambda: stage.mode() == "")
        press(window, Qt.Key.Key_M)
        await until(lambda: stage.mode() == "mask")

    run_in_window(play, opens_more=False)


async def _check_a_restored_old_picture_shows_its_settings(window: Window) -> None:
    window.settings.use(Request(model="gaussian", prompt="a green disc", steps=9, rules=2, seed=5))
    await until(lambda: {"9 steps", "seed 5", "rules 2"} <= set(chips(window)))


def test_the_list_of_a_set_grows_with_its_lines(home: Path) -> None:
    async def play(window: Window) -> None:
        window.resize(1280, 900)
        controls = window.create_page.controls
        place = controls.button.mapToGlobal(QPoint(0, 0))
        window.modes.turn_set(True)
        await asyncio.sleep(0.05)
        assert controls.button.mapToGlobal(QPoint(0, 0)) == place, "a short list is as high as the prompt"
        editor = controls.things.editor
        controls.things.set_text("\n".join(f"thing {number}" for number in range(12)))
        await until(lambda: controls.button.mapToGlobal(QPoint(0, 0)).y() > place.y())
        await until(lambda: editor.verticalScrollBar().maximum() == 0)
        controls.things.set_text("\n".join(f"thing {number}" for number in range(60)))
        await until(lambda: editor.verticalScrollBar().maximum() > 0)
        assert controls.things.height() < 400
        controls.things.set_text("")
        await until(lambda: controls.button.mapToGlobal(QPoint(0, 0)) == place)

    run_in_window(play, opens_more=False)


async def _check_tab_visits_the_chips_after_the_line_more_and_comes_round(window: Window) -> None:
    controls = window.create_page.controls
    controls.request_draft.change(steps=9, seed=3)
    await until(lambda: len(chips(window)) == 2)
    controls.request_draft.change(toward=Interpolation("a lamp", 9, 0.5))
    await until(lambda: len(chips(window)) == 3)
    shown = controls.main_settings.changes.chips
    for folded in (True, False):
        controls.main_settings.set_open(not folded)
        controls.prompt.editor.setFocus()
        there = stops(window, Qt.Key.Key_Tab)
        assert [widget for widget in reachable(window) if widget not in there] == []
        at = there.index(controls.main_settings.head)
        assert (there[at + 1 : at + 4] == shown) is folded


def test_the_first_page_in_one_window(home: Path) -> None:
    """Check the controls of the first page in one window."""
    run_in_window(
        _check_a_hidden_setting_that_acts_is_shown_and_can_be_cleared,
        _check_settings_behind_more_are_found_and_opened,
        _check_a_restored_old_picture_shows_its_settings,
        _check_tab_visits_the_chips_after_the_line_more_and_comes_round,
        opens_more=False,
    )
