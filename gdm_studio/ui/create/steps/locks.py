"""Controls that cannot change while something belongs to a path of steps: greyed, and saying why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from gdm_studio.request import SETTINGS, Role

if TYPE_CHECKING:
    from gdm_studio.ui.create.panel.controls import Controls


class Locks:
    """Locks what a branch shares with the picture it leaves, for as long as anyone wants it locked."""

    def __init__(self, controls: Controls) -> None:
        self._controls = controls
        self._reasons: dict[object, str] = {}  # by whoever wants it
        self._enabled: dict[QWidget, bool] = {}  # as they were before
        self._tooltips: dict[QWidget, str] = {}

    def hold(self, owner: object, why: str) -> None:
        """Locks for `owner`, the tooltips saying `why`; with "" it wants so no more."""
        before = self._why()
        self._reasons.pop(owner, None)
        if why:
            self._reasons[owner] = why
        if self._why() != before:
            self._release()
            if self._reasons:
                self._lock(self._why())

    def _why(self) -> str:
        """The latest reason; "" where there is none."""
        return next(reversed(self._reasons.values()), "")

    def _lock(self, why: str) -> None:
        for part in self._parts():
            self._enabled[part] = part.isEnabled()
            part.setEnabled(False)
            for each in (part, *part.findChildren(QWidget)):
                self._tooltips[each] = each.toolTip()
                each.setToolTip(why)

    def _release(self) -> None:
        for part, enabled in self._enabled.items():
            part.setEnabled(enabled)
        for part, tooltip in self._tooltips.items():
            part.setToolTip(tooltip)
        self._enabled, self._tooltips = {}, {}

    def _parts(self) -> list[QWidget]:
        controls = self._controls
        modes = controls.modes
        return [
            controls.model_box,
            controls.spacing_box,
            *(row for name, row in controls.rows.items() if Role.PATH in SETTINGS[name].role),
            controls.start,
            controls.start_mark,
            controls.more.size_box,
            *controls.more.part_boxes.values(),
            modes.fast,
            modes.live,
            modes.set,
        ]
