"""How parts lie: under each other, in a row, in columns, in what is scrolled."""

from __future__ import annotations

from types import EllipsisType
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QFrame, QGridLayout, QHBoxLayout, QLayout, QScrollArea, QVBoxLayout, QWidget

from gdm_studio.ui.look.theme import SPACE

# What lies in a layout: a part, with its share of the room that is left and its place in it; that many pixels of
# room; `...` for what room is left.
Lying = QWidget | QLayout | tuple[QWidget | QLayout, int] | tuple[QWidget, int, Qt.AlignmentFlag] | int | EllipsisType
Margins = int | tuple[int, int, int, int]  # all around, or at the left, above, at the right, below
Box = TypeVar("Box", bound=QBoxLayout)


def stacked(*parts: Lying, on: QWidget | None = None, margins: Margins = 0, spacing: int | None = None) -> QVBoxLayout:
    """Parts under each other, laid out over the widget `on`; `spacing` None is that of the layout they come into."""
    return _laid_out(QVBoxLayout() if on is None else QVBoxLayout(on), parts, margins, spacing)


def in_row(*parts: Lying, on: QWidget | None = None, margins: Margins = 0, spacing: int | None = None) -> QHBoxLayout:
    """Parts side by side, as `stacked` has them under each other."""
    return _laid_out(QHBoxLayout() if on is None else QHBoxLayout(on), parts, margins, spacing)


def in_grid(*, on: QWidget | None = None, margins: Margins = 0, across: int = -1, down: int = -1) -> QGridLayout:
    """An empty grid, with so much room between columns and rows; −1 is that of the layout it comes into."""
    grid = QGridLayout() if on is None else QGridLayout(on)
    grid.setContentsMargins(*(margins if isinstance(margins, tuple) else (margins,) * 4))
    grid.setHorizontalSpacing(across)
    grid.setVerticalSpacing(down)
    return grid


def empty(layout: QLayout, *kept: QWidget) -> None:
    """Takes all out of it, and away but for what is `kept`."""
    while (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None and widget not in kept:
            widget.hide()
            widget.deleteLater()


def _laid_out(box: Box, parts: tuple[Lying, ...], margins: Margins, spacing: int | None) -> Box:
    box.setContentsMargins(*(margins if isinstance(margins, tuple) else (margins,) * 4))
    if spacing is not None:
        box.setSpacing(spacing)
    for lying in parts:
        if isinstance(lying, int):
            box.addSpacing(lying)
        elif isinstance(lying, EllipsisType):
            box.addStretch()
        else:
            part, share, *place = lying if isinstance(lying, tuple) else (lying, 0)
            if isinstance(part, QLayout):
                box.addLayout(part, share)
            else:
                box.addWidget(part, share, *place)
    return box


def side_by_side(*parts: QWidget, shares: tuple[int, int] = (1, 1)) -> QWidget:
    """Two parts in a row, level at the top, of the same width or in their shares of it."""
    row = QWidget()
    lying = [(part, share, Qt.AlignmentFlag.AlignTop) for part, share in zip(parts, shares, strict=True)]
    in_row(*lying, on=row, spacing=SPACE.gap)
    return row


def in_columns(page: QWidget, *parts: QWidget | QLayout, wide: int) -> None:
    """Lays panels out over a page, thin lines between them; the one in place `wide` has what room is left."""
    row = in_row(on=page, spacing=0)
    for place, part in enumerate(parts):
        if place:
            row.addWidget(_column_rule())
        if isinstance(part, QLayout):
            row.addLayout(part, int(place == wide))
        else:
            row.addWidget(part, int(place == wide))


def scrolled(inside: QWidget, name: str = "") -> QScrollArea:
    """What is scrolled up and down where it is too high; `name` is told by a screen reader. Without one it is passed
    over by the keys, which go to what is inside."""
    area = QScrollArea()
    if name:
        area.setAccessibleName(name)
    else:
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
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
