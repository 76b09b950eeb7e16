"""Labels in the roles the style sheet knows, and a label over a control."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from gdm_studio.ui.plain import plain, tip
from gdm_studio.ui.theme import SPACE

LINE = 16  # height of a control's name, and of a button beside it


class Label(QLabel):
    """One whose text may come from a file: whatever it holds is shown, and does nothing."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)

    def setText(self, text: str) -> None:
        super().setText(plain(text))


def label(text: str = "", role: str = "label", *, align: Qt.AlignmentFlag | None = None) -> Label:
    """A plain-text label; `role` is one of label, muted, hint, strong, title, key."""
    made = Label(text)
    made.setProperty("role", role)
    if role == "key":
        made.setFixedHeight(18)
    if align is not None:
        made.setAlignment(align | Qt.AlignmentFlag.AlignVCenter)
    return made


class ElidedLabel(Label):
    """A label that shortens its text with an ellipsis, and shows all of it in the tooltip, or else its `hint`."""

    def __init__(self, text: str = "", role: str = "label", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.hint = ""
        self.setProperty("role", role)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().windowText().color())
        painter.setFont(self.font())
        rect = self.contentsRect()
        shown = QFontMetrics(self.font()).elidedText(self.text(), Qt.TextElideMode.ElideRight, rect.width())
        self.setToolTip(tip(self.hint or (self.text() if shown != self.text() else "")))
        painter.drawText(rect, self.alignment() | Qt.AlignmentFlag.AlignVCenter, shown)


class Labelled(QWidget):
    """A control under its name, with a small button beside the name where there is a `mark`."""

    def __init__(
        self, title: str, control: QWidget, mark: QWidget | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.title = label(title)
        self.title.setBuddy(control)
        self.control = control
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        head = QHBoxLayout()
        head.setSpacing(0)
        head.addWidget(self.title)
        head.addStretch()
        if mark is not None:
            head.addWidget(mark)
        head.addStrut(LINE)  # so that fields side by side are level, with and without a mark
        column.addLayout(head)
        column.addWidget(control)


def side_by_side(*parts: QWidget, shares: tuple[int, int] = (1, 1)) -> QWidget:
    """Two parts in a row, level at the top, of the same width or in their shares of it."""
    row = QWidget()
    line = QHBoxLayout(row)
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(SPACE.gap)
    for part, share in zip(parts, shares, strict=True):
        line.addWidget(part, share, Qt.AlignmentFlag.AlignTop)
    return row


def stacked(*parts: QWidget, spacing: int) -> QVBoxLayout:
    """Parts under each other that belong together, closer than others."""
    column = QVBoxLayout()
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(spacing)
    for part in parts:
        column.addWidget(part)
    return column


def in_columns(page: QWidget, *parts: QWidget | QLayout, wide: int) -> None:
    """Lays panels out over a page, thin lines between them; the one in place `wide` has what room is left."""
    row = QHBoxLayout(page)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(0)
    for place, part in enumerate(parts):
        if place:
            row.addWidget(_column_rule())
        if isinstance(part, QLayout):
            row.addLayout(part, int(place == wide))
        else:
            row.addWidget(part, int(place == wide))


def scrolled(inside: QWidget, name: str) -> QScrollArea:
    """What is scrolled up and down where it is too high; `name` is told by a screen reader."""
    area = QScrollArea()
    area.setAccessibleName(name)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(inside)
    return area


def rule(parent: QWidget | None = None) -> QFrame:
    """A thin line across a panel."""
    line = QFrame(parent)
    line.setProperty("role", "rule")
    line.setFixedHeight(1)
    return line


def _column_rule() -> QFrame:
    """A thin line between two panels side by side."""
    line = QFrame()
    line.setProperty("role", "rule")
    line.setFixedWidth(1)
    return line
