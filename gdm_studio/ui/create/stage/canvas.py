"""The picture, large: on a chequer where it is transparent, zoomed about the cursor, moved by dragging."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from gdm_studio.ui.look import icons
from gdm_studio.ui.look.imaging import scaled
from gdm_studio.ui.look.plain import plain
from gdm_studio.ui.look.theme import Theme
from gdm_studio.ui.widgets.painting import checker, round_path, rounded, shadow, smooth

if TYPE_CHECKING:
    import numpy as np

RADIUS = 14
NEAREST, FURTHEST = 64.0, 0.05  # device pixels a picture pixel
MARGIN = 28
LARGEST_FIT = 7.0  # logical pixels a picture pixel: a small picture is not blown up further on a large screen
SQUARES = 8.0  # from here on, zoomed by hand, its pixels are shown as squares: who goes so near wants to see them


class Tool(Protocol):
    """What works on the picture while the canvas holds it; places and lengths are in picture pixels."""

    def press(self, place: QPointF, button: Qt.MouseButton) -> None: ...
    def move(self, place: QPointF) -> None:
        """The pointer is at `place`, whether a button is down or not."""

    def release(self) -> None: ...
    def leave(self) -> None: ...
    def undo(self) -> None: ...
    def wheel(self, notches: float) -> None: ...
    def key(self, key: Qt.Key) -> bool:
        """Whether the tool had a use for the key."""

    def paint(self, painter: QPainter, frame: QRectF, scale: float) -> None:
        """Draws over the picture, which lies in `frame`, `scale` logical pixels a picture pixel."""


class Canvas(QWidget):
    """Shows a picture and keeps its view from one picture to the next of the same size.

    Signals: `zoom_changed(float)` in device pixels a picture pixel, `fitted(bool)`, `filled(bool)` whether there is
    a picture. Setters: `show_picture(rgba)`, `fit()`, `actual_size()`, `toggle_fit()`, `zoom_by(factor)`,
    `set_empty(title, text)`, `set_margins(top, bottom)`, `set_tool(tool)`. Readers: `zoom()`, `is_fitted()`,
    `picture()`, `reaches(place)`, `tool()`. Keys: + − zoom, 0 fits, 1 is 1:1. A tool takes the left and right button,
    the wheel without Ctrl and the keys it has a use for; the middle button still moves the picture.
    """

    zoom_changed = Signal(float)
    fitted = Signal(bool)
    filled = Signal(bool)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._rgba: np.ndarray | None = None
        self._zoom, self._fits = 1.0, True
        self._centre = QPointF()  # the picture's point, in its pixels, that is held at the middle of the room
        self._grabbed: QPointF | None = None
        self._margins = (MARGIN, MARGIN)
        self._empty = ("", "")
        self._tool: Tool | None = None
        self._cache: tuple[object, QPixmap] | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(200, 120)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._ringed = False  # a click gives it the keys as well, but whoever clicks knows where they are
        self.setAccessibleName("Picture")
        theme.changed.connect(self.update)

    # what it shows

    def show_picture(self, rgba: np.ndarray | None) -> None:
        """Shows uint8 RGBA or RGB (height, width, channels), or with None the empty place."""
        before = None if self._rgba is None else self._rgba.shape[:2]
        turned = (rgba is None) != (self._rgba is None)
        self._rgba, self._cache = rgba, None
        self._describe()
        if turned:
            self.filled.emit(rgba is not None)
        if rgba is not None and rgba.shape[:2] != before:
            self._centre = QPointF(rgba.shape[1] / 2, rgba.shape[0] / 2)
            if self._fits:
                self._refit()
        self.update()

    def picture(self) -> np.ndarray | None:
        return self._rgba

    def set_empty(self, title: str, text: str) -> None:
        """What the place says while it has no picture."""
        self._empty = (plain(title), plain(text))
        self._describe()
        self.update()

    def _describe(self) -> None:
        """What a screen reader says besides its name."""
        if self._rgba is not None:
            height, width = self._rgba.shape[:2]
            self.setAccessibleDescription(f"{width} by {height} pixels")
        else:
            self.setAccessibleDescription(". ".join(filter(None, self._empty)))

    def set_margins(self, top: int, bottom: int) -> None:
        """Room that other things on top take from a fitted picture, in logical pixels."""
        if (margins := (top + MARGIN, bottom + MARGIN)) != self._margins:
            self._margins = margins
            self._refit()

    def reaches(self, place: QRect) -> bool:
        """Whether the picture lies under that place of the widget."""
        return self._rgba is not None and self._frame().intersects(QRectF(place))

    def tool(self) -> Tool | None:
        return self._tool

    def set_tool(self, tool: Tool | None) -> None:
        """Gives the pointer to a tool, or with None takes it back."""
        self._tool, self._grabbed = tool, None
        self.setMouseTracking(tool is not None)
        self._show_cursor()
        self.update()

    # the view

    def zoom(self) -> float:
        return self._zoom

    def is_fitted(self) -> bool:
        return self._fits

    def fit(self) -> None:
        """As large as the room allows, and so again when the room changes."""
        self._set_fitted(True)
        if self._rgba is not None:
            self._centre = QPointF(self._rgba.shape[1] / 2, self._rgba.shape[0] / 2)
        self._refit()

    def actual_size(self) -> None:
        """One picture pixel to one device pixel."""
        self._set_fitted(False)
        self._set_zoom(1.0)

    def toggle_fit(self) -> None:
        """From fitted to 1:1, from everything else to fitted."""
        if self._fits:
            self.actual_size()
        else:
            self.fit()

    def zoom_by(self, factor: float, about: QPointF | None = None) -> None:
        """Larger or smaller, the point of the picture under `about` (logical pixels) staying where it is."""
        if self._rgba is None:
            return
        about = about or self._room().center()
        held = self._to_picture(about)
        self._set_fitted(False)
        self._set_zoom(self._zoom * factor)
        moved = self._to_picture(about) - held
        self._move_centre(self._centre - moved)

    # events

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._refit()

    def focusInEvent(self, event: QFocusEvent) -> None:
        if event.reason() not in (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason):
            self._ringed = event.reason() != Qt.FocusReason.MouseFocusReason
        super().focusInEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        turned = event.angleDelta().y() or event.pixelDelta().y() * 4
        if self._rgba is None or not turned:
            return
        if self._tool is not None and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._tool.wheel(turned / 120)
        else:
            self.zoom_by(2 ** (turned / 480), event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._ringed:
            self._ringed = False
            self.update()
        if self._tool is not None and self._rgba is not None and event.button() != Qt.MouseButton.MiddleButton:
            self._tool.press(self._to_picture(event.position()), event.button())
        elif event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton) and self._rgba is not None:
            self._grabbed = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._grabbed is not None:
            moved = (event.position() - self._grabbed) / self._scale()
            self._grabbed = event.position()
            self._set_fitted(False)
            self._move_centre(self._centre - moved)
        elif self._tool is not None and self._rgba is not None:
            self._tool.move(self._to_picture(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._tool is not None and self._grabbed is None:
            self._tool.release()
        self._grabbed = None
        self._show_cursor()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._tool is not None:
            self.mousePressEvent(event)  # two dabs in quick succession
        else:
            self.toggle_fit()

    def leaveEvent(self, event: QEvent) -> None:
        if self._tool is not None:
            self._tool.leave()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.text()
        if self._tool is not None and self._rgba is not None and self._tool.key(Qt.Key(event.key())):
            return
        if key in "+=" and key:
            self.zoom_by(1.25)
        elif key == "-":
            self.zoom_by(0.8)
        else:
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        return QSize(640, 480)

    # painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = smooth(self)
        painter.fillRect(self.rect(), QColor(self._theme.tokens.background))
        if self._rgba is None:
            self._paint_empty(painter)
        else:
            self._paint_picture(painter)
        if self.hasFocus() and self._ringed and self._tool is None:
            painter.setPen(QPen(self._theme.colour("accent"), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))

    def _paint_picture(self, painter: QPainter) -> None:
        frame = self._frame()
        radius = min(RADIUS, frame.width() / 8)
        shadow(painter, frame, RADIUS, self._theme)
        outline = round_path(frame, radius)
        painter.save()
        painter.setClipPath(outline)
        ratio = self.devicePixelRatioF()
        painter.setBrushOrigin(frame.topLeft())
        painter.fillRect(frame, checker(self._theme, 14, ratio))
        seen, part = self._seen(frame)
        if seen.width() >= 1 and seen.height() >= 1:
            painter.drawPixmap(seen, self._scaled(part, seen, ratio), QRectF())
        if self._tool is not None:
            self._tool.paint(painter, frame, self._scale())
        painter.restore()
        rounded(painter, frame.adjusted(-0.5, -0.5, 0.5, 0.5), radius, line=self._theme.colour("line"))

    def _seen(self, frame: QRectF) -> tuple[QRectF, QRectF]:
        """The part of the frame inside the widget on whole device pixels, and what of the picture lies there."""
        assert self._rgba is not None
        ratio, scale = self.devicePixelRatioF(), self._scale()
        inside = frame & QRectF(self.rect())
        height, width = self._rgba.shape[:2]
        left = max((inside.left() - frame.left()) / scale, 0.0)
        top = max((inside.top() - frame.top()) / scale, 0.0)
        part = QRectF(left, top, min(inside.width() / scale, width - left), min(inside.height() / scale, height - top))
        wide, high = round(inside.width() * ratio), round(inside.height() * ratio)
        return QRectF(inside.left(), inside.top(), wide / ratio, high / ratio), part

    def _scaled(self, part: QRectF, seen: QRectF, ratio: float) -> QPixmap:
        size = (round(seen.width() * ratio), round(seen.height() * ratio))
        squares = not self._fits and self._scale() >= SQUARES
        key = (part.getRect(), size, squares)
        if self._cache is None or self._cache[0] != key:
            assert self._rgba is not None
            self._cache = (key, scaled(self._rgba, part, *size, squares=squares))
        return self._cache[1]

    def _paint_empty(self, painter: QPainter) -> None:
        title, text = self._empty
        room = self._room()
        box = QRectF(0, 0, min(310, room.width() - 32), 150)
        box.moveCenter(room.center())
        mark = QRectF(box.center().x() - 22, box.top(), 44, 44)
        icons.paint(painter, mark, "sparkles", self._theme.colour("edge"))
        painter.setPen(self._theme.colour("text"))
        painter.setFont(self._theme.font(15, 600))
        flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
        head = painter.boundingRect(box.adjusted(0, 60, 0, 0), flags, title)
        painter.drawText(head, flags, title)
        painter.setPen(self._theme.colour("muted"))
        painter.setFont(self._theme.font(13))
        painter.drawText(QRectF(box.left(), head.bottom() + 6, box.width(), room.height()), flags, text)

    # geometry

    def _scale(self) -> float:
        """Logical pixels a picture pixel."""
        return self._zoom / self.devicePixelRatioF()

    def _room(self) -> QRectF:
        top, bottom = self._margins
        return QRectF(self.rect()).adjusted(MARGIN, top, -MARGIN, -bottom)

    def _frame(self) -> QRectF:
        """Where the picture lies, on whole device pixels."""
        assert self._rgba is not None
        scale, ratio = self._scale(), self.devicePixelRatioF()
        height, width = self._rgba.shape[:2]
        corner = self._room().center() - self._centre * scale
        return QRectF(
            round(corner.x() * ratio) / ratio,
            round(corner.y() * ratio) / ratio,
            round(width * scale * ratio) / ratio,
            round(height * scale * ratio) / ratio,
        )

    def _to_picture(self, place: QPointF) -> QPointF:
        return self._centre + (place - self._room().center()) / self._scale()

    def _move_centre(self, centre: QPointF) -> None:
        """Moves the view, never so far that the picture is out of sight."""
        if self._rgba is None:
            return
        height, width = self._rgba.shape[:2]
        self._centre = QPointF(min(max(centre.x(), 0.0), width), min(max(centre.y(), 0.0), height))
        self.update()

    def _set_zoom(self, zoom: float) -> None:
        self._zoom = min(max(zoom, FURTHEST), NEAREST)
        self._show_cursor()
        self.zoom_changed.emit(self._zoom)
        self.update()

    def _set_fitted(self, fits: bool) -> None:
        if fits != self._fits:
            self._fits = fits
            self.fitted.emit(fits)

    def _refit(self) -> None:
        if self._fits and self._rgba is not None:
            room, ratio = self._room(), self.devicePixelRatioF()
            height, width = self._rgba.shape[:2]
            zoom = min(room.width() / width, room.height() / height) * ratio
            self._set_zoom(min(zoom, LARGEST_FIT * ratio))
        self.update()

    def _show_cursor(self) -> None:
        if self._tool is not None:
            self.setCursor(Qt.CursorShape.CrossCursor)
            return
        loose = self._rgba is not None and not self._fits
        self.setCursor(Qt.CursorShape.OpenHandCursor if loose else Qt.CursorShape.ArrowCursor)
