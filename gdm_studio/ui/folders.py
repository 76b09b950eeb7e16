"""Folders in the desktop's own way: shown, and asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QStandardPaths, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from gdm_studio import atomic, paths
from gdm_studio.errors import StorageError

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
