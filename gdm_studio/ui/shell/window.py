"""Main window, which creates pages and controllers, handles keys and dropped files, and starts and shuts down."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QEventLoop, QRect, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QCursor, QDragEnterEvent, QDropEvent, QGuiApplication, QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QApplication, QScrollBar, QWidget

from gdm_studio import preferences
from gdm_studio.common import paths
from gdm_studio.common.errors import StorageError
from gdm_studio.common.lazy_import import LazyModule
from gdm_studio.models.installed import saved_model_list
from gdm_studio.request.generation_request import SETTINGS as FIELDS
from gdm_studio.request.generation_request import Role, with_role
from gdm_studio.studio.request_draft import RequestDraft
from gdm_studio.ui.create.page import CreatePage
from gdm_studio.ui.create.request_settings import RequestSettings
from gdm_studio.ui.gallery.service import GalleryService
from gdm_studio.ui.notifier import Notifier
from gdm_studio.ui.settings.controller import SettingsController
from gdm_studio.ui.shell.page_stack import PageStack
from gdm_studio.ui.shell.window_base import WindowBase
from gdm_studio.ui.shell.window_state import SessionSaver, early_session_of, restore, session_of
from gdm_studio.ui.theme.roles import announce
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.translation import error_text, error_title, sentence_text, translate
from gdm_studio.ui.widgets import Notices
from gdm_studio.ui.widgets.keys import is_letter, takes_letters
from gdm_studio.ui.widgets.layouts import stacked
from gdm_studio.ui.widgets.topbar import SETTINGS, TopBar
from gdm_studio.ui.window_actions import GO_TO
from gdm_studio.ui.window_state_file import Session, end_restoring

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import numpy as np

    from gdm_studio.common.errors import StudioError
    from gdm_studio.gallery import Metadata, Picture
    from gdm_studio.jobs.runner import Runner
    from gdm_studio.jobs.workers.engine_process import ProcessEngine
    from gdm_studio.jobs.workers.process_start import WorkerProcess
    from gdm_studio.models.installed.model_table import ModelTableRow
    from gdm_studio.models.model_library import Library
    from gdm_studio.request.generation_request import Request
    from gdm_studio.studio.settings_import import RestoredRequest
    from gdm_studio.studio.studio import Studio
    from gdm_studio.ui.create.prompt.prompt_text_field import PromptEditor
    from gdm_studio.ui.gallery.page import GalleryPage
    from gdm_studio.ui.gallery.panel import GalleryPanel
    from gdm_studio.ui.learn.page import LearnPage
    from gdm_studio.ui.models.page import ModelsPage
    from gdm_studio.ui.paper_family_tree.page import FamilyTreePage
    from gdm_studio.ui.running_jobs import RunningJob
    from gdm_studio.ui.settings.page import SettingsPage
    from gdm_studio.ui.shell.early_input import EarlyInput
    from gdm_studio.ui.train.page import TrainPage
    from gdm_studio.ui.widgets.image_comparison.compared_image import Item
    from gdm_studio.ui.worker_thread import WorkerThread
else:
    # The first paint does not wait for the import.
    asyncio = LazyModule("asyncio")

MODELS = "models"
LEARN = "learn"
TRAIN = "train"
PAGES = ("create", "gallery", "compare", MODELS, LEARN, TRAIN)
# Second page of the tab Learn.
FAMILY_TREE = "family-tree"
# Time without input after which a page is created in advance.
IDLE_SECONDS = 0.5
# Time that closing waits for the running step, and then for the other tasks.
LANE_MS = 4000
TASKS_SECONDS = 0.5
# A window that responds after this time has finished all work that a restored prompt starts.
RESTORED_MS = 2000
# Milliseconds between two looks for Ctrl-C before the first paint.
SIGNALS_MS = 100
# Maximum time to wait for the first scan of the models.
FIRST_SCAN_SECONDS = 5.0


class Window(WindowBase):
    """Main window of the application, which creates the pages and their controllers and connects them.

    Show it, then call `start()` after its first paint. `close()` hides the window immediately. The event `closed` is
    set when all threads have ended.
    """

    def __init__(
        self, theme: Theme, library: Library | None = None, engine_process: WorkerProcess | None = None
    ) -> None:
        """Create the window. Without an `engine_process`, its worker thread generates the images itself."""
        super().__init__()
        self._engine_process = engine_process
        self.theme = theme
        self._given_library = library
        self._is_painted = False
        # Runs from `show_first_frame` to the first paint.
        self._paint_loop: QEventLoop | None = None
        # True if the user closed the window before it had an asyncio loop.
        self._is_closed_early = False
        self.worker_ended = True
        # True if the program starts again after the window has closed.
        self.wants_restart = False
        self._notifier = Notifier(
            self._visible_notices,
            open_models=lambda: self.open_page(MODELS),
            show_unread=lambda errors, others: self.top.set_unread(errors, others),
        )
        self.notify = self._notifier.notify
        self.tasks = self._notifier.tasks
        self.gallery = GalleryService(
            theme, lambda: self.studio.gallery, self._notifier.undo_stack, self.tasks, self.notify, parent=self
        )
        # True once keys have a controller, and once all controllers and pages of the start exist.
        self._has_started = False
        self._is_complete = False
        self._early_input: EarlyInput | None = None
        self._startup = self._start()
        # The page of the tab Learn that was open last.
        self._last_learn_page = LEARN
        with theme.without_style_sheet():
            self.request_draft = RequestDraft()
            # This sets the theme. Later, it would recolour all widgets.
            self.settings_controller = SettingsController(theme, self.gallery, self.tasks, parent=self)
            self._lay_out()
            listing = saved_model_list.load() if library is None else saved_model_list.listing_of(library)
            self.settings = RequestSettings(self.create_page.controls, listing=listing)
            self.settings.uses_fast_drafts = self.settings_controller.now.fast_drafts
            self._session = Session.load(paths.data_dir())
            self._session.begin_restoring(paths.data_dir())
            restore(self, self._session)

    @cached_property
    def painted(self) -> asyncio.Event:
        """Event that is set by the first paint."""
        event = asyncio.Event()
        if self._is_painted:
            event.set()
        return event

    @cached_property
    def closed(self) -> asyncio.Event:
        """Event that is set when all threads have ended after the window was closed."""
        return asyncio.Event()

    def show_first_frame(self, is_cancelled: Callable[[], bool] = lambda: False) -> None:
        """Show the window, and return after its first paint, or when `is_cancelled()` returns True. No asyncio loop is
        needed until then.
        """
        self._paint_loop = loop = QEventLoop()
        # A window that starts minimised is not painted. Python handles signals only while Qt calls it.
        clock = QTimer(self, interval=SIGNALS_MS)
        clock.timeout.connect(lambda: loop.quit() if is_cancelled() else None)
        clock.start()
        self.show()
        if not self._is_painted and not is_cancelled():
            loop.exec()
        clock.stop()
        clock.deleteLater()
        self._paint_loop = None

    def _on_painted(self) -> None:
        """Release code that waits for the first paint."""
        self._is_painted = True
        if self._paint_loop is not None:
            self._paint_loop.quit()
        if "painted" in vars(self):
            self.painted.set()

    @cached_property
    def library(self) -> Library:
        """Library of the installed models. The window opens with the saved list of the last scan."""
        from gdm_studio.models.model_library import Library

        return self._given_library or Library()

    @cached_property
    def studio(self) -> Studio:
        """Library, runner, queue and gallery of the program, created after the first paint."""
        from gdm_studio.studio.studio import Studio

        return Studio(models=self.library)

    @cached_property
    def engine(self) -> ProcessEngine | None:
        """Engine in a process of its own, or None if the worker thread generates the images itself."""
        if self._engine_process is None:
            return None
        from gdm_studio.jobs.workers.fallback_engine import FallbackEngine

        return FallbackEngine(self._engine_process, self.library)

    @cached_property
    def runner(self) -> Runner:
        """Runner of the window's jobs, which saves their images in the gallery that is shown."""
        from gdm_studio.jobs.executor import Executor
        from gdm_studio.jobs.runner import Runner

        executor = Executor(self.library, self.engine)
        return Runner(executor, self.gallery.open_here, on_disk=self.gallery.run_on_disk, keeps_results=True)

    @cached_property
    def worker(self) -> WorkerThread:
        """Thread that runs jobs, created after the first paint."""
        from gdm_studio.ui.worker_thread import WorkerThread

        worker = WorkerThread(self.runner)
        worker.engine_died.connect(self._report_engine_death)
        return worker

    def start(self) -> None:
        """Finish the start at once: create the controllers and the other pages, and start the threads of the gallery
        and the worker.

        Called after the first paint. `start_gradually` does the same while the window responds.
        """
        self._finish_start()

    def _finish_start(self) -> None:
        """Run the remaining steps of the start at once, for example because all parts must exist before they can be
        stopped.
        """
        for _ in self._startup:
            pass

    async def start_gradually(self) -> None:
        """Finish the start in slices, between which the window responds. Clicks meanwhile are delivered at the end."""
        if self._is_closed_early:
            self.close()
        if self._notifier.closing:
            return
        import threading

        from gdm_studio.engine import torch_startup
        from gdm_studio.ui.shell.early_input import EarlyInput

        # This holds no interpreter lock, so it does not delay the pages. The worker thread waits for it.
        if self._engine_process is None:
            threading.Thread(target=torch_startup.load_libraries, name="torch-libraries").start()
        self._early_input = early = EarlyInput(self, self.create_page.text_fields(), self.create_page.controls.button)
        try:
            await asyncio.to_thread(self._import_controllers)
            for _ in self._startup:
                await asyncio.sleep(0)
            self.start()
        finally:
            early.replay(deliver=not self._notifier.closing)
        self.tasks.start(self._prepare_pages())

    def _import_controllers(self) -> None:
        """Restore the library, and import the modules that the start needs, on a separate thread."""
        from gdm_studio.ui.shell.startup_modules import STARTUP_MODULES, import_modules

        self.library.restore()
        import_modules(STARTUP_MODULES)

    def _start(self) -> Iterator[None]:
        """Start the window in steps of a few milliseconds."""
        if self._notifier.closing:
            return
        yield from self.create_page.controls.fill_in_steps()
        if self._notifier.closing:
            return
        from gdm_studio.ui.create.viewer.controller import Viewer
        from gdm_studio.ui.models.scanner import ModelScanner
        from gdm_studio.ui.shell.commands import Commands
        from gdm_studio.ui.shell.gc_timer import GcTimer

        self.commands = Commands(self)
        self.commands.recent = list(self._session.recent)
        self._session_saver = SessionSaver(
            self._session, lambda: session_of(self, self.commands.recent), self.gallery, self.tasks
        )
        self.viewer = Viewer(self.create_page.canvas_panel, self.create_page.controls.curve)
        self.viewer.shows_both_in_runs = self.settings_controller.now.both_in_runs
        self.viewer.noise_missing.connect(self.worker.show_noise)
        self._has_started = True
        self._gc_timer = GcTimer(self)
        self.scanner = ModelScanner(self.library, self._show_models)
        self.settings.use_library(self.library, self.worker)
        yield
        self.settings.refresh_models()
        yield
        yield from self._create_controllers()
        self._connect()
        yield
        # These load the pictures of the menus.
        self.create_page.controls.complete()
        yield
        yield from self._add_pages()
        self.commands.keys.bind(self.commands.actions())
        yield
        # Whoever uses the first page already stays on it.
        if self._early_input is None or not self._early_input.is_used:
            self.open_page(self._session.page)
        self.modes.restore(is_set=self._session.set_open, is_fast_lent=self._session.fast_lent)
        self._is_complete = True
        self.worker_ended = False
        self.worker.start()
        self.settings_restorer.show_newest()
        self.tasks.start(self.gallery.open())
        self._first_scan = self.tasks.start(self.scan_models())
        self.tasks.start(self._preload())
        self.tasks.start(self.presets.refresh())
        if self._session.paused_training:
            self.tasks.start(self._offer_paused_training(self._session.paused_training))
        self.tasks.start(self._session_saver.save_changes(lambda: self._notifier.closing))
        self.top.watch_memory(lambda: self.worker.engine_memory)
        QTimer.singleShot(RESTORED_MS, self, lambda: end_restoring(paths.data_dir()))

    def open_page(self, page: str) -> None:
        """Open the page with this id, such as "gallery", creating some pages on first use."""
        if not self.pages.is_registered(page):
            page = PAGES[0]
        if page != self.page():
            self.create_page.notices().clear("success")
            # These notices would otherwise be shown over the new page. Only offers that last are.
            self._notices.clear("success", "info", "warning")
            if page != PAGES[0]:
                self.queue.close_panel()
        self.pages.open(page)
        # Errors stay, and may cover another part of this page.
        self._notices.place()
        self.top.set_page(LEARN if page == FAMILY_TREE else page)
        if page in (LEARN, FAMILY_TREE):
            self._last_learn_page = page

    async def _prepare_pages(self) -> None:
        """Create the other pages while the user and the program do nothing, so that a first visit takes no longer than
        later ones. Their modules are imported at once, on a separate thread.
        """
        from gdm_studio.ui.shell.startup_modules import LATER_MODULES, import_modules

        await asyncio.to_thread(import_modules, LATER_MODULES)
        for page in self.pages.not_created():
            if not await self._wait_until_idle():
                return
            self.pages.ensure(page)

    async def _wait_until_idle(self) -> bool:
        """Wait until no job is running, and the mouse, the settings and the scroll bars have stayed as they are for
        IDLE_SECONDS. Return False if the window closes first.
        """
        before: object = None
        while not self._notifier.closing:
            scrolled = [bar.value() for bar in self.pages.findChildren(QScrollBar)]
            now = (QCursor.pos(), self.request_draft.written, self.page(), scrolled)
            if now == before and not self.jobs.jobs and not QGuiApplication.mouseButtons().value:
                return True
            before = now
            await self.tasks.rest(IDLE_SECONDS)
        return False

    def _open_tab(self, page: str) -> None:
        """Open the page for a tab of the top bar, such as the Learn tab.

        The Learn tab has two pages, the plane and the family tree. It opens the page used last or, if the family tree
        is already open, the plane.
        """
        self.open_page(self._last_learn_page if page == LEARN and self.page() != FAMILY_TREE else page)

    def page(self) -> str:
        """Return the id of the open page, such as "create" or "gallery"."""
        return self.pages.current_page()

    def _visible_notices(self) -> Notices:
        return self.create_page.notices() if self.pages.currentWidget() is self.create_page else self._notices

    def _notice_area(self) -> QRect:
        """Return the rectangle of the open page that notices may cover."""
        if self.page() == "gallery":
            return self.gallery_page.notice_area()
        if self.page() == MODELS:
            return self.models_page.notice_area()
        return self.pages.geometry()

    async def _preload(self) -> None:
        try:
            await self._show_devices()
            if self.settings.is_waiting():
                await asyncio.wait([self._first_scan], timeout=FIRST_SCAN_SECONDS)
            await self.settings.load_model()
            await self.tools.start_image.offer_painted()
            await self.tools.regions.restore_painted()
            # This ends only when the next images of the queue are finished.
            await self.queue.open()
        finally:
            self._gc_timer.begin()
        self.models_controller.show(await asyncio.to_thread(self.library.model_table))

    def _report_engine_death(self, sentence: str) -> None:
        self.notify(sentence_text(sentence), kind="warning")

    async def _show_devices(self) -> None:
        """Detect the available devices on the worker thread, and show them in the settings panel.

        The top bar shows the selected device.
        """
        from gdm_studio.studio import window_calls

        self.settings.show_devices(await self.worker.call(window_calls.find_devices))
        await self._show_device()

    async def _show_device(self) -> None:
        """Show a description of the selected device in the top bar, such as the name of the GPU."""
        from gdm_studio.studio import window_calls

        device = self.create_page.controls.request().device
        self.generation.set_device(await self.worker.call(window_calls.describe, device))

    async def _read_drawings(self, names: Sequence[str]) -> Mapping[str, np.ndarray]:
        """Read training images of the selected model, given by name, on the worker thread. This may load the model."""
        from gdm_studio.studio import window_calls
        from gdm_studio.studio.step_history_calls import is_loaded

        request = self.create_page.controls.request()
        # A running job continues between two steps, but needs the memory for its own model.
        is_here = await self.worker.call(is_loaded, request)
        return await self.worker.call(window_calls.read_drawings, request, list(names), between_jobs=not is_here)

    def _lay_out(self) -> None:
        self.setWindowTitle("GDM Studio")
        self.top = TopBar(self.theme, PAGES)
        self.create_page = CreatePage(self.theme, self.request_draft, self.gallery.panel_model)
        self.pages = PageStack()
        self.pages.add("create", self.create_page)
        # Notices are children of a widget around the stack, as screen readers see only the open page of a stack.
        room = QWidget()
        stacked(self.pages, on=room)
        body = QWidget()
        stacked(self.top, (room, 1), on=body, spacing=0)
        self.setCentralWidget(body)
        self._notices = Notices(self.theme, room, area=self._notice_area)
        self.create_page.gallery.grid.set_empty_text(_empty_text())

    def _create_controllers(self) -> Iterator[None]:
        """Create the controllers of the Create page after the first paint, so that the window appears earlier."""
        from gdm_studio.ui.app_context import AppContext
        from gdm_studio.ui.create.board.board_controllers import Boards
        from gdm_studio.ui.create.context import CreateContext
        from gdm_studio.ui.create.generation.controller import GenerationController
        from gdm_studio.ui.create.generation.mode_controller import GenerationModes
        from gdm_studio.ui.create.image_tools import Tools
        from gdm_studio.ui.create.prompt.controller import PromptController
        from gdm_studio.ui.create.prompt.presets import PresetController
        from gdm_studio.ui.create.queue.editor import QueueEditor
        from gdm_studio.ui.create.queue.queue_mirror import Backlog
        from gdm_studio.ui.create.settings_restorer import SettingsRestorer
        from gdm_studio.ui.create.steps.controller import StepsController
        from gdm_studio.ui.export.controller import ExportController

        self._list_jobs()
        self.runner.queue = self.studio.queue
        self.backlog = Backlog(self.studio.queue, self.gallery, tasks=self.tasks, parent=self)
        self._context = context = AppContext(
            theme=self.theme,
            library=self.library,
            worker=self.worker,
            gallery=self.gallery,
            jobs=self.jobs,
            tasks=self.tasks,
            notify=self.notify,
            withdraw=self._notifier.withdraw,
            navigator=self,
            top_bar=self.top,
            cluster=lambda: self.settings_controller.now.cluster,
        )
        self.export_controller = ExportController(context, self)
        self.export_controller.last = self._session.exported
        yield
        editor = QueueEditor(self.create_page, self._use_queue_item, notify=self.notify)
        self.generation = GenerationController(
            context, self.create_page, self.viewer, self.settings, self.backlog, editor
        )
        yield
        self.prompt_controller = PromptController(
            self.create_page.controls,
            library=self.library,
            past_prompts=lambda most: self.gallery.ask(lambda gallery: gallery.suggestions.prompts(most)),
            read_drawings=self._read_drawings,
            tasks=self.tasks,
        )
        yield
        desk = CreateContext.extend(
            context,
            page=self.create_page,
            viewer=self.viewer,
            settings=self.settings,
            generation=self.generation,
            prompts=self.prompt_controller,
        )
        boards = Boards(desk)
        yield
        self.modes: GenerationModes = GenerationModes(desk, boards)
        self.live, self.sets = self.modes.live, self.modes.sets
        self.sets.storage.remembered = self._session.image_set
        self.sets.settings.single = self._session.single
        yield
        self.steps = StepsController(desk, self.modes)
        yield
        self.tools = Tools(desk, self.modes, boards, self.steps.picture)
        self.tools.remembered_sketch = self._session.sketch
        self.tools.save_session = self._session_saver.save
        self.tools.start_image.painted.names = self._session.painted
        self.tools.regions.painted.names = self._session.painted_region
        yield
        self.settings_restorer: SettingsRestorer = SettingsRestorer(desk, self.steps, self.modes, self.tools)
        self.presets: PresetController = PresetController(desk, self.settings_restorer.use_preset)

    def _list_jobs(self) -> None:
        """Create the list of running jobs, and show it in the top bar, where the user can stop jobs."""
        from gdm_studio.ui.running_jobs import RunningJobs

        self.jobs = jobs = RunningJobs(
            self, open_place=self._open_place, is_loading=self.settings.is_loading, speak=partial(announce, self)
        )
        bar = self.top.jobs
        jobs.changed.connect(lambda: bar.show_jobs([jobs.view(job) for job in jobs.jobs]))
        bar.stop_asked.connect(lambda: jobs.stop(jobs.jobs[0]))
        bar.show_asked.connect(lambda: jobs.show(jobs.jobs[0]))
        bar.list_asked.connect(lambda: self.queue.open_panel())

    def _open_place(self, job: RunningJob) -> None:
        """Open the page or view with the images of a running job."""
        from gdm_studio.ui.running_jobs import GALLERY, SET

        if job.place in (GALLERY, TRAIN):
            self.open_page(job.place)
            return
        self.open_page("create")
        if self.sets.on != (job.place == SET):
            self.modes.turn_set(job.place == SET)

    def compare(self, items: Sequence[Item]) -> None:
        """Show the given images on the Compare page."""
        self.compare_controller.open(items)

    def export(self, pictures: Sequence[Picture], *, form: str = "", title: str = "") -> None:
        """Open the export dialog for the given gallery images, with the last format or with `form`. `title` is that of
        a set.
        """
        self.export_controller.open(pictures, form=form, title=title)

    def show_steps(self, picture: Picture) -> None:
        """Show the saved denoising steps of the gallery image on the canvas."""
        self.steps.show_steps(picture)

    def apply_settings(self, request: Request) -> None:
        """Apply the settings of a request and, if it is a branch, start branch mode."""
        self.steps.use(request)

    def report_on(self, file: Path) -> None:
        """Open a report on an image file's metadata, which shows the settings that GDM Studio can use."""
        self.gallery_controller.importer.report_on(file)

    def use_file(self, file: Path, use: str) -> None:
        """Restore the settings stored in an image file (`use` is "settings"), or use it as the start image
        ("start").
        """
        self.settings_restorer.take(file, use)

    def use_request(self, request: Request, *, is_new: bool = False) -> None:
        """Apply a request's settings on the Create page and open the page.

        `is_new` means that the request has no image yet.
        """
        self.settings_restorer.use_request(request, is_new=is_new)

    def unusable_fields(self, request: Request) -> set[str]:
        """Return the names of the fields in a request that the installed models cannot use."""
        return self.steps.unusable_fields(request)

    def restored_request(self, metadata: Metadata) -> RestoredRequest:
        """Return the settings in an image's metadata, without those that the installed models do not support."""
        return self.settings_restorer.restored(metadata)

    def reload_setting(self, name: str) -> None:
        """Reload a preference that was changed outside the Settings page, and show its new value."""
        self.settings_controller.reload(name)

    def _add_pages(self) -> Iterator[None]:
        """Create the Gallery page, the queue panel, and the controllers of the Compare and Models pages.

        This happens after the first paint, so that the window appears earlier.
        """
        from gdm_studio.ui.compare.controller import CompareController
        from gdm_studio.ui.gallery.page import GalleryPage
        from gdm_studio.ui.models.controller import ModelsController

        self.gallery_page = GalleryPage(self.theme, self.gallery.page_model)
        yield
        self.gallery_page.grid.set_empty_text(_empty_text())
        self.gallery_page.set_look(self._session.cell, oldest_first=self._session.oldest_first)
        self.gallery_page.activated.connect(self._on_activated)
        self.gallery_page.grid.picked.connect(lambda _: self._notices.place())
        for changed in (self.gallery_page.large.opened, self.gallery_page.large.closed):
            changed.connect(self._notices.place)
        self._connect_gallery_panel(self.gallery_page)
        yield
        self._set_up_gallery()
        yield
        self.models_controller: ModelsController = ModelsController(self._context, self._create_models_page)
        self.create_page.canvas_panel.welcome.checkpoint_asked.connect(self.models_controller.ask_checkpoint)
        self.pages.add("gallery", self.gallery_page)
        self.compare_controller: CompareController = CompareController(self._context)
        self.compare_controller.remembered = self._session.compared
        self._register_later_pages()
        yield
        self._set_up_queue()

    def _register_later_pages(self) -> None:
        """Register the pages that are created later, in the order in which this is done while nothing happens."""
        add = self.pages.register
        add(MODELS, self._create_models, on_open=lambda: self.tasks.start(self.scan_models()))
        add(SETTINGS, self._create_settings)
        add("compare", lambda: self.compare_controller.page)
        add(
            LEARN,
            self._create_learn,
            on_open=lambda: self._learn_controller.show(),
            on_leave=lambda: self.learn_page.stop(),
        )
        add(TRAIN, self._create_train, on_open=lambda: self._train_controller.show())
        add(
            FAMILY_TREE,
            self._create_family_tree,
            on_open=lambda: self.tasks.start(self._family_tree_controller.show()),
        )

    @property
    def models_page(self) -> ModelsPage:
        """Models page, created on first use."""
        self.pages.ensure(MODELS)
        return self.models_controller.page

    def _create_models_page(self) -> ModelsPage:
        from gdm_studio.ui.models.page import ModelsPage

        page = ModelsPage(self.theme)
        # The table's height depends on the list of refused files, which notices do not cover.
        self._notices.follow(page.table)
        self.settings.model_chosen.connect(page.set_current)
        page.use_model.connect(self._choose_model)
        page.insert_asked.connect(self._put_into_prompt)
        page.open_folder.connect(lambda: self._open_folder(paths.models_dir(), make=True))
        return page

    def _create_models(self) -> ModelsPage:
        page = self.models_controller.page
        self.settings.show_on(page)
        return page

    def _set_up_gallery(self) -> None:
        """Create the Gallery page's controller and connect the page to other parts of the window."""
        from gdm_studio.ui.gallery.controller import GalleryController

        page = self.gallery_page
        self.gallery_controller = GalleryController(self._context, page, self.create_page.gallery)
        page.signals.compare.connect(lambda pictures: self.compare_controller.open_pictures(pictures))
        page.signals.vary.connect(self.settings_restorer.vary)
        page.sidebar.set_asked.connect(lambda name: self.tasks.start(self.modes.open_set(name)))
        page.search.stacks_toggled.connect(partial(self.settings_controller.change, "stacks"))
        self._apply_preference("stacks")

    def _set_up_queue(self) -> None:
        """Create the queue panel and its controller. Notices move aside while the panel is open."""
        from gdm_studio.ui.create.queue.controller import QueueController
        from gdm_studio.ui.create.queue.panel import QueuePanel

        panel = QueuePanel(self.theme, self.top.parentWidget() or self, top=self.top.height())
        for notices in (self._notices, self.create_page.canvas_panel.notices, self.create_page.set_view.notices):
            notices.give_way(panel)
        self.queue: QueueController = QueueController(
            self._context, panel, self.backlog, self.generation, open_page=lambda: self.open_page("create")
        )

    def _use_queue_item(self, request: Request) -> list[str]:
        """Show the settings of a queue item on the Create page, in the mode for a single prompt. Return the names of
        settings that cannot be applied.
        """
        self.modes.leave_set()
        return self.steps.use(request)

    def _create_settings(self) -> SettingsPage:
        from gdm_studio.ui.settings.page import SettingsPage
        from gdm_studio.ui.settings.presenter import SettingsPresenter

        self.settings_page = SettingsPage(self.theme)
        self.settings_presenter = SettingsPresenter(
            self._context, self.settings_page, self.settings_controller, request=self.create_page.controls.request
        )
        return self.settings_page

    def _create_family_tree(self) -> FamilyTreePage:
        from gdm_studio.ui.paper_family_tree.controller import FamilyTreeController
        from gdm_studio.ui.paper_family_tree.page import FamilyTreePage

        self.family_page = FamilyTreePage(self.theme)
        self.family_page.back_asked.connect(lambda: self.open_page(LEARN))
        # Hide the notice about a copied command when another system is shown.
        self.family_page.shown.connect(lambda _: self._notices.clear("success"))
        self._family_tree_controller = FamilyTreeController(self._context, self.family_page)
        return self.family_page

    def _create_learn(self) -> LearnPage:
        from gdm_studio.ui.learn.controller import LearnController
        from gdm_studio.ui.learn.page import LearnPage

        self.learn_page = LearnPage(self.theme)
        self.learn_page.tree_asked.connect(lambda: self.open_page(FAMILY_TREE))
        self._learn_controller = LearnController(self._context, self.learn_page)
        return self.learn_page

    def _create_train(self) -> TrainPage:
        from gdm_studio.ui.train.controller import TrainController
        from gdm_studio.ui.train.page import TrainPage

        self.train_page = TrainPage(self.theme)
        self._train_controller = TrainController(self._context, self.train_page, self._session.training)
        return self.train_page

    async def _offer_paused_training(self, title: str) -> None:
        """Show a notice about a training that the end of the last session has paused, with a button to continue it."""
        from gdm_studio.ui.train.controller import is_paused

        def resume() -> None:
            self.open_page(TRAIN)
            self._train_controller.resume(title)

        if await asyncio.to_thread(is_paused, title):
            self.notify(
                translate("TrainPage", "Training {name} is paused").format(name=title),
                translate("TrainPage", "It was paused when the window closed."),
                action=translate("TrainPage", "Continue"),
                on_action=resume,
                lasts=True,
            )

    def prepared_training(self) -> str:
        """Return the settings of the training that the user has prepared, or "" if there is none."""
        return self._train_controller.prepared() if self.pages.is_created(TRAIN) else self._session.training

    async def scan_models(self) -> None:
        """Scan the model folders for new and removed files, and update the lists of models.

        A notice informs the user if the selected model is gone and another one replaces it.
        """
        selected = self.settings.settings_to_save()[0].model
        has_changed = await self.scanner.scan()
        listed = {card.name for card in self.library.cards()}
        # The library may have noticed a change earlier, for example while it looked for a model.
        if has_changed or listed != {card.name for card in self.settings.listing.cards}:
            self.worker.refresh_library()
            self._show_models()
        if self.settings.stop_waiting():
            self.tasks.start(self.settings.load_model())
        card = self.settings.card
        if card is not None and selected not in listed:
            self.notify(
                translate("Boards", "{model} is not installed").format(model=selected),
                translate("Boards", "{model} is used instead.").format(model=card.title or card.name),
                kind="warning",
            )
        self.prompt_controller.forget_names()
        self.models_controller.show(await asyncio.to_thread(self.library.model_table))

    def _show_models(self) -> None:
        """Update all lists of models with those found so far, during or after a scan."""
        if self._notifier.closing:
            return
        if self.settings.refresh_models():
            self.tasks.start(self.settings.load_model())
        if self._given_library is None:
            self.tasks.start(asyncio.to_thread(saved_model_list.save, self.settings.listing))
        if self.pages.is_created(MODELS):
            self.settings.show_on(self.models_page)
        self.gallery_controller.show_models()

    def _connect(self) -> None:
        from gdm_studio.models.capabilities import CHOOSE_VAE
        from gdm_studio.ui.shell.window_drops import WindowDrops
        from gdm_studio.ui.widgets.file_drops import DropFrame

        start = self.tasks.start
        self.setAcceptDrops(True)
        self._file_drops = WindowDrops(
            self.settings_restorer, lambda files: self.models_controller.take(files), self.tasks, self.notify
        )
        # Before its start is complete, the window uses no files.
        self._drop_frame = DropFrame(
            self.theme, self, lambda event: self._is_complete and self._file_drops.can_take(event)
        )
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._on_focus_changed)
        self.top.page_chosen.connect(self._open_tab)
        for setting in with_role(FIELDS, Role.LOADED):
            self.request_draft.listen(setting.name, lambda _: self._notifier.settings_changed())
        self.settings_controller.changed.connect(self._apply_preference)
        self._notifier.remedies[CHOOSE_VAE] = self._offer_vae
        self.settings_controller.device_changed.connect(lambda: start(self._show_devices()))
        self.settings_controller.model_folders_changed.connect(lambda: start(self.scan_models()))
        self.create_page.controls.model_chosen.connect(lambda name: start(self.settings.choose_model(name)))
        self.create_page.controls.device_box.chosen.connect(lambda: start(self._show_device()))
        self.create_page.set_view.gallery_requested.connect(self._show_collection)
        self.create_page.canvas_panel.drop_zones.dropped.connect(self.settings_restorer.take)
        self.create_page.canvas_panel.drop_zones.left_out.connect(self.notify)
        controls = self.create_page.controls
        self._connect_editor(controls.prompt.editor)
        controls.when_filled(lambda: self._connect_editor(controls.negative.editor))
        self._connect_gallery_panel(self.create_page.gallery)
        self.create_page.controls.generate.connect(self.generate)
        self.create_page.canvas_panel.bar.colour.chosen.connect(partial(self.settings_controller.change, "canvas"))
        self.create_page.gallery.selected.connect(self.settings_restorer.show)
        self.create_page.gallery.activated.connect(self.settings_restorer.show_alone)
        self.gallery.commands.restored.connect(self._mark_restored)
        self.top.palette_asked.connect(lambda: self.commands.open_palette())
        self.top.unread_asked.connect(self._notifier.show_next_unread)

    def _connect_editor(self, editor: PromptEditor) -> None:
        editor.offer_pasted(partial(self.settings_restorer.paste, editor=editor))
        editor.leave_actions_to_window(self._notifier.undo_stack.newest)

    def _mark_restored(self, ids: list[str]) -> None:
        """Select the image on the canvas again after its deletion was undone."""
        if (shown := self.viewer.picture_id()) in ids:
            self.create_page.gallery.mark(shown)

    def _apply_preference(self, name: str) -> None:
        preferences = self.settings_controller.now
        if name == "both_in_runs":
            self.viewer.shows_both_in_runs = preferences.both_in_runs
        elif name == "fast_drafts":
            self.settings.uses_fast_drafts = preferences.fast_drafts
        elif name == "stacks":
            self.gallery_page.search.stacks.setChecked(preferences.stacks)
            self.gallery.show_stacks(preferences.stacks)

    def generate(self) -> None:
        """Finish editing a mask or frame, generate images with the current settings, and save the session."""
        end_restoring(paths.data_dir())
        self.tools.finish_editing(self._generate)

    def _generate(self) -> None:
        if not self.generation.save_edited() and not self.steps.generate():
            self.modes.generate()
        self.tasks.start(self._session_saver.save())

    def _put_into_prompt(self, line: ModelTableRow) -> None:
        from gdm_studio.models.installed.model_table import prompt_text_of

        if reason := self.prompt_controller.insert(line):
            self.notify(self.tr("{name} was not added to the prompt").format(name=line.title), reason)
        else:
            self.notify(
                self.tr("{name} was added to the prompt").format(name=line.title),
                prompt_text_of(line),
                kind="success",
                action=GO_TO["create"].title,
                on_action=partial(self.open_page, "create"),
            )

    def _offer_vae(self, error: StudioError) -> bool:
        """Offer to choose a VAE file for the selected model. Returns False if another model lacks one."""
        card = self.settings.card
        if card is None or card.name != error.model or not card.accepts.needs_vae:
            return False
        self.models_controller.offer_vae(card)
        return True

    def _open_folder(self, folder: Path, *, make: bool = False) -> None:
        from gdm_studio.ui.folder_dialogs import open_folder

        self.tasks.start(open_folder(folder, make=make))

    def _show_collection(self) -> None:
        self.open_page("gallery")
        self.tasks.start(self.gallery_controller.places.open(self.sets.collection))

    def _show_item(self, item_id: str, image: int) -> None:
        """Show one of a running queue item's images on the canvas of the Create page."""
        self.open_page("create")
        self.generation.go_live(item_id)
        if self.generation.job_of(item_id) is not None and self.viewer.image != image:
            self.viewer.choose_image(image)

    def _connect_gallery_panel(self, panel: GalleryPanel | GalleryPage) -> None:
        signals = panel.signals
        self.gallery.connect_signals(signals)
        self.generation.in_progress.add_grid(panel.grid.set_in_progress)
        panel.grid.in_progress_clicked.connect(self._show_item)
        signals.use_settings.connect(self.settings_restorer.use)
        signals.less_like.connect(self.settings_restorer.generate_less_like)
        signals.open_set.connect(lambda picture: self.tasks.start(self.modes.open_set_of(picture.id)))
        signals.open_folder.connect(lambda picture: self._open_folder(picture.path.parent))
        signals.export.connect(self.export_controller.open)
        signals.copy.connect(lambda pictures: self.tasks.start(self.export_controller.copy(pictures)))
        signals.copy_credit.connect(self.export_controller.copy_credit)

    def _on_focus_changed(self, before: QWidget | None, now: QWidget | None) -> None:
        """Keep the keyboard focus where it was, on the open page or in the palette over it, if another page takes it,
        for example because its images have been loaded after the user left it. That page gets the focus when it opens.
        """
        if before is None or now is None or not self._is_on_hidden_page(now):
            return
        if self.isAncestorOf(before) and before.isVisible() and not self._is_on_hidden_page(before):
            before.setFocus()

    def _is_on_hidden_page(self, widget: QWidget) -> bool:
        page = self.pages.currentWidget()
        return page is not None and self.pages.isAncestorOf(widget) and not page.isAncestorOf(widget)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Run the action for a pressed key that the focused widget did not use."""
        if not self._has_started or self._is_stray_letter(event):
            super().keyPressEvent(event)
        elif not self.commands.keys.press(event):
            self.commands.report_refused(event)
            super().keyPressEvent(event)

    def _is_stray_letter(self, event: QEvent) -> bool:
        """Return True for a letter typed where letters are no commands, for example while a slider has the focus."""
        return isinstance(event, QKeyEvent) and is_letter(event) and not takes_letters(self.focusWidget())

    def step_forward(self) -> None:
        """Show the next denoising step. In live view of a paused run, compute the next step first."""
        if self.viewer.live:
            self.generation.step_once()
        else:
            self.viewer.step(+1)

    def bring_to_front(self, picture: Path | None) -> bool:
        """Raise the window, and apply the settings of the image file `picture` if given.

        Return False if the window is closing.
        """
        if self._notifier.closing:
            return False
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.raise_()
        self.activateWindow()
        if picture is not None:
            self.tasks.start(self._restore_from(picture))
        return True

    async def _restore_from(self, picture: Path) -> None:
        """Apply an image file's settings after the first scan of the models, or after a timeout."""
        await asyncio.wait([self._first_scan], timeout=FIRST_SCAN_SECONDS)
        await self.settings_restorer.restore_from(picture)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self._is_complete:
            self._file_drops.enter(event)

    def dropEvent(self, event: QDropEvent) -> None:
        if self._is_complete:
            self._file_drops.drop(event)

    def undo(self) -> None:
        """Undo the last brush stroke or frame change while a mask or frame is being edited, or else the last action."""
        if self.page() != "create" or not self.tools.undo():
            self.tasks.start(self._notifier.undo())

    def redo(self) -> None:
        """Repeat the brush stroke or the action that was undone last."""
        if self._is_drawing():
            self.tools.redo()
        else:
            self.tasks.start(self._notifier.redo())

    def can_redo(self) -> bool:
        """Return True if a brush stroke or an action was undone last."""
        return self.tools.can_redo() if self._is_drawing() else self._notifier.undo_stack.can_redo()

    def _is_drawing(self) -> bool:
        return self.page() == "create" and self.tools.is_drawing()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and self._is_stray_letter(event):
            # The focused widget did not use the letter, and a shortcut must not either.
            event.accept()
            return True
        if event.type() == QEvent.Type.WindowActivate and self._is_complete and not self._notifier.closing:
            # The user may have added models in another program.
            self.tasks.start(self.scan_models())
            self.gallery_controller.external_changes.refresh()
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            # Repaint cached images at the resolution of this screen.
            self.theme.changed.emit()
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._is_painted:
            self._on_painted()

    def restart(self) -> None:
        """Close the window and start the program again, as settings such as the language take effect then."""
        self.wants_restart = True
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close the window without asking. Finished images are saved, and the queue resumes at the next start."""
        event.ignore()
        if self._paint_loop is not None:
            # The window closes as soon as there is a loop for its tasks.
            self._is_closed_early = True
            self._on_painted()
        elif not self._notifier.closing:
            self._notifier.closing = True
            self.tasks.start(self._end())

    async def _end(self) -> None:
        self.hide()
        self._on_painted()
        try:
            if self._has_started:
                self._finish_start()
                await self._stop_work()
            else:
                session = early_session_of(self, self._session)
                await self.gallery.save_session(session, paths.data_dir())
        finally:
            await self.gallery.close()
            end_restoring(paths.data_dir())
            if self._has_started:
                self._gc_timer.end()
            self.closed.set()

    async def _stop_work(self) -> None:
        await self.tools.regions.finish()
        try:
            await self.tools.start_image.painted.save()
            await self.tools.save_sketch()
        except StorageError as error:
            # Nobody reads a notice in the window that closes.
            self.generation.idle.notify(error_title(error), error_text(error))
            self._notifier.report(error)
        session = self._session_saver.take()
        self.scanner.stop()
        self.gallery.stop_scanning()
        self.export_controller.close()
        self.steps.close()
        self.prompt_controller.close()
        if self.pages.is_created(LEARN):
            self.learn_page.stop()
            self._learn_controller.close()
        if self.pages.is_created(TRAIN):
            for title, text in await self._train_controller.close():
                self.generation.idle.notify(title, text)
            session = replace(session, paused_training=self._train_controller.paused_title)
        await self.models_controller.stop()
        self.generation.closing = True
        self.worker.stop()
        self.worker_ended = await asyncio.to_thread(self.worker.wait, LANE_MS)
        await self.tasks.finish(TASKS_SECONDS)
        await self.generation.leave()
        await self.gallery.save_session(session, paths.data_dir())
        await self.tools.boards.leave()

    def _choose_model(self, name: str) -> None:
        self.open_page("create")
        self.tasks.start(self.settings.choose_model(name))

    def generate_request(self, request: Request) -> None:
        """Open the Create page and generate an image from a request with its model, after any running job."""
        self.open_page("create")
        self.create_page.controls.show_top()
        self.tools.start_image.remove()
        self.tasks.start(self._generate_with_model(request))

    async def _generate_with_model(self, request: Request) -> None:
        await self.settings.choose_model(request.model, request)
        if self.request_draft["model"] == request.model:
            self.generation.generate()

    def _on_activated(self, picture: Picture) -> None:
        self.open_page("create")
        self.gallery.panel_model.fill([picture])
        self.create_page.gallery.grid.select(picture.id)
        self.settings_restorer.show(picture)


def _empty_text() -> str:
    text = translate("Window", "Your pictures will appear here.\n\nThey are saved in {folder}.")
    return text.format(folder=preferences.pictures_dir())
