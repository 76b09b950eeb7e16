"""Editors of an image's tags and note, and a popup field for entering a tag."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QPoint, QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QSizePolicy, QWidget

from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.widgets import ActionButton
from gdm_studio.ui.widgets.chips import Chip, Flow
from gdm_studio.ui.widgets.completion_popup import Completions
from gdm_studio.ui.widgets.keys import OnEscape
from gdm_studio.ui.widgets.layouts import in_row, stacked
from gdm_studio.ui.widgets.shapes import paint_popup
from gdm_studio.ui.window_actions import TAG, with_keys

# Pause in typing after which a note is saved.
PAUSE_MS = 700
DONE = [Qt.Modifier.CTRL | key for key in (Qt.Key.Key_Return, Qt.Key.Key_Enter)]
# A widget that accepts the first of these events receives the key instead of a shortcut.
LEAVES = (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress)
# Height of a line of a note, and the least and greatest number of lines shown.
LINE = 19
LEAST = 2
MOST = 8


class Tags(QWidget):
    """Row with an image's tags as removable chips, and a button that adds a tag."""

    removed = Signal(str)
    # The lower left corner of the button in screen coordinates.
    add_asked = Signal(QPoint)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._names: tuple[str, ...] | None = None
        self._flow = Flow(parent=self)
        self._add_chip = Chip(theme, TAG.title, tooltip=TAG.tooltip, icon=TAG.icon, removable=False, parent=self)
        self._add_chip.clicked.connect(lambda: self.add_asked.emit(self.place_of_add()))
        self.show_tags(())

    def show_tags(self, names: Sequence[str]) -> None:
        if tuple(names) == self._names:
            return
        self._names = tuple(names)
        chips = [self._create_chip(name) for name in names]
        self._flow.set_widgets([*chips, self._add_chip])
        self.updateGeometry()

    def place_of_add(self) -> QPoint:
        """Return the screen position at which the popup field for a new tag opens."""
        return self._add_chip.mapToGlobal(QPoint(0, -4))

    def _create_chip(self, name: str) -> Chip:
        chip = Chip(self._theme, name, tooltip=with_keys(self.tr("Remove {tag}").format(tag=name), "Del"), parent=self)
        chip.removed.connect(lambda: self.removed.emit(name))
        return chip


class NoteField(QWidget):
    """Text field for the user's note on an image, which grows with its text.

    `written` is emitted after a pause in typing and when the field loses the focus.
    """

    written = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.editor = _Editor()
        OnEscape(self.editor, self.editor.clearFocus)
        self.editor.setPlaceholderText(self.tr("Note"))
        self.editor.setAccessibleName(self.tr("Note"))
        self.editor.setToolTip(self.tr("Your notes about the picture; the search finds them"))
        self.editor.setTabChangesFocus(True)
        # `_fit` sets the height, so that the note takes no space that is left.
        self.editor.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._saved_note = ""
        self._pause_timer = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause_timer.timeout.connect(self.flush)
        self.editor.textChanged.connect(self._on_text)
        self.editor.left.connect(self.flush)
        stacked(self.editor, on=self)
        self._fit()

    def show_note(self, text: str) -> None:
        """Show the selected image's note in the text field without emitting `written`."""
        if text == self._saved_note:
            return
        self._saved_note = text
        with QSignalBlocker(self.editor):
            self.editor.setPlainText(text)
        self._fit()

    def flush(self) -> None:
        """Emit the note now if it has changed since it was last saved."""
        self._pause_timer.stop()
        text = self.editor.toPlainText().strip()
        if text != self._saved_note:
            self._saved_note = text
            self.written.emit(text)

    def _on_text(self) -> None:
        self._pause_timer.start()
        self._fit()

    def _fit(self) -> None:
        lines = int(self.editor.document().size().height())
        self.editor.setFixedHeight(min(max(lines, LEAST), MOST) * LINE + 16)


class _Editor(QPlainTextEdit):
    """Text editor for an image's note, in which Ctrl+Enter ends editing instead of starting a generation."""

    left = Signal()

    def event(self, event: QEvent) -> bool:
        if event.type() in LEAVES and isinstance(event, QKeyEvent) and event.keyCombination() in DONE:
            event.accept()
            if event.type() == QEvent.Type.KeyPress:
                self.clearFocus()
            return True
        return super().event(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.left.emit()


WIDTH = 240


class TagEntry(QWidget):
    """Popup field for tags of images, separated by commas. Enter accepts them, and Escape closes the field."""

    def __init__(self, theme: Theme, page: QWidget) -> None:
        super().__init__(page)
        self._theme = theme
        self._page = page
        self._tags: list[str] = []
        self._on_tags: Callable[[list[str]], object] = lambda tags: None
        # The widget that had the focus before.
        self._focus_before: QWidget | None = None
        self.field = _Field(self)
        self.field.setPlaceholderText(self.tr("Tag"))
        self.field.setAccessibleName(self.tr("Tag"))
        self.field.setToolTip(self.tr("Tag for these pictures: Enter adds it, Esc closes"))
        self._completions = Completions(self.field, page)
        add = ActionButton(theme, self.tr("Add"), tooltip=self.tr("Add the tag"), keys="Return", role="small")
        add.clicked.connect(self._finish)
        in_row((self.field, 1), add, on=self, margins=8, spacing=6)
        self.field.textEdited.connect(self._offer_tags)
        self.field.returnPressed.connect(self._finish)
        OnEscape(self.field, self.close_entry)
        self._completions.chosen.connect(self._choose)
        self.hide()

    def set_tags(self, names: Sequence[str]) -> None:
        """Set the gallery's existing tags, which the field offers as completions."""
        self._tags = list(names)

    def open_at(self, position: QPoint, take: Callable[[list[str]], object]) -> None:
        """Open the popup with its lower left corner at a position on the page.

        `take` is called with the tags that the user enters.
        """
        self._on_tags = take
        self._focus_before = self.window().focusWidget()
        self.field.clear()
        page = self._page
        height = self.sizeHint().height()
        left = min(max(position.x(), 8), page.width() - WIDTH - 8)
        self.setGeometry(left, min(max(position.y() - height, 8), page.height() - height - 8), WIDTH, height)
        self.show()
        self.raise_()
        self.field.setFocus()
        self._offer_tags("")

    def close_entry(self) -> None:
        """Close the tag popup and return the keyboard focus to the widget that had it before."""
        self.hide()
        if self._focus_before is not None:
            self._focus_before.setFocus()

    def paintEvent(self, event: QPaintEvent) -> None:
        paint_popup(self, self._theme)

    def _offer_tags(self, text: str) -> None:
        typed = text.strip().casefold()
        self._completions.offer([tag for tag in self._tags if typed in tag.casefold() and typed != tag.casefold()])

    def _choose(self, tag: str) -> None:
        self.field.setText(tag)
        self._finish()

    def _finish(self) -> None:
        tags = dict.fromkeys(tag for part in self.field.text().split(",") if (tag := part.strip()))
        self.close_entry()
        if tags:
            self._on_tags(list(tags))


class _Field(QLineEdit):
    def __init__(self, entry: TagEntry) -> None:
        super().__init__(entry)
        self._entry = entry

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() == Qt.FocusReason.MouseFocusReason:
            QTimer.singleShot(0, self._entry, self._close_unless_inside)

    def _close_unless_inside(self) -> None:
        focus = self.window().focusWidget()
        if focus is not self and (focus is None or not self._entry.isAncestorOf(focus)):
            self._entry.hide()
