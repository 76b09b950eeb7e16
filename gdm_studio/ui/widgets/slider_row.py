"""Row for a number that can be dragged or typed, with a title, a reset button, a slider and labels at both ends."""

from __future__ import annotations

from functools import cached_property

from PySide6.QtCore import QPointF, QRectF, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QMouseEvent, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QAbstractSlider, QPushButton, QSizePolicy, QWidget

from gdm_studio.ui.theme.roles import set_reading
from gdm_studio.ui.theme.safe_text import plain, tip
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.translation import number_text
from gdm_studio.ui.widgets.fields import NumberEdit
from gdm_studio.ui.widgets.icon_button import mark
from gdm_studio.ui.widgets.labels import ElidedLabel, elided_label, label
from gdm_studio.ui.widgets.layouts import in_row, put_in_tab_order, stacked
from gdm_studio.ui.widgets.shapes import antialiased_painter, paint_rounded_rect

# Space beside the number in its field.
VALUE_AIR = 14


class SliderRow(QWidget):
    """Input row for a number from `low` to `high`, with a title, a text field, a slider and a reset button.

    It emits `changed(number)` for user input. If `least` is given, it is shown in place of the lowest number. With
    `curve`, small numbers take up more of the slider: number = low + (high − low)·t^curve. The reset button is visible
    if the number differs from the default.
    """

    changed = Signal(float)

    def __init__(
        self,
        theme: Theme,
        *,
        title: str,
        low: float,
        high: float,
        default: float,
        decimals: int = 0,
        step: float = 1,
        curve: float = 1.0,
        ends: tuple[str, str] = ("", ""),
        least: str = "",
        tooltip: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._default = default
        self._title = title
        self._tooltip = tooltip
        # The number that the button in the hint sets.
        self._offered_value: float | None = None
        self._scale = 10**decimals
        # True if the integer of the slider's position is the number that is shown.
        self._is_plain = not decimals and not least
        self.track = Track(theme, name=title, curve=curve, is_read=not self._is_plain)
        self.track.setSingleStep(max(1, round(step * self._scale)))
        self.track.setPageStep(10 * self.track.singleStep())
        self.edit = NumberEdit(name=title, low=low, high=high, decimals=decimals, step=step, least=least)
        self.edit.setProperty("role", "value")
        self.edit.setAlignment(Qt.AlignmentFlag.AlignRight)
        longest = max((f"{low:.{decimals}f}", f"{high:.{decimals}f}", least), key=len)
        self.edit.setFixedSize(QFontMetrics(theme.font(12)).horizontalAdvance(longest) + VALUE_AIR, 20)
        # Align the number with the end of the slider, and with the title.
        self.edit.setTextMargins(0, 0, -4, 2)
        self._reset_button = mark(theme, "rotate-ccw", self._reset_tip(default), size=12, side=16)
        keeps_room = self._reset_button.sizePolicy()
        keeps_room.setRetainSizeWhenHidden(True)
        self._reset_button.setSizePolicy(keeps_room)
        self._reset_button.setAccessibleName(self.tr("Reset {name}").format(name=title))
        self._lay_out(title, ends)
        # A fixed height keeps two rows side by side aligned.
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        for part in (self, self.track, self.edit):
            part.setToolTip(tooltip)
        self.set_range(low, high)
        self.set_value(default)
        self.track.valueChanged.connect(self._on_track)
        self.track.reset_asked.connect(self._on_reset)
        self.edit.edited.connect(self._on_edit)
        self._reset_button.clicked.connect(self._on_reset)

    def value(self) -> float:
        return self.edit.number()

    def set_value(self, value: float) -> None:
        """Show a number in the text field and on the slider without emitting `changed`."""
        self.edit.set_number(value)
        self._update_widgets()

    def set_default(self, default: float) -> None:
        """Set the number that the reset button restores.

        The button is visible while the current number differs from it.
        """
        self._default = default
        self._reset_button.setToolTip(self._reset_tip(default))
        self._update_widgets()

    def _reset_tip(self, default: float) -> str:
        return self.tr("Back to {number}").format(number=number_text(float(default)))

    def set_range(self, low: float, high: float) -> None:
        self.edit.set_range(low, high)
        with QSignalBlocker(self.track):
            self.track.setRange(round(low * self._scale), round(high * self._scale))
        self._update_widgets()

    def set_hint(self, hint: str, offer: float | None = None, *, short: str = "") -> None:
        """Show a hint below the slider, with a button that sets the number `offer` if it is given. "" hides both.

        Where the hint has no room, `short` is shown.
        """
        if not hint and "_hint_line" not in vars(self):
            return
        self.hint.set_texts(hint, *filter(None, (short,)))
        self.hint.setVisible(bool(hint))
        self._offered_value = offer
        if offer is not None:
            words = self.tr("Use {number}").format(number=number_text(float(offer)))
            self.offer_button.setText(words)
            self.offer_button.setAccessibleName(plain(self.tr("{name}: {value}").format(name=self._title, value=words)))
            self.offer_button.setToolTip(tip(hint))
        self.offer_button.setVisible(bool(hint) and offer is not None)
        # The hint takes the place of the words at the ends, so that nothing below moves.
        if self._end_labels is not None:
            self._end_labels.setVisible(not hint)

    def _update_widgets(self) -> None:
        """Update the slider and the reset button after a change of the number in the text field."""
        with QSignalBlocker(self.track):
            self.track.setValue(round(self.value() * self._scale))
        if not self._is_plain:
            set_reading(self.track, self.edit.text())
        self.track.update()
        self._reset_button.setVisible(abs(self.value() - self._default) * self._scale >= 0.5)

    def _on_track(self, position: int) -> None:
        number = position / self._scale if self._scale > 1 else position
        self.edit.set_number(number)
        self._update_widgets()
        self.changed.emit(float(number))

    def _on_edit(self, number: float) -> None:
        self._update_widgets()
        self.changed.emit(float(number))

    def _on_offer(self) -> None:
        if self._offered_value is not None:
            number = self._offered_value
            self.set_value(number)
            self.changed.emit(float(number))

    def _on_reset(self) -> None:
        self.set_value(self._default)
        self.changed.emit(float(self._default))

    def _lay_out(self, title: str, ends: tuple[str, str]) -> None:
        name = elided_label(title, buddy=self.edit)
        head = in_row(name, self._reset_button, ..., self.edit, spacing=2)
        self._end_labels: QWidget | None = None
        self._column = stacked(head, self.track, on=self, spacing=0)
        if any(ends):
            self._end_labels = QWidget()
            in_row(label(ends[0], "hint"), ..., label(ends[1], "hint"), on=self._end_labels)
            self._column.addWidget(self._end_labels)

    @property
    def hint(self) -> ElidedLabel:
        """Label of the hint below the slider."""
        return self._hint_line[0]

    @property
    def offer_button(self) -> QPushButton:
        """Button after the hint, which sets the number that the hint offers."""
        return self._hint_line[1]

    @cached_property
    def _hint_line(self) -> tuple[ElidedLabel, QPushButton]:
        """Label and button of the hint, hidden at first. Most sliders never have a hint, so it is created on demand."""
        hint = ElidedLabel("", "hint")
        hint.hide()
        button = QPushButton()
        button.setProperty("role", "inline-accent")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        # The button must not make the row taller than the words at the ends.
        button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Ignored)
        button.setStyleSheet("min-height: 0")
        button.setAccessibleName(self._title)
        button.setToolTip(self._tooltip)
        button.hide()
        button.clicked.connect(self._on_offer)
        self._column.insertLayout(2, in_row((hint, 1), button, spacing=6))
        put_in_tab_order(button, after=self.track)
        return hint, button


class Track(QAbstractSlider):
    """Horizontal slider whose knob jumps to a clicked position, and which emits `reset_asked()` on a double click."""

    reset_asked = Signal()

    def __init__(
        self, theme: Theme, *, name: str, tooltip: str = "", curve: float = 1.0, is_read: bool = False
    ) -> None:
        """Create a slider. With `is_read`, its position is not the number that it shows, which `set_reading` sets."""
        super().__init__()
        if is_read:
            set_reading(self, "")
        self._theme = theme
        self._curve = curve
        self.setAccessibleName(name)
        self.setToolTip(tooltip)
        self.setOrientation(Qt.Orientation.Horizontal)
        self.setFixedHeight(20)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(160, 20)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            self._move_to(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.isSliderDown():
            self._move_to(event.position().x())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.setSliderDown(False)
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.reset_asked.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Escape):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        # The wheel scrolls the panel around the slider.
        event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = antialiased_painter(self)
        middle = self.height() / 2
        knob = self._knob_position()
        paint_rounded_rect(painter, QRectF(2, middle - 2, self.width() - 4, 4), 2, ground=QColor(tokens.line))
        colour = QColor(tokens.accent if self.isEnabled() else tokens.faint)
        painter.setBrush(colour)
        painter.drawRoundedRect(QRectF(2, middle - 2, max(knob - 2, 0), 4), 2, 2)
        if self.hasFocus():
            painter.setPen(QPen(colour, 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(QPointF(knob, middle), 9.2, 9.2)
            painter.setPen(Qt.PenStyle.NoPen)
        near = self.underMouse() or self.isSliderDown()
        painter.setBrush(colour)
        painter.drawEllipse(QPointF(knob, middle), 7.5, 7.5)
        painter.setBrush(QColor("#ffffff"))
        painter.drawEllipse(QPointF(knob, middle), 4.6 if near else 4.0, 4.6 if near else 4.0)

    def _knob_position(self) -> float:
        span = max(self.maximum() - self.minimum(), 1)
        share = (self.value() - self.minimum()) / span
        return 9 + share ** (1 / self._curve) * (self.width() - 18)

    def _move_to(self, x: float) -> None:
        share = min(max((x - 9) / max(self.width() - 18, 1), 0.0), 1.0) ** self._curve
        raw = self.minimum() + share * (self.maximum() - self.minimum())
        step = self.singleStep()
        self.setValue(min(max(round(raw / step) * step, self.minimum()), self.maximum()))
