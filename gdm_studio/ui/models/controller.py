"""Controller of the Models page, which loads previews, adds folders and checkpoints, and computes hashes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QDropEvent, QImage

from gdm_studio import preferences
from gdm_studio.common import paths
from gdm_studio.common.errors import DeviceError, ModelError, StorageError, StudioError
from gdm_studio.models.files.checkpoints import SUFFIXES, is_listed_name, is_weights_name
from gdm_studio.models.files.hashes import BackgroundHasher
from gdm_studio.models.importer import NoModelsError, add_folder
from gdm_studio.models.installed.missing_parts import USUAL_VAES
from gdm_studio.models.installed.model_table import XL, ModelTableRow, preview_image_of, suggest_vae
from gdm_studio.studio import window_calls
from gdm_studio.ui import window_actions
from gdm_studio.ui.folder_dialogs import ask_files, ask_folder
from gdm_studio.ui.models.kind_names import count_by_kind
from gdm_studio.ui.translation import error_title, translate
from gdm_studio.ui.widgets.file_drops import contains_pictures
from gdm_studio.ui.window_actions import Action

if TYPE_CHECKING:
    from gdm_studio.models.model_card import ModelCard
    from gdm_studio.ui.app_context import AppContext
    from gdm_studio.ui.models.download_dialog import DownloadDialog
    from gdm_studio.ui.models.model_download import ModelDownload
    from gdm_studio.ui.models.page import ModelsPage

# Greatest side of a preview image in pixels.
SIDE = 640


def dropped_models(event: QDropEvent) -> list[Path]:
    """Return the paths of the model files and folders in a drag-and-drop event.

    Archives and unfinished downloads are included, so that the user gets a message about them.
    """
    local = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
    return [path for path in local if is_listed_name(path.name) or path.is_dir()]


class ModelsController:
    """Controller of the Models page, which shows previews, adds folders and model files, and computes hashes of
    files.
    """

    def __init__(self, context: AppContext, create_page: Callable[[], ModelsPage]) -> None:
        self._create_page = create_page
        self._library = context.library
        self._tasks = context.tasks
        self._notify = context.notify
        self._gallery = context.gallery
        self._worker = context.worker
        self._navigator = context.navigator
        self._theme = context.theme
        self.download_dialog: DownloadDialog | None = None
        self._download: ModelDownload | None = None
        loop = asyncio.get_running_loop()
        self._hasher = BackgroundHasher(lambda file: loop.call_soon_threadsafe(self._reload, file))

    @cached_property
    def page(self) -> ModelsPage:
        """Models page, which is created on first use because it is not needed in most sessions."""
        page = self._create_page()
        tasks = self._tasks
        page.shown.connect(lambda line: tasks.start(self._show_preview(line)))
        page.view.estimate_asked.connect(lambda line: tasks.start(self._show_estimate(line)))
        page.add_folder.connect(self._ask)
        page.add_files.connect(self.ask_checkpoint)
        page.get_model.connect(self.open_downloads)
        # A check loads the model in a process of its own. Two copies may not fit into the memory.
        page.view.check.started.connect(lambda: self._worker.call(window_calls.release_models))
        page.view.chosen.connect(lambda path, part, value: tasks.start(self._choose(path, part, value)))
        return page

    def actions(self) -> list[Action]:
        """Return the actions on models, for the command palette."""
        return [
            window_actions.GET_MODEL.bind(self.open_downloads),
            window_actions.ADD_MODEL_FILES.bind(self.ask_checkpoint),
            window_actions.ADD_MODEL_FOLDER.bind(self._ask),
            window_actions.FREE_MEMORY.bind(self._free_memory),
        ]

    def has_page(self) -> bool:
        """Return True if the Models page has been created already."""
        return "page" in vars(self)

    def show(self, lines: Sequence[ModelTableRow]) -> None:
        """Show the given models in the table, and compute the hashes of their files in the background."""
        if self.has_page():
            self.page.set_rows(lines)
        self._hasher.add(line.path for line in lines if is_weights_name(line.path.name))

    async def stop(self) -> None:
        """Stop computing hashes and cancel a running check of a model, because the window closes."""
        if self.has_page():
            self.page.view.check.stop()
        if self._download is not None:
            self._download.cancel()
        await asyncio.to_thread(self._hasher.stop)

    def take(self, paths: Sequence[Path]) -> None:
        """Add model files and folders to the list of models. The files stay where they are.

        A folder that contains pictures and no model is added to the gallery instead.
        """
        self._tasks.start(self._take_paths(paths))

    def offer_vae(self, card: ModelCard) -> None:
        """Show a notice that a model has no VAE. The notice has a button that selects an installed VAE, or names a file
        to install.
        """
        title = card.title or card.name
        name = suggest_vae(card.base, self._library.model_table())
        if name and card.path is not None:
            choose = partial(self._choose, card.path, "vae", name)
            text = translate("ModelsController", "{model} has no VAE of its own; {vae} is installed and should fit.")
            self._notify(
                error_title(ModelError),
                text.format(model=title, vae=name),
                kind="error",
                action=translate("ModelsController", "Use it"),
                on_action=lambda: self._tasks.start(choose()),
            )
            return
        text = translate(
            "ModelsController",
            "{model} has no VAE of its own; copy one for {base}, such as {file}, into the models folder.",
        )
        text = text.format(model=title, base=card.base, file=USUAL_VAES[card.base.startswith(XL)])
        action = translate("ModelsController", "Models")
        self._notify(error_title(ModelError), text, kind="error", action=action, on_action=self._open_page)

    def _free_memory(self) -> None:
        self._worker.free_memory()
        title = translate("ModelsController", "Memory freed")
        self._notify(title, translate("ModelsController", "The next picture loads its model again."), kind="success")

    def _open_page(self) -> None:
        self._navigator.open_page("models")

    def _ask(self) -> None:
        title = translate("ModelsController", "Use the models in")
        ask_folder(self.page, title, lambda chosen: self.take([chosen]), first=paths.models_dir())

    def ask_checkpoint(self) -> None:
        """Open the Models page and a file dialog for choosing model files to add."""
        self._open_page()
        title = translate("ModelsController", "Use these model files")
        kinds = translate("ModelsController", "Model files")
        kinds = f"{kinds} ({' '.join(f'*{suffix}' for suffix in SUFFIXES)})"
        ask_files(self.page, title, kinds, self.take, first=paths.models_dir())

    def open_downloads(self) -> None:
        """Open the Models page and the dialog for downloading a model. A running download continues if it is closed."""
        from gdm_studio.ui.models.download_dialog import DownloadDialog
        from gdm_studio.ui.models.model_download import ModelDownload

        self._open_page()
        if self.download_dialog is not None:
            return
        if self._download is None:
            self._download = ModelDownload(self.page)
            self._download.changed.connect(self._show_download)
            self._download.finished.connect(lambda: self._tasks.start(self._on_download_end()))
        download = self._download
        allowed = preferences.load().downloads
        dialog = self.download_dialog = DownloadDialog(self._theme, is_allowed=allowed, parent=self.page.window())
        dialog.show_state(download.state)
        dialog.get_asked.connect(download.start)
        dialog.cancel_asked.connect(download.cancel)
        dialog.page_asked.connect(lambda address: QDesktopServices.openUrl(QUrl(address)))
        dialog.allow_asked.connect(lambda: self._tasks.start(self._allow_downloads()))
        dialog.closed.connect(self._on_dialog_closed)
        dialog.open_up()
        self._tasks.start(self._show_times())

    def _on_dialog_closed(self) -> None:
        self.download_dialog = None

    def _show_download(self) -> None:
        if self.download_dialog is not None and self._download is not None:
            self.download_dialog.show_state(self._download.state)

    async def _allow_downloads(self) -> None:
        """Save that the user allows downloads. Raises StorageError."""
        await asyncio.to_thread(preferences.change, {"downloads": True})
        self._navigator.reload_setting("downloads")
        if self.download_dialog is not None:
            self.download_dialog.set_allowed(True)

    async def _show_times(self) -> None:
        """Estimate the time of an image with each model that can be downloaded, and show it in the dialog."""
        with suppress(DeviceError):
            times = await self._worker.call(window_calls.estimate_downloads)
            if self.download_dialog is not None:
                self.download_dialog.set_times(times)

    async def _on_download_end(self) -> None:
        """Show the models that were downloaded. If the dialog is closed, report the end in a notice."""
        assert self._download is not None
        state = self._download.state
        if state.added:
            self._navigator.reload_setting("model_folders")
            self._worker.refresh_library()
            await self._navigator.scan_models()
            self.page.select(Path(state.added[0][0]))
        if self.download_dialog is None and state.error:
            self._notify(error_title(StudioError), state.error, kind="error")
        elif self.download_dialog is None:
            title = translate("ModelsController", "{model} is here").format(model=state.name)
            names = ", ".join(name for _, name in state.added)
            text = translate("ModelsController", "Added: {names}.").format(names=names) if names else ""
            self._notify(title, text, kind="success")

    async def _choose(self, path: Path, part: str, value: str) -> None:
        """Save an option that the user has chosen for a model, such as its VAE.

        Raises BadRequest or ModelError if the model does not support it, StorageError if it cannot be saved.
        """
        lines = await asyncio.to_thread(self._library.model_table)
        try:
            for line in (each for each in lines if each.path == path):
                await asyncio.to_thread(partial(self._library.choose, line, **{part: value}))
            self._worker.refresh_library()
            await self._navigator.scan_models()
        finally:
            self._reload(path)

    async def _take_paths(self, paths: Sequence[Path]) -> None:
        """Add files and folders to the locations that are searched for models, and show the models found there.

        Folders of pictures are added to the gallery. Each file or folder that cannot be used is reported.
        """
        added: list[Path] = []
        errors: list[StudioError] = []
        for path in paths:
            try:
                if await self._add(path):
                    added.append(path)
            except StudioError as error:
                errors.append(error)
        # The notices are shown over the open page.
        if added:
            self._open_page()
        for refusal in errors:
            self._tasks.report(refusal)
        if not added:
            return
        await self._navigator.scan_models()
        lines = await asyncio.to_thread(self._library.model_table)
        new_lines = [line for line in lines if any(line.path == path or path in line.path.parents for path in added)]
        if new_lines:
            self.page.select(new_lines[0].path)
        title = translate("ModelsController", "%n folder(s) or file(s) added", "", len(added))
        if len(added) == 1:
            title = translate("ModelsController", "{file} added").format(file=added[0].name)
        text = translate("ModelsController", "It contains no usable model.")
        if new_lines:
            text = translate("ModelsController", "Found {models}; nothing was copied.")
            text = text.format(models=count_by_kind(new_lines))
        self._notify(title, text, kind="success" if new_lines else "warning")

    async def _add(self, path: Path) -> bool:
        """Add a file or folder to the locations that are searched for models. A folder of pictures is added to the
        gallery instead, and False returned.

        Raises ModelError for an unusable file or a folder without models, and StorageError if the folder cannot be read
        or the settings cannot be saved.
        """
        if is_listed_name(path.name):
            await asyncio.to_thread(self._library.row_at, path)
        try:
            await asyncio.to_thread(add_folder, path)
        except NoModelsError:
            if not await asyncio.to_thread(contains_pictures, path):
                raise
            self._gallery.import_wanted.emit(path)
            return False
        self._navigator.reload_setting("model_folders")
        return True

    def _reload(self, path: Path) -> None:
        """Reload the details of a model file if the Models page shows them."""
        if self.has_page():
            self.page.view.reload(path)

    async def _show_preview(self, line: ModelTableRow) -> None:
        """Load the preview image of a model and show it. A damaged image is ignored."""
        with suppress(StorageError):
            self.page.view.set_preview(line.path, await asyncio.to_thread(_read_preview, line.path))

    async def _show_estimate(self, line: ModelTableRow) -> None:
        """Estimate the memory and the time that a model needs for one image, and show the result if it is known."""
        assert line.card is not None
        with suppress(ModelError, DeviceError):
            estimate = await self._worker.call(window_calls.estimate, line.card.name)
            if estimate is not None:
                self.page.view.set_estimate(line.path, estimate)


def _read_preview(path: Path) -> QImage:
    from gdm_studio.common.image_file import read_rgba

    place = preview_image_of(path)
    if place is None:
        return QImage()
    picture = read_rgba(place)
    picture.thumbnail((SIDE, SIDE))
    width, height = picture.size
    return QImage(picture.tobytes(), width, height, 4 * width, QImage.Format.Format_RGBA8888).copy()
