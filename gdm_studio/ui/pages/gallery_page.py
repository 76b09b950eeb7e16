"""The page with all pictures: the places of the gallery, a large grid, the selected one, a bar for several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPainterPath, QPaintEvent, QPixmap
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QSizePolicy, QVBoxLayout, QWidget

from gdm_studio.ui.details import Details
from gdm_studio.ui.gallery_grid import Grid
from gdm_studio.ui.gallery_model import THUMBNAIL, PictureLike, PictureModel, fitted
from gdm_studio.ui.pages.gallery_sidebar import Sidebar
from gdm_studio.ui.theme import SPACE, Theme
from gdm_studio.ui.widgets import ActionButton, column_rule, label
from gdm_studio.ui.widgets.painting import checker
from gdm_studio.ui.widgets.search_field import SearchField

if TYPE_CHECKING:
    from gdm_studio.gallery import Collection

CELL, EDGE, SIDE = 88, 18, 272


class GalleryPage(QFrame):
    """Signals, all with pictures of the model: `selected(object | None)`, `activated(object)`,
    `use_settings(object)`, `favourite(object, bool)`, `open_folder(object)`, `delete(list)`, `export(list)`,
    `copy_credit(object)`, and `collect_asked(str name, list)`, "" for a new collection.

    Part: `sidebar`. Setters: `select(id)`, `focus_search()`, `set_empty_text(text)`,
    `show_places(counts, collections)`.
    """

    selected = Signal(object)
    activated = Signal(object)
    use_settings = Signal(object)
    favourite = Signal(object, bool)
    open_folder = Signal(object)
    delete = Signal(list)
    export = Signal(list)
    copy_credit = Signal(object)
    collect_asked = Signal(str, list)

    def __init__(self, theme: Theme, model: PictureModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "page")
        self._model = model
        self.search = SearchField(theme)
        self.search.setProperty("role", "card")
        self.sidebar = Sidebar(theme)
        self.grid = Grid(theme, model, cell=CELL, ground="card")
        self.details = Details(theme)
        self._preview = _Preview(theme)
        self._hint = label("Select a picture to see how it was made.", "muted", align=Qt.AlignmentFlag.AlignHCenter)
        self._hint.setWordWrap(True)
        self._bar = _SelectionBar(theme, self.grid)
        self._lay_out()
        self._connect()
        self._on_current(None)
        self.grid.setFocus()

    def select(self, picture_id: object) -> None:
        self.grid.select(picture_id)

    def focus_search(self) -> None:
        self.search.setFocus()
        self.search.selectAll()

    def set_empty_text(self, text: str) -> None:
        self.grid.set_empty_text(text)

    def show_places(self, counts: Mapping[str, int], collections: Sequence[Collection]) -> None:
        """The numbers of pictures by search, and the collections there are."""
        self.sidebar.show_places(counts, collections)
        self._bar.set_collections([one.name for one in collections])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.grid.selected():
            self.grid.clearSelection()
            self.grid.setCurrentIndex(self._model.index(-1))
        else:
            super().keyPressEvent(event)

    def _connect(self) -> None:
        self.search.searched.connect(self._search)
        self.search.left_down.connect(self.grid.setFocus)
        self.sidebar.chosen.connect(self._search)
        self._bar.collect_asked.connect(lambda name: self.collect_asked.emit(name, self.grid.selected()))
        self.grid.current_changed.connect(self._on_current)
        self.grid.picked.connect(lambda pictures: self._bar.show_count(len(pictures)))
        self.grid.activated_picture.connect(self.activated)
        for part in (self.grid, self.details):
            part.use_settings.connect(self.use_settings)
            part.favourite.connect(self.favourite)
            part.open_folder.connect(self.open_folder)
            part.delete.connect(self.delete)
            part.export.connect(self.export)
            part.copy_credit.connect(self.copy_credit)
        self._model.dataChanged.connect(self._on_data)

    def _search(self) -> None:
        self._model.set_query(" ".join(filter(None, [self.sidebar.choice(), self.search.text().strip()])))

    def _on_current(self, picture: PictureLike | None) -> None:
        self._show(picture)
        self.selected.emit(picture)

    def _on_data(self) -> None:
        self._show(self.grid.current())

    def _show(self, picture: PictureLike | None) -> None:
        self.details.show_picture(picture)
        self._hint.setVisible(picture is None)
        index = self.grid.currentIndex()
        self._preview.show_pixmap(index.data(THUMBNAIL) if index.isValid() else None)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, EDGE, 0)
        head.setSpacing(SPACE.medium)
        head.addWidget(self.search, 1)
        bar = QHBoxLayout()
        bar.setContentsMargins(0, 0, EDGE, 0)
        bar.addWidget(self._bar)
        middle = QVBoxLayout()
        middle.setContentsMargins(EDGE, 14, 0, 14)
        middle.setSpacing(SPACE.medium)
        middle.addLayout(head)
        middle.addWidget(self.grid, 1)
        middle.addLayout(bar)
        side = QFrame()
        side.setProperty("role", "panel")
        side.setFixedWidth(SIDE)
        beside = QVBoxLayout(side)
        beside.setContentsMargins(14, 14, 14, 14)
        beside.setSpacing(14)
        beside.addWidget(self._preview)
        beside.addWidget(self._hint)
        beside.addWidget(self.details)
        beside.addStretch()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.sidebar)
        row.addWidget(column_rule())
        row.addLayout(middle, 1)
        row.addWidget(column_rule())
        row.addWidget(side)


class _Preview(QWidget):
    """The selected picture on a chequer."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._pixmap: QPixmap | None = None
        self.setFixedHeight(SIDE - 28)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Selected picture")
        theme.changed.connect(self.update)

    def show_pixmap(self, pixmap: QPixmap | None) -> None:
        self._pixmap = pixmap
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(SIDE - 28, SIDE - 28)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shape = QPainterPath()
        shape.addRoundedRect(self.rect().toRectF(), 10, 10)
        painter.setClipPath(shape)
        ratio = self.devicePixelRatioF()
        if self._pixmap is None:
            painter.fillRect(self.rect(), QColor(self._theme.tokens.raised))
            return
        painter.fillRect(self.rect(), checker(self._theme, 14, ratio))
        sharp = fitted(self._pixmap, self.width() - 16, ratio)
        size = sharp.deviceIndependentSize()
        painter.drawPixmap(round((self.width() - size.width()) / 2), round((self.height() - size.height()) / 2), sharp)


class _SelectionBar(QFrame):
    """What can be done with several pictures at once; there only with a selection of more than one.

    Signal: `collect_asked(str)`, a collection's name or "" for a new one. Setter: `set_collections(names)`.
    """

    collect_asked = Signal(str)

    def __init__(self, theme: Theme, grid: Grid) -> None:
        super().__init__()
        self._collections: list[str] = []
        self.setProperty("role", "bar")
        self._count = label("", "strong")
        star = ActionButton(theme, "Favourite", tooltip="Favourite, or not any more (F)", name="star")
        outward = ActionButton(theme, "Export…", tooltip="Write them for other programs (Ctrl+E)", name="download")
        away = ActionButton(
            theme, "Delete", tooltip="Delete (Del); Ctrl+Z brings them back", name="trash-2", role="danger"
        )
        self._collect = ActionButton(theme, "Add to collection", tooltip="Put them into a collection", name="plus")
        self._collect.clicked.connect(self.show_menu)
        star.clicked.connect(grid.toggle_favourite)
        outward.clicked.connect(lambda: grid.export.emit(grid.selected()))
        away.clicked.connect(lambda: grid.delete.emit(grid.selected()))
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 6, 14, 6)
        row.setSpacing(6)
        row.addWidget(self._count)
        row.addSpacing(8)
        row.addWidget(star)
        row.addWidget(self._collect)
        row.addWidget(outward)
        row.addWidget(away)
        row.addStretch()
        row.addWidget(label("Esc", "key"), 0, Qt.AlignmentFlag.AlignVCenter)
        self.hide()

    def set_collections(self, names: list[str]) -> None:
        self._collections = names

    def show_menu(self) -> QMenu:
        """Opens the collections to choose from, above the button."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        for name in self._collections:
            menu.addAction(name).triggered.connect(lambda _=False, name=name: self.collect_asked.emit(name))
        if self._collections:
            menu.addSeparator()
        menu.addAction("New collection").triggered.connect(lambda: self.collect_asked.emit(""))
        menu.popup(self._collect.mapToGlobal(QPoint(0, -menu.sizeHint().height() - 4)))
        return menu

    def show_count(self, count: int) -> None:
        self.setVisible(count > 1)
        self._count.setText(f"{count} selected")
