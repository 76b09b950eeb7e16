"""The pictures' folder, and moving it: in the background, to be stopped at any time, and back again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from gdm_studio import memory, paths, preferences
from gdm_studio.ui.folders import ask_folder

if TYPE_CHECKING:
    from gdm_studio.ui.gallery.shelf import Shelf
    from gdm_studio.ui.say import Say
    from gdm_studio.ui.settings.preferring import Preferring
    from gdm_studio.ui.settings.rows import LibraryRow
    from gdm_studio.ui.tasks import Tasks


class Relocating:
    """Carries out what is asked for in the row of the library."""

    def __init__(self, row: LibraryRow, preferring: Preferring, *, shelf: Shelf, tasks: Tasks, say: Say) -> None:
        self._row, self._preferring, self._shelf, self._tasks, self._say = row, preferring, shelf, tasks, say
        self._stopping = False
        row.move_asked.connect(self._ask_where_to)
        row.stop_asked.connect(self._stop)

    def show(self) -> None:
        """Which folder it is."""
        self._row.show_folder(paths.shown(self._folder()))

    def move_to(self, folder: Path) -> None:
        """Begins moving."""
        self._stopping = False
        self._tasks.start(self._move(folder))

    async def _move(self, folder: Path) -> None:
        """Slice by slice, so that pictures can be made, searched and opened meanwhile."""
        before = self._folder()
        self._row.show_progress("Getting ready…")
        try:
            if not before.is_dir():
                await self._shelf.ask(lambda gallery: gallery.check_writable())  # which makes it
            steps = await self._shelf.ask(lambda gallery: gallery.moving(folder, self._remember))
            while step := await self._shelf.ask(lambda gallery: next(steps, None)):
                done, total = step
                if self._stopping or self._shelf.closing:
                    self._say("Stopped moving the pictures", f"They are all where they were, in {before}.")
                    return
                self._row.show_progress(f"{memory.in_words(done)} of {memory.in_words(total)} copied")
        finally:
            self._row.show_progress("")
        self._preferring.note("library", _setting(folder))
        self._shelf.refresh()
        self._say(
            "The pictures have moved", f"They are in {folder} now.", kind="success", action="Move back",
            on_action=lambda: self.move_to(before),
        )  # fmt: skip

    def _folder(self) -> Path:
        return Path(self._preferring.now.library or paths.usual_pictures_dir())

    def _remember(self, folder: Path) -> None:
        """Called in the gallery's thread once every picture is in the new folder: durable before the old ones go."""
        preferences.change({"library": _setting(folder)})

    def _stop(self) -> None:
        self._stopping = True

    def _ask_where_to(self) -> None:
        """Asks for the folder; one that is not empty gets a folder of its own inside."""
        ask_folder(self._row, "Move the pictures to", self._on_folder)

    def _on_folder(self, folder: Path) -> None:
        try:
            empty = not any(folder.iterdir())
        except OSError:
            empty = True  # moving says what is wrong with it
        self.move_to(folder if empty else folder / paths.APP)


def _setting(folder: Path) -> str:
    return "" if folder == paths.usual_pictures_dir() else str(folder)
