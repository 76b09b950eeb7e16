"""Queue panel, which opens below the window's top bar."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QWidget
from shiboken6 import isValid

from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.jobs.queue import REMEDIES, Item, ItemState
from gdm_studio.ui.create.queue.job_list import JobList
from gdm_studio.ui.create.queue.queue_list_model import QueueModel, title_of
from gdm_studio.ui.create.queue.queue_list_view import ROW, QueueRows
from gdm_studio.ui.running_jobs import RunningJob
from gdm_studio.ui.theme.theme import SPACE, Theme
from gdm_studio.ui.translation import joined_sentences, translate
from gdm_studio.ui.widgets import ActionButton, ElidedLabel, IconButton, horizontal_rule, label, mark, wrapped
from gdm_studio.ui.widgets.job_bar import JobView
from gdm_studio.ui.widgets.keys import OnEscape
from gdm_studio.ui.widgets.layouts import in_row, stacked
from gdm_studio.ui.widgets.menu import empty_menu
from gdm_studio.ui.window_actions import CLEAR_QUEUE, QUEUE, QUEUE_ON_CLUSTER, QUEUED, with_keys

# Width of the panel and height of its foot in logical pixels.
WIDTH = 440
FOOT = 52
# Minimum and maximum number of rows that the panel has space for.
LEAST = 3
MOST_ROWS = 8
PAUSE_TIP = QT_TRANSLATE_NOOP("QueuePanel", "Start nothing more for now")
# Actions whose buttons have a label beside the icon.
WORDED = ("mend", "retry", "edit", "endless")


class QueuePanel(QFrame):
    """Panel that shows the generation queue at the right edge of its parent, `top` pixels below the upper edge.

    Emits `asked(action, id)` for an action on the selected item: "edit", "duplicate", "pause", "retry", "mend",
    "remove", "endless" or "show". For an item that crashed the program, the action is "again" or "give up". Emits
    `move_asked(id, before)` to move an item before another one. `jobs` lists the running jobs that are not queue items.
    """

    asked = Signal(str, str)
    move_asked = Signal(str, str)
    pause_clicked = Signal()
    clear_clicked = Signal()
    cluster_clicked = Signal()
    closed = Signal()

    def __init__(self, theme: Theme, parent: QWidget, *, top: int) -> None:
        super().__init__(parent)
        self._theme = theme
        self._covered_widget = parent
        self._top = top
        self.setProperty("role", "palette")
        self.setAccessibleName(self.tr("Queue"))
        self.hide()
        self.model = QueueModel(self)
        self.rows = QueueRows(theme, self.model)
        self.jobs = JobList(theme)
        self._summary = ElidedLabel("", "muted")
        self._pause_button = IconButton(theme, "pause", tooltip=self.tr(PAUSE_TIP), text=self.tr("Pause"))
        self._clear_button = IconButton(theme, CLEAR_QUEUE.icon, tooltip=CLEAR_QUEUE.tooltip)
        self._clear_button.setAccessibleName(CLEAR_QUEUE.title)
        self._cluster_button = IconButton(theme, QUEUE_ON_CLUSTER.icon, tooltip=QUEUE_ON_CLUSTER.tooltip)
        self._cluster_button.setAccessibleName(QUEUE_ON_CLUSTER.title)
        self._close_button = mark(theme, "x", with_keys(self.tr("Close"), f"Esc; {QUEUE.keys}"), size=14)
        self._crash = _Crash(theme)
        # Widget that had the focus before the panel was opened.
        self._focus_before: QWidget | None = None
        OnEscape(self, self.close_up)
        self._make_actions(theme)
        self._lay_out()
        self._connect()
        parent.installEventFilter(self)
        self._show_actions()

    def show_queue(self, items: Sequence[Item], *, paused: bool) -> None:
        """Show the queue's items, and a button that pauses or resumes the queue."""
        chosen = self.rows.chosen()
        row = self.rows.currentIndex().row()
        self.model.show_items(items)
        if chosen is not None and self.rows.chosen() is None and items:
            new_row = self.model.row_of(chosen.id)
            self.rows.choose(new_row if new_row >= 0 else max(row, 0))
        self._pause_button.set_icon("play" if paused else "pause")
        text = self.tr("Resume") if paused else self.tr("Pause")
        self._pause_button.set_text(text)
        self._pause_button.setAccessibleName(text)
        self._pause_button.setToolTip(self.tr("Resume the queue") if paused else self.tr(PAUSE_TIP))
        self._clear_button.setEnabled(any(item.state is not ItemState.RUNNING for item in items))
        self._show_actions()
        self._fit_to_covered_widget()

    def show_jobs(self, jobs: Sequence[tuple[RunningJob, JobView]]) -> None:
        """Show running jobs above the queue, except those of queue items."""
        if self.jobs.show_jobs(jobs):
            self._fit_to_covered_widget()

    def show_summary(self, text: str, shorter: str) -> None:
        """Show a phrase beside the queue panel's title, such as the estimated time left, or a shorter one if it does
        not fit.
        """
        self._summary.set_texts(text, shorter)

    def set_can_use_cluster(self, is_enabled: bool) -> None:
        """Enable or disable the button that sends the waiting queue items to the cluster."""
        self._cluster_button.setEnabled(is_enabled)

    def show_crash(self, item: Item | None) -> None:
        """Show a message about a queue item that repeatedly crashed the program, or hide the message if it is None."""
        self._crash.show_item(item)
        self._crash_gap.setVisible(item is not None)
        self._fit_to_covered_widget()

    def toggle(self) -> None:
        """Open the queue panel and move the keyboard focus to its list, or close the panel."""
        if self.isVisible():
            self.close_up()
        else:
            self._fit_to_covered_widget()
            self._focus_before = self.window().focusWidget()
            self.show()
            self.raise_()
            self.rows.setFocus(Qt.FocusReason.PopupFocusReason)
            if self.rows.chosen() is None and self.model.rowCount():
                self.rows.choose(0)

    def close_up(self) -> None:
        """Close the queue panel. If it has the keyboard focus, return the focus to the widget that had it before."""
        if self._focus_before and isValid(self._focus_before) and self.isAncestorOf(self.window().focusWidget()):
            self._focus_before.setFocus()
        self.hide()
        self.closed.emit()

    def event(self, event: QEvent) -> bool:
        overrides = event.type() == QEvent.Type.ShortcutOverride
        if overrides and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            event.accept()
        return super().event(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._fit_to_covered_widget()
        return super().eventFilter(watched, event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Open a menu with the selected queue item's actions at the mouse pointer."""
        if self.rows.chosen() is None or not self.rows.geometry().contains(event.pos()):
            return
        menu = empty_menu(self)
        for button in self._buttons.values():
            if button.isVisibleTo(self) and button.isEnabled():
                menu.addAction(button.accessibleName(), button.click)
        menu.popup(event.globalPos())

    def _ask(self, action_name: str) -> None:
        item = self.rows.chosen()
        if item is not None and self._buttons[action_name].isVisibleTo(self) and self._buttons[action_name].isEnabled():
            self.asked.emit(action_name, item.id)

    def _move(self, by: int) -> None:
        item = self.rows.chosen()
        if item is None:
            return
        row = self.model.row_of(item.id) + by
        if 0 <= row < self.model.rowCount():
            place = row if by < 0 else row + 1
            before = self.model.items[place].id if place < self.model.rowCount() else ""
            self.move_asked.emit(item.id, before)

    def _show_actions(self) -> None:
        """Show the buttons of the actions that currently apply to the selected queue item, and hide the others."""
        item = self.rows.chosen()
        self._bar.setEnabled(item is not None)
        state = item.state if item is not None else ItemState.WAITING
        failed = state is ItemState.FAILED
        running = state is ItemState.RUNNING
        visible_actions = {
            "retry": failed,
            "mend": failed and item is not None and item.remedy in REMEDIES,
            "edit": not running,
            "pause": not failed,
            "endless": not failed,
        }
        for name, button in self._buttons.items():
            button.setVisible(visible_actions.get(name, True))
        if item is not None and item.remedy in REMEDIES:
            remedy = translate("Remedy", REMEDIES[item.remedy].title)
            self._buttons["mend"].set_text(remedy)
            self._buttons["mend"].setAccessibleName(remedy)
        paused = state is ItemState.PAUSED
        self._buttons["pause"].set_icon("play" if paused else "pause")
        self._buttons["pause"].setAccessibleName(self.tr("Resume") if paused else self.tr("Pause"))
        remove = self._buttons["remove"]
        remove.setAccessibleName(self.tr("Stop and remove") if running else QUEUED["remove"].title)
        tip = self.tr("Stop it and remove it from the queue") if running else QUEUED["remove"].description
        remove.setToolTip(with_keys(tip, "Del"))
        self._buttons["endless"].setChecked(item is not None and item.endless)

    def _make_actions(self, theme: Theme) -> None:
        self._buttons = {}
        for name, action in QUEUED.items():
            text = action.title if name in WORDED else ""
            self._buttons[name] = button = IconButton(
                theme, action.icon, tooltip=action.tooltip, text=text, checkable=name == "endless"
            )
            button.setAccessibleName(action.title)
            button.clicked.connect(lambda _=False, name=name: self._ask(name))

    def _lay_out(self) -> None:
        head = in_row(
            label(self.tr("Queue"), "title"),
            6,
            (self._summary, 1),
            self._pause_button,
            self._cluster_button,
            self._clear_button,
            self._close_button,
            margins=(SPACE.edge, 10, 8, 8),
            spacing=4,
        )
        self._bar = QWidget()
        self._bar.setFixedHeight(FOOT)
        foot = in_row(on=self._bar, margins=(8, 6, 8, 8), spacing=2)
        for name in WORDED:
            foot.addWidget(self._buttons[name])
        foot.addStretch()
        for name in (name for name in QUEUED if name not in WORDED):
            foot.addWidget(self._buttons[name])
        room = stacked(self._crash, margins=(8, 0, 8, 0))
        self._crash_gap = QWidget()
        self._crash_gap.setFixedHeight(8)
        body = stacked(self.rows, margins=(8, 6, 8, 6))
        stacked(
            head,
            room,
            self._crash_gap,
            horizontal_rule(),
            self.jobs,
            (body, 1),
            horizontal_rule(),
            self._bar,
            on=self,
            margins=1,
            spacing=0,
        )

    def _connect(self) -> None:
        self.rows.selectionModel().selectionChanged.connect(lambda *_: self._show_actions())
        self.rows.doubleClicked.connect(lambda _: self._on_double_click())
        self.rows.key.connect(self._ask)
        self.rows.move_asked.connect(self._move)
        self.model.moved.connect(self.move_asked)
        self._pause_button.clicked.connect(self.pause_clicked)
        self._clear_button.clicked.connect(self.clear_clicked)
        self._cluster_button.clicked.connect(self.cluster_clicked)
        self._close_button.clicked.connect(self.close_up)
        self._crash.asked.connect(self.asked)

    def _on_double_click(self) -> None:
        """Show the queue item that was double-clicked if it is being generated, or else edit its settings."""
        item = self.rows.chosen()
        if item is not None:
            self.asked.emit("show" if item.state is ItemState.RUNNING else "edit", item.id)

    def _fit_to_covered_widget(self) -> None:
        room = self._covered_widget.rect()
        rows = min(max(self.model.rowCount(), LEAST), MOST_ROWS)
        height = 52 + self._crash.height_wanted() + self.jobs.height_wanted() + rows * ROW + 14 + FOOT
        width = min(WIDTH, room.width() - 16)
        height = min(height, room.height() - self._top - 16)
        self.setGeometry(room.width() - width - SPACE.small, self._top + 6, width, height)

    def showEvent(self, event: QShowEvent) -> None:
        self._fit_to_covered_widget()
        super().showEvent(event)


class _Crash(QFrame):
    """Message in the queue panel about an item that has crashed the program repeatedly. Emits `asked(action, id)`."""

    asked = Signal(str, str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setProperty("role", "inset")
        self._item: Item | None = None
        self._text = wrapped()
        again = ActionButton(theme, self.tr("Try again"), tooltip=self.tr("Resume it and the queue"), role="small")
        tip = self.tr("Remove it and resume the queue")
        remove = ActionButton(theme, self.tr("Remove"), tooltip=tip, role="flat-danger")
        again.clicked.connect(lambda: self._ask("again"))
        remove.clicked.connect(lambda: self._ask("give up"))
        buttons = in_row(again, remove, ..., spacing=4)
        stacked(self._text, buttons, on=self, margins=(12, 10, 12, 10), spacing=8)
        self.hide()

    def show_item(self, item: Item | None) -> None:
        self._item = item
        if item is not None:
            crashes = self.tr("GDM Studio crashed %n time(s) while making “{title}”.", "", item.crashes)
            question = self.tr("The queue is paused: try it again or remove it.")
            self._text.setText(joined_sentences([crashes.format(title=title_of(item)), question]))
        self.setVisible(item is not None)

    def height_wanted(self) -> int:
        return self.heightForWidth(WIDTH - 18) + 8 if self._item is not None else 0

    def _ask(self, action_name: str) -> None:
        if self._item is not None:
            self.asked.emit(action_name, self._item.id)
