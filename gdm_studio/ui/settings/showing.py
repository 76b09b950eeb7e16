"""The settings on their page: what is so now, what is done there, and what this computer is like."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QGuiApplication

from gdm_studio import doctor, memory, paths, preferences
from gdm_studio.errors import BadRequest
from gdm_studio.gallery.naming import Named
from gdm_studio.gallery.naming import name as named
from gdm_studio.ui import warm
from gdm_studio.ui.create.settings import offered
from gdm_studio.ui.folders import ask_folder, open_folder
from gdm_studio.ui.settings.relocating import Relocating

if TYPE_CHECKING:
    from collections.abc import Callable

    from gdm_studio.doctor import Finding
    from gdm_studio.request import Request
    from gdm_studio.ui.gallery.shelf import Shelf
    from gdm_studio.ui.lane import Lane
    from gdm_studio.ui.say import Say
    from gdm_studio.ui.settings.page import SettingsPage
    from gdm_studio.ui.settings.preferring import Preferring
    from gdm_studio.ui.tasks import Tasks

GB = 1e9
SUFFIXES = {"png": "png", "webp": "webp", "jpeg": "jpg"}


class Showing:
    """Serves the page; `request` tells what the next picture would be."""

    def __init__(
        self, page: SettingsPage, preferring: Preferring, *, lane: Lane, shelf: Shelf, tasks: Tasks, say: Say,
        request: Callable[[], Request],
    ) -> None:  # fmt: skip
        self._page, self._preferring = page, preferring
        self._lane, self._shelf, self._tasks, self._say, self._request = lane, shelf, tasks, say, request
        self._findings: list[Finding] = []
        self.relocating = Relocating(page.library, preferring, shelf=shelf, tasks=tasks, say=say)
        preferring.on_change = self._on_change
        page.changed.connect(self._change)
        page.prune_asked.connect(lambda: tasks.start(self._prune()))
        page.copy_asked.connect(self._copy_report)
        page.opened.connect(lambda: tasks.start(self._look()))
        page.library.open_asked.connect(lambda: tasks.start(self._open_library()))
        page.folders.set_usual(str(paths.models_dir()))
        page.folders.open_asked.connect(lambda: tasks.start(open_folder(paths.models_dir(), make=True)))
        page.folders.add_asked.connect(self._ask_for_models)
        self._show()

    def add_models(self, folder: str) -> None:
        """One more folder of models."""
        folders = self._preferring.now.model_folders
        if folder not in folders:
            self._preferring.change("model_folders", (*folders, folder))

    def _change(self, name: str, value: Any) -> None:
        """A new value; a pattern that makes no names is said to be none, and the former one stays in use."""
        if name == "name_pattern" and (problem := self._problem_with(value)):
            self._page.show_example("", problem)
        else:
            self._preferring.change(name, value)
            self._show()

    def _on_change(self, name: str) -> None:
        self._show()
        if name == "steps_gb":
            self._tasks.start(self._show_steps())

    def _show(self) -> None:
        self._page.show_preferences(self._preferring.now)
        self._page.show_example(self._example(self._preferring.now.name_pattern))
        self.relocating.show()

    async def _look(self) -> None:
        """What is so now: the devices, the room that steps take, and what this computer is like."""
        names = await self._lane.ask(warm.find_devices)
        self._page.set_devices(offered(names))
        await self._show_steps()
        found = await asyncio.to_thread(lambda: [*doctor.versions(), *doctor.places(), *doctor.models()])
        found += await self._lane.ask(lambda: list(doctor.devices()))
        found += await self._shelf.ask(lambda gallery: list(doctor.gallery_state(gallery)))
        self._findings = found + await asyncio.to_thread(lambda: list(doctor.last_errors()))
        self._page.show_findings(self._findings)

    async def _open_library(self) -> None:
        """Shows the pictures folder, which is made on first use alone: not while its disk is away."""
        await self._shelf.ask(lambda gallery: gallery.make_folder())
        await open_folder(preferences.pictures_dir())

    async def _show_steps(self) -> None:
        held = await self._shelf.ask(lambda gallery: gallery.steps.held())
        self._page.show_steps(f"They take {memory.in_words(held)} now." if held else "")

    async def _prune(self) -> None:
        """Drops the oldest steps beyond the room there is."""
        room = self._preferring.now.steps_gb
        lost = await self._shelf.ask(lambda gallery: gallery.prune_steps(room * GB))
        await self._show_steps()
        if lost:
            pictures = "1 picture" if lost == 1 else f"{lost:,} pictures"
            self._say(f"Dropped the steps of {pictures}", "The pictures themselves are as they were.", kind="success")
        else:
            self._say("There is room for all steps", f"They may take {room:g} GB.")

    def _copy_report(self) -> None:
        QGuiApplication.clipboard().setText(doctor.report(self._findings))
        self._say("The report is copied", "Versions, devices and folders; nothing you made.", kind="success")

    def _example(self, pattern: str) -> str:
        """The name that the next picture would have; raises BadRequest."""
        request = self._request()
        made_up = Named(request, "3f9a0c", time.time(), request.size or (256, 256))
        return f"{named(pattern, made_up)}.{SUFFIXES[self._preferring.now.format]}"

    def _problem_with(self, pattern: str) -> str:
        try:
            self._example(pattern)
        except BadRequest as error:
            return str(error)
        return ""

    def _ask_for_models(self) -> None:
        """Asks for one more folder of models."""
        ask_folder(self._page, "Look for models in", lambda chosen: self.add_models(str(chosen)))
