"""First use of the window: keys reach the right widget, values change only visibly, and every mode can be left."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QToolTip, QWidget

from gdm_studio.common.errors import ModelError
from gdm_studio.gallery import Gallery
from gdm_studio.request.generation_request import Request
from gdm_studio.ui import notifier
from gdm_studio.ui.create.board.board_view import BoardView
from gdm_studio.ui.shell.window import Window
from tests.helpers.gaussian_model import GaussianLibrary, GaussianModel
from tests.helpers.window import click, notice_button, press, run_in_window, until, wait_for_notice
from tests.ui.test_flow import generated, pictures
from tests.ui.test_set_mode import generate_set
from tests.ui.test_variations import wait_for_variations


def focused() -> QWidget | None:
    return QApplication.focusWidget()


async def _check_a_notice_does_not_move_the_keyboard_focus(window: Window) -> None:
    """A dismissed notice used to move the focus to the next button in order, the page "Create"."""
    stage = window.create_page.canvas_panel
    stage.setFocus()
    for way in ("click", "keys"):
        acted: list[int] = []
        window.notify("Deleted", action="Undo", on_action=lambda acted=acted: acted.append(1))
        button = stage.notices.shown[-1]._button
        if way == "click":
            click(button)
        else:
            button.setFocus()
            press(window, Qt.Key.Key_Space)
        assert acted and focused() is stage, way


@pytest.mark.parametrize("board", ["variations", "set"])
def test_notices_cover_no_picture_of_a_board(home: Path, board: str) -> None:
    def places(view: BoardView) -> list[QRect]:
        # The cells below the visible ones are reached by scrolling.
        parts = (*view.cells, *vars(view).get("crumbs", ()))
        return [part.visibleRegion().boundingRect().translated(part.mapToGlobal(QPoint())) for part in parts]

    async def play(window: Window) -> None:
        window.resize(1280, 800)
        view: BoardView = window.create_page.set_view
        if board == "set":
            await generate_set(window, "\n".join(f"fox {number}" for number in range(12)))
        else:
            await generated(window)
            press(window, Qt.Key.Key_Y)
            await wait_for_variations(window)
            view = window.tools.boards.variations.view
        notices = window.create_page.notices()
        notices.clear()
        await asyncio.sleep(0.05)
        before = places(view)
        for title in ("Exported", "Saved"):
            notices.show_notice(title, "A folder with a long name. " * 6, seconds=0)
        await asyncio.sleep(0.05)
        shown = [QRect(notice.mapToGlobal(QPoint()), notice.size()) for notice in notices.shown]
        assert shown and not [box for box in shown for place in places(view) if box.intersects(place)]
        assert places(view) == before, "the user may be about to click a picture"
        notices.clear()
        await asyncio.sleep(0.05)
        assert places(view) == before

    run_in_window(play)


def test_an_unread_error_makes_room_and_waits_behind_a_button(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def play(window: Window) -> None:
        stage, unread, acted = window.create_page.canvas_panel, window.top.unread, []
        monkeypatch.setattr(notifier, "ERROR_SECONDS", 0.02)
        window.notify("Not saved", "Full.", kind="error", action="Retry", on_action=lambda: acted.append(1))
        await until(lambda: not stage.notices.shown and unread.isVisible())
        assert unread.accessibleName() == "1 unread error"
        window.open_page("settings")
        monkeypatch.setattr(notifier, "ERROR_SECONDS", 60)
        click(unread)
        (notice,) = window._notices.shown
        assert (notice.title, notice.text) == ("Not saved", "Full.") and not unread.isVisible()
        assert notice.isAncestorOf(window.focusWidget()), "Escape closes it"
        click(notice._button)
        assert acted and not window._notices.shown and not unread.isVisible()
        # Errors that others push out are kept too.
        for number in range(3):
            window.notify(f"Error {number}", kind="error")
        assert unread.isVisible() and len(window._notices.shown) == 2
        window._notifier.withdraw("Error 0")
        assert not unread.isVisible(), "its problem is solved"
        # The button shows the oldest first, so that every error can be read.
        for number in range(3, 5):
            window.notify(f"Error {number}", kind="error")
        assert _titles(window) == ["Error 3", "Error 4"]
        monkeypatch.setattr(notifier, "ERROR_SECONDS", 0.02)
        for shown in (["Error 4", "Error 1"], ["Error 1", "Error 2"], ["Error 2", "Error 3"]):
            click(unread)
            assert _titles(window) == shown
        await asyncio.sleep(0.1)
        assert _titles(window) == ["Error 2", "Error 3"], "the user opened them"

    run_in_window(play)


def test_many_errors_do_not_push_out_the_latest_offers(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def play(window: Window) -> None:
        stage, unread = window.create_page.canvas_panel, window.top.unread
        monkeypatch.setattr(notifier, "ERROR_SECONDS", 0.02)
        for number in range(5):
            window.notify(f"Stopped {number}", action="Keep it", lasts=True)
        for number in range(30):
            window.notify(f"Error {number}", kind="error")
        await until(lambda: not stage.notices.shown)
        assert unread.accessibleName() == "23 unread notices"
        click(unread)
        assert [notice.title for notice in stage.notices.shown] == ["Stopped 2"]

    run_in_window(play)


def test_an_unread_error_that_is_repeated_is_counted_once(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def play(window: Window) -> None:
        unread = window.top.unread
        monkeypatch.setattr(notifier, "ERROR_SECONDS", 0.02)
        for _ in range(2):
            window.notify("Not saved", "Every word of it. " * 100, kind="error")
            await until(lambda: not window.create_page.canvas_panel.notices.shown)
        assert unread.accessibleName() == "1 unread error"
        # The same error on two pages is one, too.
        window.notify("Full", kind="error")
        window.open_page("settings")
        window.notify("Full", kind="error")
        await until(lambda: not window.create_page.canvas_panel.notices.shown and not window._notices.shown)
        assert unread.accessibleName() == "2 unread errors"

    run_in_window(play)


def _titles(window: Window) -> list[str]:
    return [notice.title for notice in window._notices.shown]


def test_leaving_a_cell_returns_to_its_grid_and_keeps_the_focus_on_the_canvas(home: Path) -> None:
    async def play(window: Window) -> None:
        grids, stage = window.tools.boards.grid, window.create_page.canvas_panel
        grids.make(("steps", "1, 2"), ("", ""))
        grids.open()
        await until(lambda: window.tools.boards.runner.job is None and len(grids.items()) == 2)
        grids.view.cells[1].setFocus()
        click(grids.view.cells[1])
        assert not grids.view.isVisible() and focused() is stage.canvas
        await until(lambda: window.viewer.on_canvas is not None and len(window.viewer.views()) == 2)
        assert stage.tools.back.isVisible() and stage.tools.back.toolTip() == "Back to the grid"
        assert not stage.filmstrip.strip.message()
        click(stage.tools.back)
        assert grids.view.isVisible()
        click(grids.view.cells[0])
        await generated(window)
        assert not stage.tools.back.isVisible(), "another picture is on the stage"

    run_in_window(play)


async def _check_every_grid_setting_starts_with_valid_values(window: Window) -> None:
    grids = window.tools.boards.grid
    grids.open_axes()
    setup = grids.setup
    names = [choice.id for choice in setup.across.box.choices()]
    assert len(names) > 8
    setup.down.box.pick("")
    for name in names:
        setup.across.box.pick(name)
        title = setup.across.box.currentText()
        hint = setup.across._hint.text()
        assert "_" not in title + hint, "the name that the program has for it"
        if name != "prompt":
            assert setup.across.text() and setup.make.isEnabled(), (name, setup._words.text())


INVALID_SEEDS = {
    "-5": "Seed must be from 0 to",
    "4-2": "“4-2” is not a number; Seed is still 42",
    "9" * 20: "to 9223372036854775807; it is still 42",
    "1e30": "to 9223372036854775807; it is still 42",
    "1e999": "to 9223372036854775807; it is still 42",
    "1.5": "“1.5” is not a number",
}


async def _check_an_invalid_seed_shows_a_message(window: Window) -> None:
    controls = window.create_page.controls
    edit = controls.seed.edit
    for typed, said in INVALID_SEEDS.items():
        window.create_page.canvas_panel.setFocus()
        controls.request_draft.change(seed=42)
        edit.setFocus()
        edit.selectAll()
        QTest.keyClicks(edit, typed)
        press(window, Qt.Key.Key_Return)
        assert controls.request().seed == 42, typed
        assert said in QToolTip.text() and edit.hasFocus(), f"the hint stays: {typed}"
        QToolTip.hideText()
        await until(lambda: not QToolTip.isVisible())


def test_a_grid_names_its_collection_and_undo_removes_its_images(home: Path) -> None:
    async def play(window: Window) -> None:
        grids = window.tools.boards.grid
        grids.make(("steps", "1-3"), ("", ""))
        grids.open()
        await until(lambda: "in the gallery as “Steps: a cheerful red disc”" in grids.view._words.text())
        assert len(pictures(home)) == 3 and [one.count for one in Gallery.open().collections.all()] == [3]
        grids.view.cells[0].setFocus()
        press(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        await until(lambda: not pictures(home) and not Gallery.open().collections.all())
        await until(lambda: "in the gallery" not in grids.view._words.text())
        await until(lambda: window.gallery.panel_model.rowCount() == 0)

    run_in_window(play)


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_placeholder_text_is_readable(home: Path, scheme: str) -> None:
    """Qt derives a placeholder's colour from the style sheet's text colour at half strength."""

    async def play(window: Window) -> None:
        window.theme.set_scheme(scheme)
        window.modes.turn_set(True)
        await asyncio.sleep(0.05)
        fields = [*window.findChildren(QLineEdit), *window.findChildren(QPlainTextEdit)]
        said = [field for field in fields if field.placeholderText()]
        assert len(said) > 5
        for field in said:
            field.ensurePolished()
            colour = field.palette().color(QPalette.ColorRole.PlaceholderText)
            assert colour.alpha() == 255 and colour.name() == window.theme.tokens.muted, field.accessibleName()
        window.theme.set_scheme("system")

    run_in_window(play)


def test_an_empty_canvas_asks_for_nothing_while_a_run_begins(home: Path) -> None:
    async def play(window: Window) -> None:
        canvas_panel = window.create_page.canvas_panel
        await until(canvas_panel.welcome.isVisible)
        assert canvas_panel.canvas.accessibleDescription()
        click(window.create_page.controls.button)
        assert window.generation.job is not None and not canvas_panel.welcome.isVisible()
        assert canvas_panel.canvas.picture() is None and not canvas_panel.canvas.accessibleDescription()
        window.generation.stop()
        await until(lambda: window.generation.job is None)
        await until(lambda: canvas_panel.canvas.picture() is not None or canvas_panel.welcome.isVisible())

    run_in_window(play, library=GaussianLibrary(step_seconds=0.3))


def test_an_empty_canvas_asks_again_after_a_run_that_failed(home: Path) -> None:
    may_fail = threading.Event()

    class Broken(GaussianModel):
        def shape(self, request: Request) -> tuple[int, ...]:
            may_fail.wait(60)
            raise ModelError("It is broken; choose another.")

    async def play(window: Window) -> None:
        canvas_panel = window.create_page.canvas_panel
        await until(canvas_panel.welcome.isVisible)
        click(window.create_page.controls.button)
        assert not canvas_panel.welcome.isVisible()
        may_fail.set()
        await wait_for_notice(window, "It is broken")
        await until(canvas_panel.welcome.isVisible)
        assert canvas_panel.canvas.accessibleDescription()

    run_in_window(play, library=GaussianLibrary(kind=Broken))


def test_an_empty_prompt_is_drawn_only_after_a_question(home: Path) -> None:
    async def play(window: Window) -> None:
        controls = window.create_page.controls
        controls.prompt.set_text("  ")
        # Parameters of the prediction do not say what to draw.
        window.request_draft.change(controls={"guidance_rescale": 0.5})
        click(controls.button)
        await wait_for_notice(window, "The prompt is empty")
        assert window.generation.job is None and not pictures(home)
        # What is typed answers the question.
        controls.prompt.editor.insertPlainText("a")
        assert notice_button(window, "Draw anything") is None
        controls.prompt.set_text("")
        click(controls.button)
        await wait_for_notice(window, "The prompt is empty")
        button = notice_button(window, "Draw anything")
        assert button is not None
        click(button)
        await until(lambda: len(pictures(home)) == 1 and window.generation.job is None)

    run_in_window(play)


async def _check_set_mode_can_be_left_from_its_list(window: Window) -> None:
    controls = window.create_page.controls
    window.modes.turn_set(True)
    assert controls.things.isVisible()
    assert controls.things.leave.mapTo(controls, QPoint(24, 0)).x() <= controls.width()
    click(controls.things.leave)
    assert controls.prompt.isVisible() and not window.sets.on


def test_the_first_use_in_one_window(home: Path) -> None:
    """Check the window of a new user."""
    run_in_window(
        _check_a_notice_does_not_move_the_keyboard_focus,
        _check_every_grid_setting_starts_with_valid_values,
        _check_an_invalid_seed_shows_a_message,
        _check_set_mode_can_be_left_from_its_list,
    )


def test_tab_hides_the_side_panels_after_a_click_on_the_canvas(home: Path) -> None:
    async def play(window: Window) -> None:
        await generated(window)
        page, canvas = window.create_page, window.create_page.canvas_panel.canvas
        click(canvas)
        for are_visible in (False, True):
            press(window, Qt.Key.Key_Tab)
            assert focused() is canvas
            assert page.controls.isVisible() is are_visible and page.gallery.isVisible() is are_visible
        canvas.clearFocus()
        canvas.setFocus(Qt.FocusReason.TabFocusReason)
        press(window, Qt.Key.Key_Tab)
        assert focused() is not canvas and page.controls.isVisible(), "the keyboard can leave the canvas"
        page.controls.prompt.editor.setFocus()
        action = next(action for action in window.commands.actions() if action.label == "Side panels")
        action.act()
        assert focused() is page.canvas_panel and not page.controls.isVisible()
        seed = next(each for each in window.commands.settings() if each.title == "Seed")
        seed.act()
        assert page.controls.isVisible() and focused() is page.controls.seed.edit

    run_in_window(play)


def test_what_is_typed_at_the_first_start_replaces_the_example(home: Path) -> None:
    async def play(window: Window) -> None:
        editor = window.create_page.controls.prompt.editor
        assert editor.toPlainText() and focused() is editor
        QTest.keyClicks(editor, "a hedgehog")
        assert window.request_draft["prompt"] == "a hedgehog"

    async def again(window: Window) -> None:
        QTest.keyClicks(window.create_page.controls.prompt.editor, " on a hill")
        assert window.request_draft["prompt"] == "a hedgehog on a hill"

    run_in_window(play)
    run_in_window(again)
