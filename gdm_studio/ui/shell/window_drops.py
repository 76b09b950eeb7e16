"""Files that are dropped on the window, beside the drop zones of its pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gdm_studio.ui.models.controller import dropped_models
from gdm_studio.ui.widgets.file_drops import notice_of_others, picture_in, refusal_of, take_copy

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from PySide6.QtGui import QDropEvent

    from gdm_studio.ui.create.settings_restorer import SettingsRestorer
    from gdm_studio.ui.notifier import Notify
    from gdm_studio.ui.tasks import Tasks


class WindowDrops:
    """Handler of dropped files: the settings of an image are applied, and models are added."""

    def __init__(
        self,
        settings_restorer: SettingsRestorer,
        add_models: Callable[[list[Path]], object],
        tasks: Tasks,
        notify: Notify,
    ) -> None:
        self._settings_restorer = settings_restorer
        self._add_models = add_models
        self._tasks = tasks
        self._notify = notify

    def can_take(self, event: QDropEvent) -> bool:
        """Return True if the window can use the dragged files: an image with its settings, or models."""
        return picture_in(event.mimeData()) is not None or bool(dropped_models(event))

    def enter(self, event: QDropEvent) -> None:
        """Accept dragged files. Those that are of no use are accepted too, so that a notice can say so."""
        if event.mimeData().urls():
            take_copy(event)

    def drop(self, event: QDropEvent) -> None:
        """Use dropped files, or explain in a notice why they cannot be used."""
        if not event.mimeData().urls():
            return
        take_copy(event)
        path = picture_in(event.mimeData())
        if path is not None:
            self._tasks.start(self._settings_restorer.restore_from(path))
            if notice := notice_of_others(event.mimeData(), path):
                self._notify(*notice)
        elif models := dropped_models(event):
            self._add_models(models)
        else:
            self._notify(*refusal_of(event.mimeData()))
