"""View of a set of images in one style: its name, its cells, and buttons for the selected cells."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QMenu, QSizePolicy, QStackedWidget, QWidget

from gdm_studio.ui.create.board.board_view import WAIT, BoardView
from gdm_studio.ui.create.board.cell_scroll_area import CellArea
from gdm_studio.ui.theme import icons
from gdm_studio.ui.theme.theme import SPACE, Theme
from gdm_studio.ui.translation import joined_sentences, translate
from gdm_studio.ui.widgets import ActionButton, Notices, label, wrapped
from gdm_studio.ui.widgets.fields import TextLine
from gdm_studio.ui.widgets.icon_button import refuse
from gdm_studio.ui.widgets.keys import accept_letters
from gdm_studio.ui.widgets.layouts import UNLIMITED_WIDTH, in_row, show_labels_that_fit, stacked
from gdm_studio.ui.widgets.notices import STRIP_HEIGHT
from gdm_studio.ui.widgets.shapes import antialiased_painter
from gdm_studio.ui.window_actions import (
    CHANGE_IN_SET,
    EXPORT_SET,
    FAVOURITE,
    LOCK_IN_SET,
    NEW_SET,
    REDO_IN_SET,
    REMOVE_FROM_SET,
    SET_IN_GALLERY,
    Action,
    with_keys,
)

# All sizes are logical pixels.
EDGE = 24
MAX_NAME_WIDTH = 340
# Minimum width of the view at which the buttons show labels beside their icons, and the state is beside the name.
LABELS_FROM_WIDTH = 640
# Side of the icon and maximum width of the text in an empty set.
EMPTY_ICON = 40
EMPTY_WIDTH = 420


class SetView(BoardView):
    """View of a set of images in one style: its editable name, its cells, and buttons for the selected cells.

    R regenerates the selected cells with another seed, or without a selection those that are not locked. L locks the
    selected cells, F2 changes the subject of one, and Delete removes them. Signals: `redo_requested(list)`,
    `lock_requested(list)`, `change_requested(list)`, `remove_requested(list)` with cell indices, `clear_requested()`,
    `export_requested()`, `gallery_requested()` to show the set in the gallery, and `refused(Action, str)` with the
    reason why the action of a pressed key cannot run now.
    """

    redo_requested = Signal(list)
    lock_requested = Signal(list)
    change_requested = Signal(list)
    remove_requested = Signal(list)
    clear_requested = Signal()
    export_requested = Signal()
    gallery_requested = Signal()
    refused = Signal(object, str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, CellArea(theme, selectable=True), parent)
        self.notices = Notices(theme, self)
        name = self.tr("Name of the set")
        tooltip = self.tr("The set is a collection of this name in the gallery")
        self.name = TextLine(name, hint=name, tooltip=tooltip, role="card")
        self.name.setMaximumWidth(MAX_NAME_WIDTH)
        self.cluster = self._cluster_button()
        self._can_change = False
        self._has_finished = False
        self._is_saved = False
        self._locked: set[int] = set()
        # Sentence about a setting that "Another seed" changes, or "".
        self._redo_hint = ""
        self._theme = theme
        # Buttons of the bar by their actions.
        self.buttons: dict[Action, ActionButton] = {}
        self._make_bar()
        self._lay_out(theme)
        self.area.set_tab_order_after(self.cluster)
        self.area.selection_changed.connect(self._show_buttons)
        accept_letters(self)
        self.begin([])
        self.set_state(running=False, saved=False, finished=0)

    def begin(self, titles: Sequence[str]) -> None:
        """Create an empty cell for each title of the image set. Without titles, explain how to create a set."""
        self._make_cells(titles, with_text=True)
        self._content_stack.setCurrentIndex(0 if titles else 1)
        self._locked = set()

    def show_locked(self, indices: set[int]) -> None:
        """Mark the locked cells, whose images do not change when the other images are generated again."""
        if indices != self._locked:
            self._locked = indices
            self._show_buttons()

    def set_state(
        self,
        *,
        running: bool,
        saved: bool,
        finished: int,
        note: str = "",
        cluster: bool = False,
        connecting: bool = False,
    ) -> None:
        """Show a note and how many images of the set are finished, and update the buttons.

        `saved` is True once the set is in the gallery. `cluster` offers to run the set on a cluster, and `connecting`
        is True while the window connects to it.
        """
        count = len(self.cells)
        text = self.tr("%n picture(s)", "", count)
        if finished < count:
            text = self.tr("{finished} of {pictures}").format(finished=finished, pictures=text)
        if saved and finished:
            text = self.tr("{pictures} · in the gallery").format(pictures=text)
        self.set_words(" · ".join(filter(None, (text, note))) if count else "")
        self.name.setVisible(count > 0)
        self.cluster.setVisible(cluster)
        self.cluster.setEnabled(not connecting)
        self._bar.setVisible(count > 0)
        self._can_change = not running
        self._has_finished = finished > 0
        self._is_saved = saved
        self._show_buttons()

    def set_redo_hint(self, hint: str) -> None:
        """Set the sentence in the tooltip of "Another seed" that names a setting which it changes, or ""."""
        if hint != self._redo_hint:
            self._redo_hint = hint
            self._show_buttons()

    def show_menu(self, index: int, at: QPoint) -> QMenu | None:
        """Open the context menu for the selected images, or for the image at `index` if it is not selected."""
        if index not in self.area.selected():
            self.area.select([index])
        return super().show_menu(index, at)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        action = None
        if event.key() == Qt.Key.Key_R and not event.modifiers():
            action = REDO_IN_SET
        elif event.key() == Qt.Key.Key_L and not event.modifiers():
            action = LOCK_IN_SET
        elif event.key() == Qt.Key.Key_F2:
            action = CHANGE_IN_SET
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            action = REMOVE_FROM_SET
        if action is None or not self.cells:
            super().keyPressEvent(event)
        elif self.buttons[action].isEnabled():
            self.buttons[action].click()
        elif not event.isAutoRepeat():
            self.refused.emit(action, self.buttons[action].accessibleDescription())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_labels()
        is_wide = self.width() >= LABELS_FROM_WIDTH
        self._header.setDirection(QBoxLayout.Direction.LeftToRight if is_wide else QBoxLayout.Direction.TopToBottom)
        self.name.setMaximumWidth(MAX_NAME_WIDTH if is_wide else UNLIMITED_WIDTH)

    def _on_click(self, index: int) -> None:
        """Ignore clicks on image cells, because the surrounding scroll area handles the selection."""

    def _entries(self, index: int) -> dict[str, Callable[[int], object]]:
        entries: dict[str, Callable[[int], object]] = {}
        if self._can_change:
            entries[REDO_IN_SET.title] = lambda _: self._redo.click()
            entries[CHANGE_IN_SET.title] = lambda _: self._change.click()
            entries[self._lock_text()] = lambda _: self._lock.click()
            entries[REMOVE_FROM_SET.title] = lambda _: self._remove.click()
        if self.cells[index].is_finished():
            entries[FAVOURITE.title] = self.favourite_requested.emit
        return entries

    def _show_buttons(self) -> None:
        """Enable the buttons that can be used now. The tooltips of the others give the reason."""
        busy = "" if self._can_change else translate("BoardView", WAIT)
        selected = self.area.selected()
        choose = "" if selected else translate("Commands", "Select a picture first.")
        unfinished = self.tr("None of its pictures is finished yet.")
        reasons = {
            REDO_IN_SET: busy or self._redo_disabled_reason(),
            CHANGE_IN_SET: busy or ("" if len(selected) == 1 else self.tr("Select a single picture.")),
            LOCK_IN_SET: choose,
            REMOVE_FROM_SET: busy or choose,
            NEW_SET: busy,
            SET_IN_GALLERY: "" if self._is_saved else unfinished,
            EXPORT_SET: busy or ("" if self._has_finished else unfinished),
        }
        for action, reason in reasons.items():
            text = action.description
            if action is REDO_IN_SET and self._redo_hint:
                text = joined_sentences([f"{text}.", self._redo_hint])
            refuse(self.buttons[action], reason, with_keys(text, action.keys))
        self._labels[self._lock] = self._lock_text()
        self._show_labels()

    def _redo_disabled_reason(self) -> str:
        """Return the reason why no image can be generated again, or "". Without locks, a selection is needed."""
        if self.area.selected() or 0 < len(self._locked) < len(self.cells):
            return ""
        if self._locked:
            return translate("SetController", "These pictures are locked")
        return self.tr("Select the pictures to make again, or lock those to keep.")

    def _lock_text(self) -> str:
        """Return the label of the button that locks the selected cells, or unlocks them if all are locked."""
        selected = self.area.selected()
        return self.tr("Unlock") if selected and self._locked.issuperset(selected) else LOCK_IN_SET.title

    def _show_labels(self) -> None:
        """Show the labels of as many buttons as there is room for, the most important first."""
        self.cluster.setText(f"\u2009{self._on_cluster}" if self.width() >= LABELS_FROM_WIDTH else "")
        # Without room for the most important label, a second row makes some.
        for direction in (QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom):
            self._row.setDirection(direction)
            show_labels_that_fit(
                self._bar,
                self._labels,
                self.width() - 2 * EDGE,
                lambda button, text: button.setText(f"\u2009{text}" if text else ""),
            )
            if self._export.text():
                break

    def _add_button(self, action: Action, role: str = "") -> ActionButton:
        button = ActionButton(
            self._theme, action.title, tooltip=action.description, keys=action.keys, name=action.icon, role=role
        )
        self.buttons[action] = button
        return button

    def _make_bar(self) -> None:
        self._bar = QFrame()
        self._bar.setProperty("role", "bar")
        self._bar.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._redo, self._change, self._lock, self._remove = map(
            self._add_button, (REDO_IN_SET, CHANGE_IN_SET, LOCK_IN_SET, REMOVE_FROM_SET)
        )
        self._clear, self._gallery = map(self._add_button, (NEW_SET, SET_IN_GALLERY))
        self._export = self._add_button(EXPORT_SET, role="primary")
        self._redo.clicked.connect(lambda: self.redo_requested.emit(self.area.selected()))
        self._change.clicked.connect(lambda: self.change_requested.emit(self.area.selected()))
        self._lock.clicked.connect(lambda: self.lock_requested.emit(self.area.selected()))
        self._remove.clicked.connect(lambda: self.remove_requested.emit(self.area.selected()))
        self._clear.clicked.connect(self.clear_requested)
        self._export.clicked.connect(self.export_requested)
        self._gallery.clicked.connect(self.gallery_requested)
        for_selected = in_row(self._redo, self._change, self._lock, self._remove, ..., spacing=4)
        for_set = in_row(..., self._clear, self._gallery, self._export, spacing=4)
        self._row = in_row(for_selected, for_set, on=self._bar, margins=6, spacing=4)
        # Labels of the buttons, the most important first. In a narrow view, the others show only their icons.
        first = (self._export, self._redo, self._change, self._lock, self._clear, self._remove, self._gallery)
        self._labels = {button: button.accessibleName() for button in first}

    def _lay_out(self, theme: Theme) -> None:
        state = in_row((self._words, 1), self.cluster, spacing=SPACE.medium)
        self._header = in_row((self.name, 1), (state, 1), spacing=SPACE.medium)
        self._content_stack = QStackedWidget()
        self._content_stack.addWidget(self.area)
        self._content_stack.addWidget(self._create_hint(theme))
        stacked(
            self._header,
            (self._content_stack, 1),
            self._bar,
            on=self,
            margins=(EDGE, 16, EDGE, STRIP_HEIGHT),
            spacing=SPACE.medium,
        )

    def _create_hint(self, theme: Theme) -> QWidget:
        """Return a widget that explains how to create an image set, shown while the set is empty."""
        centre = Qt.AlignmentFlag.AlignHCenter
        text = wrapped(
            self.tr(
                "Write its things in the list, choose a style, and press Generate: "
                "one picture of each, drawn alike, kept together in the gallery."
            ),
            align=centre,
        )
        text.setMaximumWidth(EMPTY_WIDTH)
        page = QWidget()
        title = label(self.tr("Your set will grow here"), "strong", align=centre)
        lines = in_row(..., (text, 1), ...)
        stacked(..., (_Icon(theme), 0, centre), title, lines, ..., on=page, spacing=SPACE.medium)
        return page


class _Icon(QWidget):
    """Icon in the middle of the view while a set has no images."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setFixedSize(EMPTY_ICON, EMPTY_ICON)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(EMPTY_ICON, EMPTY_ICON)

    def paintEvent(self, event: QPaintEvent) -> None:
        icons.paint(antialiased_painter(self), QRectF(self.rect()), "layout-grid", self._theme.colour("edge"))
