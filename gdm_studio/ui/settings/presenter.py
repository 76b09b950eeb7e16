"""Presenter of the Settings page, which shows the settings and the state of this computer and handles the buttons."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QGuiApplication

from gdm_studio import doctor, preferences
from gdm_studio.common import paths
from gdm_studio.common.errors import BadRequest
from gdm_studio.common.licences import Licence, licences
from gdm_studio.gallery.filename_pattern import NameParts, fill_pattern
from gdm_studio.studio import window_calls
from gdm_studio.ui.create.request_settings import device_choices
from gdm_studio.ui.folder_dialogs import ask_folder, open_folder
from gdm_studio.ui.settings.entries import gigabytes
from gdm_studio.ui.settings.library_move import LibraryMove
from gdm_studio.ui.settings.licences_overlay import LicencesSheet
from gdm_studio.ui.translation import data_size, error_text, translate

if TYPE_CHECKING:
    from collections.abc import Callable

    from gdm_studio.doctor import Finding
    from gdm_studio.request.generation_request import Request
    from gdm_studio.ui.app_context import AppContext
    from gdm_studio.ui.settings.controller import SettingsController
    from gdm_studio.ui.settings.page import SettingsPage

GB = 1e9
SUFFIXES = {"png": "png", "webp": "webp", "jpeg": "jpg"}


class SettingsPresenter:
    """Presenter that connects the Settings page to the preferences, the gallery and the system check `doctor`.

    `request()` returns the settings of the next image, for the example file name.
    """

    def __init__(
        self,
        context: AppContext,
        page: SettingsPage,
        settings: SettingsController,
        request: Callable[[], Request],
    ) -> None:
        tasks = context.tasks
        self._page = page
        self._settings = settings
        self._worker = context.worker
        self._gallery = context.gallery
        self._tasks = tasks
        self._notify = context.notify
        self._theme = context.theme
        self._request = request
        self._findings: list[Finding] = []
        self.licences_sheet: LicencesSheet | None = None
        self.library_move = LibraryMove(context, page.library, settings)
        settings.changed.connect(self._on_change)
        settings.device_changed.connect(lambda: tasks.start(self._show_computers()))
        page.changed.connect(self._change)
        page.prune_asked.connect(lambda: tasks.start(self._prune()))
        page.copy_asked.connect(self._copy_report)
        page.restart_asked.connect(context.navigator.restart)
        page.licences_asked.connect(lambda: tasks.start(self._show_licences()))
        # A value that was refused does not stay in its field.
        page.opened.connect(self._show)
        page.opened.connect(lambda: tasks.start(self._show_state()))
        page.library.open_asked.connect(lambda: tasks.start(self._open_library()))
        page.folders.set_usual(str(paths.models_dir()))
        page.folders.open_asked.connect(lambda: tasks.start(open_folder(paths.models_dir(), make=True)))
        page.folders.add_asked.connect(self._ask_for_models)
        self._show()

    def add_models(self, folder: str) -> None:
        """Add a folder to the list of folders that are searched for models."""
        folders = self._settings.now.model_folders
        if folder not in folders:
            self._settings.change("model_folders", (*folders, folder))

    def _change(self, name: str, value: Any) -> None:
        """Save a preference that the user has changed. If it is an invalid pattern for file names, show the error
        instead.
        """
        if name == "name_pattern" and (problem := self._problem_with(value)):
            self._page.show_example("", problem)
        else:
            self._settings.change(name, value)
            self._show()

    def _on_change(self, name: str) -> None:
        self._show()
        if name == "steps_gb":
            self._tasks.start(self._show_steps())
        elif name == "downloads":
            self._tasks.start(self._show_computers())

    def _show(self) -> None:
        self._page.show_preferences(self._settings.now, self._settings.started)
        self._page.show_example(self._example_name(self._settings.now.name_pattern))
        self.library_move.show()

    async def _show_state(self) -> None:
        """Show the available devices, the disk space of saved denoising steps, and the results of the system check."""
        self._page.set_largest_scale(_largest_scale(self._page))
        self._page.show_capabilities(await asyncio.to_thread(doctor.list_capabilities))
        await self._show_devices()
        await self._show_steps()
        findings = await asyncio.to_thread(
            lambda: [*doctor.list_versions(), *doctor.check_folders(), *doctor.check_models()]
        )
        findings += await self._worker.call(window_calls.check_devices)
        findings += await self._gallery.ask(lambda gallery: list(doctor.check_gallery(gallery)))
        self._findings = findings + await asyncio.to_thread(lambda: [*doctor.last_errors(), doctor.last_crash()])
        self._page.show_findings(self._findings)

    async def _show_computers(self) -> None:
        """Update the list of devices on the page after the list of remote computers was changed."""
        self._page.show_capabilities(await asyncio.to_thread(doctor.list_capabilities))
        await self._show_devices()

    async def _show_devices(self) -> None:
        names = await self._worker.call(window_calls.find_devices)
        self._page.set_devices(device_choices(names))

    async def _open_library(self) -> None:
        """Open the pictures folder in the system's file manager.

        The folder is created on first use, but not while its disk is disconnected.
        """
        await self._gallery.ask(lambda gallery: gallery.create_library())
        await open_folder(preferences.pictures_dir())

    async def _show_steps(self) -> None:
        size = await self._gallery.ask(lambda gallery: gallery.steps.total_size())
        text = translate("SettingsPresenter", "They take {size} now.").format(size=data_size(size))
        self._page.show_steps(text if size else "")

    async def _prune(self) -> None:
        """Delete the oldest saved denoising steps until the rest is within the disk space limit, and show a notice."""
        limit = self._settings.now.steps_gb
        lost = await self._gallery.ask(lambda gallery: gallery.steps.prune(limit * GB))
        await self._show_steps()
        if lost:
            title = translate("SettingsPresenter", "Deleted the steps of %n picture(s)", "", lost)
            self._notify(title, translate("SettingsPresenter", "The pictures did not change."), kind="success")
        else:
            text = translate("SettingsPresenter", "They may take {size}.").format(size=gigabytes(limit))
            self._notify(translate("SettingsPresenter", "There is space for all steps"), text)

    def _copy_report(self) -> None:
        QGuiApplication.clipboard().setText(doctor.report(self._findings))
        text = translate("SettingsPresenter", "It has versions, devices and folders, and no pictures or prompts.")
        self._notify(translate("SettingsPresenter", "Report copied"), text, kind="success")

    async def _show_licences(self) -> None:
        """Open the dialog with the licences of GDM Studio and its parts."""
        all_licences = await asyncio.to_thread(licences)
        if self.licences_sheet is not None:
            return
        self.licences_sheet = LicencesSheet(self._theme, all_licences, parent=self._page.window())
        self.licences_sheet.chosen.connect(lambda licence: self._tasks.start(self._show_licence(licence)))
        self.licences_sheet.closed.connect(self._on_licences_closed)
        self.licences_sheet.open_up()

    async def _show_licence(self, licence: Licence) -> None:
        text = await asyncio.to_thread(licence.text)
        # The user may have closed the overlay while the licence was read.
        if self.licences_sheet is not None:
            self.licences_sheet.show_text(licence, text)

    def _on_licences_closed(self) -> None:
        self.licences_sheet = None

    def _example_name(self, pattern: str) -> str:
        """Return the file name that the next image would get with this pattern. Raises BadRequest if the pattern is
        invalid.
        """
        request = self._request()
        made_up = NameParts(request, "3f9a0c", time.time(), request.size or (256, 256))
        return f"{fill_pattern(pattern, made_up)}.{SUFFIXES[self._settings.now.format]}"

    def _problem_with(self, pattern: str) -> str:
        try:
            self._example_name(pattern)
        except BadRequest as error:
            return error_text(error)
        return ""

    def _ask_for_models(self) -> None:
        """Let the user choose a folder that is then searched for models."""
        title = translate("SettingsPresenter", "Folder to search for models")
        ask_folder(self._page, title, lambda chosen: self.add_models(str(chosen)), first=paths.models_dir())


def _largest_scale(page: SettingsPage) -> float:
    """Return the largest scale of the interface at which the whole window fits on its screen."""
    window = page.window()
    screen, least = window.screen().availableSize(), window.minimumSizeHint()
    scale: float = getattr(QGuiApplication.instance(), "scale", 1.0)
    return scale * min(screen.width() / max(1, least.width()), screen.height() / max(1, least.height()))
