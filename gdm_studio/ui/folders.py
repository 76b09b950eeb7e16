"""Folders in the desktop's own way: shown, and asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from types import EllipsisType
from typing import TYPE_CHECKING

from PySide6.QtCore import QStandardPaths, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QKeyEvent
from PySide6.QtWidgets import QDialog, QFileDialog, QLayout, QWidget

from gdm_studio import atomic, paths
from gdm_studio.errors import StorageError
from gdm_studio.ui.look.theme import Theme
from gdm_studio.ui.widgets import ActionButton, ElidedLabel, Labelled, wrapped
from gdm_studio.ui.widgets.layouts import in_row

if TYPE_CHECKING:
    from gdm_studio.ui.say import Say
    from gdm_studio.ui.tasks import Tasks


def exports_folder() -> Path:
    """Where exports and films go unless another folder is chosen."""
    downloads = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DownloadLocation)
    return Path(downloads) / paths.APP


def say_saved(say: Say, tasks: Tasks, title: str, text: str, folder: Path) -> None:
    """That something was written, with a button that shows the folder it lies in."""
    say(title, text, kind="success", action="Open folder", on_action=lambda: tasks.start(open_folder(folder)))


async def open_folder(folder: Path, *, make: bool = False) -> None:
    """Shows a folder, with `make` a new one where it is not there yet; raises StorageError where that cannot be."""
    if make:
        await asyncio.to_thread(atomic.make_folder, folder)
    elif not await asyncio.to_thread(folder.is_dir):
        raise StorageError(f"{folder} is not there. If it is on another disk, connect that; then try again.")
    if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))):
        raise StorageError(f"No program here shows folders; this one is {folder}.")


def ask_folder(
    parent: QWidget, title: str, then: Callable[[Path], object], *, at: Path | None = None,
    otherwise: Callable[[], object] | None = None,
) -> None:  # fmt: skip
    """Lets people choose a folder, from `at` on: `then` gets it, `otherwise` is called where they choose none."""
    chooser = QFileDialog(parent, title, str(at or ""))
    chooser.setFileMode(QFileDialog.FileMode.Directory)
    chooser.fileSelected.connect(lambda chosen: then(Path(chosen)))
    if otherwise is not None:
        chooser.rejected.connect(otherwise)
    chooser.finished.connect(chooser.deleteLater)
    chooser.open()


class FolderDialog(QDialog):
    """One that writes files into `folder`, which people may change. Part: `run`. Signal: `asked()` to write them.

    Setters: `set_folder(path)`, `show_problem(sentence)`.
    """

    asked = Signal()

    def __init__(self, theme: Theme, title: str, what: str, folder: Path, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.folder = folder
        self._what, self._place = ElidedLabel(what, "muted"), ElidedLabel(str(folder), "muted")
        self._summary, self._problem = wrapped("", "hint"), wrapped("", "problem")
        self._problem.hide()
        self._choose = ActionButton(theme, "Choose…", tooltip="Another folder", name="folder-open")
        self._cancel = ActionButton(theme, "Cancel", tooltip="Close, and write nothing", keys="Esc")
        self.run = ActionButton(theme, "Export", tooltip="Write what is set here", keys="Return", role="primary")
        self._choose.clicked.connect(lambda: ask_folder(self, f"Folder for {title}", self.set_folder, at=self.folder))
        self._cancel.clicked.connect(self.reject)
        self.run.clicked.connect(self.asked)

    def set_folder(self, folder: Path) -> None:
        self.folder = folder
        self._place.setText(str(folder))

    def show_problem(self, sentence: str) -> None:
        """What went wrong, above the buttons; nothing with ""."""
        self._problem.setText(sentence)
        self._problem.setVisible(bool(sentence))

    def hold(self, words: str, *parts: QWidget) -> None:
        """While files are written `words` say how far that is and the parts cannot be set; with "" they can again."""
        self.run.setText(words or "Export")
        self._cancel.setText("Stop" if words else "Cancel")
        for part in (*parts, self._choose, self.run):
            part.setEnabled(not words)

    def foot(self, *progress: QWidget) -> tuple[QWidget | QLayout | EllipsisType, ...]:
        """Where the files go, what went wrong, and the buttons; `progress` above these."""
        place = QWidget()
        in_row((self._place, 1), self._choose, on=place, spacing=8)
        return Labelled("Folder", place), ..., self._problem, *progress, in_row(..., self._cancel, self.run, spacing=8)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.run.click()
        else:
            super().keyPressEvent(event)
