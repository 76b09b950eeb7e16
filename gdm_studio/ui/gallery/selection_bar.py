"""What can be done with the selected pictures; it floats over the foot of the grid while there are several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, QRectF, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QFrame, QMenu, QWidget

from gdm_studio.ui.actions import COMPARE, DELETE, EXPORT, FAVOURITE, TAG, Action
from gdm_studio.ui.look.plain import entry
from gdm_studio.ui.look.theme import Theme
from gdm_studio.ui.widgets import ActionButton, button_of, label
from gdm_studio.ui.widgets.layouts import in_row
from gdm_studio.ui.widgets.menu import empty_menu
from gdm_studio.ui.widgets.painting import rounded, shadow, smooth

HEIGHT, FOOT, NARROW = 46, 14, 600
AIR = 24  # around the bar, for its shadow


class SelectionBar(QWidget):
    """Lies over `ground`, at its foot, with the actions `offered`. Signals: `collect_asked(str)` a collection or "" for
    a new one, `take_out_asked(str)`, `closed()`. Setters: `show_count(count)`, `set_collections(names)`,
    `set_open_collection(name)`.
    """

    collect_asked = Signal(str)
    take_out_asked = Signal(str)
    closed = Signal()

    def __init__(self, theme: Theme, ground: QWidget, offered: Mapping[Action, Action]) -> None:
        super().__init__(ground.parentWidget())
        self._theme, self._ground = theme, ground
        self._collections: list[str] = []
        self._number = "0"
        self._open = ""  # the collection that is shown
        self._body = QFrame(self)
        self._count = label("", "strong")
        self._compare = button_of(theme, offered[COMPARE], role="small")
        self._star = button_of(theme, offered[FAVOURITE], text="", icon=True, role="small")
        self._tag = button_of(theme, offered[TAG], role="small")
        self._collect = ActionButton(theme, "", tooltip="Put them into a collection", role="small")
        self._export = button_of(theme, offered[EXPORT], role="small")
        self._delete = button_of(theme, offered[DELETE], role="flat-danger")
        self._close = ActionButton(theme, "Esc", tooltip="Select none", keys="Esc", role="flat")
        self._collect.clicked.connect(lambda: self.show_menu())
        self._close.clicked.connect(self.closed)
        self._star.setFixedWidth(36)
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

    def show_menu(self, place: QPoint | None = None) -> QMenu:
        """Opens the collections to choose from, at a place of the screen or above the button."""
        menu = empty_menu(self)
        for name in self._collections:
            menu.addAction(entry(name)).triggered.connect(lambda _=False, name=name: self.collect_asked.emit(name))
        if self._collections:
            menu.addSeparator()
        menu.addAction("New collection").triggered.connect(lambda: self.collect_asked.emit(""))
        if self._open:
            name = self._open
            menu.addAction(entry(f"Take out of {name}")).triggered.connect(lambda: self.take_out_asked.emit(name))
        menu.popup(place or self._collect.mapToGlobal(QPoint(0, -menu.sizeHint().height() - 4)))
        return menu

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move):
            self._place()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = smooth(self)
        body = QRectF(self._body.geometry())
        shadow(painter, body, 10, self._theme)
        frame = body.adjusted(0.5, 0.5, -0.5, -0.5)
        rounded(painter, frame, 10, ground=self._theme.colour("panel"), line=self._theme.colour("line"))

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

    def _lay_out(self) -> None:
        row = in_row(self._count, 6, on=self._body, margins=(14, 0, 8, 0), spacing=6)
        for button in (self._compare, self._star, self._tag, self._collect, self._export, self._delete):
            button.setFixedHeight(30)
            row.addWidget(button)
        row.addStretch()
        row.addWidget(self._close)
