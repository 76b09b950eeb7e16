"""Overlay that shows the effect of each prompt word on the image, from saved attention maps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QEnterEvent, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QFrame, QLabel, QSizePolicy, QWidget

from gdm_studio.models.prompts.word_classes import STOP_WORDS
from gdm_studio.ui.theme.imaging import to_qimage
from gdm_studio.ui.theme.roles import set_reading
from gdm_studio.ui.theme.safe_text import plain
from gdm_studio.ui.theme.theme import SPACE, Theme
from gdm_studio.ui.translation import quote
from gdm_studio.ui.widgets import label, mark, scrolled, wrapped
from gdm_studio.ui.widgets.layouts import in_row, stacked
from gdm_studio.ui.widgets.overlay import Overlay, centred_rect
from gdm_studio.ui.widgets.shapes import antialiased_painter, checkerboard_brush
from gdm_studio.ui.widgets.slider_row import Track
from gdm_studio.ui.window_actions import WORDS, with_keys

if TYPE_CHECKING:
    import numpy as np

    from gdm_studio.engine.attention_maps import Attention

MAX_SIZE = (940, 660)
LIST, ROW = 280, 40
# Opacity, from 0 to 255, of the dark layer over areas that a word did not affect.
VEIL = 225
ARROWS = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}


class WordsView(Overlay):
    """Overlay that shows which parts of the image each prompt word affected, according to its attention maps.

    Pointing at a word highlights the parts of the image that it affected, and pointing at a part marks the words that
    affected it. The `slider` selects a step; 0 combines all steps.
    """

    keys = WORDS.keys

    def __init__(self, theme: Theme, picture: np.ndarray, attention: Attention, *, parent: QWidget) -> None:
        """Create the overlay that shows each prompt word's effect on `picture`, RGBA uint8 (height, width, 4)."""
        super().__init__(theme, parent)
        self._attention = attention
        self._word_shares = attention.shares()
        self._word: int | None = None
        self.picture = LitPicture(theme, to_qimage(picture), attention.maps.shape[2:])
        self.rows = [WordRow(theme, word, self._strengths_by_step(place)) for place, word in enumerate(attention.words)]
        self.slider = Track(theme, name=self.tr("Step"), is_read=True)
        self.slider.setRange(0, len(attention.steps))
        self._step = label("", "muted")
        self._hint = wrapped(self.tr("Point at a word to see where it acted, or at a place to see its words."))
        self.close_button = mark(theme, "x", with_keys(self.tr("Close"), "Esc"))
        self.set_panel(self._create_panel())
        self.picture.pointed.connect(self._on_place)
        self.slider.valueChanged.connect(self._show)
        self.close_button.clicked.connect(self.close_up)
        for place, row in enumerate(self.rows):
            row.highlighted.connect(lambda on, place=place: self._on_word(place if on else None))
        self._show()

    def place(self, room: QRect) -> QRect:
        return centred_rect(room, *MAX_SIZE)

    def open_up(self) -> None:
        super().open_up()
        # Small words act everywhere a little, which is a poor first sight.
        specific_rows = (
            row for row, word in zip(self.rows, self._attention.words, strict=True) if word not in STOP_WORDS
        )
        next(specific_rows, self.rows[0] if self.rows else self.picture).setFocus()

    def _strengths_by_step(self, word: int) -> list[float]:
        """Return a prompt word's effect on each denoising step, as fractions of its maximum."""
        strengths = self._attention.strengths[:, word]
        return [float(each) for each in strengths / max(float(strengths.max()), 1e-9)]

    def _current_shares(self) -> np.ndarray:
        """Return each prompt word's share of attention at the selected step, of shape (words, rows, columns).

        If all steps are selected, this is their mean.
        """
        step = self.slider.value()
        shares: np.ndarray = self._word_shares[step - 1] if step else self._word_shares.mean(axis=0)
        return shares

    def _on_word(self, word: int | None) -> None:
        self._word = word
        self._show()

    def _show(self) -> None:
        step, steps = self.slider.value(), self._attention.steps
        title = self.tr("Step {number}").format(number=steps[step - 1]) if step else self.tr("All steps")
        self._step.setText(title)
        set_reading(self.slider, title)
        for row in self.rows:
            row.set_step(step - 1)
        if self._word is None:
            self.picture.light(None)
            return
        share = self._current_shares()[self._word]
        reference = self._word_shares[:, self._word] if step else share
        least, most = float(reference.min()), float(reference.max())
        self.picture.light((share - least) / max(most - least, 1e-9))
        strongest = steps[int(self._attention.strengths[:, self._word].argmax())]
        text = self.tr("“{word}” acted where the picture is not faded, most at step {step}.")
        self._hint.setText(text.format(word=plain(self._attention.words[self._word]), step=strongest))

    def _on_place(self, row: int, column: int) -> None:
        """Show how strongly each prompt word affected the cell of the attention map under the mouse pointer. A negative
        row means that there is no cell.
        """
        if row < 0:
            for each in self.rows:
                each.set_share(None)
            return
        shares = self._current_shares()[:, row, column]
        most = max(float(shares.max()), 1e-9)
        for each, share in zip(self.rows, shares, strict=True):
            each.set_share(float(share) / most)
        best = sorted(range(len(shares)), key=lambda place: -shares[place])[:3]
        words = [quote(plain(self._attention.words[place])) for place in best]
        named = ", ".join(f"{word} {100 * shares[place]:.0f} %" for word, place in zip(words, best, strict=True))
        self._hint.setText(self.tr("Words that acted here: {words}").format(words=named))

    def _create_panel(self) -> QFrame:
        panel = QFrame()
        panel.setProperty("role", "palette")
        head = in_row(label(self.tr("The effect of each word"), "title"), ..., self.close_button)
        words = QWidget()
        stacked(*self.rows, ..., on=words, margins=(0, 0, 6, 0), spacing=2)
        scroll = scrolled(words, self.tr("Words of the prompt"))
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setFixedWidth(LIST)
        body = in_row((self.picture, 1), scroll, spacing=SPACE.edge)
        self._step.setMinimumWidth(70)
        foot = in_row(self._step, (self.slider, 1), spacing=SPACE.medium)
        stacked(head, (body, 1), self._hint, foot, on=panel, margins=(20, 16, 20, 16), spacing=SPACE.medium)
        return panel


# Screen readers announce a QLabel as an image.
class LitPicture(QLabel):
    """Image that is darkened where the selected prompt word had no effect.

    Emits `pointed(row, column)` with the map cell that the pointer or the arrow keys have reached, and (−1, −1) when
    the pointer leaves. `light(share)` takes an array (rows, columns) of values from 0 to 1. None lights the whole
    image.
    """

    pointed = Signal(int, int)

    def __init__(self, theme: Theme, picture: QImage, grid: tuple[int, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._image = picture
        self._grid = grid
        self._heat_map: QImage | None = None
        # Row and column of the marked map cell.
        self._marked_cell: tuple[int, int] | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("The picture, lit where the word acted"))
        self.setAccessibleDescription(self.tr("Arrow keys move to another place"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def light(self, share: np.ndarray | None) -> None:
        if share is None:
            self._heat_map = None
        else:
            height, width = share.shape
            veil = QImage(width, height, QImage.Format.Format_ARGB32)
            ground = self._theme.colour("background")
            for row in range(height):
                for column in range(width):
                    ground.setAlpha(round(VEIL * (1 - min(1.0, float(share[row, column])))))
                    veil.setPixelColor(column, row, ground)
            self._heat_map = veil
        self.update()

    def room(self) -> QRectF:
        """Return the rectangle that the image covers in the widget when scaled to fit and centred."""
        scale = min(self.width() / self._image.width(), self.height() / self._image.height())
        room = QRectF(0, 0, self._image.width() * scale, self._image.height() * scale)
        room.moveCenter(QRectF(self.rect()).center())
        return room

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        room, at = self.room(), event.position()
        if room.contains(at):
            row = int((at.y() - room.top()) / room.height() * self._grid[0])
            column = int((at.x() - room.left()) / room.width() * self._grid[1])
            self._mark_cell(row, column)
        else:
            self._leave()

    def leaveEvent(self, event: QEvent) -> None:
        self._leave()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key not in ARROWS:
            super().keyPressEvent(event)
            return
        across, down = ARROWS[key]
        row, column = self._marked_cell or (self._grid[0] // 2, self._grid[1] // 2)
        self._mark_cell(row + down, column + across)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, room = QPainter(self), self.room()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(room, checkerboard_brush(self._theme, 8, self._theme.pixel_ratio()))
        painter.drawImage(room, self._image)
        if self._heat_map is not None:
            painter.drawImage(room, self._heat_map)
        if self._marked_cell is not None:
            high, wide = room.height() / self._grid[0], room.width() / self._grid[1]
            corner = QPointF(room.left() + self._marked_cell[1] * wide, room.top() + self._marked_cell[0] * high)
            painter.setPen(QPen(self._theme.colour("accent"), 2))
            painter.drawRoundedRect(QRectF(corner.x(), corner.y(), wide, high), 3, 3)
        elif self.hasFocus():
            painter.setPen(QPen(self._theme.colour("accent"), 1.5))
            painter.drawRect(room)

    def _mark_cell(self, row: int, column: int) -> None:
        at = min(max(row, 0), self._grid[0] - 1), min(max(column, 0), self._grid[1] - 1)
        if at != self._marked_cell:
            self._marked_cell = at
            self.update()
            self.pointed.emit(*at)

    def _leave(self) -> None:
        if self._marked_cell is not None:
            self._marked_cell = None
            self.update()
            self.pointed.emit(-1, -1)


class WordRow(QAbstractButton):
    """Row with a prompt word and a bar chart of its effect on each denoising step.

    Emits `highlighted(bool)` on hover and focus. `set_step(index)` highlights one step's bar, and −1 highlights all.
    `set_share` takes the word's attention at the pointed cell as a fraction, or None.
    """

    highlighted = Signal(bool)

    def __init__(self, theme: Theme, word: str, strengths: list[float], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._word = plain(word)
        self._strengths = strengths
        self._step = -1
        self._share = -1.0
        self.setFixedHeight(ROW)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self._word)
        most = 1 + strengths.index(max(strengths)) if strengths else 0
        text = self.tr("Acted most at step {number} of {count} recorded steps")
        self.setAccessibleDescription(text.format(number=most, count=len(strengths)))
        theme.changed.connect(self.update)

    def set_step(self, index: int) -> None:
        self._step = index
        self.update()

    def set_share(self, share: float | None) -> None:
        self._share = -1.0 if share is None else share
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(LIST - 20, ROW)

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.highlighted.emit(True)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.highlighted.emit(self.hasFocus())

    def focusInEvent(self, event: object) -> None:
        super().focusInEvent(event)  # type: ignore[arg-type]
        self.highlighted.emit(True)

    def focusOutEvent(self, event: object) -> None:
        super().focusOutEvent(event)  # type: ignore[arg-type]
        self.highlighted.emit(False)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = antialiased_painter(self)
        if self.underMouse() or self.hasFocus():
            painter.setPen(QPen(QColor(tokens.accent), 1.5) if self.hasFocus() else Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.hover))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 7, 7)
        # The width of the highlight shows how much the word affected the pointed cell.
        if self._share >= 0:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.selection))
            painter.drawRoundedRect(QRectF(4, 4, (self.width() - 8) * self._share, ROW - 8), 5, 5)
        painter.setPen(self._theme.colour("faint" if 0 <= self._share < 0.2 else "text"))
        painter.setFont(self._theme.font(13, 500))
        bars = 7 * len(self._strengths)
        words = self.rect().adjusted(12, 0, -bars - 20, 0)
        elided = painter.fontMetrics().elidedText(self._word, Qt.TextElideMode.ElideRight, words.width())
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, elided)
        painter.setPen(Qt.PenStyle.NoPen)
        for place, strength in enumerate(self._strengths):
            painter.setBrush(self._theme.colour("accent" if self._step in (-1, place) else "edge"))
            tall = max(2.0, strength * (ROW - 18))
            left = self.width() - bars - 8 + 7 * place
            painter.drawRoundedRect(QRectF(left, ROW - 9 - tall, 5, tall), 1.5, 1.5)
