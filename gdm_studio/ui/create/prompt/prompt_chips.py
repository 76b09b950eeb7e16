"""Row of chips below a prompt, which show how the model reads it. Clicking some of them changes the prompt."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent, QPaintEvent, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from gdm_studio.ui.theme import icons
from gdm_studio.ui.theme.safe_text import plain, tip
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.widgets.chips import Flow
from gdm_studio.ui.widgets.shapes import antialiased_painter, paint_rounded_rect

# Logical pixels.
HEIGHT = 20
EDGE = 8
MARK = 11
PICTURE = 16
PLATE_RADIUS = 3
GAP = 4
# Chips that are shown by default; the last one counts the others.
MOST = 16


class ChipLook(Enum):
    """Appearance of a chip below the prompt, which shows how the model treats that part of the prompt."""

    DRAWN = auto()
    PLAIN = auto()
    LEFT_OUT = auto()
    # Names a change that a click applies.
    SUGGESTION = auto()
    NOTE = auto()
    PROBLEM = auto()


@dataclass(frozen=True)
class PromptChip:
    """Chip below the prompt: its label and explanation, and the new prompt if the user clicks it.

    The new prompt is "" if a click does not change it. Instead, a click can end the mode that the chip names, by
    `leave()`. `name` is the text for screen readers. A chip with the name of a drawing in `drawing` has space for its
    picture.
    """

    text: str
    look: ChipLook
    name: str
    tooltip: str = ""
    rewrite: str = ""
    drawing: str = ""
    leave: Callable[[], object] | None = None

    @property
    def is_clickable(self) -> bool:
        return bool(self.rewrite) or self.leave is not None


class PromptChipButton(QAbstractButton):
    """Button that shows a chip below the prompt, focusable only if a click does something."""

    def __init__(self, theme: Theme, chip: PromptChip, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.chip = chip
        self._theme = theme
        self._words = plain(chip.text)
        self._picture = QPixmap()
        self.setText(self._words)
        self.setAccessibleName(plain(chip.name))
        self.setToolTip(tip(chip.tooltip))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        if chip.is_clickable:
            self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        else:
            self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        theme.changed.connect(self.update)

    def set_picture(self, picture: QPixmap) -> None:
        """Set the picture of the training image that the chip names."""
        self._picture = picture
        self.update()

    def picture(self) -> QPixmap:
        """Return the picture of the training image that the chip names. It is null until it is loaded."""
        return self._picture

    def sizeHint(self) -> QSize:
        words = QFontMetrics(self._font()).horizontalAdvance(self._words)
        mark = PICTURE + GAP if self.chip.drawing else MARK + GAP if self._icon() else 0
        parent = self.parentWidget()
        widest = parent.width() if parent is not None else words
        return QSize(min(words + mark + 2 * EDGE, max(widest, 4 * EDGE)), HEIGHT)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = antialiased_painter(self)
        look = self.chip.look
        can_click = self.chip.is_clickable
        is_lit = can_click and (self.underMouse() or self.hasFocus())
        words = self._theme.colour(_TEXT[look])
        line = "accent" if self.hasFocus() else "edge" if is_lit else "line"
        pen = QPen(self._theme.colour(line), 1)
        if look is ChipLook.SUGGESTION and not self.hasFocus():
            pen.setColor(self._theme.colour("accent"))
        if not can_click and look is not ChipLook.DRAWN:
            # A chip without a border does not look like a button.
            pen = QPen(Qt.PenStyle.NoPen)
        painter.setPen(pen)
        painter.setBrush(self._theme.colour("hover" if is_lit else "raised"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), HEIGHT / 2, HEIGHT / 2)
        room = self.rect().adjusted(EDGE, 0, -EDGE, 0)
        if self.chip.drawing:
            place = QRectF(room.left(), (self.height() - PICTURE) / 2, PICTURE, PICTURE)
            if self._theme.dark and not self._picture.isNull():
                # Black drawings would vanish on a dark chip.
                paint_rounded_rect(painter, place, PLATE_RADIUS, ground=self._theme.colour("plate"))
            painter.drawPixmap(place, self._picture, QRectF(self._picture.rect()))
            room.setLeft(room.left() + PICTURE + GAP)
        elif icon := self._icon():
            place = QRectF(room.left(), (self.height() - MARK) / 2, MARK, MARK)
            icons.paint(painter, place, icon, self._theme.colour("ok" if look is ChipLook.DRAWN else _TEXT[look]))
            room.setLeft(room.left() + MARK + GAP)
        painter.setPen(words)
        painter.setFont(self._font())
        text = painter.fontMetrics().elidedText(self._words, Qt.TextElideMode.ElideRight, room.width() + 2)
        painter.drawText(room.adjusted(0, 0, 4, 0), Qt.AlignmentFlag.AlignVCenter, text)

    def _icon(self) -> str:
        if self.chip.leave is not None:
            return "x"
        if self.chip.look is ChipLook.DRAWN:
            return "check"
        return "plus" if self.chip.look is ChipLook.LEFT_OUT and self.chip.rewrite else ""

    def _font(self) -> QFont:
        # A copy, since the theme's fonts are shared.
        font = QFont(self._theme.font(12, 500))
        font.setStrikeOut(self.chip.look is ChipLook.LEFT_OUT)
        return font


_TEXT = {
    ChipLook.DRAWN: "text",
    ChipLook.PLAIN: "text",
    ChipLook.LEFT_OUT: "muted",
    ChipLook.SUGGESTION: "accent",
    ChipLook.NOTE: "muted",
    ChipLook.PROBLEM: "danger",
}


class PromptChips(QWidget):
    """Lines of chips below a prompt, which emit `chosen(prompt)` with a clicked chip's new prompt.

    `resized()` is emitted when the height changes. At most `most` chips are shown, besides the chip of a mode. With
    `reserved`, one line is reserved, so that the first chips do not move the widgets below.
    """

    chosen = Signal(str)
    resized = Signal()

    def __init__(self, theme: Theme, *, reserved: bool = False, most: int = MOST) -> None:
        super().__init__()
        self._theme = theme
        self._has_reserved_line = reserved
        self._max_lines = most
        self._chips: tuple[PromptChip, ...] = ()
        # Pictures of drawings, by name.
        self._pictures: dict[str, QPixmap] = {}
        self._flow = Flow(gap=GAP, parent=self)
        self.setAccessibleName(self.tr("How the model reads the prompt"))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        if not reserved:
            self.hide()
        self._fit()

    def chips(self) -> tuple[PromptChip, ...]:
        """Return all chips of the prompt in order, even if there is not enough space to show all of them."""
        return self._chips

    def buttons(self) -> list[PromptChipButton]:
        """Return the buttons of the chips visible below the prompt."""
        items = (self._flow.itemAt(place) for place in range(self._flow.count()))
        widgets = (item.widget() for item in items if item is not None)
        return [widget for widget in widgets if isinstance(widget, PromptChipButton)]

    def set_chips(self, chips: Sequence[PromptChip]) -> None:
        """Replace the chips below the prompt. If there are more than `most`, the last chip counts the rest.

        The chip of a mode is shown in addition.
        """
        if tuple(chips) == self._chips:
            return
        self._chips = tuple(chips)
        shown = [*chips]
        most = self._max_lines + sum(chip.leave is not None for chip in chips)
        if len(shown) > most:
            shown[most - 1 :] = [self._count_chip(shown[most - 1 :])]
        self._flow.set_widgets([self._create_button(chip) for chip in shown])
        if not self._has_reserved_line:
            self.setVisible(bool(chips))
        self._fit()

    def set_pictures(self, pictures: Mapping[str, QPixmap]) -> None:
        """Show pictures of training images in the chips that name them. The keys of `pictures` are names of training
        images.
        """
        self._pictures = dict(pictures)
        for button in self.buttons():
            button.set_picture(self._pictures.get(button.chip.drawing, QPixmap()))

    def _count_chip(self, chips: Sequence[PromptChip]) -> PromptChip:
        text = self.tr("{count} more").format(count=len(chips))
        return PromptChip(text, ChipLook.NOTE, text, ", ".join(chip.text for chip in chips[:MOST]))

    def _create_button(self, chip: PromptChip) -> PromptChipButton:
        button = PromptChipButton(self._theme, chip, self)
        button.set_picture(self._pictures.get(chip.drawing, QPixmap()))
        if chip.rewrite:
            button.clicked.connect(lambda: self.chosen.emit(chip.rewrite))
        elif chip.leave is not None:
            button.clicked.connect(chip.leave)
        return button

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Fit the widget's height to the lines of chips at the current width, and emit `resized` if it changed."""
        lines = self._flow.heightForWidth(max(self.width(), 1)) if self._chips else 0
        height = max(lines, HEIGHT if self._has_reserved_line else 0)
        if height != self.height():
            self.setFixedHeight(height)
            self.resized.emit()

    def extra_height(self) -> int:
        """Return the height in pixels that the chips need in addition to a single line."""
        return max(self.height() - HEIGHT, 0) if self._chips else 0
