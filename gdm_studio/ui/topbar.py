"""The bar at the top: the mark, the pages, and what the machine is doing."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QConicalGradient, QPainter, QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QToolButton, QWidget

from gdm_studio.ui.theme import SPACE, Theme
from gdm_studio.ui.widgets import Choice, label

MARK = ((0.0, "#4f7bff"), (0.35, "#8f7bff"), (0.6, "#f3a6d8"), (0.8, "#a78bfa"), (1.0, "#4f7bff"))
WORDS = {"idle": "ready", "busy": "at work", "off": "not available", "waiting": "getting ready"}
STATES = {"idle": "ok", "busy": "accent", "off": "danger", "waiting": "warning"}


class TopBar(QFrame):
    """Signals: `page_chosen(str)`, by people.

    Setters: `set_page(id)`, `set_device(text, state)` with state idle, busy, waiting or off, `set_memory(text)`.
    Ctrl+1, Ctrl+2 … are named in the tooltips; the window binds them.
    """

    page_chosen = Signal(str)

    def __init__(self, theme: Theme, pages: list[Choice], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "topbar")
        self.setFixedHeight(SPACE.topbar_height)
        self._pages = [page.id for page in pages]
        self._group = QButtonGroup(self)
        self._dot = _Dot(theme)
        self._device = label("", "muted")
        self._memory = label("", "muted")
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE.edge, 0, SPACE.edge, 0)
        row.setSpacing(4)
        row.addWidget(_Mark(theme))
        row.addSpacing(8)
        for index, page in enumerate(pages):
            row.addWidget(self._page_button(theme, page, index))
        row.addStretch()
        row.addWidget(self._dot)
        row.addSpacing(2)
        row.addWidget(self._device)
        row.addSpacing(SPACE.edge)
        row.addWidget(self._memory)
        self._group.idClicked.connect(lambda index: self.page_chosen.emit(self._pages[index]))
        self._memory.setToolTip("Memory this window uses")
        self.set_device("", "idle")
        self.set_page(self._pages[0])

    def set_page(self, page: str) -> None:
        self._group.button(self._pages.index(page)).setChecked(True)

    def set_device(self, text: str, state: str = "idle") -> None:
        self._device.setText(text)
        self._dot.setVisible(bool(text))
        self._dot.show_state(state)
        for part in (self._dot, self._device):
            part.setToolTip(f"Where pictures are made · {WORDS[state]}")

    def set_memory(self, text: str) -> None:
        self._memory.setText(text)

    def _page_button(self, theme: Theme, page: Choice, index: int) -> QToolButton:
        button = QToolButton()
        button.setText(page.title)
        button.setCheckable(True)
        button.setProperty("role", "page")
        button.setFont(theme.font(13, 500))
        button.setFixedHeight(32)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setToolTip(f"{page.summary or page.title} (Ctrl+{index + 1})")
        button.setAccessibleName(page.title)
        self._group.addButton(button, index)
        return button


class _Mark(QWidget):
    """The mark: colour coming out of a square, as pictures come out of noise."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setFixedSize(QSize(22, 22))
        theme.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        sweep = QConicalGradient(13, 9, 225)
        for place, colour in MARK:
            sweep.setColorAt(place, QColor(colour))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(sweep)
        painter.drawRoundedRect(QRectF(0, 0, 22, 22), 6.5, 6.5)


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
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour(STATES[self._state]))
        painter.drawEllipse(QRectF(0.5, 0.5, 7, 7))
