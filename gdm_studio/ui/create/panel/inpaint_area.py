"""Row for the part of the start image that inpainting generates: the whole picture, or only the masked area."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from gdm_studio.request.generation_request import ONLY_MASKED, SETTINGS
from gdm_studio.studio.request_draft import RequestDraft
from gdm_studio.ui.create.panel.bound_setting_widgets import bind, combo_of, slider_of
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.widgets.layouts import stacked


class InpaintArea(QWidget):
    """Choice of the inpaint area with the padding around the mask, hidden while there is no mask.

    The padding is shown only if it has an effect. `changed()` is emitted when the user edits either.
    """

    changed = Signal()

    def __init__(self, theme: Theme, request_draft: RequestDraft, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._request_draft = request_draft
        self._area = combo_of(theme, SETTINGS["inpaint_area"])
        self.padding = slider_of(theme, SETTINGS["inpaint_padding"])
        stacked(self._area, self.padding, on=self, spacing=0)
        bind(request_draft, "inpaint_area", self._area)
        bind(request_draft, "inpaint_padding", self.padding)
        for name in ("mask", "inpaint_area"):
            request_draft.listen(name, lambda _: self._show())
        self._area.chosen.connect(lambda *_: self.changed.emit())
        self.padding.changed.connect(lambda *_: self.changed.emit())
        self._show()

    def _show(self) -> None:
        draft = self._request_draft
        self.setVisible(bool(draft["mask"]))
        self.padding.setVisible(draft["inpaint_area"] == ONLY_MASKED)
