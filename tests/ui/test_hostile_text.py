"""Hostile text in every file of the home folder, walked through in the real window: it is only ever displayed."""

from __future__ import annotations

import asyncio
import itertools
import os
import subprocess
import sys
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6 import QtGui
from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtGui import QPainter, QTextDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QLabel,
    QMenu,
    QTableView,
    QToolTip,
    QWidget,
)
from shiboken6 import isValid

from gdm_studio.common.text_safety import escape_unsafe
from gdm_studio.doctor import Finding
from gdm_studio.gallery import Gallery, save
from gdm_studio.jobs.queue import Queue
from gdm_studio.models.model_card import Example, ModelCard, Source, Style
from gdm_studio.request.generation_events import Result
from gdm_studio.request.generation_request import Branch, Request
from gdm_studio.ui.create.steps.status_panel import StatusPanel
from gdm_studio.ui.create.viewer.canvas_panel import CanvasBar
from gdm_studio.ui.models.card_view import ModelCardView
from gdm_studio.ui.settings.about import About
from gdm_studio.ui.shell.app import application
from gdm_studio.ui.shell.window import PAGES, Window
from gdm_studio.ui.theme.safe_text import escape_ampersands, plain, tip
from gdm_studio.ui.widgets import ElidedLabel, label
from gdm_studio.ui.widgets.topbar import SETTINGS
from tests.helpers import foreign_images
from tests.helpers.gaussian_model import CARD, GaussianLibrary
from tests.helpers.widgets import show_widget, theme
from tests.helpers.window import SECONDS, run_in_window, until

# This FIFO in the working folder blocks every reader until a writer opens it.
TRAP = "trap.png"
POISON = f'<img src="{TRAP}">&lt;b> A&B\x1b[31m\0\x07\x9b\u202egnp.exe\u2066'
# A file name cannot contain a null character.
NAME = POISON.replace("\0", "")
TIPS = ("toolTip", "statusTip", "whatsThis")
SPOKEN = ("accessibleName", "accessibleDescription", "windowTitle")
ROLES = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.AccessibleDescriptionRole)
# The walk checks this many rows of each list.
MANY = 12

pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs a FIFO")

WATCH = """
import sys
while True:
    open(sys.argv[1], "wb").close()  # returns once someone opens it to read, who then finds it empty
    open(sys.argv[1] + ".opened", "a").write("!")
"""


@pytest.fixture
def trap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Place a forbidden file in the working folder beside a log of the accesses to it."""
    monkeypatch.chdir(tmp_path)
    os.mkfifo(tmp_path / TRAP)
    watcher = subprocess.Popen([sys.executable, "-c", WATCH, str(tmp_path / TRAP)])
    try:
        yield tmp_path / f"{TRAP}.opened"
    finally:
        watcher.kill()
        watcher.wait()


class Poisoned(GaussianLibrary):
    """Instant model with one card of hostile texts and another with a hostile name."""

    def cards(self) -> list[ModelCard]:
        said = {name: POISON for name in ("title", "summary", "author", "licence")}
        sources = (
            Source(POISON, POISON, POISON, "file:///etc/passwd", 3, POISON),
            Source("cc", POISON, "CC-BY-4.0", f"javascript:alert(1){POISON}", 3, POISON),
            Source("web", POISON, POISON, f'https://example.org/"{POISON}', 3, POISON),
        )
        styles = (Style(POISON, POISON, POISON), Style("plain", "Plain"))
        examples = (Example(POISON, POISON),)
        ours = replace(
            CARD, **said, styles=styles, examples=examples, sources=sources, figures={POISON: POISON}, date=POISON
        )
        return [ours, replace(ours, name=POISON)]

    def card(self, name: str) -> ModelCard:
        return next((card for card in self.cards() if card.name == name), self.cards()[0])


@pytest.fixture
def poisoned(home: Path) -> Request:
    """Fill the home folder with hostile files and return the request of its images."""
    own, folder = home / "pictures", home / "of another tool"
    own.mkdir()
    folder.mkdir()
    request = Request(
        prompt=POISON, negative_prompt=POISON, style=POISON, model="gaussian", steps=8, size=(128, 128), seed=3
    )
    elsewhere = replace(request, model=POISON)
    leaf = replace(request, branch=Branch(request, 4))
    for each in (request, elsewhere, leaf, replace(request, prompt="")):
        save(Result(0, each, np.full((128, 128, 4), 90, np.uint8)), own)
    newest = max(own.glob("*.png"), key=os.path.getmtime)
    newest.rename(own / f"{NAME}.png")
    lines = f"{POISON}\nNegative prompt: {POISON}\nSteps: 7, Sampler: {POISON}, Model: {POISON}, {POISON}: {POISON}"
    foreign_images.png(folder / f"{NAME}.png", {"parameters": lines.replace("\0", "")})
    (folder / NAME).mkdir()
    foreign_images.png(folder / NAME / "inside.png", {"parameters": lines})
    gallery = Gallery.open()
    gallery.sources.add(folder / NAME)
    gallery.sync()
    ids = gallery.timeline.ids(gallery.timeline.moments())
    gallery.tags.set(ids, POISON)
    for picture_id in ids:
        gallery.notes.set(picture_id, POISON)
    gallery.collections.create(POISON, ids)
    gallery.searches.save(POISON, "is:favourite")
    gallery.trash.delete([picture.id for picture in gallery.page() if picture.path.stem == NAME])
    gallery.close()
    return request


def harmful(text: str) -> bool:
    """Return whether the text contains a character with an effect beyond being visible."""
    turning = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
    return any(
        (unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t") or unicodedata.bidirectional(c) in turning
        for c in text
    )


class Walk:
    """Texts met during the walk; `found` lists the violations."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.found: set[str] = set()
        self.met: set[str] = set()
        self._where = ""
        # This is the window whose tooltips are open.
        self._over: QWidget | None = None
        draw = QPainter.drawText

        def spied(painter: QPainter, *args: Any) -> Any:
            for text in args:
                if isinstance(text, str):
                    self._check("painted", text)
            return draw(painter, *args)

        monkeypatch.setattr(QPainter, "drawText", spied)

    def begin(self, window: Window) -> Callable[[str], Any]:
        """Watch this window, and return the function that checks its visible texts."""
        self._over = window
        return self._look

    async def _look(self, where: str) -> None:
        """Check every text of every visible widget, which is painted meanwhile with its tooltip open."""
        self._where = where
        await asyncio.sleep(0.05)
        for widget in QApplication.allWidgets():
            # Painting a window can delete widgets that were replaced.
            if not isValid(widget) or not widget.isVisible():
                continue
            self._look_at(widget)
            if widget.isWindow():
                widget.grab()

    def _look_at(self, widget: QWidget) -> None:
        named = type(widget).__name__
        for name in TIPS:
            self._check_tip(f"{named}.{name}", getattr(widget, name)())
        for name in SPOKEN:
            self._check(f"{named}.{name}", getattr(widget, name)())
        for action in widget.actions():
            self._check_entry(f"{named}'s action", action.text())
            if not isinstance(widget, QMenu) or widget.toolTipsVisible():
                self._check_tip(f"{named}'s action", action.toolTip())
        if isinstance(widget, QLabel) and widget.text():
            self._check_label(widget)
        if isinstance(widget, QAbstractButton):
            self._check_entry(f"{named}.text", widget.text())
        if isinstance(widget, QAbstractItemView) and widget.model() is not None:
            self._look_at_rows(widget)

    def _look_at_rows(self, view: QAbstractItemView) -> None:
        model, named = view.model(), type(view).__name__
        columns = model.columnCount() if isinstance(view, QTableView) else 1
        for row, column in itertools.product(range(min(model.rowCount(), MANY)), range(columns)):
            index = model.index(row, column, QModelIndex())
            self._check_tip(f"{named}'s tooltip", index.data(Qt.ItemDataRole.ToolTipRole))
            for role in ROLES:
                said = index.data(role)
                # This is the painted text.
                if role == Qt.ItemDataRole.DisplayRole:
                    said = getattr(view.itemDelegate(), "displayText", lambda text, _: text)(said, view.locale())
                self._check(f"{named}'s {role.name}", said)

    def _check_label(self, it: QLabel) -> None:
        self._check("label", it.text() if it.textFormat() is not Qt.TextFormat.RichText else "")
        if it.textFormat() is Qt.TextFormat.RichText:
            document = QTextDocument()
            document.setHtml(it.text())
            self._check("rich label", document.toPlainText())
            if "<img" in it.text() or any(bad in it.text() for bad in ('href="file', 'href="javascript')):
                self.found.add(f"{self._where}: rich text {it.text()!r}")
        elif it.textFormat() is not Qt.TextFormat.PlainText and QtGui.Qt.mightBeRichText(it.text()):
            self.found.add(f"{self._where}: {type(it).__name__} reads {it.text()!r} as rich text")

    def _check_entry(self, what: str, text: str) -> None:
        self._check(what, text)
        if "A&B" in text:
            self.found.add(f"{self._where}: {what} underlines B in {text!r}")

    def _check_tip(self, what: str, text: object) -> None:
        self._check(what, text)
        if isinstance(text, str) and text:
            if QtGui.Qt.mightBeRichText(text):
                self.found.add(f"{self._where}: {what} {text!r} is rich text")
            QToolTip.showText(QPoint(9, 9), text, self._over)
            QToolTip.hideText()

    def _check(self, what: str, text: object) -> None:
        if isinstance(text, str):
            if "trap" in text:
                self.met.add(what)
            if harmful(text):
                self.found.add(f"{self._where}: {what} {text!r}")


async def walk(window: Window, look: Callable[[str], Any], folder: Path, request: Request) -> None:
    """Visit every page, menu, sheet and dialog."""
    shelf, page, desk = window.gallery, window.gallery_page, window.gallery_controller
    controls = window.create_page.controls
    await until(lambda: shelf.is_scanned and shelf.panel_model.rowCount() >= 4)
    window.create_page.gallery.grid.setCurrentIndex(shelf.panel_model.index(0))
    await look("create")
    for what in (controls.examples, controls.style_box, controls.model_box):
        what.open() if what is controls.examples else what.showPopup()
        await look(f"popup of {type(what).__name__}")
        (what.popup.hide if what is not controls.model_box else what.hidePopup)()
    for name in [*PAGES, SETTINGS]:
        window.open_page(name)
        await look(name)
    window.open_page("gallery")
    await until(lambda: page.sidebar.view.model().rowCount() > 8)
    for row in range(min(shelf.page_model.rowCount(), 5)):
        page.grid.setCurrentIndex(shelf.page_model.index(row))
        await look(f"gallery, picture {row}")
    page.grid.selectAll()
    await look("many selected")
    menus: list[tuple[str, Callable[[], QMenu]]] = [
        ("menu of collections", page.bar.show_menu),
        ("menu of a picture", lambda: page.grid.show_menu(QPoint(0, 0))),
        *(
            (f"menu of place {row}", lambda row=row: _place_menu(page.sidebar.view, row))
            for row in range(page.sidebar.view.model().rowCount())
        ),
    ]
    for named, menu in menus:
        opened_menu = menu()
        opened_menu.popup(QPoint(0, 0))
        await look(named)
        opened_menu.close()
    page.focus_search()
    QTest.keyClicks(page.search.field, "tag:")
    await until(lambda: page.search._completions.isVisible())
    await look("completions")
    page.search.set_text(f'tag:"{POISON}" {POISON}')
    await look("a search for it")
    page.search.set_text("")
    await until(lambda: shelf.page_model.rowCount() >= 4)
    page.grid.setCurrentIndex(shelf.page_model.index(0))
    page.grid.large_asked.emit()
    await until(lambda: page.large.isVisible())
    await look("large")
    page.large.hide()
    page.sidebar.choose("deleted")
    await until(lambda: any("Restore" in part.accessibleName() for part in page.deleted.findChildren(QWidget)))
    await look("deleted")
    page.sidebar.choose("")
    picture = shelf.page_model.picture(0)
    assert picture is not None
    window.export_controller.open([picture])
    await until(lambda: window.export_controller.dialog is not None and window.export_controller.dialog.isVisible())
    await look("export")
    window.export_controller.close()
    window.compare_controller.open_pictures(
        [each for row in range(2) if (each := shelf.page_model.picture(row)) is not None]
    )
    await until(lambda: len(window.compare_controller.items) == 2)
    await look("compare")
    for path in sorted(folder.rglob("*.png")):
        await desk.importer.show_report(path)
        await look(f"report on {path.parent.name}")
        desk.importer.report.close_up()
        await window.settings_restorer.restore_from(path)
        await look("settings of another tool's file")
    await window.settings_restorer.restore_from(picture.path)
    window.settings_restorer.use_request(replace(request, model=POISON))
    await look("settings of a model that is not here")
    window.commands.open_palette()
    palette = window.commands.palette
    assert palette is not None
    for typed in ("", "img", "trap"):
        palette.field.setText(typed)
        await look("palette")
    palette.close_up()
    window.queue.toggle()
    assert window.queue.panel.model.rowCount() == 2
    await look("queue")
    window.queue.toggle()
    window.settings_restorer.use_request(request)
    window.generate()
    await until(lambda: window.generation.job is None and window.viewer.on_canvas is not None)
    await look("after a run")
    window.steps.film()
    await until(lambda: window.steps.film_export.dialog is not None)
    await look("film")
    window.steps.film_export.close()
    boards = window.tools.boards
    boards.vary()
    await look("variations")
    boards.interpolate()
    await look("between")
    boards.grid.open_axes()
    await look("grid")
    window.create_page.canvas_panel.filmstrip.family.click()
    await look("family")


def _place_menu(view: QAbstractItemView, row: int) -> QMenu:
    index = view.model().index(row, 0)
    place = index.data(Qt.ItemDataRole.UserRole)
    return view.show_menu(index, QPoint(0, 0)) if place is not None and place.kind else QMenu(view)


@pytest.mark.slow
def test_no_text_of_a_file_is_markup_opens_a_file_or_reverses_text(
    home: Path, poisoned: Request, trap: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = Walk(monkeypatch)
    queue = Queue.open()
    queue.pause()
    queue.fail(queue.add(poisoned).id, POISON)
    queue.add(poisoned)
    queue.close()

    async def play(window: Window) -> None:
        await walk(window, seen.begin(window), home / "of another tool", poisoned)

    run_in_window(play, library=Poisoned(), seconds=2 * SECONDS)
    assert not seen.found, "\n".join(sorted(seen.found))
    assert not trap.exists(), "a file that a text names was opened"
    # Otherwise the hostile texts are in places that the walk does not visit.
    assert len(seen.met) > 20, seen.met


def test_a_tooltip_of_any_text_is_plain_and_readable() -> None:
    for text in ("<img src='x'>", "&lt;<b>x</b>", "<?xml ?><b>x</b>", "<!doctype html>", "  <a href='x'>y</a>", POISON):
        assert QtGui.Qt.mightBeRichText(text)
        assert not QtGui.Qt.mightBeRichText(tip(text)) and not harmful(tip(text))
        assert tip(text).replace("\u2060", "") == plain(text)
    for text in ("a red fox", "3 < 4 & 5 > 2", "AT&T", "naïve 狐 🦊 👩\u200d🚀", "two\nlines"):
        assert tip(text) == plain(text) == text
    assert escape_ampersands("salt & pepper") == "salt && pepper"
    assert plain("\x1b\x00\x7f\u202e\ud800\u200f") == "␛␀␡\ufffd\ufffd\ufffd"
    letters = [chr(code) for code in range(0x10000)]
    assert [each for each in letters if plain(each) != each] == [
        each for each in letters if escape_unsafe(each) != each and each not in "\n\t"
    ], "what a terminal is kept from the window is kept from"


def test_a_label_shows_markup_as_plain_text(trap: Path) -> None:
    if QApplication.instance() is None:
        application()
    for made in (label(POISON), ElidedLabel(POISON)):
        made.setText(POISON)
        assert made.textFormat() is Qt.TextFormat.PlainText and made.text() == plain(POISON)
        show_widget(made, 40).grab()
        if made.toolTip():
            QToolTip.showText(QPoint(9, 9), made.toolTip())
            QToolTip.hideText()
        made.close()
    assert not trap.exists()


def test_descriptions_of_branches_changes_and_files_are_plain_text() -> None:
    chip, bar, about = StatusPanel(theme()), CanvasBar(theme()), About(theme())
    chip.show_text(POISON, POISON, close_tip="Leave", on_close=chip.clear)
    bar.set_pause(True, True)
    bar.set_changes(POISON)
    about.show_findings([Finding("Model file", POISON, "warn", POISON)])
    parts = [each for widget in (chip, bar, about) for each in (widget, *widget.findChildren(QWidget))]
    for each in parts:
        spoken = [each.toolTip(), each.accessibleName(), each.accessibleDescription()]
        assert not any(map(harmful, spoken)) and not QtGui.Qt.mightBeRichText(each.toolTip()), spoken
    assert sum("img" in each.toolTip() or "img" in each.accessibleName() for each in parts) >= 3


def test_a_card_links_to_web_addresses_only() -> None:
    view = show_widget(ModelCardView(theme()), 300)
    view.show_line(Poisoned().model_table()[0])
    (rich,) = [each for each in view.findChildren(QLabel) if each.textFormat() is Qt.TextFormat.RichText]
    assert rich.text().count("<a ") == 1 and 'href="https://example.org/' in rich.text()
    assert "<img" not in rich.text()
