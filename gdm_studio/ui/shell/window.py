"""The window: its pages put together, its keys, what is dropped on it, and how it opens and closes."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QWidget

from gdm_studio import paths, preferences
from gdm_studio.models.accepts import CHOOSE_VAE
from gdm_studio.models.held import call_of
from gdm_studio.models.library import Library
from gdm_studio.request import SETTINGS as FIELDS
from gdm_studio.request import Role, with_role
from gdm_studio.studio.draft import Draft
from gdm_studio.studio.studio import Studio
from gdm_studio.ui import warm
from gdm_studio.ui.create.page import CreatePage
from gdm_studio.ui.create.settings import Settings
from gdm_studio.ui.create.stage.viewer import Viewer
from gdm_studio.ui.folders import open_folder
from gdm_studio.ui.gallery.shelf import Shelf
from gdm_studio.ui.lane import Lane
from gdm_studio.ui.look.theme import Theme
from gdm_studio.ui.session import Session
from gdm_studio.ui.settings.preferring import Preferring
from gdm_studio.ui.shell.collecting import Collecting
from gdm_studio.ui.shell.commands import Commands
from gdm_studio.ui.shell.reopening import as_it_stands, restore
from gdm_studio.ui.shell.telling import Telling
from gdm_studio.ui.widgets import Notices
from gdm_studio.ui.widgets.drop_zones import picture_in
from gdm_studio.ui.widgets.file_drops import take_copy
from gdm_studio.ui.widgets.layouts import stacked
from gdm_studio.ui.widgets.topbar import SETTINGS, TopBar

if TYPE_CHECKING:
    from gdm_studio.errors import StudioError
    from gdm_studio.gallery import Metadata, Picture
    from gdm_studio.models.held import Held
    from gdm_studio.request import Request
    from gdm_studio.studio.restoring import Restored
    from gdm_studio.ui.gallery.page import GalleryPage
    from gdm_studio.ui.gallery.panel import GalleryPanel

MODELS = "models"
PAGES = ("create", "gallery", "compare", MODELS)
FAMILY_TREE = "family-tree"  # the page behind that of models
LANE_MS = 4000  # how long closing waits for the step under way
TASKS_SECONDS = 0.5
BELOW_HEAD = 60  # of a page: notices leave its search and its buttons free


class Window(QMainWindow):
    """Shown first, `start()`ed after its first paint; `close()` hides it and `closed` is set when all has ended."""

    def __init__(self, theme: Theme, library: Library) -> None:
        super().__init__()
        self.studio = Studio(models=library)
        self.theme, self.library = theme, library
        self.painted, self.closed = asyncio.Event(), asyncio.Event()
        self.lane_ended = True
        self._telling = Telling(self._notices_here, open_models=lambda: self.turn_to(MODELS))
        self.say = self._telling.say
        self.tasks = self._telling.tasks
        self.lane = Lane(self.studio.crew)
        self.shelf = Shelf(theme, lambda: self.studio.gallery, self._telling.past, tasks=self.tasks, say=self.say)
        self.commands = Commands(self)
        self._started, self._of_models = False, MODELS
        with theme.undressed():
            self.draft = Draft()
            self._lay_out()
            self.preferring = Preferring(theme, shelf=self.shelf, tasks=self.tasks)
            self.viewer = Viewer(self.create_page.stage, self.create_page.controls.curve)
            self.settings = Settings(self.create_page.controls, library, self.lane)
            self._session = Session.load(paths.data_dir())
            restore(self, self._session)

    def start(self) -> None:
        """Sets everything to work, adds the pages out of sight, starts the threads: the gallery's and the lane's."""
        if self._telling.closing:
            return
        self._started = True
        self._collecting = Collecting(self)
        self._set_to_work()
        self._connect()
        self._add_pages()
        self.commands.keys.bind(self.commands.actions())
        self.turn_to(self._session.page)
        if self._session.set_open:
            self.ways.turn_set(True)
        self.lane_ended = False
        self.lane.start()
        self.recalling.begin_with_last(self.create_page)
        self.tasks.start(self.shelf.open())
        self.tasks.start(self._warm_up())
        self.top.watch_memory()

    def turn_to(self, page: str) -> None:
        """Opens a page by its id."""
        if page == SETTINGS and page not in self._page_of:
            self._add_settings()
        if page == FAMILY_TREE and page not in self._page_of:
            self._add_family_tree()
        if page not in self._page_of:
            page = PAGES[0]
        if self.pages.currentWidget() is not self._page_of[page]:
            self.create_page.notices().clear("success")
            self._notices.clear("success", "info")  # they would lie over the page that is turned to
        self.pages.setCurrentWidget(self._page_of[page])
        self.top.set_page(MODELS if page == FAMILY_TREE else page)
        if page in (MODELS, FAMILY_TREE):
            self._of_models = page
        if page == MODELS:
            self.tasks.start(self._look_for_models())
        if page == FAMILY_TREE:
            self.tasks.start(self._family_desk.show())

    def _turn_to_tab(self, page: str) -> None:
        """Of the two pages behind one tab that which was left, or the other one where it is open."""
        self.turn_to(self._of_models if page == MODELS and self.page() != FAMILY_TREE else page)

    def page(self) -> str:
        """The id of the page that is open."""
        return next(page for page, widget in self._page_of.items() if widget is self.pages.currentWidget())

    def add_page(self, page: str, widget: QWidget) -> None:
        """Makes `widget` what `turn_to(page)` opens."""
        self._page_of[page] = widget
        self.pages.addWidget(widget)

    def _notices_here(self) -> Notices:
        return self.create_page.notices() if self.pages.currentWidget() is self.create_page else self._notices

    async def _warm_up(self) -> None:
        try:
            self.settings.show_devices(await self.lane.ask(warm.find_devices))
            await self._show_device()
            await self.settings.load_model()
            await self.queue.open()
        finally:
            self._collecting.begin()
        self.models_desk.show(await asyncio.to_thread(self.library.held))

    async def _show_device(self) -> None:
        """Says in words which device the next pictures are made on."""
        device = self.create_page.controls.request().device
        self.making.set_device(await self.lane.ask(partial(warm.describe, device)))

    def _lay_out(self) -> None:
        self.setWindowTitle("GDM Studio")
        self.top = TopBar(self.theme, PAGES)
        self.create_page = CreatePage(self.theme, self.draft, self.shelf.beside)
        self.pages = QStackedWidget()
        self._page_of: dict[str, QWidget] = {}
        self.add_page("create", self.create_page)
        room = QWidget()  # of the pages, and of notices: of a stack a screen reader knows the open page alone
        stacked(self.pages, on=room)
        body = QWidget()
        stacked(self.top, (room, 1), on=body, spacing=0)
        self.setCentralWidget(body)
        self._notices = Notices(self.theme, room, top=BELOW_HEAD)
        self.create_page.gallery.grid.set_empty_text(_empty_text())

    def _set_to_work(self) -> None:
        """What makes the Create page do something, which the first paint does not wait for."""
        from gdm_studio.ui.create.desk import Desk
        from gdm_studio.ui.create.making import Making
        from gdm_studio.ui.create.prompting.prompting import Prompting
        from gdm_studio.ui.create.queue.backlog import Backlog
        from gdm_studio.ui.create.recalling import Recalling
        from gdm_studio.ui.create.steps.steps import Steps
        from gdm_studio.ui.create.tools import Tools
        from gdm_studio.ui.create.ways import Ways
        from gdm_studio.ui.exporting.exporting import Exporting

        theme, library = self.theme, self.library
        self.exporting = Exporting(self, theme, lane=self.lane, library=library, tasks=self.tasks, say=self.say)
        self.exporting.last = self._session.exported
        self.backlog = Backlog(self.studio.queue, self.shelf, tasks=self.tasks, say=self.say)
        self.making = Making(
            self.create_page, self.viewer, self.top, lane=self.lane, shelf=self.shelf, backlog=self.backlog,
            settings=self.settings, tasks=self.tasks, say=self.say,
        )  # fmt: skip
        self._desk = desk = Desk(
            theme=theme, page=self.create_page, viewer=self.viewer, lane=self.lane, library=library, shelf=self.shelf,
            settings=self.settings, making=self.making, tasks=self.tasks, say=self.say,
        )  # fmt: skip
        self.ways = Ways(desk)
        self.live, self.sets = self.ways.live, self.ways.sets
        self.prompting = Prompting(
            self.create_page.controls,
            library=library,
            former=lambda most: self.shelf.ask(lambda gallery: gallery.prompts(most)),
            tasks=self.tasks,
        )
        self.steps = Steps(desk, self.ways, compare=lambda items: self.comparing.open(items))
        self.tools = Tools(desk, self.steps.picture)
        self.recalling = Recalling(
            self.viewer, steps=self.steps, shelf=self.shelf, ways=self.ways, tools=self.tools, tasks=self.tasks,
            say=self.say, open_page=lambda: self.turn_to("create"),
            report=lambda path: self.gallery_desk.importing.report_on(path), restored=self._restored,
        )  # fmt: skip

    def _restored(self, metadata: Metadata) -> Restored:
        """What a file asks of the models that are here, the chosen one standing in for one that is not."""
        from gdm_studio.studio.restoring import restored

        return restored(metadata, self.library.held(), self.settings.card)

    def _add_pages(self) -> None:
        """The pages that the first paint does not wait for."""
        from gdm_studio.ui.compare.comparing import Comparing
        from gdm_studio.ui.compare.page import ComparePage
        from gdm_studio.ui.gallery.page import GalleryPage
        from gdm_studio.ui.models.desk import ModelsDesk
        from gdm_studio.ui.models.page import ModelsPage

        self.gallery_page = GalleryPage(self.theme, self.shelf.all)
        self.gallery_page.grid.set_empty_text(_empty_text())
        self.gallery_page.set_look(self._session.cell, oldest_first=self._session.oldest_first)
        self.gallery_page.activated.connect(self._on_activated)
        self._serve(self.gallery_page)
        self._set_up_gallery()
        self.models_page = ModelsPage(self.theme)
        self.models_page.use_model.connect(self._use_model)
        self.models_page.put_asked.connect(self._put_into_prompt)
        self.models_page.open_folder.connect(lambda: self.tasks.start(open_folder(paths.models_dir(), make=True)))
        self.models_page.family_asked.connect(lambda: self.turn_to(FAMILY_TREE))
        self.models_desk = ModelsDesk(
            self.models_page,
            self.library,
            tasks=self.tasks,
            say=self.say,
            turn_here=lambda: self.turn_to(MODELS),
            look=self._look_for_models,
            named=lambda: self.preferring.take_over("model_folders"),
        )
        self.settings.serve(self.models_page)
        self.add_page("gallery", self.gallery_page)
        compare_page = ComparePage(self.theme)
        self.comparing = Comparing(self._desk, compare_page, open_page=self.turn_to, use=self.recalling.use_request)
        self.tools.sheets.compare = self.comparing.open
        self.tools.sheets.show_steps = self.steps.show_steps
        self.add_page("compare", compare_page)
        self.add_page(MODELS, self.models_page)
        self._set_up_queue()

    def _set_up_gallery(self) -> None:
        """What stands behind the gallery's page, and what it does to the others."""
        from gdm_studio.ui.gallery.desk import Desk

        page, beside = self.gallery_page, self.create_page.gallery
        self.gallery_desk = Desk(
            self.theme, page, beside, shelf=self.shelf, lane=self.lane, library=self.library, tasks=self.tasks,
            say=self.say,
        )  # fmt: skip
        self.gallery_desk.importing.take = self.recalling.take
        self.gallery_desk.importing.left_out = self.steps.left_out
        self.gallery_desk.importing.restored = self._restored
        page.asks.compare.connect(lambda pictures: self.comparing.open_pictures(pictures))
        page.asks.vary.connect(self.recalling.vary)

    def _set_up_queue(self) -> None:
        """The queue's panel, and what goes on when nobody looks."""
        from gdm_studio.ui.create.queue.away import Away
        from gdm_studio.ui.create.queue.desk import Desk
        from gdm_studio.ui.create.queue.panel import QueuePanel

        self.making.away = Away(self, tasks=self.tasks)
        self.making.editing.use = self._use_for_one
        panel = QueuePanel(self.theme, self.top.parentWidget() or self, top=self.top.height())
        for notices in (self._notices, self.create_page.stage.notices, self.create_page.sheet.notices):
            notices.give_way(panel)
        self.queue = Desk(
            panel, self.top, self.backlog, self.making, tasks=self.tasks, say=self.say,
            open_page=lambda: self.turn_to("create"),
        )  # fmt: skip

    def _use_for_one(self, request: Request) -> list[str]:
        """Brings the settings of an item into the controls, a branch too; they are for one run after another."""
        if self.sets.on:
            self.ways.turn_set(False)
        return self.steps.use(request)

    def _add_settings(self) -> None:
        from gdm_studio.ui.settings.page import SettingsPage
        from gdm_studio.ui.settings.showing import Showing

        self.settings_page = SettingsPage(self.theme)
        self.shown_settings = Showing(
            self.settings_page, self.preferring, lane=self.lane, shelf=self.shelf, tasks=self.tasks, say=self.say,
            request=self.create_page.controls.request,
        )  # fmt: skip
        self.add_page(SETTINGS, self.settings_page)

    def _add_family_tree(self) -> None:
        from gdm_studio.ui.family_tree.desk import FamilyDesk
        from gdm_studio.ui.family_tree.page import FamilyTreePage

        self.family_page = FamilyTreePage(self.theme)
        self.family_page.back_asked.connect(lambda: self.turn_to(MODELS))
        self.family_page.shown.connect(lambda _: self._notices.clear("success"))  # of the command of another
        self._family_desk = FamilyDesk(self.family_page, self.library, tasks=self.tasks, say=self.say, use=self._try)
        self.add_page(FAMILY_TREE, self.family_page)

    async def _look_for_models(self) -> None:
        """Shows the models that there are now, where they are others than before."""
        if await asyncio.to_thread(self.library.refresh):
            self.settings.look_again()
            self.settings.serve(self.models_page)
            self.gallery_desk.show_models()
        self.prompting.look_again()
        self.models_desk.show(await asyncio.to_thread(self.library.held))

    def _connect(self) -> None:
        start = self.tasks.start
        self.setAcceptDrops(True)
        self.top.page_chosen.connect(self._turn_to_tab)
        for setting in with_role(FIELDS, Role.LOADED):
            self.draft.listen(setting.name, lambda _: self._telling.settings_changed())
        self._telling.mending[CHOOSE_VAE] = self._offer_vae
        self.preferring.on_device = lambda: start(self._show_device())
        self.preferring.on_models = lambda: start(self._look_for_models())
        self.create_page.controls.model_chosen.connect(lambda name: start(self.settings.choose_model(name)))
        self.create_page.controls.device_box.chosen.connect(lambda: start(self._show_device()))
        self.create_page.sheet.show_asked.connect(self._show_collection)
        self.create_page.stage.drop_zones.dropped.connect(self.recalling.take)
        self._serve(self.create_page.gallery)
        self.sets.on_export = self.exporting.open
        # out of the prompt, so that Space pauses; not into the canvas, whose frame says it was reached by Tab
        self.create_page.controls.generate.connect(self.generate)
        self.create_page.gallery.selected.connect(self.recalling.show)
        self.top.palette_asked.connect(lambda: self.commands.open_palette())

    def generate(self) -> None:
        """Makes pictures, and remembers the settings there and then: a crash must not cost the prompt."""
        self.tools.then(self._generate)

    def _generate(self) -> None:
        if not self.making.save_edited() and not self.steps.generate():
            self.ways.generate()
        self.tasks.start(self.shelf.remember(as_it_stands(self), paths.data_dir()))

    def _put_into_prompt(self, line: Held) -> None:
        if reason := self.prompting.put(line):
            self.say(f"{line.title} is not in the prompt", reason)
        else:
            create = partial(self.turn_to, "create")
            self.say(f"{line.title} is in the prompt", call_of(line), kind="success", action="Create", on_action=create)

    def _offer_vae(self, error: StudioError) -> None:
        """For the chosen model, if that is the one that needs it."""
        if (card := self.settings.card) is not None and card.name == error.model and card.accepts.needs_vae:
            self.models_desk.offer_vae(card)
        else:
            self.say(error.title, str(error), kind="error")

    def _show_collection(self) -> None:
        self.turn_to("gallery")
        self.tasks.start(self.gallery_desk.places.open(self.sets.collection))

    def _watch(self, item_id: str, image: int) -> None:
        """Shows a picture that is being made on the stage."""
        self.turn_to("create")
        self.making.go_live(item_id)
        if self.making.job_of(item_id) is not None and self.viewer.image != image:
            self.viewer.choose_image(image)

    def _serve(self, panel: GalleryPanel | GalleryPage) -> None:
        asks = panel.asks
        self.shelf.serve(asks)
        self.making.forming.serve(panel.grid.set_forming)
        panel.grid.forming_clicked.connect(self._watch)
        asks.use_settings.connect(self.recalling.use)
        asks.less_like.connect(self.recalling.less_like)
        asks.open_folder.connect(lambda picture: self.tasks.start(open_folder(picture.path.parent)))
        asks.export.connect(self.exporting.open)
        asks.copy.connect(lambda pictures: self.tasks.start(self.exporting.copy(pictures)))
        asks.copy_credit.connect(self.exporting.copy_credit)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys that no field or list wanted for itself."""
        if not self.commands.keys.press(event):
            self.commands.say_refused(event)
            super().keyPressEvent(event)

    def step_on(self) -> None:
        """The next step: one that has been made, or else, while paused, one more."""
        if self.viewer.live:
            self.making.step_once()
        else:
            self.viewer.step(+1)

    def come_forward(self, picture: Path | None) -> bool:
        """Comes before all other windows, with the settings of `picture` where there is one; False while it closes."""
        if self._telling.closing:
            return False
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.raise_()
        self.activateWindow()
        if picture is not None:
            self.tasks.start(self.recalling.restore_from(picture))
        return True

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if picture_in(event.mimeData()) is not None or (self._started and _dropped_models(event)):
            take_copy(event)

    def dropEvent(self, event: QDropEvent) -> None:
        path = picture_in(event.mimeData())
        if path is not None:
            take_copy(event)
            self.tasks.start(self.recalling.restore_from(path))
        elif self._started and (models := _dropped_models(event)):
            take_copy(event)
            self.models_desk.take(models)

    def undo(self) -> None:
        """The latest stroke of a mask that is being painted, or change of a frame, else what was done last."""
        if self.page() != "create" or not self.tools.undo():
            self.tasks.start(self._telling.undo())

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.WindowActivate and self._started and not self._telling.closing:
            self.tasks.start(self._look_for_models())  # which people may have put there meanwhile
            self.gallery_desk.elsewhere.look()
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self.theme.changed.emit()  # what is painted beforehand is painted as sharp as this screen is
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        self.painted.set()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Asks nothing: what is finished is kept, what runs or waits goes on the next time."""
        event.ignore()
        if not self._telling.closing:
            self._telling.closing = True
            self.tasks.start(self._end())

    async def _end(self) -> None:
        self.hide()
        self.painted.set()  # whoever waits for it need not any more
        try:
            if self._started:
                await self._stop_work()
        finally:
            await self.shelf.close()
            if self._started:
                self._collecting.end()
            self.closed.set()

    async def _stop_work(self) -> None:
        session = as_it_stands(self)
        self.shelf.stop_looking()
        self.exporting.close()
        self.steps.close()
        await self.models_desk.stop()
        self.making.closing = True
        self.lane.stop()
        self.lane_ended = await asyncio.to_thread(self.lane.wait, LANE_MS)
        await self.tasks.finish(TASKS_SECONDS)
        await self.making.leave()
        await self.shelf.remember(session, paths.data_dir())
        await self.sets.leave()
        await self.tools.sheets.leave()

    def _use_model(self, name: str) -> None:
        self.turn_to("create")
        self.tasks.start(self.settings.choose_model(name))

    def _try(self, wish: Request) -> None:
        """Makes what it asks for, after what runs."""
        self.turn_to("create")
        self.create_page.controls.show_top()
        self.tools.starting.put_aside()
        self.tasks.start(self._made(wish))

    async def _made(self, wish: Request) -> None:
        await self.settings.choose_model(wish.model, wish)
        if self.draft["model"] == wish.model:
            self.making.generate()

    def _on_activated(self, picture: Picture) -> None:
        self.turn_to("create")
        self.shelf.beside.fill([picture])
        self.create_page.gallery.grid.select(picture.id)
        self.recalling.show(picture)


def _dropped_models(event: QDropEvent) -> list[Path]:
    from gdm_studio.ui.models.desk import dropped_models

    return dropped_models(event)


def _empty_text() -> str:
    return f"Your pictures will appear here.\n\nThey are files in {preferences.pictures_dir()}"
