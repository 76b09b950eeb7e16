"""What can be done with the selected pictures; it floats over the foot of the grid while there are several."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QMenu, QPushButton, QWidget

from gdm_studio.ui.plain import entry
from gdm_studio.ui.theme import Theme
from gdm_studio.ui.widgets import ActionButton, label
from gdm_studio.ui.widgets.layouts import in_row
from gdm_studio.ui.widgets.painting import shadow

HEIGHT, FOOT, NARROW = 46, 14, 600
AIR = 24  # around the bar, for its shadow


class SelectionBar(QWidget):
    """Lies over `ground`, at its foot. Signals: `compare_asked()`, `favourite_asked()`, `tag_asked()`,
    `collect_asked(str)` a collection or "" for a new one, `take_out_asked(str)`, `export_asked()`, `delete_asked()`,
    `closed()`. Setters: `show_count(count)`, `set_collections(names)`, `set_open_collection(name)`.
    """

    compare_asked = Signal()
    favourite_asked = Signal()
    tag_asked = Signal()
    collect_asked = Signal(str)
    take_out_asked = Signal(str)
    export_asked = Signal()
    delete_asked = Signal()
    closed = Signal()

    def __init__(self, theme: Theme, ground: QWidget) -> None:
        super().__init__(ground.parentWidget())
        self._theme, self._ground = theme, ground
        self._collections: list[str] = []
        self._number = "0"
        self._open = ""  # the collection that is shown
        self._body = QFrame(self)
        self._count = label("", "strong")
        self._compare = _button(theme, "Compare", "Look at them side by side (C)")
        self._star = ActionButton(theme, "", tooltip="Favourites, or not any more (F)", name="star", role="small")
        self._tag = _button(theme, "Tag", "Put a tag on them (T)")
        self._collect = _button(theme, "", "Put them into a collection")
        self._export = _button(theme, "Export…", "Write them for other programs (Ctrl+E)")
        self._delete = _button(theme, "Delete", "Delete (Del); Ctrl+Z brings them back", role="flat-danger")
        self._close = _button(theme, "Esc", "Select none (Esc)", role="flat")
        self._star.setFixedWidth(36)
        self._connect()
        self._lay_out()
        ground.installEventFilter(self)
        self.setAccessibleName("Selected pictures")
        self.hide()

    def show_count(self, count: int) -> None:
        """There are that many selected; one alone needs no bar."""
        self._number = f"{count:,}".replace(",", "\u202f")
        self._compare.setEnabled(count <= 16)
        self.setVisible(count > 1)
        self._place()

    def foot(self) -> int:
        """The height that it takes from what is below it."""
        return HEIGHT + 2 * FOOT if not self.isHidden() else 0

    def set_collections(self, names: Sequence[str]) -> None:
        self._collections = list(names)

    def set_open_collection(self, name: str) -> None:
        """The collection whose pictures are shown, "" for none: they can be taken out of it."""
        self._open = name

    def show_menu(self) -> QMenu:
        """Opens the collections to choose from, above the button."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        for name in self._collections:
            menu.addAction(entry(name)).triggered.connect(lambda _=False, name=name: self.collect_asked.emit(name))
        if self._collections:
            menu.addSeparator()
        menu.addAction("New collection").triggered.connect(lambda: self.collect_asked.emit(""))
        if self._open:
            name = self._open
            menu.addAction(entry(f"Take out of {name}")).triggered.connect(lambda: self.take_out_asked.emit(name))
        menu.popup(self._collect.mapToGlobal(QPoint(0, -menu.sizeHint().height() - 4)))
        return menu

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move):
            self._place()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        body = QRectF(self._body.geometry())
        shadow(painter, body, 10, self._theme)
        painter.setPen(QPen(self._theme.colour("line"), 1))
        painter.setBrush(self._theme.colour("panel"))
        painter.drawRoundedRect(body.adjusted(0.5, 0.5, -0.5, -0.5), 10, 10)

    def _place(self) -> None:
        ground = self._ground.geometry()
        wide = ground.width() - FOOT > NARROW
        self._count.setText(f"{self._number} selected" if wide else self._number)
        self._collect.setText("Add to collection ▾" if wide else "Collection ▾")
        self._close.setVisible(wide)
        body = ground.adjusted(0, ground.height() - HEIGHT - FOOT, -FOOT - 4, -FOOT)
        self.setGeometry(body.adjusted(-AIR, -AIR, AIR, AIR))
        self._body.setGeometry(AIR, AIR, body.width(), body.height())
        self.raise_()

    def _connect(self) -> None:
        self._compare.clicked.connect(self.compare_asked)
        self._star.clicked.connect(self.favourite_asked)
        self._tag.clicked.connect(self.tag_asked)
        self._collect.clicked.connect(self.show_menu)
        self._export.clicked.connect(self.export_asked)
        self._delete.clicked.connect(self.delete_asked)
        self._close.clicked.connect(self.closed)

    def _lay_out(self) -> None:
        row = in_row(self._count, 6, on=self._body, margins=(14, 0, 8, 0), spacing=6)
        for button in (self._compare, self._star, self._tag, self._collect, self._export, self._delete):
            button.setFixedHeight(30)
            row.addWidget(button)
        row.addStretch()
        row.addWidget(self._close)


def _button(theme: Theme, text: str, tooltip: str, *, role: str = "small") -> QPushButton:
    return ActionButton(theme, text, tooltip=tooltip, role=role)
