"""What another program, such as the command line, does to the gallery while the window is open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer

from gdm_studio import preferences

if TYPE_CHECKING:
    from gdm_studio.ui.gallery.shelf import Shelf
    from gdm_studio.ui.tasks import Tasks

SOON_MS, LATER_MS = 400, 3000  # after a file has come: the index knows it a little later


class Elsewhere(QObject):
    """Has all lists show it: once a file comes or goes, and by `look`, which the window calls when it is turned to."""

    def __init__(self, shelf: Shelf, tasks: Tasks, parent: QObject) -> None:
        super().__init__(parent)
        self._watch = QFileSystemWatcher(self)
        for after in (SOON_MS, LATER_MS):
            timer = QTimer(self, interval=after, singleShot=True)
            timer.timeout.connect(lambda: tasks.start(shelf.look_elsewhere()))
            self._watch.directoryChanged.connect(lambda _, timer=timer: timer.start())
        self._shelf, self._tasks = shelf, tasks
        shelf.all.found.connect(self._on_found)

    def look(self) -> None:
        """Shows now what has been changed."""
        self._watch_folder()
        self._tasks.start(self._shelf.look_elsewhere())

    def _on_found(self, count: int) -> None:
        if not self._watch.directories():
            self._watch_folder()

    def _watch_folder(self) -> None:
        """That of the pictures, which may be another one by now, or be made with the first of them."""
        folder = str(preferences.pictures_dir())
        if self._watch.directories() not in ([], [folder]):
            self._watch.removePaths(self._watch.directories())
        self._watch.addPath(folder)
