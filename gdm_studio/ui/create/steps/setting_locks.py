"""Locks on the settings that cannot change in the middle of a run, such as the model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from gdm_studio.request.generation_request import SETTINGS, Role

if TYPE_CHECKING:
    from gdm_studio.ui.create.panel.settings_panel import Controls


class ControlLocks:
    """Lock for the settings that a branch shares with its parent image, such as the model and the size.

    Several owners can lock the settings, which are enabled again when all of them have unlocked them.
    """

    def __init__(self, controls: Controls) -> None:
        self._controls = controls
        # Reasons by owner, newest last.
        self._reasons: dict[object, str] = {}
        # Enabled states and tooltips before the lock, to be restored afterwards.
        self._enabled: dict[QWidget, bool] = {}
        self._tooltips: dict[QWidget, str] = {}

    def lock(self, owner: object, reason: str) -> None:
        """Disable the widgets of the settings that cannot change, and show `reason` as their tooltip. `owner`
        identifies the caller in `unlock`.
        """
        before = self._reason()
        self._reasons.pop(owner, None)
        self._reasons[owner] = reason
        self._update(before)

    def unlock(self, owner: object) -> None:
        """Remove the lock that `owner` has set. The settings are enabled again unless there is another lock."""
        before = self._reason()
        self._reasons.pop(owner, None)
        self._update(before)

    def _update(self, before: str) -> None:
        if self._reason() != before:
            self._enable()
            if self._reasons:
                self._disable(self._reason())

    def _reason(self) -> str:
        """Return the reason for the most recent lock that is still in force, or "" if there is no lock."""
        return next(reversed(self._reasons.values()), "")

    def _disable(self, reason: str) -> None:
        for part in self._parts():
            self._enabled[part] = part.isEnabled()
            part.setEnabled(False)
            for each in (part, *part.findChildren(QWidget)):
                self._tooltips[each] = each.toolTip()
                each.setToolTip(reason)

    def _enable(self) -> None:
        for part, enabled in self._enabled.items():
            part.setEnabled(enabled)
        for part, tooltip in self._tooltips.items():
            part.setToolTip(tooltip)
        self._enabled = {}
        self._tooltips = {}

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
            controls.more.tile_box,
            controls.more.tile_overlap,
            *controls.more.part_boxes.values(),
            modes.fast,
            modes.live,
            modes.sketch,
            modes.set,
        ]
