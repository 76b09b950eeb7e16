"""Top bar, with logo, pages, running jobs, device and memory usage."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QConicalGradient, QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QStyle, QStyleOptionToolButton, QStylePainter, QToolButton, QWidget

from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.ui.theme.roles import TAB
from gdm_studio.ui.theme.theme import SPACE, Theme
from gdm_studio.ui.translation import data_size
from gdm_studio.ui.widgets import IconButton, label
from gdm_studio.ui.widgets.job_bar import JobBar
from gdm_studio.ui.widgets.keys import accept_letters
from gdm_studio.ui.widgets.layouts import in_row
from gdm_studio.ui.widgets.shapes import antialiased_painter, paint_rounded_rect
from gdm_studio.ui.window_actions import GO_TO, PALETTE, QUEUE, shown_keys, with_keys

# Id of the settings page.
SETTINGS = "settings"
QUEUE_ICON = "list"
# Interval between two readings of the memory in use.
MEMORY_MS = 2000

MARK = ((0.0, "#4f7bff"), (0.35, "#8f7bff"), (0.6, "#f3a6d8"), (0.8, "#a78bfa"), (1.0, "#4f7bff"))
STATE_TITLES = {
    "idle": QT_TRANSLATE_NOOP("TopBar", "ready"),
    "busy": QT_TRANSLATE_NOOP("TopBar", "running"),
    "off": QT_TRANSLATE_NOOP("TopBar", "not available"),
    "waiting": QT_TRANSLATE_NOOP("TopBar", "preparing"),
}
STATES = {"idle": "ok", "busy": "accent", "off": "danger", "waiting": "warning"}


class TopBar(QFrame):
    """Bar at the top of the window with the logo, page buttons, running jobs, device and memory usage.

    Its buttons emit `page_chosen(id)`, `palette_asked()`, `queue_asked()` and `unread_asked()`. `jobs` shows the
    running jobs. The queue button is hidden until there is something to generate.
    """

    page_chosen = Signal(str)
    palette_asked = Signal()
    queue_asked = Signal()
    unread_asked = Signal()

    def __init__(self, theme: Theme, pages: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # Qt moves the focus here when the focused part of a page is hidden or replaced. The bar has no text field.
        accept_letters(self)
        self.setProperty("role", "topbar")
        self.setFixedHeight(SPACE.topbar_height)
        self._pages = [*pages, SETTINGS]
        # False until the first resize event, before which the width is Qt's default.
        self._is_sized = False
        self._state = "idle"
        self._group = QButtonGroup(self)
        self._dot = _Dot(theme)
        self._device = label("", "muted")
        self._memory = label("", "muted")
        self._memory_of_others: Callable[[], int] = int
        self.jobs = JobBar(theme)
        self.search = _Search(theme)
        self.queue = IconButton(theme, QUEUE_ICON, tooltip="", text=self.tr("Queue"))
        self.queue.setProperty("role", "page")
        self.queue.setFont(theme.font(13, 500))
        self.queue.setFixedHeight(32)
        self.queue.hide()
        # Widths of the queue button without and with its title. They have room for two digits, so that nothing beside
        # it moves when the number changes.
        self._queue_widths = []
        for text in ("99", self.tr("Queue {count}").format(count=99)):
            self.queue.set_text(text)
            self._queue_widths.append(self.queue.sizeHint().width())
        # Number of images on the queue button.
        self._waiting_count = 0
        self.gear = IconButton(theme, GO_TO[SETTINGS].icon, tooltip=GO_TO[SETTINGS].tooltip, checkable=True)
        self.gear.setProperty("role", "gear")
        self.gear.setFixedSize(32, 32)
        self.unread = IconButton(theme, "circle-alert", tooltip="")
        self.unread.setFixedSize(32, 32)
        self.unread.hide()
        self._lay_out(theme)
        self._group.idClicked.connect(lambda index: self.page_chosen.emit(self._pages[index]))
        self.gear.clicked.connect(self._on_gear)
        self.search.clicked.connect(self.palette_asked)
        self.queue.clicked.connect(self.queue_asked)
        self.unread.clicked.connect(self.unread_asked)
        self.set_device("", "idle")
        self.set_page(self._pages[0])

    def _lay_out(self, theme: Theme) -> None:
        self._row = row = in_row(_Mark(theme), 8, on=self, margins=(SPACE.edge, 0, SPACE.small, 0), spacing=4)
        for index, page in enumerate(self._pages[:-1]):
            button = _text_button(theme, GO_TO[page].title, GO_TO[page].tooltip)
            button.setCheckable(True)
            self._group.addButton(button, index)
            row.addWidget(button)
        # The gear is not in the group, in which Tab reaches only one button.
        self._tabs = (*self._group.buttons(), self.gear)
        for tab in self._tabs:
            tab.setProperty(TAB, True)
        row.addStretch()
        row.addWidget(self.jobs, 1)
        row.addSpacing(SPACE.small)
        row.addWidget(self.search)
        row.addSpacing(SPACE.small)
        row.addWidget(self._dot)
        row.addWidget(self._device)
        row.addSpacing(SPACE.edge)
        row.addWidget(self._memory)
        row.addSpacing(SPACE.small)
        row.addWidget(self.unread)
        row.addWidget(self.queue)
        row.addWidget(self.gear)

    def set_page(self, page: str) -> None:
        """Highlight the button of the open page."""
        # Move the focus too, so that its frame does not stay on the button of the previous page.
        chosen = self._tabs[self._pages.index(page)]
        if any(tab.hasFocus() for tab in self._tabs):
            chosen.setFocus(Qt.FocusReason.OtherFocusReason)
        # An exclusive group does not let its last button be turned off.
        self._group.setExclusive(False)
        for tab in self._tabs:
            tab.setChecked(tab is chosen)
        self._group.setExclusive(True)

    def _on_gear(self) -> None:
        self.gear.setChecked(True)
        self.page_chosen.emit(SETTINGS)

    def set_device(self, text: str, state: str = "idle") -> None:
        """Show the name and the state (idle, busy, waiting or off) of the device that generates images."""
        self._state = state
        self._device.setText(text)
        self._dot.setVisible(bool(text))
        self._show_tooltip()
        self.fit()
        self._dot.show_state(state)

    def _show_tooltip(self) -> None:
        """Show the device, its state and the memory in use in the tooltips, since a narrow bar shows the dot alone."""
        lines = [self.tr("Device in use · {state}").format(state=self.tr(STATE_TITLES[self._state]))]
        if device := self._device.text():
            lines.insert(0, device)
        if used := self._memory.text():
            lines.append(self.tr("Memory in use by this window: {size}").format(size=used))
        for part in (self._dot, self._device, self._memory):
            part.setToolTip("\n".join(lines))

    def watch_memory(self, others: Callable[[], int] = int) -> None:
        """Start showing the memory usage of this process and of `others()` in bytes, updated every two seconds."""
        self._memory_of_others = others
        timer = QTimer(self, interval=MEMORY_MS)
        timer.timeout.connect(self._show_memory)
        timer.start()
        self._show_memory()

    def _show_memory(self) -> None:
        from gdm_studio.common import memory

        used = memory.in_use()
        if used is not None:
            self._memory.setText(data_size(used + self._memory_of_others()))
            self._show_tooltip()
            self.fit()

    def set_queue(self, waiting: int, *, paused: bool = False) -> None:
        """Show on the queue button how many images remain to be generated, including the running job's, and whether the
        queue is paused.
        """
        self._waiting_count = waiting
        to_do = self.tr("%n picture(s) to make", "", waiting) if waiting else self.tr("Nothing in the queue")
        if paused:
            to_do = f"{to_do} · {self.tr('the queue is paused')}"
        self.queue.set_icon("pause" if paused else QUEUE_ICON, "warning" if paused else "muted")
        self.queue.setToolTip(with_keys(to_do, QUEUE.keys))
        self.queue.setAccessibleDescription(to_do)
        # The button appears with the first job, and then stays where it is.
        self.queue.setVisible(self.queue.isVisibleTo(self) or bool(waiting) or paused)
        self._show_queue(worded=True)
        self.fit()

    def _show_queue(self, *, worded: bool) -> None:
        """Show the queue button with its title, or only with its icon and the number of images."""
        title = self.tr("Queue {count}") if worded else "{count}"
        none = self.tr("Queue") if worded else ""
        self.queue.set_text(title.format(count=self._waiting_count) if self._waiting_count else none)
        self.queue.setMinimumWidth(self._queue_widths[worded])

    def set_unread(self, errors: int, others: int) -> None:
        """Show a button for the errors and other notices that have left the page unread, or hide it if there are
        none.
        """
        count = errors + others
        text = self.tr("%n unread notice(s)", "", count) if others else self.tr("%n unread error(s)", "", count)
        self.unread.set_icon("circle-alert" if errors else "info", "danger" if errors else "accent")
        self.unread.setToolTip(text)
        self.unread.setAccessibleName(text)
        self.unread.setVisible(count > 0)
        self.fit()

    def fit(self) -> None:
        """Hide parts of the top bar, least important first, until the rest fits into the width.

        Pages and the buttons that stop jobs and open the queue are never hidden.
        """
        if not self._is_sized:
            return
        for left_out in range(8):
            self._memory.setVisible(left_out < 1)
            self.search.set_words(left_out < 2)
            self._device.setVisible(left_out < 3)
            self._set_tight(left_out >= 4)
            self.search.setVisible(left_out < 5)
            self._show_queue(worded=left_out < 6)
            self.jobs.set_titled(left_out < 7)
            self._row.invalidate()
            if self._row.minimumSize().width() <= self.width():
                break
        self._row.activate()

    def _set_tight(self, tight: bool) -> None:
        """Reduce the page buttons' margins if `tight` is True, or restore them."""
        for button in self._group.buttons():
            if bool(button.property("tight")) != tight:
                button.setProperty("tight", tight)
                button.style().unpolish(button)
                button.style().polish(button)
                button.updateGeometry()

    def minimumSizeHint(self) -> QSize:
        """Return a minimum width of 0, because `fit` adapts the top bar to any window width."""
        return QSize(0, SPACE.topbar_height)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._is_sized = True
        self.fit()


def _text_button(theme: Theme, title: str, tooltip: str) -> QToolButton:
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
    """Button in the top bar that opens the command palette and shows its keyboard shortcut in a frame."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._font = theme.font(11)
        self._keys = shown_keys(PALETTE.keys)[0].replace("+", " ")
        self._shows_words = True
        self.setText(PALETTE.title)
        self.setFont(theme.font(12))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setFixedHeight(32)
        self.setToolTip(PALETTE.tooltip)
        self.setAccessibleName(PALETTE.title)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        words = QFontMetrics(self.font()).horizontalAdvance(self.text()) + 6 if self._shows_words else 0
        return QSize(self._key_width() + words + 18, 32)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def set_words(self, worded: bool) -> None:
        """Show the button's text beside the keyboard shortcut, or only the shortcut."""
        if worded != self._shows_words:
            self._shows_words = worded
            self.setText(PALETTE.title if worded else "")
            self.updateGeometry()
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QStylePainter(self)
        option = QStyleOptionToolButton()
        self.initStyleOption(option)
        option.text = ""
        painter.drawComplexControl(QStyle.ComplexControl.CC_ToolButton, option)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(9.5, (self.height() - 18) / 2 + 0.5, self._key_width() - 1, 17)
        painter.setPen(self._theme.colour("edge"))
        painter.drawRoundedRect(frame, 5, 5)
        painter.setPen(self._theme.colour("text" if self.underMouse() else "muted"))
        if self._shows_words:
            words = self.rect().adjusted(self._key_width() + 16, 0, 0, 0)
            painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, self.text())
        painter.setFont(self._font)
        painter.drawText(frame, Qt.AlignmentFlag.AlignCenter, self._keys)

    def _key_width(self) -> int:
        return QFontMetrics(self._font).horizontalAdvance(self._keys) + 12


class _Mark(QWidget):
    """Logo of GDM Studio in the top bar."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setFixedSize(QSize(22, 22))
        theme.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = antialiased_painter(self)
        sweep = QConicalGradient(13, 9, 225)
        for place, colour in MARK:
            sweep.setColorAt(place, QColor(colour))
        paint_rounded_rect(painter, QRectF(0, 0, 22, 22), 6.5, ground=sweep)


class _Dot(QWidget):
    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._state = "idle"
        # Wide and high enough to point at.
        self.setFixedSize(14, 32)
        theme.changed.connect(self.update)

    def show_state(self, state: str) -> None:
        self._state = state
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = antialiased_painter(self)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour(STATES[self._state]))
        place = QRectF(0, 0, 7, 7)
        place.moveCenter(QRectF(self.rect()).center())
        painter.drawEllipse(place)
