"""The window: its pages put together, its keys, what is dropped on it, and how it opens and closes."""

from __future__ import annotations

import asyncio
import sys
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, QUrl
from PySide6.QtGui import QCloseEvent, QDesktopServices, QDragEnterEvent, QDropEvent, QKeyEvent, QPaintEvent, QShortcut
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from gdm_studio import memory, paths
from gdm_studio.errors import ModelError, StudioError
from gdm_studio.models.library import Library
from gdm_studio.ui import warm
from gdm_studio.ui.drop_zones import dropped_picture
from gdm_studio.ui.exporting import Exporting
from gdm_studio.ui.lane import Lane
from gdm_studio.ui.making import Making
from gdm_studio.ui.pages.create_page import CreatePage
from gdm_studio.ui.places import Places
from gdm_studio.ui.recalling import Recalling
from gdm_studio.ui.reopening import as_it_stands, restore
from gdm_studio.ui.session import Session
from gdm_studio.ui.settings import Settings
from gdm_studio.ui.shelf import Shelf
from gdm_studio.ui.tasks import Tasks
from gdm_studio.ui.theme import Theme
from gdm_studio.ui.tools import Tools
from gdm_studio.ui.topbar import TopBar
from gdm_studio.ui.viewer import Viewer
from gdm_studio.ui.ways import Ways
from gdm_studio.ui.widgets import Choice, Notices

if TYPE_CHECKING:
    from gdm_studio.gallery import Picture
    from gdm_studio.ui.gallery_panel import GalleryPanel
    from gdm_studio.ui.pages.gallery_page import GalleryPage

PLAIN = Qt.KeyboardModifier.KeypadModifier  # the only modifier that leaves a key a plain one
PAGES = [Choice("create", "Create"), Choice("gallery", "Gallery"), Choice("models", "Models")]
LANE_MS = 4000  # how long closing waits for the step under way
TASKS_SECONDS = 0.5
MEMORY_MS = 2000  # between two readings of the memory in use
NOTICE_SECONDS = 8.0
OFFER_SECONDS = 30.0  # of a notice with a button; an error with one stays


class Window(QMainWindow):
    """Shown first, `start()`ed after its first paint; `close()` hides it and `closed` is set when all has ended."""

    def __init__(self, theme: Theme, library: Library) -> None:
        super().__init__()
        self._theme = theme
        self.painted, self.closed = asyncio.Event(), asyncio.Event()
        self.lane_ended = True
        self._closing = False
        self.tasks = Tasks(self.report)
        self.lane = Lane(library)
        self.shelf = Shelf(theme, tasks=self.tasks, say=self.say)
        self.exporting = Exporting(self, theme, lane=self.lane, library=library, tasks=self.tasks, say=self.say)
        self._lay_out()
        self._set_to_work(library)
        self._connect()
        self._session = Session.load(paths.data_dir())
        restore(self, self._session)

    def start(self) -> None:
        """Adds the pages out of sight, starts the threads: the gallery's, and the lane's, which imports torch."""
        if self._closing:
            return
        self._add_pages()
        self.turn_to(self._session.page)
        self.lane_ended = False
        self.lane.start()
        self.tasks.start(self.shelf.open())
        self.tasks.start(self._warm_up())
        self._memory = QTimer(self, interval=MEMORY_MS)
        self._memory.timeout.connect(self._show_memory)
        self._memory.start()
        self._show_memory()

    def say(
        self,
        title: str,
        text: str = "",
        *,
        kind: str = "info",
        action: str = "",
        on_action: Callable[[], object] | None = None,
    ) -> None:
        """Shows a notice over the page that is open."""
        if self._closing and kind == "error":
            print(f"gdm-studio: {text}", file=sys.stderr)
        notices = self.create_page.notices() if self.pages.currentWidget() is self.create_page else self._notices
        seconds = NOTICE_SECONDS if not action else 0 if kind == "error" else OFFER_SECONDS
        notices.show_notice(title, text, kind=kind, action=action, on_action=on_action, seconds=seconds)

    def report(self, error: BaseException) -> None:
        """Shows what a task failed with; what is not meant for people also goes to standard error."""
        if self._closing:
            print(f"gdm-studio: {error}", file=sys.stderr)
        elif isinstance(error, ModelError):
            self.say(error.title, str(error), kind="error", action="Models", on_action=lambda: self.turn_to("models"))
        elif isinstance(error, StudioError):
            self.say(error.title, str(error), kind="error")
        else:
            traceback.print_exception(error)
            self.say("Something unforeseen happened", f"{type(error).__name__}: {error}", kind="error")

    def turn_to(self, page: str) -> None:
        """Opens a page by its id."""
        index = next((i for i, choice in enumerate(PAGES[: self.pages.count()]) if choice.id == page), 0)
        self.pages.setCurrentIndex(index)
        self.top.set_page(PAGES[index].id)

    def page(self) -> str:
        """The id of the page that is open."""
        return PAGES[self.pages.currentIndex()].id

    async def _warm_up(self) -> None:
        self.settings.show_devices(await self.lane.ask(warm.find_devices))
        await self._show_device()
        await self.settings.load_model()

    async def _show_device(self) -> None:
        """Says in words which device the next pictures are made on."""
        device = self.create_page.controls.request().device
        self.making.set_device(await self.lane.ask(partial(warm.describe, device)))

    def _lay_out(self) -> None:
        self.setWindowTitle("GDM Studio")
        self.setAcceptDrops(True)
        self.top = TopBar(self._theme, PAGES)
        self.create_page = CreatePage(self._theme, self.shelf.beside)
        self.pages = QStackedWidget()
        self.pages.addWidget(self.create_page)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.top)
        column.addWidget(self.pages, 1)
        self.setCentralWidget(body)
        self._notices = Notices(self._theme, self.pages)
        self.create_page.gallery.set_empty_text(_empty_text())

    def _set_to_work(self, library: Library) -> None:
        """What makes the Create page do something."""
        self.viewer = Viewer(self.create_page.stage, self.create_page.controls.curve)
        self.settings = Settings(self.create_page.controls, library, self.lane)
        self.making = Making(
            self.create_page,
            self.viewer,
            self.top,
            lane=self.lane,
            shelf=self.shelf,
            settings=self.settings,
            tasks=self.tasks,
            say=self.say,
        )
        self.ways = Ways(
            self.create_page,
            self.viewer,
            lane=self.lane,
            shelf=self.shelf,
            settings=self.settings,
            making=self.making,
            tasks=self.tasks,
            say=self.say,
        )
        self.live, self.sets = self.ways.live, self.ways.sets
        self.tools = Tools(
            self._theme,
            self.create_page,
            self.viewer,
            lane=self.lane,
            library=library,
            settings=self.settings,
            making=self.making,
            tasks=self.tasks,
            say=self.say,
        )
        self.recalling = Recalling(
            self.viewer,
            shelf=self.shelf,
            settings=self.settings,
            ways=self.ways,
            tools=self.tools,
            tasks=self.tasks,
            say=self.say,
            open_page=lambda: self.turn_to("create"),
        )

    def _add_pages(self) -> None:
        """The pages that the first paint does not wait for."""
        from gdm_studio.ui.pages.gallery_page import GalleryPage
        from gdm_studio.ui.pages.models_page import ModelsPage

        self.gallery_page = GalleryPage(self._theme, self.shelf.all)
        self.gallery_page.set_empty_text(_empty_text())
        self.gallery_page.activated.connect(self._on_activated)
        self._serve(self.gallery_page)
        self.places = Places(self.gallery_page, self.shelf, tasks=self.tasks, say=self.say)
        self.models_page = ModelsPage(self._theme)
        self.models_page.use_model.connect(self._use_model)
        self.models_page.open_folder.connect(lambda: _open_folder(paths.models_dir()))
        self.settings.serve(self.models_page)
        self.pages.addWidget(self.gallery_page)
        self.pages.addWidget(self.models_page)

    def _connect(self) -> None:
        start = self.tasks.start
        self.top.page_chosen.connect(self.turn_to)
        self.create_page.controls.model_chosen.connect(lambda name: start(self.settings.choose_model(name)))
        self.create_page.controls.device_box.chosen.connect(lambda: start(self._show_device()))
        self.create_page.sheet.show_asked.connect(self._show_collection)
        self.create_page.stage.drop_zones.dropped.connect(self.recalling.take)
        self._serve(self.create_page.gallery)
        self.sets.on_export = self.exporting.open
        # out of the prompt, so that Space pauses; not into the canvas, whose frame says it was reached by Tab
        self.create_page.controls.generate.connect(self._generate)
        self.create_page.gallery.selected.connect(self.recalling.show)
        for keys, act in self._shortcuts().items():
            QShortcut(keys, self).activated.connect(act)

    def _generate(self) -> None:
        """Makes pictures, and remembers the settings there and then: a crash must not cost the prompt."""
        self.ways.generate()
        self.tasks.start(self.shelf.remember(as_it_stands(self), paths.data_dir()))

    def _show_collection(self) -> None:
        self.turn_to("gallery")
        self.tasks.start(self.places.open(self.sets.collection))

    def _serve(self, panel: GalleryPanel | GalleryPage) -> None:
        self.shelf.serve(panel)
        panel.use_settings.connect(self.recalling.use)
        panel.open_folder.connect(lambda picture: _open_folder(picture.path.parent))
        panel.export.connect(self.exporting.open)
        panel.copy_credit.connect(self.exporting.copy_credit)

    def _shortcuts(self) -> dict[str, Callable[[], object]]:
        numbered = {f"Ctrl+{n}": partial(self.turn_to, page.id) for n, page in enumerate(PAGES, 1)}
        return {
            **numbered,
            "Ctrl+Return": self._generate,
            "Ctrl+Enter": self._generate,
            **self.ways.shortcuts(),
            "Ctrl+Z": self._undo,
            "Ctrl+E": self._export,
            "Ctrl+Q": self.close,
        }

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys that no field or list wanted for itself; those of single buttons are bound where the buttons are."""
        act = self._keys().get(Qt.Key(event.key())) if not event.modifiers() & ~PLAIN else None
        if act is None:
            super().keyPressEvent(event)
        else:
            act()

    def _keys(self) -> dict[Qt.Key, Callable[[], object]]:
        if self.pages.currentWidget() is not self.create_page:
            return {Qt.Key.Key_Slash: self._focus_search}
        if self.sets.on:
            stop = self.create_page.controls.stop.emit  # the set, or a run that began before it
            return {Qt.Key.Key_Escape: stop, Qt.Key.Key_Slash: self._focus_search}
        return {
            Qt.Key.Key_Space: self.making.toggle_pause,
            Qt.Key.Key_Escape: self.making.stop,
            Qt.Key.Key_Left: lambda: self.viewer.step(-1),
            Qt.Key.Key_Right: self._step_on,
            Qt.Key.Key_Home: lambda: self.viewer.look_at(1),
            Qt.Key.Key_End: self.viewer.go_live,
            Qt.Key.Key_R: lambda: self.tasks.start(self.viewer.replay()),
            Qt.Key.Key_Slash: self._focus_search,
        }

    def _step_on(self) -> None:
        """The next step: one that has been made, or else, while paused, one more."""
        if self.viewer.live:
            self.making.step_once()
        else:
            self.viewer.step(+1)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dropped_picture(event) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        path = dropped_picture(event)
        if path is not None:
            event.acceptProposedAction()
            self.tasks.start(self.recalling.restore_from(path))

    def _undo(self) -> None:
        """The latest stroke of a mask that is being painted, else what was deleted last."""
        if not self.tools.undo():
            self.tasks.start(self.shelf.undo())

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        self.painted.set()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Asks nothing: what runs is stopped, what is finished is kept."""
        event.ignore()
        if not self._closing:
            self._closing = True
            self.tasks.start(self._end())

    async def _end(self) -> None:
        session = as_it_stands(self)
        self.hide()
        self.painted.set()  # whoever waits for it need not any more
        self.shelf.stop_looking()
        self.exporting.close()
        self.lane.stop()
        try:
            if not self.lane_ended:
                self.lane_ended = await asyncio.to_thread(self.lane.wait, LANE_MS)
            await self.tasks.finish(TASKS_SECONDS)
            await self.making.save_unsaved()
            await self.shelf.remember(session, paths.data_dir())
            await self.sets.keep()
        finally:
            await self.shelf.close()
            self.closed.set()

    def _use_model(self, name: str) -> None:
        self.turn_to("create")
        self.tasks.start(self.settings.choose_model(name))

    def _export(self) -> None:
        """Exports what is selected beside the canvas, or on the gallery's page."""
        panel = self.create_page.gallery if self.pages.currentWidget() is self.create_page else self.gallery_page
        self.exporting.open(panel.grid.selected())

    def _focus_search(self) -> None:
        panel = self.create_page.gallery if self.pages.currentWidget() is self.create_page else self.gallery_page
        panel.focus_search()

    def _on_activated(self, picture: Picture) -> None:
        self.turn_to("create")
        self.create_page.gallery.select(picture.id)
        self.recalling.show(picture)

    def _show_memory(self) -> None:
        used = memory.in_use()
        if used is not None:
            self.top.set_memory(memory.in_words(used))


def _empty_text() -> str:
    return f"Your pictures will appear here.\n\nThey are files in {paths.pictures_dir()}"


def _open_folder(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
