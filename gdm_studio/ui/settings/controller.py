"""Controller of the preferences, which applies and saves each change immediately."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from gdm_studio import preferences
from gdm_studio.common.lazy_import import LazyModule

if TYPE_CHECKING:
    import asyncio

    from gdm_studio.ui.gallery.service import GalleryService
    from gdm_studio.ui.tasks import Tasks
    from gdm_studio.ui.theme.theme import Theme
else:
    # The first paint does not wait for the import.
    asyncio = LazyModule("asyncio")


class SettingsController(QObject):
    """Controller of the preferences, which applies and saves each change at once. The current values are in `now`, and
    those at the start of the program in `started`.
    """

    # The name of a setting.
    changed = Signal(str)
    # The device, the other computers or the number of threads was saved.
    device_changed = Signal()
    # The model folders were saved.
    model_folders_changed = Signal()

    def __init__(self, theme: Theme, gallery: GalleryService, tasks: Tasks, *, parent: QObject) -> None:
        super().__init__(parent)
        self.now = self.started = preferences.load()
        self._theme = theme
        self._gallery = gallery
        self._tasks = tasks
        theme.set_scheme(self.now.theme)
        theme.set_canvas(self.now.canvas)

    def change(self, name: str, value: Any) -> None:
        """Apply a new value of a preference and save it. An invalid value is ignored."""
        if not preferences.is_valid(name, value) or getattr(self.now, name) == value:
            return
        self.now = replace(self.now, **{name: value})
        if name == "theme":
            self._theme.set_scheme(value)
        elif name == "canvas":
            self._theme.set_canvas(value)
        self.changed.emit(name)
        self._tasks.start(self._save(name))

    def set_saved(self, name: str, value: Any) -> None:
        """Update a preference's value in memory, after other code has saved and applied the new value."""
        self.now = replace(self.now, **{name: value})
        self.changed.emit(name)

    def reload(self, name: str) -> None:
        """Read a preference from its file again, because other code has just saved it."""
        self.set_saved(name, getattr(preferences.load(), name))

    async def _save(self, name: str) -> None:
        """Save a preference, and apply it to the gallery, the devices or the model folders if it concerns them."""
        await asyncio.to_thread(preferences.change, {name: getattr(self.now, name)})
        if name in ("format", "name_pattern", "steps_gb"):
            await self._apply_to_gallery()
        elif name in ("device", "remote_devices", "cluster", "threads"):
            self.device_changed.emit()
        elif name == "model_folders":
            self.model_folders_changed.emit()

    async def _apply_to_gallery(self) -> None:
        from gdm_studio.gallery.saved_image import SaveSettings

        saving = SaveSettings.from_preferences(self.now)
        await self._gallery.ask(lambda gallery: setattr(gallery, "saving", saving))
