"""The settings at work: felt at once, and saved as they are changed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from gdm_studio import preferences

if TYPE_CHECKING:
    from gdm_studio.ui.gallery.shelf import Shelf
    from gdm_studio.ui.look.theme import Theme
    from gdm_studio.ui.tasks import Tasks


class Preferring:
    """Owns the preferences while the window is open: `now`, `change(name, value)`.

    `on_change(name)` is called with every change, `on_device` once another device or number of threads is in use,
    `on_models` once models are looked for in other folders.
    """

    def __init__(self, theme: Theme, *, shelf: Shelf, tasks: Tasks) -> None:
        self.now = preferences.load()
        self._theme, self._shelf, self._tasks = theme, shelf, tasks
        self.on_change: Callable[[str], object] = lambda name: None
        self.on_device: Callable[[], object] = lambda: None
        self.on_models: Callable[[], object] = lambda: None
        theme.set_scheme(self.now.theme)

    def change(self, name: str, value: Any) -> None:
        """Another value of a setting, in use at once and saved; one that cannot be is left out."""
        if not preferences.is_valid(name, value) or getattr(self.now, name) == value:
            return
        self.now = replace(self.now, **{name: value})
        if name == "theme":
            self._theme.set_scheme(value)
        self.on_change(name)
        self._tasks.start(self._take_up(name))

    def note(self, name: str, value: Any) -> None:
        """A value that was saved by another, who uses it already."""
        self.now = replace(self.now, **{name: value})
        self.on_change(name)

    def take_over(self, name: str) -> None:
        """The value that another has just saved."""
        self.note(name, getattr(preferences.load(), name))

    async def _take_up(self, name: str) -> None:
        """Saves what was changed, and tells those who do not read the settings anew each time."""
        await asyncio.to_thread(preferences.change, {name: getattr(self.now, name)})
        if name in ("format", "name_pattern", "steps_gb"):
            await self._save_pictures_so()
        elif name in ("device", "threads"):
            self.on_device()
        elif name == "model_folders":
            self.on_models()

    async def _save_pictures_so(self) -> None:
        from gdm_studio.gallery.picture import SaveSettings

        saving = SaveSettings.wanted(self.now)
        await self._shelf.ask(lambda gallery: setattr(gallery, "saving", saving))
