"""The command palette and the shortcuts sheet: actions are found by name, and every key is listed."""

from __future__ import annotations

import ast
import asyncio
import re
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QWidget

from gdm_studio import preferences
from gdm_studio.common import paths
from gdm_studio.models.model_card import Example, ModelCard
from gdm_studio.request.generation_request import Interpolation
from gdm_studio.request.hires import REFINER_SHARE, SECOND_PASS_SCALE, SECOND_PASS_STRENGTH
from gdm_studio.ui import window_actions
from gdm_studio.ui.fuzzy_match import match_score
from gdm_studio.ui.running_jobs import RunningJob
from gdm_studio.ui.shell.palette import Palette
from gdm_studio.ui.shell.shortcuts_overlay import ShortcutsSheet
from gdm_studio.ui.shell.window import Window
from gdm_studio.ui.widgets.image_comparison.compared_image import Item
from gdm_studio.ui.widgets.keys import Keys, key_sequences
from gdm_studio.ui.widgets.overlay import Overlay
from gdm_studio.ui.window_actions import HERE, SETTINGS, Action, shown_keys, with_keys
from gdm_studio.ui.window_state_file import Session
from tests.helpers.gaussian_model import GaussianLibrary
from tests.helpers.languages import language
from tests.helpers.widgets import record_signal, show_widget, theme
from tests.helpers.window import click, notice_button, notices, press, run_in_window, until, wait_for_notice
from tests.ui.test_flow import generated

NAMES = [
    "Create: Generate",
    "Scheduler: Heun",
    "Scheduler: DPM++ 2M",
    "Style: Ink glyph",
    "Gallery: Élan",
    "Go to: Gallery",
]
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("heun", 1), ("HEU", 1), ("scheduler heun", 1), ("heun sched", 1), ("2m", 2), ("dpm2m", 2), ("dpm++", 2),
        ("ink", 3), ("stin", 3), ("elan", 4), ("gallery", 5), ("gener", 0), ("gnrt", 0),
    ],
)  # fmt: skip
def test_a_few_letters_find_the_name(typed: str, first: int) -> None:
    group, title = zip(*(name.split(": ") for name in NAMES), strict=True)
    fits = [match_score(typed, title[place], group[place]) for place in range(len(NAMES))]
    assert fits.index(max(fits)) == first and max(fits) > 0


def test_unknown_letters_find_nothing() -> None:
    assert all(match_score("xyzzy", name) == 0 for name in NAMES)
    # Every word must match.
    assert match_score("heun glyph", "Scheduler: Heun") == 0


def sample_actions(did: list[str]) -> list[Action]:
    def does(name: str) -> Callable[[], None]:
        return lambda: did.append(name)

    return [Action(name.split(": ")[1], group=name.split(": ")[0], act=does(name)) for name in NAMES]


@pytest.fixture
def behind() -> QWidget:
    """Create a window for the palette to cover."""
    # This also creates the application.
    theme()
    return show_widget(QWidget(), 800, 600)


def palette(behind: QWidget, recent: list[str]) -> tuple[Palette, list[Action]]:
    actions = sample_actions([])
    opened_up = Palette(theme(), actions, recent, parent=behind)
    opened_up.open_up()
    return opened_up, actions


def test_recent_actions_come_first(behind: QWidget) -> None:
    one, _ = palette(behind, [NAMES[3], NAMES[1]])
    assert one.names() == [NAMES[3], NAMES[1], NAMES[0], NAMES[2], NAMES[4], NAMES[5]]
    one.close_up()


def test_arrows_select_and_enter_runs_an_action(behind: QWidget) -> None:
    one, actions = palette(behind, [])
    chosen, closed = record_signal(one.chosen), record_signal(one.closed)
    QTest.keyClicks(one.field, "scheduler")
    assert one.names() == [NAMES[1], NAMES[2]]
    QTest.keyClick(one.field, Qt.Key.Key_Down)
    QTest.keyClick(one.field, Qt.Key.Key_Return)
    assert chosen == [(actions[2],)] and closed == [()] and one.isHidden()


def test_the_selection_wraps_around_the_list(behind: QWidget) -> None:
    one, actions = palette(behind, [])
    chosen = record_signal(one.chosen)
    QTest.keyClick(one.field, Qt.Key.Key_Up)
    QTest.keyClick(one.field, Qt.Key.Key_Enter)
    assert chosen == [(actions[-1],)]
    one, _ = palette(behind, [])
    for key, row in ((Qt.Key.Key_PageDown, len(actions) - 1), (Qt.Key.Key_PageUp, 0)):
        for _ in range(2):
            QTest.keyClick(one.field, key)
            assert one.list.currentIndex().row() == row, "a page goes no further than they"
    one.close_up()


def test_enter_without_results_does_nothing(behind: QWidget) -> None:
    one, _ = palette(behind, [])
    chosen = record_signal(one.chosen)
    QTest.keyClicks(one.field, "xyzzy")
    QTest.keyClick(one.field, Qt.Key.Key_Return)
    assert one.names() == [] and chosen == [] and one.isVisible()
    QTest.keyClick(one.field, Qt.Key.Key_Escape)
    assert one.isHidden()


def test_a_click_outside_closes_the_palette(behind: QWidget) -> None:
    one, _ = palette(behind, [])
    QTest.mouseClick(one, Qt.MouseButton.LeftButton, pos=one.rect().bottomLeft())
    assert one.isHidden()


@pytest.mark.parametrize("made", [
    lambda behind: Palette(theme(), sample_actions([]), [], parent=behind),
    lambda behind: ShortcutsSheet(theme(), sample_actions([]), parent=behind),
])  # fmt: skip
@pytest.mark.parametrize("place", range(3))
def test_closing_the_palette_restores_the_focus(
    behind: QWidget, made: Callable[[QWidget], Overlay], place: int
) -> None:
    # With fewer fields, Qt would restore the focus itself.
    fields = [QLineEdit(behind) for _ in range(3)]
    for field in fields:
        field.show()
    fields[place].setFocus()
    one = made(behind)
    one.open_up()
    assert one.isAncestorOf(QApplication.focusWidget())
    one.close_up()
    assert QApplication.focusWidget() is fields[place]


@pytest.mark.parametrize(("keys", "typed", "modifiers"), [
    ("Ctrl+E", Qt.Key.Key_E, CTRL),
    ("Ctrl+Return", Qt.Key.Key_Enter, CTRL),
    ("F1; ?", Qt.Key.Key_F1, Qt.KeyboardModifier.NoModifier),
])  # fmt: skip
def test_keys_with_ctrl_reach_the_action_from_anywhere(
    behind: QWidget, keys: str, typed: Qt.Key, modifiers: Qt.KeyboardModifier
) -> None:
    done: list[str] = []
    field = QLineEdit(behind)
    field.show()
    field.setFocus()
    Keys(behind, lambda action: not done.append(action.label), pytest.fail).bind([Action("It", keys=keys)])
    QTest.keyClick(field, typed, modifiers)
    assert done == ["It"]


def test_shared_keys_run_the_first_enabled_action(behind: QWidget) -> None:
    done: list[str] = []

    def do(action: Action) -> bool:
        return action.when() and not done.append(action.label)

    vain: list[str] = []
    Keys(behind, do, lambda tried: vain.extend(action.label for action in tried)).bind(
        [
            Action("one", keys="Ctrl+E", when=lambda: False),
            Action("two", keys="Ctrl+E"),
            Action("three", keys="Ctrl+R", when=lambda: False),
        ]
    )
    QTest.keyClick(behind, Qt.Key.Key_E, CTRL)
    assert done == ["two"] and not vain
    QTest.keyClick(behind, Qt.Key.Key_R, CTRL)
    assert done == ["two"] and vain == ["three"]


def test_keys_are_shown_in_readable_form() -> None:
    assert shown_keys("Ctrl+Return") == ["Ctrl+Enter"] and shown_keys("Left") == ["←"]
    assert shown_keys("F1; ?") == ["F1", "?"] and shown_keys("") == []
    assert shown_keys("Shift+Right; Ctrl++") == ["Shift+→", "Ctrl++"]
    with language("de"):
        assert shown_keys("Left; Ctrl+Return; Ctrl+K") == ["←", "Strg+Enter", "Strg+K"]
    assert len(key_sequences("Ctrl+Return")) == 2


def test_the_sheet_lists_every_key(behind: QWidget) -> None:
    actions = [
        Action("One", keys="Ctrl+E", group="Create"),
        Action("Two"),
        Action("Three", keys="?"),
        Action("Vary", keys="X", group=HERE, page="create"),
        Action("Stop", keys="Esc", group="Create", page="create"),
        Action("Vary", keys="V", group=HERE, page="gallery"),
        Action("Vary", keys="V", group="Gallery", page="gallery"),
        Action("Play", keys="R", group="Steps", page="create"),
    ]
    sheet = ShortcutsSheet(theme(), actions, parent=behind)
    sheet.open_up()
    names = [widget.accessibleName() for widget in sheet.findChildren(QWidget) if widget.accessibleName()]
    assert "One, Ctrl+E" in names and "Three, ?" in names and not any("Two" in name for name in names)
    said = [widget.text() for widget in sheet.findChildren(QLabel)]
    assert said.count("Create page") == 1 and "Gallery, on the Gallery page" not in said
    assert {"Create, on every page", "Everywhere", "Gallery page", "Steps, on the Create page"} <= set(said)
    assert names.count("Vary, V") == names.count("Vary, X") == 1
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    assert sheet.isHidden()


def test_the_palette_runs_actions_of_the_window() -> None:
    async def play(window: Window) -> None:
        commands = window.commands
        press(window, Qt.Key.Key_K, CTRL)
        assert commands.palette is not None and commands.palette.isVisible()
        QTest.keyClicks(commands.palette.field, "scheduler heun")
        QTest.keyClick(commands.palette.field, Qt.Key.Key_Return)
        assert commands.palette is None
        assert window.create_page.controls.request().sampler == "heun"
        press(window, Qt.Key.Key_K, CTRL)
        assert commands.palette is not None and commands.palette.names()[0] == "Scheduler: Heun"
        QTest.keyClicks(commands.palette.field, "models")
        QTest.keyClick(commands.palette.field, Qt.Key.Key_Return)
        assert window.page() == "models"
        # The models table would otherwise search for this key.
        press(window, Qt.Key.Key_Question)
        assert commands.sheet is not None and commands.sheet.isVisible()
        press(window, Qt.Key.Key_1, CTRL)
        assert window.page() == "create"
        press(window, Qt.Key.Key_K, CTRL)
        assert commands.palette is not None
        QTest.keyClicks(commands.palette.field, "scheduler heun")
        QTest.keyClick(commands.palette.field, Qt.Key.Key_Return)

    run_in_window(play)
    assert Session.load(paths.data_dir()).recent == ("Scheduler: Heun", "Go to: Models"), "each once"


def test_the_window_lists_consistent_actions_and_keys() -> None:
    async def play(window: Window) -> None:
        check_that_no_two_share_a_name_or_a_key(window)
        check_that_plain_keys_hold_on_their_page_alone(window)
        check_that_the_palette_opens_at_once(window)
        await check_that_a_key_does_one_thing_on_a_page(window)
        # This hides the film's buttons, once its first picture is being generated.
        await check_that_a_key_does_one_thing_on_a_board(window)

    run_in_window(play)


def check_that_no_two_share_a_name_or_a_key(window: Window) -> None:
    actions = [*window.commands.actions(), *window.commands.choices()]
    names = [action.name for action in actions]
    assert len(set(names)) == len(names)
    keyed = [(action, key.toString()) for action in actions for key in key_sequences(action.keys)]
    for (one, key), (other, same) in combinations(keyed, 2):
        apart = one.page and other.page and one.page != other.page
        assert key != same or apart, f"{key} is both {one.name} and {other.name}"


async def check_that_buttons_are_listed_where_they_are(window: Window) -> None:
    window.open_page("create")
    # This is the key of the loop of a picture's steps, which are played once the run has ended.
    await until(lambda: "Shift+R" in [action.keys for action in window.commands.buttons()])
    window.open_page("models")
    assert "Shift+R" not in [action.keys for action in window.commands.buttons()]


def keys_in_use(window: Window) -> list[str]:
    """Return every key of the open page, once for each enabled action that uses it."""
    ours = [shortcut for shortcut in window.findChildren(QShortcut) if shortcut.parent() is not window]
    theirs = [shortcut.key() for shortcut in ours if shortcut.parent().isVisible() and shortcut.isEnabled()]
    here = [action for action in window.commands.actions() if action.page in ("", window.page())]
    # Esc also closes a sheet.
    named = [key for action in here for key in key_sequences(action.keys) if action.label != "Stop"]
    return [key.toString() for key in (*theirs, *named)]


async def check_that_a_key_does_one_thing_on_a_page(window: Window) -> None:
    window.create_page.controls.button.click()
    await until(lambda: window.generation.job is None and window.gallery.page_model.rowCount() > 0)
    picture = np.zeros((8, 8, 4), np.uint8)
    for page in ("create", "gallery", "compare", "models", "settings"):
        window.open_page(page)
        assert len(set(keys_in_use(window))) == len(keys_in_use(window)), page
    window.open_page("compare")
    assert [action.keys for action in window.commands.buttons()] == ["Ctrl+O"]
    window.compare_controller.open([Item("one", picture, None), Item("other", picture, None)])
    assert len(set(keys_in_use(window))) == len(keys_in_use(window))
    assert {"S", "Ctrl+O", "Ctrl+S", "0", "1"} == {action.keys for action in window.commands.buttons()}
    await check_that_buttons_are_listed_where_they_are(window)


async def check_that_a_key_does_one_thing_on_a_board(window: Window) -> None:
    window.open_page("create")
    window.tools.boards.vary()
    await until(lambda: window.create_page.canvas_panel.mode() == "sheet")
    assert len(set(keys_in_use(window))) == len(keys_in_use(window))


def check_that_plain_keys_hold_on_their_page_alone(window: Window) -> None:
    window.open_page("models")
    # A German keyboard types this key with Shift.
    press(window, Qt.Key.Key_Slash, Qt.KeyboardModifier.ShiftModifier)
    assert not isinstance(QApplication.focusWidget(), QLineEdit)
    window.open_page("create")
    window.create_page.canvas_panel.setFocus()
    press(window, Qt.Key.Key_Slash, Qt.KeyboardModifier.ShiftModifier)
    assert isinstance(QApplication.focusWidget(), QLineEdit)


def check_that_the_palette_opens_at_once(window: Window) -> None:
    # The first call imports the modules of the palette.
    window.commands.open_palette()
    window.commands.open_palette()
    took = []
    for _ in range(3):
        # The time of this thread excludes all other work on the machine.
        began = time.thread_time()
        window.commands.open_palette()
        window.repaint()
        took.append(time.thread_time() - began)
        window.commands.open_palette()
    assert min(took) < 0.1


def test_collections_are_found_by_name_and_opened() -> None:
    async def play(window: Window) -> None:
        window.create_page.controls.button.click()
        await until(lambda: window.gallery.page_model.rowCount() > 0)
        picture = (await window.gallery.ask(lambda gallery: gallery.page()))[0]
        await window.gallery.new_collection("Red things", [picture.id])
        await until(lambda: "Collection: Red things" in [action.name for action in window.commands.choices()])
        window.commands.open_palette()
        assert window.commands.palette is not None
        QTest.keyClicks(window.commands.palette.field, "red things")
        QTest.keyClick(window.commands.palette.field, Qt.Key.Key_Return)
        assert window.page() == "gallery"
        await until(lambda: window.gallery.page_model.query() == 'collection:"Red things"')

    run_in_window(play)


def test_a_key_without_a_target_shows_a_notice(home: object) -> None:
    async def play(window: Window) -> None:
        window.create_page.canvas_panel.setFocus()
        press(window, Qt.Key.Key_B)
        await wait_for_notice(window, "“Branch from here” cannot be used now")
        await wait_for_notice(window, f"{shown_keys(window_actions.PALETTE.keys)[0]} shows what can be done here.")
        await generated(window)
        press(window, Qt.Key.Key_B)
        await wait_for_notice(window, "“Branch from here” cannot be used now This is the last step.")
        window.create_page.canvas_panel.notices.clear()
        press(window, Qt.Key.Key_Space)
        await until(lambda: window.viewer.is_playing)
        press(window, Qt.Key.Key_Space)
        assert not window.viewer.is_playing and not notices(window)
        window.create_page.canvas_panel.set_mode("sheet")
        press(window, Qt.Key.Key_Space)
        await asyncio.sleep(0.05)
        assert not window.viewer.is_playing, "the board covers the picture"
        window.create_page.canvas_panel.set_mode("")
        window.viewer.show_step(2)
        press(window, Qt.Key.Key_B)
        await until(lambda: window.steps.branching.on)
        assert not any("nothing to work on" in notice for notice in notices(window))
        window.steps.branching.leave()
        window.viewer.go_to_end()
        tools = window.create_page.canvas_panel.tools
        await until(tools.isVisible)
        tools.refuse("extend", "This model paints nothing around a picture")
        window.create_page.canvas_panel.setFocus()
        press(window, Qt.Key.Key_E)
        await wait_for_notice(window, "This model paints nothing around a picture")

    run_in_window(play, library=GaussianLibrary())


def test_the_palette_deletes_the_open_image_and_resets_can_be_undone(home: object) -> None:
    async def play(window: Window) -> None:
        request_draft, grid = window.create_page.controls.request_draft, window.create_page.gallery.grid
        await generated(window)
        request_draft.change(
            negative_prompt="fog", batch=2, attention=True, steps=7, toward=Interpolation("a lamp", 9, 0.5)
        )
        before = request_draft.request
        _find(window, "back to the model")
        usual = {"batch": 0, "attention": False, "steps": request_draft.default("steps"), "toward": None}
        assert request_draft.request == replace(before, negative_prompt="", **usual)
        await until(lambda: notice_button(window, "Undo"))
        click(notice_button(window, "Undo"))
        await until(lambda: request_draft.request == before)
        grid.setCurrentIndex(window.gallery.panel_model.index(0))
        _find(window, "use settings")
        assert (
            request_draft.request.steps == request_draft.default("steps") and not request_draft.request.negative_prompt
        )
        await until(lambda: notice_button(window, "Undo"))
        click(notice_button(window, "Undo"))
        await until(lambda: replace(request_draft.request, seed=before.seed) == before)
        _find(window, "delete")
        assert window.page() == "create"
        await until(lambda: window.gallery.page_model.rowCount() == 0)

    run_in_window(play, library=GaussianLibrary())


class _StyledLibrary(GaussianLibrary):
    """Library whose model starts with an example in a style."""

    def cards(self) -> list[ModelCard]:
        return [replace(card, examples=(Example("a disc", "dark", 8),)) for card in super().cards()]


def test_the_reset_restores_the_style_of_the_first_start(home: object) -> None:
    async def play(window: Window) -> None:
        draft = window.create_page.controls.request_draft
        assert draft["style"] == "dark" and draft.default("style") == ""
        draft.change(style="plain", prompt="a lamp")
        _find(window, "back to the model")
        assert (draft["style"], draft["prompt"]) == ("dark", "a lamp")
        window.undo()
        await until(lambda: draft["style"] == "plain")

    run_in_window(play, library=_StyledLibrary())


def _find(window: Window, words: str) -> None:
    """Run the first action that the palette finds for these letters."""
    window.commands.open_palette()
    palette = window.commands.palette
    assert palette is not None
    QTest.keyClicks(palette.field, words)
    QTest.keyClick(palette.field, Qt.Key.Key_Return)


def test_english_names_find_an_action_in_every_language(home: object) -> None:
    async def play(window: Window) -> None:
        _find(window, "language")
        await until(lambda: window.page() == "settings")
        assert window.settings_page.search.text() == "言語"
        _find(window, "dark theme")
        await until(lambda: preferences.load().theme == "dark")

    with language("ja"):
        run_in_window(play)


DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
NOT_NOW = {"Compare: Save as picture", "Gallery: Remove from favourites"}  # Key of a button; other text of a menu.
WORDS_OF_OTHERS = {
    "cfg": "Setting: Guidance", "cfg scale": "Setting: Guidance", "negative": "Setting: Negative prompt",
    "batch": "Setting: Batch size", "batch size": "Setting: Batch size", "sampler": "Setting: Scheduler",
    "sampling steps": "Setting: Steps", "denoising strength": "Setting: Noise", "fp16": "Setting: Precision",
    "gpu": "Setting: Device", "checkpoint": "Go to: Models", "schedule type": "Setting: Step spacing",
    "random": "Create: Another seed", "dice": "Create: Another seed", "txt2img": "Create: Generate",
    "reset": "Create: Back to the model's defaults", "mask": "Here: Mask", "inpaint": "Here: Mask",
    "img2img": "Here: Start from this", "image to image": "Here: Start from this", "variations": "Here: Vary",
    "ideas": "Create: Examples", "xyz plot": "Create: Grid over two settings…", "wildcards": "Setting: Prompt",
    "wildcard": "Setting: Prompt", "variants": "Setting: Prompt",
    "interpolate": "Create: Pictures between two seeds or prompts", "upscale": "Gallery: Export…",
    "hires": "Gallery: Export…", "gif": "Steps: Export the animation…", "import": "Gallery: Add folder…",
    "png info": "Gallery: Show file settings", "doctor": "About this computer", "system info": "About this computer",
    "delete": "Gallery: Delete", "clipboard": "Steps: Copy", "help": "Keyboard shortcuts", "sketch": "Create: Sketch",
    "hotkeys": "Keyboard shortcuts", "preferences": "Go to: Settings", "night": "Dark theme",
    "dark mode": "Dark theme", "transparent": "Gallery: Export…", "jobs": "Queue: Open or close the queue",
}  # fmt: skip


def test_terms_of_other_tools_find_the_matching_action(home: object) -> None:
    async def play(window: Window) -> None:
        commands = window.commands
        click(window.create_page.controls.button)
        await until(lambda: window.generation.job is None and window.gallery.page_model.rowCount() > 0)
        window.create_page.controls.request_draft.change(image="0" * 64)
        window.create_page.gallery.grid.setCurrentIndex(window.gallery.panel_model.index(0))
        window.open_page("gallery")
        window.gallery_page.grid.setCurrentIndex(window.gallery.page_model.index(0))
        window.open_page("create")
        commands.open_palette()
        palette = commands.palette
        assert palette is not None
        first = {}
        for typed in WORDS_OF_OTHERS:
            palette.field.setText(typed)
            first[typed] = (palette.names() or ["nothing"])[0]
        assert first == WORDS_OF_OTHERS
        palette.field.setText("goes by no name")
        assert palette.names() == []
        assert "No action found." in [part.text() for part in palette.findChildren(QLabel) if part.isVisible()]
        palette.close_up()

    run_in_window(play)


def test_the_palette_offers_no_action_that_would_do_nothing(home: object) -> None:
    idle = {"Create: Stop", "Create: Next step", "Create: First step", "Queue: Clear the queue", "Compare: Clear"}

    def offered(window: Window, typed: str = "") -> set[str]:
        press(window, Qt.Key.Key_K, CTRL)
        palette = window.commands.palette
        assert palette is not None
        palette.field.setText(typed)
        names = set(palette.names())
        palette.close_up()
        return names

    async def play(window: Window) -> None:
        assert not idle & offered(window)
        # Their keys still report nothing.
        window.create_page.canvas_panel.setFocus()
        press(window, Qt.Key.Key_Escape)
        press(window, Qt.Key.Key_Right)
        assert notices(window) == []
        # Listed as a background job that the action Stop ends.
        window.jobs.begin(RunningJob("Grid", stop=lambda: None, show=lambda: None, ends_on_escape=True))
        assert "Create: Stop" in offered(window, "interrupt")
        window.jobs.end(window.jobs.jobs[0])
        click(window.create_page.controls.button)
        await until(lambda: window.generation.job is None and window.viewer.views() and not window.backlog.items)
        assert idle & offered(window) == {"Create: Next step", "Create: First step"}

    run_in_window(play)


OF_CHECKPOINTS = {
    "Clip skip",
    *(knob.title for knob in (SECOND_PASS_SCALE, SECOND_PASS_STRENGTH, REFINER_SHARE)),
}  # The model of this test has none of these.


def test_every_action_with_keys_is_found_by_its_label_and_its_keywords(home: object) -> None:
    async def play(window: Window) -> None:
        click(window.create_page.controls.button)
        await until(lambda: window.generation.job is None and window.gallery.page_model.rowCount() > 0)
        window.create_page.controls.request_draft.change(image="0" * 64)
        window.gallery_page.grid.setCurrentIndex(window.gallery.page_model.index(0))
        commands = window.commands
        there = [*commands.actions(), *commands.buttons()]
        names = [action.name for action in there]
        assert len(set(names)) == len(names)
        # Several settings of sizes and models exist. This model follows no picture and has no tiles.
        labels = {action.label for action in commands.settings()}
        assert set(SETTINGS) - {"Size", "Model", "Tile", "Follow a picture"} - OF_CHECKPOINTS <= labels
        table = [*vars(window_actions).values(), *window_actions.GO_TO.values()]
        written = [each for each in table if isinstance(each, Action) and each.group]
        assert len(written) > 50 and {each.name for each in written if each.keys} - NOT_NOW <= set(names)
        commands.open_palette()
        assert commands.palette is not None
        for action in there:
            if action.keys and action.when() and action.is_useful():
                for typed in (action.label, *action.synonyms.split()):
                    commands.palette.field.setText(typed)
                    assert action.name in commands.palette.names(), f"{typed} does not find {action.name}"
        commands.palette.close_up()

    run_in_window(play)


KEYS = r"\((Ctrl|Shift|Alt|Esc|Del|Enter|Return|Space|Home|End)\b|\(F\d+\)|\([A-Z0-9]\)|\([←→↑↓]"


@pytest.mark.parametrize("path", sorted(Path(window_actions.__file__).parent.rglob("*.py")), ids=lambda path: path.stem)
def test_key_hints_are_appended_in_one_place(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    told = {ast.get_docstring(node, clean=False) for node in ast.walk(tree) if isinstance(node, DOCUMENTED)}
    texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    assert not [text for text in texts - told if re.search(KEYS, text)], (
        "gdm_studio.ui.window_actions.said puts keys there"
    )


def test_hand_written_key_hints_are_detected() -> None:
    assert all(re.search(KEYS, text) for text in ("Export (Ctrl+E)", "Tag (T)", " (Esc", "Help (F1)", "(← →)"))
    assert not re.search(KEYS, "Size (pixels)") and with_keys("Tag", "T") == "Tag (T)"


def test_a_setting_in_a_folded_section_is_reached(home: object) -> None:
    async def play(window: Window) -> None:
        controls = window.create_page.controls
        window.open_page("gallery")
        press(window, Qt.Key.Key_K, CTRL)
        assert window.commands.palette is not None
        QTest.keyClicks(window.commands.palette.field, "negative")
        QTest.keyClick(window.commands.palette.field, Qt.Key.Key_Return)
        assert window.page() == "create" and controls.more.is_open()
        assert QApplication.focusWidget() is controls.negative.editor
        await until(lambda: not controls.negative.editor.visibleRegion().isEmpty())

    run_in_window(play)


def test_a_tool_of_the_create_page_is_found_from_another(home: object) -> None:
    async def play(window: Window) -> None:
        click(window.create_page.controls.button)
        await until(lambda: window.generation.job is None and window.gallery.page_model.rowCount() > 0)
        window.open_page("gallery")
        press(window, Qt.Key.Key_K, CTRL)
        assert window.commands.palette is not None
        QTest.keyClicks(window.commands.palette.field, "inpaint")
        assert window.commands.palette.names()[0] == "Create: Mask"
        QTest.keyClick(window.commands.palette.field, Qt.Key.Key_Return)
        await until(lambda: window.page() == "create" and window.create_page.canvas_panel.mode() == "mask")

    run_in_window(play)


def test_the_palette_says_why_an_absent_tool_or_setting_cannot_be_used(home: Path) -> None:
    async def play(window: Window) -> None:
        window.commands.open_palette()
        palette = window.commands.palette
        assert palette is not None
        palette.field.setText("outpainting")
        assert palette.names() == ["Create: Start from a picture…"]
        for typed, title, reason in (
            ("extend the picture", "Extend", "Generate or choose a picture first."),
            ("clip skip", "Clip skip", "The selected model and pictures do not use it."),
            ("controlnet", "Follow a picture…", "Only models with a ControlNet or with references follow pictures."),
        ):
            palette.field.setText(typed)
            assert not palette.names() and palette._empty_label.text() == f"“{title}” cannot be used now.\n{reason}"
        palette.field.setText("language")
        assert palette.names() == ["Settings: Language"]
        QTest.keyClick(palette.field, Qt.Key.Key_Return)
        await until(lambda: window.page() == "settings")
        assert window.settings_page.search.text() == "Language"

    run_in_window(play)


def test_f6_moves_the_focus_between_the_parts_of_a_page(home: object) -> None:
    async def play(window: Window) -> None:
        page = window.create_page
        page.controls.prompt.editor.setFocus()
        parts = [page.controls, page.canvas_panel, page.gallery, window.top]
        for part in (*parts[1:], parts[0], parts[1]):
            press(window, Qt.Key.Key_F6)
            assert part.isAncestorOf(window.focusWidget()), part
        press(window, Qt.Key.Key_F6, Qt.KeyboardModifier.ShiftModifier)
        assert page.controls.prompt.editor.hasFocus(), "it was there last"
        for name in ("models", "learn"):
            window.open_page(name)
            stops = []
            for _ in range(6):
                press(window, Qt.Key.Key_F6)
                stops.append(window.focusWidget())
            assert len({*stops[:3]}) == 3 and stops[3:] == stops[:3], "two columns and the top bar"
        window.open_page("gallery")
        seen = []
        for _ in range(3):
            press(window, Qt.Key.Key_F6)
            seen.append(window.focusWidget())
        gallery = window.gallery_page
        # The details of no picture take no focus.
        assert sum(gallery.isAncestorOf(each) for each in seen) == 2 and len({*seen}) == 3
        # A page that is opened with the keys has the focus.
        press(window, Qt.Key.Key_1, CTRL)
        assert page.controls.prompt.editor.hasFocus()
        page.canvas_panel.canvas.setFocus()
        for key in (Qt.Key.Key_4, Qt.Key.Key_1):
            press(window, key, CTRL)
            assert window.pages.currentWidget().isAncestorOf(window.focusWidget())
        assert page.canvas_panel.isAncestorOf(window.focusWidget())

    run_in_window(play)
