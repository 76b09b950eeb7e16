"""The bar at the top: the mark, the pages, and what the machine is doing."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QConicalGradient, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QStyle, QStyleOptionToolButton, QStylePainter, QToolButton, QWidget

from gdm_studio import memory
from gdm_studio.ui.actions import GO_TO, PALETTE, QUEUE, said, shown_keys
from gdm_studio.ui.look.theme import SPACE, Theme
from gdm_studio.ui.widgets import IconButton, label
from gdm_studio.ui.widgets.layouts import in_row
from gdm_studio.ui.widgets.painting import rounded, smooth

SETTINGS = "settings"  # the page behind the gear
MEMORY_MS = 2000  # between two readings of the memory in use

MARK = ((0.0, "#4f7bff"), (0.35, "#8f7bff"), (0.6, "#f3a6d8"), (0.8, "#a78bfa"), (1.0, "#4f7bff"))
WORDS = {"idle": "ready", "busy": "at work", "off": "not available", "waiting": "getting ready"}
STATES = {"idle": "ok", "busy": "accent", "off": "danger", "waiting": "warning"}


class TopBar(QFrame):
    """Signals: `page_chosen(str)`, `palette_asked()`, `queue_asked()`, by people.

    Setters: `set_page(id)`, `set_device(text, state)` with state idle, busy, waiting or off, `set_queue(waiting)`,
    before which there is no button for the queue.
    """

    page_chosen = Signal(str)
    palette_asked = Signal()
    queue_asked = Signal()

    def __init__(self, theme: Theme, pages: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "topbar")
        self.setFixedHeight(SPACE.topbar_height)
        self._pages = [*pages, SETTINGS]
        self._group = QButtonGroup(self)
        self._dot = _Dot(theme)
        self._device = label("", "muted")
        self._memory = label("", "muted")
        self.search = _Search(theme)
        self.queue = _word_button(theme, "Queue", "")
        self.queue.hide()
        self.gear = IconButton(theme, GO_TO[SETTINGS].icon, tooltip=GO_TO[SETTINGS].tooltip, checkable=True)
        self.gear.setProperty("role", "gear")
        self.gear.setFixedSize(32, 32)
        self._lay_out(theme)
        self._group.idClicked.connect(lambda index: self.page_chosen.emit(self._pages[index]))
        self.search.clicked.connect(self.palette_asked)
        self.queue.clicked.connect(self.queue_asked)
        self._memory.setToolTip("Memory this window uses")
        self.set_device("", "idle")
        self.set_page(self._pages[0])

    def _lay_out(self, theme: Theme) -> None:
        row = in_row(_Mark(theme), 8, on=self, margins=(SPACE.edge, 0, SPACE.small, 0), spacing=4)
        for index, page in enumerate(self._pages[:-1]):
            button = _word_button(theme, GO_TO[page].label, GO_TO[page].tooltip)
            button.setCheckable(True)
            self._group.addButton(button, index)
            row.addWidget(button)
        self._group.addButton(self.gear, len(self._pages) - 1)
        row.addStretch()
        row.addWidget(self.search)
        row.addSpacing(SPACE.small)
        row.addWidget(self._dot)
        row.addSpacing(2)
        row.addWidget(self._device)
        row.addSpacing(SPACE.edge)
        row.addWidget(self._memory)
        row.addSpacing(SPACE.small)
        row.addWidget(self.queue)
        row.addWidget(self.gear)

    def set_page(self, page: str) -> None:
        """Marks it; a page that is none of the bar's is reached from one that is, and marked as that."""
        if any(button.hasFocus() for button in self._group.buttons()):  # else its ring stays where one came from
            self._group.button(self._pages.index(page)).setFocus(Qt.FocusReason.OtherFocusReason)
        self._group.button(self._pages.index(page)).setChecked(True)

    def set_device(self, text: str, state: str = "idle") -> None:
        self._device.setText(text)
        self._dot.setVisible(bool(text))
        self._dot.show_state(state)
        for part in (self._dot, self._device):
            part.setToolTip(f"Where pictures are made · {WORDS[state]}")

    def watch_memory(self) -> None:
        """Shows the memory in use from now on."""
        timer = QTimer(self, interval=MEMORY_MS)
        timer.timeout.connect(self._show_memory)
        timer.start()
        self._show_memory()

    def _show_memory(self) -> None:
        used = memory.in_use()
        if used is not None:
            self._memory.setText(memory.in_words(used))

    def set_queue(self, waiting: int) -> None:
        """How many pictures are to be made, the ones under way among them."""
        what = "Nothing" if not waiting else "1 picture" if waiting == 1 else f"{waiting} pictures"
        self.queue.setText(f"Queue {waiting}" if waiting else "Queue")
        self.queue.setToolTip(said(f"{what} to make", QUEUE.keys))
        self.queue.setAccessibleDescription(f"{what} to make")
        self.queue.show()


def _word_button(theme: Theme, title: str, tooltip: str) -> QToolButton:
    button = QToolButton()
    button.setText(title)
    button.setProperty("role", "page")
    button.setFont(theme.font(13, 500))
    button.setFixedHeight(32)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setToolTip(tooltip)
    button.setAccessibleName(title)
    return button


class _Search(QToolButton):
    """The way into the command palette: its keys in a frame, and what it is for."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme, self._font = theme, theme.font(11)
        self._keys = shown_keys(PALETTE.keys)[0].replace("+", " ")
        self.setText(PALETTE.label)
        self.setFont(theme.font(12))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setFixedHeight(32)
        self.setToolTip(PALETTE.tooltip)
        self.setAccessibleName(PALETTE.label)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        words = QFontMetrics(self.font()).horizontalAdvance(self.text())
        return QSize(self._key_width() + words + 24, 32)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, option = QStylePainter(self), QStyleOptionToolButton()
        self.initStyleOption(option)
        option.text = ""
        painter.drawComplexControl(QStyle.ComplexControl.CC_ToolButton, option)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(9.5, (self.height() - 18) / 2 + 0.5, self._key_width() - 1, 17)
        painter.setPen(self._theme.colour("edge"))
        painter.drawRoundedRect(frame, 5, 5)
        painter.setPen(self._theme.colour("text" if self.underMouse() else "muted"))
        words = self.rect().adjusted(self._key_width() + 16, 0, 0, 0)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, self.text())
        painter.setFont(self._font)
        painter.drawText(frame, Qt.AlignmentFlag.AlignCenter, self._keys)

    def _key_width(self) -> int:
        return QFontMetrics(self._font).horizontalAdvance(self._keys) + 12


class _Mark(QWidget):
    """The mark: colour coming out of a square, as pictures come out of noise."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setFixedSize(QSize(22, 22))
        theme.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = smooth(self)
        sweep = QConicalGradient(13, 9, 225)
        for place, colour in MARK:
            sweep.setColorAt(place, QColor(colour))
        rounded(painter, QRectF(0, 0, 22, 22), 6.5, ground=sweep)


class _Dot(QWidget):
    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme, self._state = theme, "idle"
        self.setFixedSize(8, 8)
        theme.changed.connect(self.update)

    def show_state(self, state: str) -> None:
        self._state = state
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = smooth(self)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour(STATES[self._state]))
        painter.drawEllipse(QRectF(0.5, 0.5, 7, 7))
