"""Labels with style sheet roles, and a control with a label above it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from gdm_studio.ui.theme.safe_text import plain, tip
from gdm_studio.ui.widgets.layouts import in_row, stacked

# Height of a control's title, and of a button beside it.
LINE = 16


class Label(QLabel):
    """Label that shows text from files literally. Markup and control characters have no effect."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)

    def setText(self, text: str) -> None:
        super().setText(plain(text))


def label(
    text: str = "",
    role: str = "label",
    *,
    align: Qt.AlignmentFlag | None = None,
    selectable: bool = False,
    buddy: QWidget | None = None,
) -> Label:
    """Create a plain-text label.

    `role` selects its look in the style sheet, and `buddy` is the input field that it names.
    """
    new_label = Label(text)
    new_label.setProperty("role", role)
    if role == "key":
        new_label.setFixedHeight(18)
    if align is not None:
        new_label.setAlignment(align | Qt.AlignmentFlag.AlignVCenter)
    if buddy is not None:
        new_label.setBuddy(buddy)
    if selectable:
        new_label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return new_label


def wrapped(
    text: str = "", role: str = "muted", *, align: Qt.AlignmentFlag | None = None, selectable: bool = False
) -> Label:
    """Create a plain-text label that wraps its text if it is too narrow."""
    new_label = label(text, role, align=align, selectable=selectable)
    new_label.setWordWrap(True)
    return new_label


class ElidedLabel(Label):
    """Label that shortens its text with an ellipsis if there is not enough space.

    The tooltip then shows the full text or `hint`. Shorter texts from `set_texts` are tried first. `elide_mode` is the
    place of the ellipsis.
    """

    def __init__(self, text: str = "", role: str = "label", parent: QWidget | None = None) -> None:
        self._shorter_texts: tuple[str, ...] = ()
        super().__init__(text, parent)
        self.hint = ""
        self.elide_mode = Qt.TextElideMode.ElideRight
        self.setProperty("role", role)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def setText(self, text: str) -> None:
        super().setText(text)
        self._shorter_texts = ()

    def set_texts(self, text: str, *shorter: str) -> None:
        """Set the label's text and shorter versions of it, longest first. The longest one that fits is shown."""
        self.setText(text)
        self._shorter_texts = tuple(map(plain, shorter))
        self.update()

    def shown(self) -> str:
        """Return the label's text as painted: the longest version that fits, or the text with an ellipsis."""
        metrics = QFontMetrics(self.font())
        room = self.contentsRect().width()
        fitting = (text for text in (self.text(), *self._shorter_texts) if metrics.horizontalAdvance(text) <= room)
        return next(fitting, "") or metrics.elidedText(self.text(), self.elide_mode, room)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().windowText().color())
        painter.setFont(self.font())
        rect = self.contentsRect()
        shown = self.shown()
        self.setToolTip(tip(self.hint or (self.text() if shown != self.text() else "")))
        painter.drawText(rect, self.alignment() | Qt.AlignmentFlag.AlignVCenter, shown)


def elided_label(text: str, *, buddy: QWidget) -> ElidedLabel:
    """Create a title for the input field `buddy`, shortened with an ellipsis if there is not enough space."""
    title = ElidedLabel(text)
    title.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
    title.setMinimumWidth(1)
    title.setBuddy(buddy)
    return title


class Labelled(QWidget):
    """Input control with a title above it and, if given, a small button `mark` at the end of the title line."""

    def __init__(self, title: str, control: QWidget, mark: QWidget | None = None) -> None:
        super().__init__()
        self.title = label(title, buddy=control)
        self.control = control
        head = in_row(self.title, ..., spacing=0)
        if mark is not None:
            head.addWidget(mark)
        # Align fields side by side, with and without a mark.
        head.addStrut(LINE)
        stacked(head, control, on=self, spacing=6)
