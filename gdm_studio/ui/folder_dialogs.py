"""Folder dialogs, the base class of export dialogs, and opening of folders in the file manager."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from types import EllipsisType
from typing import TYPE_CHECKING

from PySide6.QtCore import QStandardPaths, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QKeyEvent
from PySide6.QtWidgets import QDialog, QFileDialog, QLayout, QWidget

from gdm_studio import preferences
from gdm_studio.common import atomic_files, paths
from gdm_studio.common.errors import NoFileManager, StorageError
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.translation import translate
from gdm_studio.ui.widgets import ActionButton, ElidedLabel, Labelled, wrapped
from gdm_studio.ui.widgets.layouts import in_row

if TYPE_CHECKING:
    from gdm_studio.ui.notifier import Notify
    from gdm_studio.ui.tasks import Tasks


# Folder of the user's last choice, by the folder in which the dialog starts at first.
_last_folders: dict[Path, Path] = {}


def exports_folder() -> Path:
    """Return the folder in which exported images and animations are saved by default, inside the user's downloads
    folder.
    """
    downloads = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DownloadLocation)
    return Path(downloads) / paths.APP


def notify_saved(say: Notify, tasks: Tasks, title: str, text: str, folder: Path) -> None:
    """Show a notice that a file was saved, with a button that opens its folder in the file manager."""
    action = translate("Folders", "Open folder")
    say(title, text, kind="success", action=action, on_action=lambda: tasks.start(open_folder(folder)))


async def open_folder(folder: Path, *, make: bool = False) -> None:
    """Open a folder in the system's file manager. If `make` is True, the folder is created first. Raises
    StorageError.
    """
    if make:
        await asyncio.to_thread(atomic_files.make_folder, folder)
    elif not await asyncio.to_thread(folder.is_dir):
        text = translate("Folders", "{folder} is not there. If it is on another disk, connect that; then try again.")
        raise StorageError(text.format(folder=folder))
    if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))):
        raise NoFileManager(
            translate("Folders", "Couldn't open the folder: {folder}. Open it in a file manager.").format(folder=folder)
        )


def ask_files(
    parent: QWidget,
    title: str,
    kinds: str,
    on_chosen: Callable[[list[Path]], object],
    *,
    first: Path | None = None,
    single: bool = False,
) -> QFileDialog:
    """Open a dialog in which the user chooses existing files, or a `single` one, and call `on_chosen` with their paths.
    `kinds` is a Qt name filter. It starts where `ask_folder` does.
    """
    mode = QFileDialog.FileMode.ExistingFile if single else QFileDialog.FileMode.ExistingFiles
    return _open_chooser(parent, title, mode, on_chosen, first, kinds=kinds)


def ask_folder(
    parent: QWidget,
    title: str,
    then: Callable[[Path], object],
    *,
    first: Path | None = None,
    at: Path | None = None,
    otherwise: Callable[[], object] | None = None,
) -> None:
    """Open a dialog in which the user chooses a folder. It starts in `at`, by default in the folder of the last choice,
    at first in `first`, by default the pictures folder, or in its nearest existing parent.

    Call `then(folder)`, or `otherwise()` if the user cancels.
    """
    mode = QFileDialog.FileMode.Directory
    chooser = _open_chooser(parent, title, mode, lambda chosen: then(chosen[0]), first, at=at)
    if otherwise is not None:
        chooser.rejected.connect(otherwise)


def _open_chooser(
    parent: QWidget,
    title: str,
    mode: QFileDialog.FileMode,
    then: Callable[[list[Path]], object],
    first: Path | None,
    *,
    at: Path | None = None,
    kinds: str = "",
) -> QFileDialog:
    start = first or preferences.pictures_dir()
    # A dialog of the system ignores a filter that is set after it was opened.
    chooser = QFileDialog(parent, title, str(_nearest_existing(at or _last_folders.get(start, start))), kinds)
    chooser.setFileMode(mode)

    def choose(names: list[str]) -> None:
        chosen = [*map(Path, names)]
        if at is None:
            _last_folders[start] = chosen[0] if mode == QFileDialog.FileMode.Directory else chosen[0].parent
        then(chosen)

    chooser.filesSelected.connect(choose)
    chooser.finished.connect(chooser.deleteLater)
    chooser.open()
    return chooser


def _nearest_existing(folder: Path) -> Path:
    """Return the folder itself if it exists, or else its nearest parent folder that exists."""
    return next((each for each in (folder, *folder.parents) if each.is_dir()), folder)


class FolderDialog(QDialog):
    """Base class of dialogs that write files into a folder that the user chooses.

    The button `run` emits `asked()`. `folder` is the selected folder.
    """

    asked = Signal()

    def __init__(self, theme: Theme, title: str, purpose: str, folder: Path, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.folder = folder
        self._what = ElidedLabel(purpose, "muted")
        self._place = ElidedLabel(str(folder), "muted")
        self._summary = wrapped("", "hint")
        self._problem = wrapped("", "problem")
        self._problem.hide()
        self._choose_button = ActionButton(
            theme, self.tr("Choose…"), tooltip=self.tr("Choose another folder"), name="folder-open"
        )
        self._cancel_button = ActionButton(
            theme, self.tr("Cancel"), tooltip=self.tr("Close without writing anything"), keys="Esc"
        )
        self.run = ActionButton(
            theme, self.tr("Export"), tooltip=self.tr("Write the files"), keys="Return", role="primary"
        )
        chooser_title = self.tr("Folder for {title}").format(title=title)
        self._choose_button.clicked.connect(lambda: ask_folder(self, chooser_title, self.set_folder, at=self.folder))
        self._cancel_button.clicked.connect(self.reject)
        self.run.clicked.connect(self.asked)

    def set_folder(self, folder: Path) -> None:
        self.folder = folder
        self._place.setText(str(folder))

    def show_problem(self, sentence: str) -> None:
        """Show an error message above the buttons of the dialog. "" hides the message."""
        self._problem.setText(sentence)
        self._problem.setVisible(bool(sentence))

    def show_progress(self, words: str, *parts: QWidget) -> None:
        """Show the progress message `words` while files are written, and disable the widgets `parts`. "" enables them
        again.
        """
        self.run.setText(words or self.tr("Export"))
        self._cancel_button.setText(self.tr("Stop") if words else self.tr("Cancel"))
        for part in (*parts, self._choose_button, self.run):
            part.setEnabled(not words)

    def foot(self, *progress: QWidget) -> tuple[QWidget | QLayout | EllipsisType, ...]:
        """Return the widgets and layouts at the bottom of the dialog: the folder, the error message, the `progress`
        widgets and the buttons.
        """
        place = QWidget()
        in_row((self._place, 1), self._choose_button, on=place, spacing=8)
        buttons = in_row(..., self._cancel_button, self.run, spacing=8)
        return Labelled(self.tr("Folder"), place), ..., self._problem, *progress, buttons

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.run.click()
        else:
            super().keyPressEvent(event)
