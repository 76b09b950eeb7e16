"""Base widgets for views of image boards: a header with tools, a line of text, and cells with context menus."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QWidget

from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.ui.create.board.board_cell import Cell
from gdm_studio.ui.create.board.cell_scroll_area import CellArea
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.widgets import ActionButton, ElidedLabel, IconButton
from gdm_studio.ui.widgets.icon_button import attach_shortcut
from gdm_studio.ui.widgets.layouts import in_row
from gdm_studio.ui.widgets.menu import empty_menu
from gdm_studio.ui.window_actions import FAVOURITE, USE, Action

# Reason why a button of a board is disabled.
WAIT = QT_TRANSLATE_NOOP("BoardView", "Wait until the pictures are made, or stop making them.")
# Minimum width of a title in logical pixels. A narrower title is hidden.
MIN_TITLE_WIDTH = 90


class BoardHeader(QWidget):
    """Header of a board of images, with a title, tools and the `leave` button, which Escape also triggers.

    In a narrow view, the tools lose their labels first; then the title is hidden.
    """

    def __init__(self, theme: Theme, title: str, parts: Sequence[QWidget]) -> None:
        super().__init__()
        # On a page, checked tools would be hard to see. On a card, they stand out.
        self.setProperty("role", "card")
        self._title = ElidedLabel(title, "strong")
        leave = Action(self.tr("Back to the picture; jobs continue"), keys="Escape")
        self.leave = IconButton(theme, "x", tooltip=leave.tooltip)
        attach_shortcut(self.leave, leave)
        self._labels = {part: part.text() for part in parts if isinstance(part, IconButton)}
        self._row = row = in_row((self._title, 1), ..., on=self, margins=(16, 9, 12, 0), spacing=4)
        for part in (*parts, self.leave):
            row.addWidget(part)

    def set_title(self, text: str) -> None:
        """Set the title of the board's header, and hide the labels of its tools if they no longer fit beside it."""
        self._title.setText(text)
        self.fit()

    def fit(self) -> None:
        """Show the tool labels and the title of the board's header if it is wide enough for them.

        Call this after showing or hiding a tool.
        """
        self._title.hide()
        for with_labels in (True, False):
            for part, text in self._labels.items():
                part.set_text(text if with_labels else "")
            self._row.invalidate()
            space = self.width() - self._row.sizeHint().width() - self._row.spacing()
            if space >= self._title.sizeHint().width():
                break
        self._title.setVisible(space >= min(MIN_TITLE_WIDTH, self._title.sizeHint().width()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()


class BoardView(QFrame):
    """Base view of a board of images: its `cells` in the scroll area `area`, with a line of text above.

    Signals: `use_requested(int)` and `favourite_requested(int)` with a cell index, `cluster_clicked()` and `closed()`.
    """

    use_requested = Signal(int)
    favourite_requested = Signal(int)
    cluster_clicked = Signal()
    closed = Signal()

    def __init__(self, theme: Theme, area: CellArea, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "page")
        self._theme = theme
        self.area = area
        self.cells: list[Cell] = []
        self._words = ElidedLabel("", "muted")
        # Label of the cluster button.
        self._on_cluster = self.tr("Run on a cluster")

    def set_words(self, text: str, *shorter: str) -> None:
        """Set the text above the board's image cells. The shorter versions are used when there is too little space."""
        self._words.set_texts(text, *shorter)

    def submit(self) -> bool:
        """Generate the board from the settings in its view. Return False if it shows none."""
        return False

    def show_menu(self, index: int, at: QPoint) -> QMenu | None:
        """Open the context menu of an image cell and return it, or return None if it would be empty."""
        entries = self._entries(index)
        if not entries:
            return None
        menu = empty_menu(self)
        for text, act in entries.items():
            menu.addAction(text).triggered.connect(lambda _=False, act=act: act(index))
        menu.popup(self.cells[index].mapToGlobal(at))
        return menu

    def _cluster_button(self) -> ActionButton:
        """Return a button that offers to generate the board's missing images on the cluster and emits
        `cluster_clicked`.
        """
        tip = self.tr("Make the missing pictures on the cluster of the settings")
        button = ActionButton(self._theme, self._on_cluster, tooltip=tip, name="network", role="small")
        button.clicked.connect(self.cluster_clicked)
        return button

    def _entries(self, index: int) -> dict[str, Callable[[int], object]]:
        """Return the entries of an image cell's context menu, as a dict from labels to functions that are called with
        the cell's index.

        The menu is empty if the image is not finished.
        """
        if not self.cells[index].is_finished():
            return {}
        return {USE.label: self.use_requested.emit, FAVOURITE.label: self.favourite_requested.emit}

    def _on_click(self, index: int) -> None:
        """Handle a click on an image cell. By default, request that its settings be applied."""
        self.use_requested.emit(index)

    def _make_cells(
        self,
        titles: Sequence[str],
        across: Sequence[str] = (),
        down: Sequence[str] = (),
        *,
        columns: int = 0,
        with_text: bool = False,
    ) -> None:
        """Replace all image cells with empty cells that have the given titles.

        See `CellArea.set_cells` for their arrangement.
        """
        self.cells = [
            Cell(self._theme, title, with_text=with_text, selectable=self.area.selectable, parent=self.area.page)
            for title in titles
        ]
        for index, cell in enumerate(self.cells):
            cell.clicked.connect(lambda _=False, index=index: self._on_click(index))
            cell.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
            cell.customContextMenuRequested.connect(lambda at, index=index: self.show_menu(index, at))
        self.area.set_cells(self.cells, across, down, columns=columns)

    def _row_with_words(self, height: int, *beside: QWidget) -> QHBoxLayout:
        """Return a row of fixed height that contains the text above the image cells and, to its right, the widgets
        `beside`.
        """
        line = in_row((self._words, 1), *beside, margins=(16, 0, 16, 0))
        line.addStrut(height)
        return line
