"""Controller of the presets, which saves the settings of the Create page under a name and applies saved settings."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint

from gdm_studio.common.errors import StudioError
from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.studio import presets
from gdm_studio.ui.create.prompt.preset_popup import PresetPopup
from gdm_studio.ui.translation import error_text, translate
from gdm_studio.ui.window_actions import Action

if TYPE_CHECKING:
    from collections.abc import Callable

    from gdm_studio.studio.presets import Preset
    from gdm_studio.ui.create.context import CreateContext

# Distance in logical pixels between the button and the popup.
DISTANCE = 8


class PresetController:
    """Controller of the popup in which the user saves, applies, renames and deletes presets (saved settings).

    It reads and writes files on another thread. The callback `use(preset, name)` applies a preset.
    """

    def __init__(self, context: CreateContext, use: Callable[[Preset, str], object]) -> None:
        self._controls = context.page.controls
        self._notify = context.notify
        self._tasks = start = context.tasks
        self._use = use
        self._preset_names: list[str] = []
        self.popup = popup = PresetPopup(context.theme, self._controls)
        self._controls.presets_asked.connect(lambda: start.start(self.open()))
        popup.chosen.connect(self.apply)
        popup.save_asked.connect(lambda name, with_prompt: start.start(self._save(name, with_prompt)))
        popup.renamed.connect(lambda name, wanted: start.start(self._rename(name, wanted)))
        popup.delete_asked.connect(lambda name: start.start(self._delete(name)))

    def actions(self) -> list[Action]:
        """Return an action for each preset that applies it, so that the command palette finds presets by name."""
        group = QT_TRANSLATE_NOOP("Action", "Preset")
        return [Action(name, group=group, page="create", act=partial(self.apply, name)) for name in self._preset_names]

    async def open(self) -> None:
        """Reload the names of the presets, and open the popup below its button. Raises StorageError."""
        await self.refresh()
        mark = self._controls.presets_mark
        place = mark if mark.isVisible() else self._controls
        self.popup.open_at(place.mapToGlobal(QPoint(0, mark.height() + DISTANCE)))

    async def refresh(self) -> None:
        """Reload the names of the presets from disk. Raises StorageError."""
        self._preset_names = await asyncio.to_thread(presets.names)
        self.popup.set_names(self._preset_names)

    def apply(self, name: str) -> None:
        """Load a preset and apply its settings in a background task."""
        self._tasks.start(self._apply(name))

    async def _apply(self, name: str) -> None:
        self._use(await asyncio.to_thread(presets.load, name), name)

    async def _save(self, name: str, with_prompt: bool) -> None:
        preset = presets.Preset.of(self._controls.request_draft.written, with_prompt=with_prompt)
        try:
            name = await asyncio.to_thread(presets.existing_name, name)
            before = await asyncio.to_thread(presets.save, name, preset)
        except StudioError as error:
            self._refuse(error)
            return
        self.popup.hide()
        await self.refresh()
        title = translate("Presets", "Preset {name} saved")
        if before is not None:
            title = translate("Presets", "Preset {name} replaced")
        self._notify(title.format(name=name), kind="success", undo=partial(self._put_back, name, before))

    def _refuse(self, error: StudioError) -> None:
        """Show an error in the popup, or raise it if the popup was closed in the meantime."""
        if not self.popup.isVisible():
            raise error
        self.popup.show_refusal(error_text(error))

    async def _rename(self, name: str, wanted: str) -> None:
        try:
            await asyncio.to_thread(presets.rename, name, wanted)
        except StudioError as error:
            self._refuse(error)
            return
        await self.refresh()
        title = translate("Presets", "{before} renamed to {now}").format(before=name, now=wanted)
        self._notify(title, undo=partial(self._rename_back, wanted, name))

    async def _rename_back(self, name: str, wanted: str) -> None:
        await asyncio.to_thread(presets.rename, name, wanted)
        await self.refresh()

    async def _delete(self, name: str) -> None:
        before = await asyncio.to_thread(presets.content_of, name)
        await asyncio.to_thread(presets.put_back, name, None)
        await self.refresh()
        title = translate("Presets", "Preset {name} deleted").format(name=name)
        self._notify(title, undo=partial(self._restore, name, before))

    async def _restore(self, name: str, content: bytes | None) -> None:
        await asyncio.to_thread(presets.check_free, name)
        await self._put_back(name, content)

    async def _put_back(self, name: str, content: bytes | None) -> None:
        await asyncio.to_thread(presets.put_back, name, content)
        await self.refresh()
