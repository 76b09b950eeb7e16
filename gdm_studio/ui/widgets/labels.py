"""Labels in the roles the style sheet knows, and a label over a control."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from gdm_studio.ui.look.plain import plain, tip
from gdm_studio.ui.widgets.layouts import in_row, stacked

LINE = 16  # height of a control's name, and of a button beside it


class Label(QLabel):
    """One whose text may come from a file: whatever it holds is shown, and does nothing."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)

    def setText(self, text: str) -> None:
        super().setText(plain(text))


def label(
    text: str = "", role: str = "label", *, align: Qt.AlignmentFlag | None = None, selectable: bool = False,
    buddy: QWidget | None = None,
) -> Label:  # fmt: skip
    """A plain-text label; `role` is one of label, muted, hint, strong, title, key; `selectable` with the mouse.

    `buddy` is what it names.
    """
    made = Label(text)
    made.setProperty("role", role)
    if role == "key":
        made.setFixedHeight(18)
    if align is not None:
        made.setAlignment(align | Qt.AlignmentFlag.AlignVCenter)
    if buddy is not None:
        made.setBuddy(buddy)
    if selectable:
        made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return made


def wrapped(
    text: str = "", role: str = "muted", *, align: Qt.AlignmentFlag | None = None, selectable: bool = False
) -> Label:
    """The same in as many lines as it takes."""
    made = label(text, role, align=align, selectable=selectable)
    made.setWordWrap(True)
    return made


class ElidedLabel(Label):
    """A label that shortens its text with an ellipsis, and shows all of it in the tooltip, or else its `hint`.

    Setter: `set_texts(text, *shorter)` with what is said where there is less room, before anything is cut off.
    """

    def __init__(self, text: str = "", role: str = "label", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.hint = ""
        self._shorter: tuple[str, ...] = ()
        self.setProperty("role", role)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def set_texts(self, text: str, *shorter: str) -> None:
        """The text, and others of it that are shorter and shorter."""
        self.setText(text)
        self._shorter = tuple(map(plain, shorter))
        self.update()

    def shown(self) -> str:
        """As much as there is room for."""
        metrics, room = QFontMetrics(self.font()), self.contentsRect().width()
        whole = (text for text in (self.text(), *self._shorter) if metrics.horizontalAdvance(text) <= room)
        return next(whole, "") or metrics.elidedText(self.text(), Qt.TextElideMode.ElideRight, room)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().windowText().color())
        painter.setFont(self.font())
        rect = self.contentsRect()
        shown = self.shown()
        self.setToolTip(tip(self.hint or (self.text() if shown != self.text() else "")))
        painter.drawText(rect, self.alignment() | Qt.AlignmentFlag.AlignVCenter, shown)


class Labelled(QWidget):
    """A control under its name, with a small button beside the name where there is a `mark`."""

    def __init__(self, title: str, control: QWidget, mark: QWidget | None = None) -> None:
        super().__init__()
        self.title = label(title, buddy=control)
        self.control = control
        head = in_row(self.title, ..., spacing=0)
        if mark is not None:
            head.addWidget(mark)
        head.addStrut(LINE)  # so that fields side by side are level, with and without a mark
        stacked(head, control, on=self, spacing=6)
