"""Background move of the pictures folder, which can be stopped and undone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from gdm_studio import preferences
from gdm_studio.common import paths
from gdm_studio.ui.folder_dialogs import ask_folder
from gdm_studio.ui.translation import data_size, translate

if TYPE_CHECKING:
    from gdm_studio.ui.app_context import AppContext
    from gdm_studio.ui.settings.controller import SettingsController
    from gdm_studio.ui.settings.rows import LibraryRow


class LibraryMove:
    """Controller that moves all images to another pictures folder in the background, and shows the progress on the
    Settings page.
    """

    def __init__(self, context: AppContext, row: LibraryRow, settings: SettingsController) -> None:
        self._row = row
        self._settings = settings
        self._gallery = context.gallery
        self._tasks = context.tasks
        self._notify = context.notify
        self._is_stopping = False
        row.move_asked.connect(self._ask_where_to)
        row.stop_asked.connect(self._stop)

    def show(self) -> None:
        """Show the path of the current pictures folder on the Settings page."""
        self._row.show_folder(paths.display_path(self._current_folder()))

    def move_to(self, folder: Path) -> None:
        """Start moving all images to another folder in the background."""
        self._is_stopping = False
        self._tasks.start(self._move(folder))

    async def _move(self, folder: Path) -> None:
        """Move the images to another folder, a few files at a time, so that the gallery can be used meanwhile."""
        before = self._current_folder()
        self._row.show_progress(translate("LibraryMove", "Preparing…"))
        try:
            if not before.is_dir():
                # This creates the folder.
                await self._gallery.ask(lambda gallery: gallery.check_writable())
            steps = await self._gallery.ask(lambda gallery: gallery.move_library(folder, self._save_folder))
            while step := await self._gallery.ask(lambda gallery: next(steps, None)):
                done, total = step
                if self._is_stopping or self._gallery.closing:
                    text = translate("LibraryMove", "All of them are still in {folder}.").format(folder=before)
                    self._notify(translate("LibraryMove", "Moving stopped"), text)
                    return
                progress = translate("LibraryMove", "{done} of {total} copied")
                self._row.show_progress(progress.format(done=data_size(done), total=data_size(total)))
        finally:
            self._row.show_progress("")
        self._settings.set_saved("library", _setting_for(folder))
        self._gallery.refresh()
        self._notify(
            translate("LibraryMove", "The pictures have been moved"),
            translate("LibraryMove", "They are in {folder} now.").format(folder=folder),
            kind="success",
            action=translate("LibraryMove", "Move back"),
            on_action=lambda: self.move_to(before),
        )

    def _current_folder(self) -> Path:
        return Path(self._settings.now.library or paths.default_pictures_dir())

    def _save_folder(self, folder: Path) -> None:
        """Save the new pictures folder as a preference. This function runs on the gallery's background thread.

        It is called after all files have been copied, before the old ones are deleted.
        """
        preferences.change({"library": _setting_for(folder)})

    def _stop(self) -> None:
        self._is_stopping = True

    def _ask_where_to(self) -> None:
        """Let the user choose the new pictures folder. If the chosen folder is not empty, a subfolder is created
        in it.
        """
        ask_folder(self._row, translate("LibraryMove", "Move the pictures to"), self._on_folder)

    def _on_folder(self, folder: Path) -> None:
        try:
            empty = not any(folder.iterdir())
        except OSError:
            # Moving reports the error.
            empty = True
        self.move_to(folder if empty else folder / paths.APP)


def _setting_for(folder: Path) -> str:
    return "" if folder == paths.default_pictures_dir() else str(folder)
