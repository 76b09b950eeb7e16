"""What can be done by name: the palette finds it, keys lead to it, and the sheet of shortcuts lists those keys."""

from __future__ import annotations

import ast
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

from gdm_studio import paths
from gdm_studio.passes import ANEW, ENLARGED, REFINED
from gdm_studio.request import Toward
from gdm_studio.ui import actions
from gdm_studio.ui.actions import HERE, SETTINGS, Action, said, shown_keys
from gdm_studio.ui.fuzzy import fit
from gdm_studio.ui.session import Session
from gdm_studio.ui.shell.palette import Palette
from gdm_studio.ui.shell.shortcuts_sheet import ShortcutsSheet
from gdm_studio.ui.shell.window import Window
from gdm_studio.ui.widgets.keys import Keys, sequences
from gdm_studio.ui.widgets.overlay import Overlay
from gdm_studio.ui.widgets.panes.item import Item
from tests.helpers.gaussian_model import GaussianLibrary
from tests.helpers.looks import heard, shown, theme
from tests.helpers.opened import click, notices, offered, opened, press, told, until
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
    fits = [fit(typed, title[place], group[place]) for place in range(len(NAMES))]
    assert fits.index(max(fits)) == first and max(fits) > 0


def test_what_is_not_there_is_not_found() -> None:
    assert all(fit("xyzzy", name) == 0 for name in NAMES)
    assert fit("heun glyph", "Scheduler: Heun") == 0  # every word counts


def made_up(did: list[str]) -> list[Action]:
    def does(name: str) -> Callable[[], None]:
        return lambda: did.append(name)

    return [Action(name.split(": ")[1], group=name.split(": ")[0], act=does(name)) for name in NAMES]


@pytest.fixture
def behind() -> QWidget:
    """A window for what lies over one."""
    theme()  # and with it the application
    return shown(QWidget(), 800, 600)


def palette(behind: QWidget, recent: list[str]) -> tuple[Palette, list[Action]]:
    actions = made_up([])
    opened_up = Palette(theme(), actions, recent, parent=behind)
    opened_up.open_up()
    return opened_up, actions


def test_recent_actions_come_first(behind: QWidget) -> None:
    one, _ = palette(behind, [NAMES[3], NAMES[1]])
    assert one.names() == [NAMES[3], NAMES[1], NAMES[0], NAMES[2], NAMES[4], NAMES[5]]
    one.close_up()


def test_arrows_choose_and_enter_takes(behind: QWidget) -> None:
    one, actions = palette(behind, [])
    chosen, closed = heard(one.chosen), heard(one.closed)
    QTest.keyClicks(one.field, "scheduler")
    assert one.names() == [NAMES[1], NAMES[2]]
    QTest.keyClick(one.field, Qt.Key.Key_Down)
    QTest.keyClick(one.field, Qt.Key.Key_Return)
    assert chosen == [(actions[2],)] and closed == [()] and one.isHidden()


def test_the_ends_of_the_list_meet(behind: QWidget) -> None:
    one, actions = palette(behind, [])
    chosen = heard(one.chosen)
    QTest.keyClick(one.field, Qt.Key.Key_Up)
    QTest.keyClick(one.field, Qt.Key.Key_Enter)
    assert chosen == [(actions[-1],)]
    one, _ = palette(behind, [])
    for key, row in ((Qt.Key.Key_PageDown, len(actions) - 1), (Qt.Key.Key_PageUp, 0)):
        for _ in range(2):
            QTest.keyClick(one.field, key)
            assert one.list.currentIndex().row() == row, "a page goes no further than they"
    one.close_up()


def test_nothing_found_does_nothing(behind: QWidget) -> None:
    one, _ = palette(behind, [])
    chosen = heard(one.chosen)
    QTest.keyClicks(one.field, "xyzzy")
    QTest.keyClick(one.field, Qt.Key.Key_Return)
    assert one.names() == [] and chosen == [] and one.isVisible()
    QTest.keyClick(one.field, Qt.Key.Key_Escape)
    assert one.isHidden()


def test_a_click_beside_it_closes_it(behind: QWidget) -> None:
    one, _ = palette(behind, [])
    QTest.mouseClick(one, Qt.MouseButton.LeftButton, pos=one.rect().bottomLeft())
    assert one.isHidden()


@pytest.mark.parametrize("made", [
    lambda behind: Palette(theme(), made_up([]), [], parent=behind),
    lambda behind: ShortcutsSheet(theme(), made_up([]), parent=behind),
])  # fmt: skip
@pytest.mark.parametrize("place", range(3))
def test_the_focus_goes_back(behind: QWidget, made: Callable[[QWidget], Overlay], place: int) -> None:
    fields = [QLineEdit(behind) for _ in range(3)]  # with fewer Qt gives it back by itself
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


def test_of_actions_with_the_same_keys_the_first_that_can_be_done_is(behind: QWidget) -> None:
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


def test_keys_are_shown_as_people_read_them() -> None:
    assert shown_keys("Ctrl+Return") == ["Ctrl+Enter"] and shown_keys("Left") == ["←"]
    assert shown_keys("F1; ?") == ["F1", "?"] and shown_keys("") == []
    assert len(sequences("Ctrl+Return")) == 2


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


def test_the_palette_of_the_window() -> None:
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
        press(window, Qt.Key.Key_Question)  # which the table of models would search for
        assert commands.sheet is not None and commands.sheet.isVisible()
        press(window, Qt.Key.Key_1, CTRL)
        assert window.page() == "create"
        press(window, Qt.Key.Key_K, CTRL)
        assert commands.palette is not None
        QTest.keyClicks(commands.palette.field, "scheduler heun")
        QTest.keyClick(commands.palette.field, Qt.Key.Key_Return)

    opened(play)
    assert Session.load(paths.data_dir()).recent == ("Scheduler: Heun", "Go to: Models"), "each once"


def test_the_list_of_the_window() -> None:
    async def play(window: Window) -> None:
        check_that_no_two_share_a_name_or_a_key(window)
        check_that_buttons_are_listed_where_they_are(window)
        check_that_plain_keys_hold_on_their_page_alone(window)
        check_that_the_palette_opens_at_once(window)
        await check_that_a_key_does_one_thing_on_a_page(window)

    opened(play)


def check_that_no_two_share_a_name_or_a_key(window: Window) -> None:
    actions = [*window.commands.actions(), *window.commands.choices()]
    names = [action.name for action in actions]
    assert len(set(names)) == len(names)
    keyed = [(action, key.toString()) for action in actions for key in sequences(action.keys)]
    for (one, key), (other, same) in combinations(keyed, 2):
        apart = one.page and other.page and one.page != other.page
        assert key != same or apart, f"{key} is both {one.name} and {other.name}"


def check_that_buttons_are_listed_where_they_are(window: Window) -> None:
    assert "Ctrl+I" in [action.keys for action in window.commands.buttons()]  # the examples
    window.turn_to("models")
    assert "Ctrl+I" not in [action.keys for action in window.commands.buttons()]


def keys_in_use(window: Window) -> list[str]:
    """Every key that does something on the page that is open, as often as there is something that it does."""
    ours = [shortcut for shortcut in window.findChildren(QShortcut) if shortcut.parent() is not window]
    theirs = [shortcut.key() for shortcut in ours if shortcut.parent().isVisible() and shortcut.isEnabled()]
    here = [action for action in window.commands.actions() if action.page in ("", window.page())]
    named = [key for action in here for key in sequences(action.keys) if action.label != "Stop"]  # Esc leaves a sheet
    return [key.toString() for key in (*theirs, *named)]


async def check_that_a_key_does_one_thing_on_a_page(window: Window) -> None:
    window.create_page.controls.button.click()
    await until(lambda: window.making.job is None and window.shelf.all.rowCount() > 0)
    picture = np.zeros((8, 8, 4), np.uint8)
    for page in ("create", "gallery", "compare", "models", "settings"):
        window.turn_to(page)
        assert len(set(keys_in_use(window))) == len(keys_in_use(window)), page
    window.turn_to("compare")
    assert [action.keys for action in window.commands.buttons()] == ["Ctrl+O"]
    window.comparing.open([Item("one", picture, None), Item("other", picture, None)])
    assert len(set(keys_in_use(window))) == len(keys_in_use(window))
    assert {"S", "Ctrl+O", "Ctrl+S", "0", "1"} == {action.keys for action in window.commands.buttons()}
    window.turn_to("create")
    window.tools.sheets.vary()
    await until(lambda: window.create_page.stage.mode() == "sheet")
    assert len(set(keys_in_use(window))) == len(keys_in_use(window))


def check_that_plain_keys_hold_on_their_page_alone(window: Window) -> None:
    window.turn_to("models")
    press(window, Qt.Key.Key_Slash, Qt.KeyboardModifier.ShiftModifier)  # as a German keyboard types it
    assert not isinstance(QApplication.focusWidget(), QLineEdit)
    window.turn_to("create")
    window.create_page.stage.setFocus()
    press(window, Qt.Key.Key_Slash, Qt.KeyboardModifier.ShiftModifier)
    assert isinstance(QApplication.focusWidget(), QLineEdit)


def check_that_the_palette_opens_at_once(window: Window) -> None:
    window.commands.open_palette()  # what it is made of is imported once
    window.commands.open_palette()
    took = []
    for _ in range(3):
        began = time.thread_time()  # of this thread: whatever else is at work on the machine
        window.commands.open_palette()
        window.repaint()
        took.append(time.thread_time() - began)
        window.commands.open_palette()
    assert min(took) < 0.1


def test_collections_are_found_by_name_and_opened() -> None:
    async def play(window: Window) -> None:
        window.create_page.controls.button.click()
        await until(lambda: window.shelf.all.rowCount() > 0)
        picture = (await window.shelf.ask(lambda gallery: gallery.page()))[0]
        await window.shelf.new_collection("Red things", [picture.id])
        await until(lambda: "Collection: Red things" in [action.name for action in window.commands.choices()])
        window.commands.open_palette()
        assert window.commands.palette is not None
        QTest.keyClicks(window.commands.palette.field, "red things")
        QTest.keyClick(window.commands.palette.field, Qt.Key.Key_Return)
        assert window.page() == "gallery"
        await until(lambda: window.shelf.all.query() == 'collection:"Red things"')

    opened(play)


def test_a_key_that_has_nothing_to_work_on_says_so(home: object) -> None:
    async def play(window: Window) -> None:
        window.create_page.stage.setFocus()
        press(window, Qt.Key.Key_B)
        await told(window, "“Branch from here” has nothing to work on now")
        await generated(window)
        window.viewer.look_at(2)
        window.create_page.stage.notices.clear()
        press(window, Qt.Key.Key_B)
        await until(lambda: window.steps.branching.on)
        assert not any("nothing to work on" in notice for notice in notices(window))
        window.steps.branching.leave()
        window.viewer.go_to_end()
        tools = window.create_page.stage.tools
        await until(tools.buttons["extend"].isVisible)
        tools.refuse("extend", "This model paints nothing around a picture")
        window.create_page.stage.setFocus()
        press(window, Qt.Key.Key_E)
        await told(window, "This model paints nothing around a picture")

    opened(play, library=GaussianLibrary())


def test_the_picture_beside_the_canvas_is_deleted_by_name_and_the_defaults_are_taken_back(home: object) -> None:
    async def play(window: Window) -> None:
        draft, grid = window.create_page.controls.draft, window.create_page.gallery.grid
        await generated(window)
        draft.change(negative_prompt="fog", batch=2, attention=True, steps=7, toward=Toward("a lamp", 9, 0.5))
        before = draft.request
        _find(window, "back to the model")
        usual = {"batch": 0, "attention": False, "steps": draft.default("steps"), "toward": None}
        assert draft.request == replace(before, negative_prompt="", **usual)
        await until(lambda: offered(window, "Undo"))
        click(offered(window, "Undo"))
        await until(lambda: draft.request == before)
        grid.setCurrentIndex(window.shelf.beside.index(0))
        _find(window, "use settings")
        assert draft.request.steps == draft.default("steps") and not draft.request.negative_prompt
        await until(lambda: offered(window, "Undo"))
        click(offered(window, "Undo"))
        await until(lambda: replace(draft.request, seed=before.seed) == before)
        _find(window, "delete")
        assert window.page() == "create"
        await until(lambda: window.shelf.all.rowCount() == 0)

    opened(play, library=GaussianLibrary())


def _find(window: Window, words: str) -> None:
    """Does what the palette finds first."""
    window.commands.open_palette()
    palette = window.commands.palette
    assert palette is not None
    QTest.keyClicks(palette.field, words)
    QTest.keyClick(palette.field, Qt.Key.Key_Return)


DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
NOT_NOW = {"Compare: Save as picture", "Gallery: Not a favourite any more"}  # a button's key; the menu's other word
WORDS_OF_OTHERS = {
    "cfg": "Setting: Guidance", "cfg scale": "Setting: Guidance", "negative": "Setting: Negative prompt",
    "batch": "Setting: Pictures", "batch size": "Setting: Pictures", "sampler": "Setting: Scheduler",
    "sampling steps": "Setting: Steps", "denoising strength": "Setting: Strength", "fp16": "Setting: Precision",
    "gpu": "Setting: Device", "checkpoint": "Go to: Models", "schedule type": "Setting: Step spacing",
    "random": "Create: Another seed", "dice": "Create: Another seed", "interrupt": "Create: Stop",
    "txt2img": "Create: Generate", "reset": "Create: Back to the model's defaults", "mask": "Here: Mask",
    "inpaint": "Here: Mask", "img2img": "Here: Use as start", "image to image": "Here: Use as start",
    "variations": "Here: Vary", "ideas": "Here: Examples", "xyz plot": "Create: Grid over two settings…",
    "wildcards": "Create: Set", "interpolate": "Create: Pictures between two seeds or prompts",
    "upscale": "Gallery: Export…", "hires": "Gallery: Export…", "gif": "Steps: Export the film…",
    "import": "Gallery: Add folder…", "png info": "Gallery: What its file says", "doctor": "About this computer",
    "system info": "About this computer", "delete": "Gallery: Delete", "clipboard": "Steps: Copy",
    "help": "Keyboard shortcuts", "hotkeys": "Keyboard shortcuts",
    "preferences": "Go to: Settings", "night": "Dark theme", "dark mode": "Dark theme",
    "transparent": "Gallery: Export…", "jobs": "Queue: Open or close the queue",
}  # fmt: skip


def test_words_of_other_tools_find_what_they_mean(home: object) -> None:
    async def play(window: Window) -> None:
        commands = window.commands
        click(window.create_page.controls.button)
        await until(lambda: window.making.job is None and window.shelf.all.rowCount() > 0)
        window.create_page.controls.draft.change(image="0" * 64)
        window.create_page.gallery.grid.setCurrentIndex(window.shelf.beside.index(0))
        window.turn_to("gallery")
        window.gallery_page.grid.setCurrentIndex(window.shelf.all.index(0))
        window.turn_to("create")
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

    opened(play)


OF_CHECKPOINTS = {"Clip skip", *(knob.title for knob in (ENLARGED, ANEW, REFINED))}  # this model has none of these


def test_every_action_with_keys_is_found_by_its_label_and_every_other_word(home: object) -> None:
    async def play(window: Window) -> None:
        click(window.create_page.controls.button)
        await until(lambda: window.making.job is None and window.shelf.all.rowCount() > 0)
        window.create_page.controls.draft.change(image="0" * 64)
        window.gallery_page.grid.setCurrentIndex(window.shelf.all.index(0))
        commands = window.commands
        there = [*commands.actions(), *commands.buttons()]
        names = [action.name for action in there]
        assert len(set(names)) == len(names)
        labels = {action.label for action in commands.settings()}  # there are several of sizes and models
        assert set(SETTINGS) - {"Size", "Model"} - OF_CHECKPOINTS <= labels
        table = [*vars(actions).values(), *actions.GO_TO.values()]
        written = [each for each in table if isinstance(each, Action) and each.group]
        assert len(written) > 50 and {each.name for each in written if each.keys} - NOT_NOW <= set(names)
        commands.open_palette()
        assert commands.palette is not None
        for action in there:
            if action.keys and action.when():
                for typed in (action.label, *action.synonyms.split()):
                    commands.palette.field.setText(typed)
                    assert action.name in commands.palette.names(), f"{typed} does not find {action.name}"
        commands.palette.close_up()

    opened(play)


KEYS = r"\((Ctrl|Shift|Alt|Esc|Del|Enter|Return|Space|Home|End)\b|\(F\d+\)|\([A-Z0-9]\)|\([←→↑↓]"


@pytest.mark.parametrize("path", sorted(Path(actions.__file__).parent.rglob("*.py")), ids=lambda path: path.stem)
def test_keys_are_put_behind_words_in_one_place(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    told = {ast.get_docstring(node, clean=False) for node in ast.walk(tree) if isinstance(node, DOCUMENTED)}
    texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    assert not [text for text in texts - told if re.search(KEYS, text)], "gdm_studio.ui.actions.said puts keys there"


def test_keys_behind_words_are_noticed() -> None:
    assert all(re.search(KEYS, text) for text in ("Export (Ctrl+E)", "Tag (T)", " (Esc", "Help (F1)", "(← →)"))
    assert not re.search(KEYS, "Size (pixels)") and said("Tag", "T") == "Tag (T)"


def test_a_setting_that_is_folded_away_is_reached(home: object) -> None:
    async def play(window: Window) -> None:
        controls = window.create_page.controls
        window.turn_to("gallery")
        press(window, Qt.Key.Key_K, CTRL)
        assert window.commands.palette is not None
        QTest.keyClicks(window.commands.palette.field, "negative")
        QTest.keyClick(window.commands.palette.field, Qt.Key.Key_Return)
        assert window.page() == "create" and controls.more.is_open()
        assert QApplication.focusWidget() is controls.negative.editor
        await until(lambda: not controls.negative.editor.visibleRegion().isEmpty())

    opened(play)


def test_a_tool_of_the_create_page_is_found_from_another(home: object) -> None:
    async def play(window: Window) -> None:
        click(window.create_page.controls.button)
        await until(lambda: window.making.job is None and window.shelf.all.rowCount() > 0)
        window.turn_to("gallery")
        press(window, Qt.Key.Key_K, CTRL)
        assert window.commands.palette is not None
        QTest.keyClicks(window.commands.palette.field, "inpaint")
        assert window.commands.palette.names()[0] == "Create: Mask"
        QTest.keyClick(window.commands.palette.field, Qt.Key.Key_Return)
        await until(lambda: window.page() == "create" and window.create_page.stage.mode() == "mask")

    opened(play)
