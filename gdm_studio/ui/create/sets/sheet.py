"""The sheet on which a set grows: its name, its pictures, and what can be done with them."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QSizePolicy,
    QStyle,
    QStyleOptionViewItem,
)

from gdm_studio.ui.create.sets.model import FINISHED, PIXMAP, SetModel
from gdm_studio.ui.gallery.list_model import fitted
from gdm_studio.ui.look import icons
from gdm_studio.ui.look.index import EntryPainter, Index
from gdm_studio.ui.look.theme import SPACE, Theme
from gdm_studio.ui.widgets import ActionButton, Notices, label
from gdm_studio.ui.widgets.layouts import in_row, stacked
from gdm_studio.ui.widgets.scroll_bar import OverlayScrollBar
from gdm_studio.ui.widgets.text_line import TextLine

NOTICES = 64  # logical pixels that notices leave free, of the set's name
EDGE, GAP, NAME = 24, 12, 24  # NAME is the height of the words under a picture
WORDS_FROM = 640  # width of the sheet at which the buttons with icons have room for their words
SMALLEST, LARGEST = 112, 300  # sides of a cell
EMPTY_WIDTH = 420  # of the words where there is no set yet
REDO, REMOVE, EXPORT = "Another seed", "Remove", "Export set…"
EMPTY = (
    "Your set will grow here",
    "Write its things in the list, choose a style, and press Generate: "
    "one picture of each, drawn alike, kept together in the gallery.",
)


class SetSheet(QFrame):
    """Parts: `model`, `grid`, `name` (a QLineEdit), `notices`.

    Signals: `redo_asked(list rows)`, `remove_asked(list rows)`, `discard_asked()`, `export_asked()`,
    `show_asked()` in the gallery. Setter: `show_state(busy, kept)`. Reader: `selected()` rows.
    """

    redo_asked = Signal(list)
    remove_asked = Signal(list)
    discard_asked = Signal()
    export_asked = Signal()
    show_asked = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setProperty("role", "page")
        self.model = SetModel()
        self.grid = _Grid(theme, self.model)
        self.notices = Notices(theme, self, top=NOTICES)
        collection = "The set is a collection of this name in the gallery"
        self.name = TextLine("Name of the set", hint="Name of the set", tooltip=collection, role="card")
        self.name.setMaximumWidth(340)
        self._count = label("", "muted")
        self._make_bar(theme)
        self._lay_out()
        self.grid.selectionModel().selectionChanged.connect(self._show_buttons)
        self.grid.redo.connect(self._on_redo)
        self.grid.remove.connect(self._on_remove)
        self._busy = self._kept = False
        self.show_state(busy=False, kept=False)

    def selected(self) -> list[int]:
        """The rows of the selected pictures."""
        return sorted(index.row() for index in self.grid.selectedIndexes())

    def show_state(self, *, busy: bool, kept: bool) -> None:
        """What can be done: nothing while pictures are made; `kept` once there is a collection of it to be opened."""
        self._busy, self._kept = busy, kept
        finished, all_of_them = len(self.model.results()), len(self.model.items)
        there = all_of_them > 0
        self.name.setVisible(there)
        number = f"{all_of_them} picture{'s' * (all_of_them != 1)}"
        done = number if finished == all_of_them else f"{finished} of {number}"
        self._count.setText("" if not there else f"{done} · in the gallery" if kept and finished else done)
        self._bar.setVisible(there)
        self._show_buttons()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.selected():
            self.grid.clearSelection()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        roomy = self.width() >= WORDS_FROM
        for button, words in ((self._redo, REDO), (self._remove, REMOVE), (self._export, EXPORT)):
            button.setText(f"\u2009{words}" if roomy else "")

    def _show_buttons(self) -> None:
        changeable, chosen = not self._busy, bool(self.selected())
        self._redo.setEnabled(changeable and chosen)
        self._remove.setEnabled(changeable and chosen)
        self._discard.setEnabled(not self._busy)
        self._show.setEnabled(self._kept)
        self._export.setEnabled(not self._busy and bool(self.model.results()))

    def _on_redo(self) -> None:
        if self._redo.isEnabled():
            self.redo_asked.emit(self.selected())

    def _on_remove(self) -> None:
        if self._remove.isEnabled():
            self.remove_asked.emit(self.selected())

    def _make_bar(self, theme: Theme) -> None:
        self._bar = QFrame()
        self._bar.setProperty("role", "bar")
        self._bar.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._redo = ActionButton(theme, REDO, tooltip="Make the selected again", keys="R", name="dices")
        self._remove = ActionButton(theme, REMOVE, tooltip="Take the selected out of the set", keys="Del", name="x")
        tip = "Begin with an empty sheet; this set stays in the gallery"
        self._discard = ActionButton(theme, "New set", tooltip=tip)
        self._export = ActionButton(theme, EXPORT, tooltip="Write its pictures as files", name="download")
        self._show = ActionButton(theme, "Gallery", tooltip="Show them in the gallery", role="primary")
        self._redo.clicked.connect(self._on_redo)
        self._remove.clicked.connect(self._on_remove)
        self._discard.clicked.connect(self.discard_asked)
        self._export.clicked.connect(self.export_asked)
        self._show.clicked.connect(self.show_asked)
        in_row(
            self._redo, self._remove, ..., self._discard, self._export, self._show, on=self._bar, margins=6, spacing=6
        )

    def _lay_out(self) -> None:
        head = in_row((self.name, 1), self._count, ..., spacing=SPACE.medium)
        stacked(head, (self.grid, 1), self._bar, on=self, margins=(EDGE, 16, EDGE, 16), spacing=SPACE.medium)


class _Grid(QListView):
    """The pictures. Keys: arrows, R for another seed, Delete."""

    redo = Signal()
    remove = Signal()

    def __init__(self, theme: Theme, model: SetModel) -> None:
        super().__init__()
        self._theme, self._set = theme, model
        self.setModel(model)
        self.setItemDelegate(_Cell(theme, self))
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMovement(QListView.Movement.Static)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.setAccessibleName("Pictures of the set")
        self._bar = OverlayScrollBar(self)
        for signal in (model.modelReset, model.rowsInserted):
            signal.connect(self._fit_cells)
        theme.changed.connect(self.viewport().update)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_R and not event.modifiers():
            self.redo.emit()
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.remove.emit()
        elif event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Escape):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit_cells()
        super().resizeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._set.items:
            return
        painter = QPainter(self.viewport())
        middle = self.viewport().rect().adjusted(24, 0, -24, -40)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        mark = QRectF(middle.center().x() - 20, middle.center().y() - 92, 40, 40)
        icons.paint(painter, mark, "layout-grid", self._theme.colour("edge"))
        painter.setPen(self._theme.colour("text"))
        painter.setFont(self._theme.font(15, 600))
        painter.drawText(middle.adjusted(0, 0, 0, -44), Qt.AlignmentFlag.AlignCenter, EMPTY[0])
        painter.setPen(self._theme.colour("muted"))
        painter.setFont(self._theme.font(13))
        words = QRectF(0, 0, min(middle.width(), EMPTY_WIDTH), 120)
        words.moveCenter(QPointF(middle.center()) + QPointF(0, 55))
        painter.drawText(words, Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap, EMPTY[1])

    def _fit_cells(self) -> None:
        """Cells as large as lets the whole set be seen, within sizes that suit the eye."""
        width, height = self.width() - 6, self.height()
        count = max(1, len(self._set.items))
        side = LARGEST
        while side > SMALLEST and not self._fits(count, side, width, height):
            side -= 4
        columns = max(1, width // (side + GAP))
        pitch = min(width // columns, LARGEST + GAP)
        if self._fits(count, side, width, height):
            rows = -(-count // columns)
            pitch = min(pitch, height // rows - NAME)
        if self.gridSize().width() != pitch:
            self.setGridSize(QSize(pitch, pitch + NAME))

    def _fits(self, count: int, side: int, width: int, height: int) -> bool:
        columns = max(1, width // (side + GAP))
        return -(-count // columns) * (side + GAP + NAME) <= height


class _Cell(EntryPainter[_Grid]):
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return self.view.gridSize()

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        side = self.view.gridSize().width() - GAP
        cell = QRectF(option.rect.left() + 1, option.rect.top() + 1, side - 2, side - 2)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        painter.setBrush(self.theme.colour("hover" if hovered else "card"))
        painter.setPen(QPen(self.theme.colour("accent"), 2) if selected else Qt.PenStyle.NoPen)
        painter.drawRoundedRect(cell, SPACE.radius, SPACE.radius)
        finished = index.data(FINISHED)
        self._paint_picture(painter, cell, index.data(PIXMAP))
        painter.setPen(self.theme.colour("text" if selected else "muted" if finished else "faint"))
        painter.setFont(self.theme.font(12))
        words = QRectF(cell.left(), cell.bottom() + 3, cell.width(), NAME - 4)
        title = painter.fontMetrics().elidedText(index.data(), Qt.TextElideMode.ElideRight, int(words.width()))
        painter.drawText(words, Qt.AlignmentFlag.AlignCenter, title)
        painter.restore()

    def _paint_picture(self, painter: QPainter, cell: QRectF, picture: QPixmap | None) -> None:
        if picture is None or picture.isNull():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self.theme.colour("line"))
            middle = cell.center()
            for offset in (-12, 0, 12):
                painter.drawEllipse(QRectF(middle.x() + offset - 2.5, middle.y() - 2.5, 5, 5))
            return
        sharp = fitted(picture, round(cell.width() * 0.84), self.view.devicePixelRatioF())
        size = sharp.deviceIndependentSize()
        place = QRectF(0, 0, size.width(), size.height())
        place.moveCenter(cell.center())
        painter.drawPixmap(place.topLeft(), sharp)
