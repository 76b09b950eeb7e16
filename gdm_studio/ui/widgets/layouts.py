"""Functions that arrange widgets in columns, rows, grids and scroll areas."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import EllipsisType
from typing import TypeVar

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, QTimer
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QBoxLayout,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLayout,
    QScrollArea,
    QScrollBar,
    QVBoxLayout,
    QWidget,
)

from gdm_studio.ui.theme.theme import SPACE

# Item of a layout: a widget or layout, alone or with its stretch factor and alignment; a number of pixels for a space;
# or `...` for a stretch.
LayoutItem = (
    QWidget | QLayout | tuple[QWidget | QLayout, int] | tuple[QWidget, int, Qt.AlignmentFlag] | int | EllipsisType
)
# Margin on all sides, or left, top, right and bottom.
Margins = int | tuple[int, int, int, int]
Box = TypeVar("Box", bound=QBoxLayout)
Button = TypeVar("Button", bound=QAbstractButton)
# Default maximum width of a widget of Qt, QWIDGETSIZE_MAX, which PySide6 lacks.
UNLIMITED_WIDTH = 2**24 - 1


def stacked(
    *parts: LayoutItem, on: QWidget | None = None, margins: Margins = 0, spacing: int | None = None
) -> QVBoxLayout:
    """Arrange widgets in a column and return the layout, installed on the widget `on` if given.

    The default spacing is the parent's.
    """
    return _fill_layout(QVBoxLayout() if on is None else QVBoxLayout(on), parts, margins, spacing)


def in_row(
    *parts: LayoutItem, on: QWidget | None = None, margins: Margins = 0, spacing: int | None = None
) -> QHBoxLayout:
    """Arrange widgets in a row and return the layout, installed on the widget `on` if given.

    The default spacing is the parent's.
    """
    return _fill_layout(QHBoxLayout() if on is None else QHBoxLayout(on), parts, margins, spacing)


def show_labels_that_fit(
    row: QWidget, labels: Mapping[Button, str], width: int, set_label: Callable[[Button, str], object]
) -> None:
    """Show the labels of as many buttons of a row as fit into `width` logical pixels, with `set_label(button, text)`.

    The most important buttons come first in `labels`. The others show only their icons.
    """
    layout = row.layout()
    assert layout is not None
    for button, text in labels.items():
        set_label(button, text)
    for button in reversed([*labels]):
        # Layouts within this one have cached their sizes.
        layout.activate()
        if layout.sizeHint().width() <= width:
            break
        set_label(button, "")


def in_grid(*, on: QWidget | None = None, margins: Margins = 0, across: int = -1, down: int = -1) -> QGridLayout:
    """Create an empty grid layout with this spacing between columns (`across`) and rows (`down`).

    -1 means the parent's spacing.
    """
    grid = QGridLayout() if on is None else QGridLayout(on)
    grid.setContentsMargins(*(margins if isinstance(margins, tuple) else (margins,) * 4))
    grid.setHorizontalSpacing(across)
    grid.setVerticalSpacing(down)
    return grid


def clear_layout(layout: QLayout, *kept: QWidget) -> None:
    """Remove all items from a layout and delete their widgets, except those in `kept`."""
    while (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None and widget not in kept:
            widget.hide()
            widget.deleteLater()


def _fill_layout(box: Box, parts: tuple[LayoutItem, ...], margins: Margins, spacing: int | None) -> Box:
    box.setContentsMargins(*(margins if isinstance(margins, tuple) else (margins,) * 4))
    if spacing is not None:
        box.setSpacing(spacing)
    for item in parts:
        if isinstance(item, int):
            box.addSpacing(item)
        elif isinstance(item, EllipsisType):
            box.addStretch()
        else:
            part, share, *place = item if isinstance(item, tuple) else (item, 0)
            if isinstance(part, QLayout):
                box.addLayout(part, share)
            else:
                box.addWidget(part, share, *place)
    return box


def side_by_side(*parts: QWidget, shares: tuple[int, ...] = ()) -> QWidget:
    """Create a row of top-aligned widgets with widths in the ratio `shares`, or with equal widths."""
    row = QWidget()
    shares = shares or (1,) * len(parts)
    items = [(part, share, Qt.AlignmentFlag.AlignTop) for part, share in zip(parts, shares, strict=True)]
    in_row(*items, on=row, spacing=SPACE.gap)
    return row


def in_columns(page: QWidget, *parts: QWidget | QLayout, wide: int) -> None:
    """Arrange a page's panels side by side with separators. The panel at index `wide` takes the remaining width."""
    row = in_row(on=page, spacing=0)
    for place, part in enumerate(parts):
        if place:
            row.addWidget(_create_column_rule())
        # F6 moves the focus between widgets.
        column = part if isinstance(part, QWidget) else QWidget()
        if isinstance(part, QLayout):
            column.setLayout(part)
        row.addWidget(column, int(place == wide))


def scrolled(inside: QWidget, name: str = "") -> QScrollArea:
    """Put a widget into a vertical scroll area, which takes the keyboard focus only if it has an accessible name."""
    area = QScrollArea()
    if name:
        area.setAccessibleName(name)
    else:
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(inside)
    return area


def horizontal_rule(parent: QWidget | None = None) -> QFrame:
    """Create a thin horizontal line that separates parts of a panel."""
    line = QFrame(parent)
    line.setProperty("role", "rule")
    line.setFixedHeight(1)
    return line


def _create_column_rule() -> QFrame:
    """Create a thin vertical line that separates panels of a page."""
    line = QFrame()
    line.setProperty("role", "rule")
    line.setFixedWidth(1)
    return line


def scroll_to(part: QWidget) -> None:
    """Scroll the area that contains a widget until the widget is visible. One that has just been shown has its final
    position only after the next layouts.
    """
    area = part.parentWidget()
    while area is not None and not isinstance(area, QScrollArea):
        area = area.parentWidget()
    if isinstance(area, QScrollArea):
        shown: QScrollArea = area
        QTimer.singleShot(0, part, lambda: QTimer.singleShot(0, part, lambda: shown.ensureWidgetVisible(part)))


def put_in_tab_order(part: QWidget, *, after: QWidget) -> None:
    """Let Tab visit `part`, which was created later, after the last field of the widget `after`."""
    inside = [after, *after.findChildren(QWidget)]
    fields = [
        each for each in inside if each.focusPolicy() != Qt.FocusPolicy.NoFocus and each.window() is after.window()
    ]
    last = fields[-1] if fields else after
    while (following := last.nextInFocusChain()) in fields and following is not fields[0]:
        last = following
    for each in _in_layout_order(part):
        # The list of a combo box is a window of its own.
        if each.focusPolicy() != Qt.FocusPolicy.NoFocus and each.window() is after.window():
            QWidget.setTabOrder(last, each)
            last = each


def _in_layout_order(part: QWidget) -> Iterator[QWidget]:
    """Yield a widget and those inside it in the order of their layouts, and then those that are in no layout.

    Qt's own order would do, but PySide changes the owner of each widget on the way, and later forgets it.
    """
    yield part
    layout = part.layout()
    placed = dict.fromkeys(widgets_in(layout)) if layout is not None else {}
    others = part.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
    for each in (*placed, *(other for other in others if other not in placed)):
        yield from _in_layout_order(each)


def widgets_in(layout: QLayout) -> Iterator[QWidget]:
    """Yield the widgets in the layout of a part of the window, and those in the layouts inside it, in their order.

    The layout is not asked for its items. PySide keeps their Python objects when Qt deletes them with their widgets,
    and returns such an object for a later widget at the same address.
    """
    part = layout.parentWidget()
    widgets = part.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly) if part is not None else []
    placed: dict[int, QLayout | QWidget] = {layout.indexOf(each): each for each in widgets}
    placed |= {layout.indexOf(each): each for each in layout.children() if isinstance(each, QLayout)}
    # The index of what is not in the layout is -1.
    placed.pop(-1, None)
    for _, each in sorted(placed.items()):
        if isinstance(each, QLayout):
            yield from widgets_in(each)
        else:
            yield each


WIDTH = 10


class OverlayScrollBar(QScrollBar):
    """Scroll bar painted over the contents of `view`, so that it takes no width.

    It replaces the view's own vertical scroll bar. It is visible only if there is something to scroll.
    """

    def __init__(self, view: QAbstractScrollArea) -> None:
        super().__init__(Qt.Orientation.Vertical, view)
        view.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._view = view
        bar = view.verticalScrollBar()
        bar.rangeChanged.connect(self._copy_range)
        bar.valueChanged.connect(self._copy_range)
        self.valueChanged.connect(bar.setValue)
        view.installEventFilter(self)
        self._copy_range()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.setGeometry(self._view.width() - WIDTH, 0, WIDTH, self._view.height())
            self._copy_range()
        return False

    def _copy_range(self) -> None:
        # A wrapper of a part of a view becomes invalid when that of its parent, which Qt has created, is deleted.
        bar = self._view.verticalScrollBar()
        with QSignalBlocker(self):
            self.setRange(bar.minimum(), bar.maximum())
            self.setPageStep(bar.pageStep())
            self.setSingleStep(bar.singleStep())
            self.setValue(bar.value())
        self.setVisible(self.maximum() > self.minimum())
        self.raise_()
