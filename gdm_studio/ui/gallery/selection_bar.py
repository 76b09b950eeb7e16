"""Floating bar at the bottom of the grid, with actions on all selected images."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, QRectF, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QFrame, QMenu, QWidget

from gdm_studio.ui.theme.safe_text import escape_ampersands
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.translation import number_text, translate
from gdm_studio.ui.widgets import ActionButton, button_of, label
from gdm_studio.ui.widgets.icon_button import refuse
from gdm_studio.ui.widgets.layouts import UNLIMITED_WIDTH, in_row
from gdm_studio.ui.widgets.menu import empty_menu
from gdm_studio.ui.widgets.shapes import antialiased_painter, paint_rounded_rect, paint_shadow
from gdm_studio.ui.window_actions import COLLECT, COMPARE, DELETE, EXPORT, FAVOURITE, STACKS, TAG, Action, shown_keys

HEIGHT = 46
FOOT = 14
# Margin around the bar for its shadow.
AIR = 24
# Width of a button that shows only an icon.
ICON_WIDTH = 36
# Maximum number of pictures that can be compared.
MOST_COMPARED = 16


class SelectionBar(QWidget):
    """Bar floating over the bottom of the image grid `ground`, with the actions `offered` for all selected images.

    It is visible if at least two images are selected.
    """

    # The name of a collection, or "" for a new one.
    collect_asked = Signal(str)
    removal_asked = Signal(str)
    closed = Signal()

    def __init__(self, theme: Theme, ground: QWidget, offered: Mapping[Action, Action]) -> None:
        super().__init__(ground.parentWidget())
        self._theme = theme
        self._ground = ground
        self._collections: list[str] = []
        self._count_text = "0"
        # Name of the collection that is shown.
        self._open_name = ""
        self._background = QFrame(self)
        self._count_label = label("", "strong")
        self._compare_button = button_of(theme, offered[COMPARE], role="small")
        self._star = button_of(theme, offered[FAVOURITE], text="", icon=True, role="small")
        self._tag_button = button_of(theme, offered[TAG], role="small")
        self._collect_button = ActionButton(theme, "", tooltip=self.tr("Add them to a collection"), role="small")
        self._export_button = button_of(theme, offered[EXPORT], role="small")
        self._delete_button = button_of(theme, offered[DELETE], role="flat-danger")
        # Buttons that become icons in a bar that is too narrow for their labels, in the order in which they do so.
        self._shrinkable = {
            self._export_button: EXPORT,
            self._delete_button: DELETE,
            self._collect_button: COLLECT,
            self._tag_button: TAG,
            self._compare_button: COMPARE,
        }
        self._close_button = ActionButton(
            theme, shown_keys("Esc")[0], tooltip=self.tr("Select none"), keys="Esc", role="flat"
        )
        self._collect_button.clicked.connect(lambda: self.show_menu())
        self._close_button.clicked.connect(self.closed)
        self._star.setFixedWidth(ICON_WIDTH)
        self._lay_out()
        ground.installEventFilter(self)
        self.setAccessibleName(self.tr("Selected pictures"))
        self.hide()

    def show_count(self, count: int, total: int = 0) -> None:
        """Set the number of selected images. The selection bar is visible if at least two are selected.

        `total` includes the images in their closed stacks, on which the actions do not act.
        """
        self._count_text = number_text(count)
        if total > count:
            # Written like the progress of an export.
            self._count_text = translate("ExportController", "{number} of {count}").format(
                number=self._count_text, count=number_text(total)
            )
        self._count_label.setToolTip(STACKS.tooltip if total > count else "")
        reason = "" if count <= MOST_COMPARED else translate("CompareController", "Too many pictures to compare")
        refuse(self._compare_button, reason, COMPARE.tooltip)
        self.setVisible(count > 1)
        self._place()

    def foot(self) -> int:
        """Return the height in pixels that the selection bar covers at the bottom of the grid, or 0 if it is hidden."""
        return HEIGHT + 2 * FOOT if not self.isHidden() else 0

    def set_collections(self, names: Sequence[str]) -> None:
        self._collections = list(names)

    def set_open_collection(self, name: str) -> None:
        """Set the name of the collection that the grid shows, from which images can be removed, or "" for no
        collection.
        """
        self._open_name = name

    def show_menu(self, position: QPoint | None = None) -> QMenu:
        """Open a menu of collections to add the selected images to, at a screen position or above its button."""
        menu = empty_menu(self)
        for name in self._collections:
            menu.addAction(escape_ampersands(name)).triggered.connect(
                lambda _=False, name=name: self.collect_asked.emit(name)
            )
        if self._collections:
            menu.addSeparator()
        menu.addAction(self.tr("New collection")).triggered.connect(lambda: self.collect_asked.emit(""))
        if self._open_name:
            name = self._open_name
            remove = menu.addAction(escape_ampersands(self.tr("Remove from {collection}").format(collection=name)))
            remove.triggered.connect(lambda: self.removal_asked.emit(name))
        menu.popup(position or self._collect_button.mapToGlobal(QPoint(0, -menu.sizeHint().height() - 4)))
        return menu

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move):
            self._place()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = antialiased_painter(self)
        body = QRectF(self._background.geometry())
        paint_shadow(painter, body, 10, self._theme)
        frame = body.adjusted(0.5, 0.5, -0.5, -0.5)
        paint_rounded_rect(painter, frame, 10, ground=self._theme.colour("panel"), line=self._theme.colour("line"))

    def _place(self) -> None:
        ground = self._ground.geometry()
        body = ground.adjusted(0, ground.height() - HEIGHT - FOOT, -FOOT - 4, -FOOT)
        for is_short, icons in ((False, 0), *((True, icons) for icons in range(len(self._shrinkable) + 1))):
            self._show_texts(is_short=is_short, icons=icons)
            if self._row.sizeHint().width() <= body.width():
                break
        self.setGeometry(body.adjusted(-AIR, -AIR, AIR, AIR))
        self._background.setGeometry(AIR, AIR, body.width(), body.height())
        self.raise_()

    def _show_texts(self, *, is_short: bool, icons: int) -> None:
        """Show long or short labels, and show the first `icons` of the shrinkable buttons as icons alone."""
        count = self.tr("{count} selected").format(count=self._count_text)
        self._count_label.setText(self._count_text if is_short else count)
        self._close_button.setVisible(not is_short)
        collect = self.tr("Collection ▾") if is_short else self.tr("Add to collection ▾")
        for place, (button, action) in enumerate(self._shrinkable.items()):
            is_icon = place < icons
            title = collect if button is self._collect_button else action.title
            button.set_contents("" if is_icon else title, action.icon if is_icon else "")
            button.setMaximumWidth(ICON_WIDTH if is_icon else UNLIMITED_WIDTH)

    def _lay_out(self) -> None:
        self._row = row = in_row(self._count_label, 6, on=self._background, margins=(14, 0, 8, 0), spacing=6)
        buttons = (
            self._compare_button,
            self._star,
            self._tag_button,
            self._collect_button,
            self._export_button,
            self._delete_button,
        )
        for button in buttons:
            button.setFixedHeight(30)
            row.addWidget(button)
        row.addStretch()
        row.addWidget(self._close_button)
