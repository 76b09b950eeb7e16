"""Canvas that shows one image, with zooming, panning and tools."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, QTimer, QVariantAnimation, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QPointingDevice,
    QResizeEvent,
    QTabletEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from gdm_studio.ui.theme import icons
from gdm_studio.ui.theme.safe_text import plain
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.widgets.shapes import (
    antialiased_painter,
    canvas_ground,
    paint_rounded_rect,
    paint_shadow,
    paint_veil,
    round_path,
)

if TYPE_CHECKING:
    import numpy as np

    from gdm_studio.ui.widgets.image_scaler import ImageScaler, Scaling

RADIUS = 14
# Maximum and minimum zoom, in device pixels per image pixel.
NEAREST, FURTHEST = 64.0, 0.05
MARGIN = 28
# Maximum scale of a fitted image in logical pixels per image pixel. It limits small images on large screens.
LARGEST_FIT = 7.0
# Scale from which a zoomed image is drawn with sharp pixels, because the user wants to see them.
SQUARES = 8.0
FADE_MS = 150
# Time after an image in which a next one counts as one of a series, such as the previews of a run.
SERIES_MS = 250
# Height of the title above an image, and padding on both sides of its text.
TITLE_HEIGHT, TITLE_PADDING = 22, 8


class Tool(Protocol):
    """Protocol of a drawing tool for the canvas, such as the mask brush. Positions and lengths are in image pixels."""

    def press(self, position: QPointF, button: Qt.MouseButton) -> None: ...
    def move(self, position: QPointF) -> None:
        """Handle a movement of the mouse pointer to `position`, whether or not a button is pressed."""

    def release(self) -> None: ...
    def leave(self) -> None: ...
    def undo(self) -> None: ...
    def wheel(self, notches: float) -> None: ...
    def key(self, key: Qt.Key) -> bool:
        """Handle a key press on the canvas. Return True if the tool used the key."""

    def paint(self, painter: QPainter, frame: QRectF, scale: float) -> None:
        """Paint the tool over the image on the canvas.

        The image fills `frame` at `scale` logical pixels per image pixel.
        """


class Canvas(QWidget):
    """Widget that shows the generated image, with zooming, panning and drawing tools.

    The zoom and the position are retained when the next image has the same size. The keys + and − zoom. An active tool
    receives the left and right mouse buttons, the wheel without Ctrl, and the keys that it uses; the middle button
    still pans. Signals: `zoom_changed(float)` in device pixels per image pixel, `fitted(bool)`, `filled(bool)` when an
    image appears or is removed, `view_moved()` when the user has zoomed or moved the image, `panels_toggled()` by Tab
    after a click on the canvas, and `pressure_changed(float)`, from 0 to 1, before a tool hears of a movement of a pen.
    """

    zoom_changed = Signal(float)
    panels_toggled = Signal()
    fitted = Signal(bool)
    filled = Signal(bool)
    view_moved = Signal()
    pressure_changed = Signal(float)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._rgba: np.ndarray | None = None
        self._zoom = 1.0
        self._is_fitted = True
        # Point of the image, in image pixels, at the centre of the available space.
        self._centre = QPointF()
        self._grab_position: QPointF | None = None
        self._margins = (MARGIN, MARGIN, MARGIN)
        self._empty_texts = ("", "")
        self._is_hinting = True
        self._title = ""
        self._tool: Tool | None = None
        # Tint of the part of the image that will be generated again.
        self._overlay: QImage | None = None
        # The scaled image that fades out.
        self._previous_image: tuple[Scaling, QPixmap] | None = None
        self._fade = QVariantAnimation(self, startValue=0.0, endValue=1.0)
        self._fade.valueChanged.connect(self._update_picture)
        # True if the image is scaled quickly because it is one of a series.
        self._is_in_series = False
        self._series = QTimer(self, singleShot=True, interval=SERIES_MS)
        self._series.timeout.connect(self._on_series_ended)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(80, 80)
        # The canvas fills itself, so that Qt need not paint the widgets behind it for every step of a run.
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        # A click focuses the canvas too, but no focus ring is needed then.
        self._has_focus_ring = False
        self._subject = ""
        self.setAccessibleName(self.tr("Picture"))
        theme.changed.connect(self.update)

    # Content

    def show_picture(self, rgba: np.ndarray | None, *, fades: bool = False) -> None:
        """Show an image, uint8 RGB or RGBA (height, width, channels), on the canvas, without an overlay. None empties
        the canvas, which then shows a hint.

        With `fades`, the image cross-fades from one of the same size. Images that follow each other in a fraction of a
        second are scaled quickly until the last of them, since a slow window would slow down the run.
        """
        before = None if self._rgba is None else self._rgba.shape[:2]
        is_fill_changed = (rgba is None) != (self._rgba is None)
        self._fade.stop()
        self._overlay = None
        is_same_size = rgba is not None and rgba.shape[:2] == before
        self._previous_image = self._scaler.scaled() if fades and is_same_size else None
        self._rgba = rgba
        if before is not None and not is_same_size:
            self._scaler.clear()
        self._is_in_series = self._series.isActive() and not fades
        self._series.start()
        if self._previous_image is not None and (duration := self._theme.duration(FADE_MS)):
            self._fade.setDuration(duration)
            self._fade.start()
        if is_same_size:
            self._update_picture()
            return
        self._describe()
        if is_fill_changed:
            self.filled.emit(rgba is not None)
        if rgba is not None:
            self._centre = QPointF(rgba.shape[1] / 2, rgba.shape[0] / 2)
            if self._is_fitted:
                self._refit()
        self.update()

    def _update_picture(self) -> None:
        """Repaint the image, but not the area around it, over which other widgets float."""
        if self._rgba is None:
            self.update()
        else:
            self.update(self._frame().toAlignedRect().adjusted(-1, -1, 1, 1))

    def update_part(self, part: QRectF) -> None:
        """Repaint a part of the image, given in image pixels."""
        if self._rgba is not None:
            scale = self._scale()
            place = QRectF(self._frame().topLeft() + part.topLeft() * scale, part.size() * scale)
            self.update(place.toAlignedRect().adjusted(-2, -2, 2, 2))

    def picture(self) -> np.ndarray | None:
        return self._rgba

    def show_overlay(self, overlay: QImage | None) -> None:
        """Paint a translucent image over the whole image on the canvas, until another image is shown."""
        self._overlay = overlay
        self._update_picture()

    def set_empty(self, title: str, text: str) -> None:
        """Set the title and text that the canvas shows while it has no image."""
        self._empty_texts = (plain(title), plain(text))
        self._describe()
        self.update()

    def set_hinting(self, is_hinting: bool) -> None:
        """Show the title and text of the empty canvas, or hide them while its first image is on the way."""
        self._is_hinting = is_hinting
        self._describe()
        self.update()

    def set_subject(self, subject: str) -> None:
        """Set the prompt or the title of the image, which screen readers speak."""
        if subject != self._subject:
            self._subject = plain(subject)
            self._describe()

    def _describe(self) -> None:
        """Update the canvas description for screen readers: the image's subject and size, or the hint of an empty
        canvas.
        """
        if self._rgba is not None:
            height, width = self._rgba.shape[:2]
            size = self.tr("{width} by {height} pixels").format(width=width, height=height)
            self.setAccessibleDescription(". ".join(filter(None, (self._subject, size))))
        else:
            self.setAccessibleDescription(". ".join(filter(None, self._empty_texts)) if self._is_hinting else "")

    def set_title(self, title: str) -> None:
        """Set the title that is painted above the image, for example to tell a noisy image from the predicted one
        beside it. "" hides the title.
        """
        if title != self._title:
            self._title = title
            self.update()

    def title(self) -> str:
        return self._title

    def set_margins(self, top: int, bottom: int, *, edge: int = MARGIN) -> None:
        """Reserve space for bars above and below a fitted image, and a margin `edge` beside it, all in logical
        pixels.
        """
        if (margins := (edge, top + MARGIN, bottom + edge)) != self._margins:
            self._margins = margins
            self._refit()

    def overlaps(self, place: QRect) -> bool:
        """Return whether the image overlaps the rectangle `place` of the canvas, such as that of a floating bar."""
        return self._rgba is not None and self._frame().intersects(QRectF(place))

    def tool(self) -> Tool | None:
        return self._tool

    def set_tool(self, tool: Tool | None) -> None:
        """Activate a drawing tool, such as the mask brush, which then receives mouse and keyboard events.

        None deactivates the tool.
        """
        self._tool = tool
        self._grab_position = None
        self.setMouseTracking(tool is not None)
        self._show_cursor()
        self.update()

    # View

    def zoom(self) -> float:
        return self._zoom

    def is_fitted(self) -> bool:
        return self._is_fitted

    def fit(self) -> None:
        """Fit the image into the available space, now and whenever the canvas is resized."""
        self._set_fitted(True)
        if self._rgba is not None:
            self._centre = QPointF(self._rgba.shape[1] / 2, self._rgba.shape[0] / 2)
        self._refit()
        self.view_moved.emit()

    def adopt_view(self, other: Canvas) -> None:
        """Copy the zoom and position from another canvas, which shows an image of the same size."""
        self._centre = QPointF(other._centre)
        self._set_fitted(other._is_fitted)
        if other._is_fitted:
            self._refit()
        else:
            self._set_zoom(other._zoom)

    def show_actual_size(self) -> None:
        """Show the image at its actual size, with one device pixel per image pixel."""
        self._set_fitted(False)
        self._set_zoom(1.0)
        self.view_moved.emit()

    def toggle_fit(self) -> None:
        """Switch from a fitted image to 1:1, or from any other zoom to a fitted image."""
        if self._is_fitted:
            self.show_actual_size()
        else:
            self.fit()

    def zoom_by(self, factor: float, center: QPointF | None = None) -> None:
        """Multiply the image's zoom by `factor`. The point `center`, in logical pixels, stays in place."""
        if self._rgba is None:
            return
        center = center or self._image_room().center()
        anchor = self._map_to_picture(center)
        self._set_fitted(False)
        self._set_zoom(self._zoom * factor)
        moved = self._map_to_picture(center) - anchor
        self._move_centre(self._centre - moved)
        self.view_moved.emit()

    # Events

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._refit()

    def focusInEvent(self, event: QFocusEvent) -> None:
        if event.reason() not in (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason):
            self._has_focus_ring = event.reason() != Qt.FocusReason.MouseFocusReason
        super().focusInEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        angle = event.angleDelta().y() or event.pixelDelta().y() * 4
        if self._rgba is None or not angle:
            return
        if self._tool is not None and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._tool.wheel(angle / 120)
        else:
            self.zoom_by(2 ** (angle / 480), event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._has_focus_ring:
            self._has_focus_ring = False
            self.update()
        if self._tool is not None and self._rgba is not None and event.button() != Qt.MouseButton.MiddleButton:
            self._tool.press(self._map_to_picture(event.position()), event.button())
        elif event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton) and self._rgba is not None:
            self._grab_position = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._grab_position is not None:
            moved = (event.position() - self._grab_position) / self._scale()
            self._grab_position = event.position()
            if self._is_fitted:
                # The whole image is visible. If it moved, later images would be out of place too.
                return
            self._move_centre(self._centre - moved)
            self.view_moved.emit()
        elif self._tool is not None and self._rgba is not None:
            self._tool.move(self._map_to_picture(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._tool is not None and self._grab_position is None:
            self._tool.release()
        self._grab_position = None
        self._show_cursor()

    def tabletEvent(self, event: QTabletEvent) -> None:
        """Pass a pen to the tool with its pressure. The other end of the pen erases.

        Without a tool, a pen is a mouse.
        """
        if self._tool is None or self._rgba is None or event.button() == Qt.MouseButton.MiddleButton:
            event.ignore()
            return
        erases = event.pointerType() == QPointingDevice.PointerType.Eraser
        place = self._map_to_picture(event.position())
        if event.type() == QEvent.Type.TabletPress:
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            self.pressure_changed.emit(event.pressure())
            self._tool.press(place, Qt.MouseButton.RightButton if erases else event.button())
        elif event.type() == QEvent.Type.TabletMove:
            if event.buttons():
                self.pressure_changed.emit(event.pressure())
            self._tool.move(place)
        elif event.type() == QEvent.Type.TabletRelease:
            self._tool.release()
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._tool is not None:
            # With a tool, a double click counts as two presses.
            self.mousePressEvent(event)
        else:
            self.toggle_fit()

    def leaveEvent(self, event: QEvent) -> None:
        if self._tool is not None:
            self._tool.leave()

    def event(self, event: QEvent) -> bool:
        """Handle a Qt event. If the canvas got the keyboard focus by a click, the Tab key shows or hides the side
        panels.

        If the focus came by Tab, Tab moves it on.
        """
        tab = (QEvent.Type.KeyPress, Qt.Key.Key_Tab, Qt.KeyboardModifier.NoModifier)
        is_tab = isinstance(event, QKeyEvent) and (event.type(), event.key(), event.modifiers()) == tab
        if is_tab and not self._has_focus_ring:
            self.panels_toggled.emit()
            return True
        return super().event(event)

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

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = antialiased_painter(self)
        # At a scale such as 1.5, the last pixels belong to the canvas in part only, and would be mixed with black.
        painter.fillRect(self.rect().adjusted(0, 0, 1, 1), QColor(self._theme.tokens.background))
        if self._rgba is None:
            self._paint_empty(painter)
        else:
            self._paint_picture(painter, event.rect())
            if self._title:
                self._paint_title(painter)
        if self.hasFocus() and self._has_focus_ring and self._tool is None:
            painter.setPen(QPen(self._theme.colour("accent"), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))

    def _paint_picture(self, painter: QPainter, changed: QRect) -> None:
        frame = self._frame()
        radius = min(RADIUS, frame.width() / 8)
        if not frame.toAlignedRect().contains(changed.adjusted(1, 1, -1, -1)):
            paint_shadow(painter, frame, RADIUS, self._theme)
        outline = round_path(frame, radius)
        painter.save()
        painter.setClipPath(outline)
        ratio = self.devicePixelRatioF()
        painter.setBrushOrigin(frame.topLeft())
        painter.fillRect(frame, canvas_ground(self._theme, 14, ratio))
        seen, part = self._visible_part(frame)
        if seen.width() >= 1 and seen.height() >= 1:
            self._paint_part(painter, part, seen, ratio)
        if self._tool is not None:
            self._tool.paint(painter, frame, self._scale())
        elif self._overlay is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(frame, self._overlay)
        painter.restore()
        paint_rounded_rect(painter, frame.adjusted(-0.5, -0.5, 0.5, 0.5), radius, line=self._theme.colour("line"))

    @cached_property
    def _scaler(self) -> ImageScaler:
        """Scaler of the image, which an empty canvas does not need."""
        from gdm_studio.ui.widgets.image_scaler import ImageScaler

        scaler = ImageScaler(self)
        scaler.improved.connect(self._update_picture)
        return scaler

    def _paint_part(self, painter: QPainter, part: QRectF, seen: QRectF, ratio: float) -> None:
        """Paint the visible part of the image. During a cross-fade, mix it with the previous image."""
        from gdm_studio.ui.widgets.image_scaler import Scaling

        assert self._rgba is not None
        squares = not self._is_fitted and self._scale() >= SQUARES
        scaling = Scaling.of(part, round(seen.width() * ratio), round(seen.height() * ratio), squares=squares)
        self._scaler.paint(painter, seen, self._rgba, scaling, is_passing=self._is_in_series)
        previous, picture = self._previous_image, self._scaler.scaled()
        is_fading = self._is_fading() and self._scaler.is_current(self._rgba, scaling)
        if is_fading and previous is not None and picture is not None and previous[0] == scaling:
            mixture = _blend(previous[1], picture[1], float(self._fade.currentValue()))
            painter.fillRect(seen, canvas_ground(self._theme, 14, ratio))
            painter.drawPixmap(seen, mixture, QRectF())

    def _is_fading(self) -> bool:
        return self._fade.state() == QVariantAnimation.State.Running

    def _visible_part(self, frame: QRectF) -> tuple[QRectF, QRectF]:
        """Return the visible part of the image as two rectangles: its position on the canvas, aligned to device pixels,
        and the same area in image pixels.
        """
        assert self._rgba is not None
        ratio, scale = self.devicePixelRatioF(), self._scale()
        inside = frame & QRectF(self.rect())
        height, width = self._rgba.shape[:2]
        left = max((inside.left() - frame.left()) / scale, 0.0)
        top = max((inside.top() - frame.top()) / scale, 0.0)
        part = QRectF(left, top, min(inside.width() / scale, width - left), min(inside.height() / scale, height - top))
        wide, high = round(inside.width() * ratio), round(inside.height() * ratio)
        return QRectF(inside.left(), inside.top(), wide / ratio, high / ratio), part

    def _on_series_ended(self) -> None:
        if self._is_in_series:
            self._is_in_series = False
            self._update_picture()

    def _paint_title(self, painter: QPainter) -> None:
        """Paint the title above the image or, if the image leaves no space above it, at the top of the canvas."""
        painter.setFont(self._theme.font(12, 500))
        text = self._title_rect(painter.fontMetrics().horizontalAdvance(self._title))
        if self._frame().intersects(QRectF(text)):
            paint_veil(painter, text, self._theme)
        painter.setPen(self._theme.colour("muted"))
        painter.drawText(text, Qt.AlignmentFlag.AlignCenter, self._title)

    def _title_rect(self, width: int) -> QRect:
        bottom = max(round(self._frame().top()) - 4, self._margins[1])
        rect = QRect(0, bottom - TITLE_HEIGHT, width + 2 * TITLE_PADDING, TITLE_HEIGHT)
        rect.moveLeft(round(self._image_room().center().x()) - rect.width() // 2)
        return rect

    def _paint_empty(self, painter: QPainter) -> None:
        title, text = self._empty_texts if self._is_hinting else ("", "")
        room = self._image_room()
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

    # Geometry

    def _scale(self) -> float:
        """Return the image's scale in logical pixels per image pixel."""
        return self._zoom / self.devicePixelRatioF()

    def _image_room(self) -> QRectF:
        edge, top, bottom = self._margins
        return QRectF(self.rect()).adjusted(edge, top, -edge, -bottom)

    def _frame(self) -> QRectF:
        """Return the rectangle that the whole image occupies on the canvas, aligned to device pixels."""
        assert self._rgba is not None
        scale, ratio = self._scale(), self.devicePixelRatioF()
        height, width = self._rgba.shape[:2]
        corner = self._image_room().center() - self._centre * scale
        return QRectF(
            round(corner.x() * ratio) / ratio,
            round(corner.y() * ratio) / ratio,
            round(width * scale * ratio) / ratio,
            round(height * scale * ratio) / ratio,
        )

    def _map_to_picture(self, position: QPointF) -> QPointF:
        return self._centre + (position - self._image_room().center()) / self._scale()

    def _move_centre(self, centre: QPointF) -> None:
        """Pan the canvas so that the image point `centre` is in its middle. Points outside the image are moved to its
        edge.
        """
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
        if fits != self._is_fitted:
            self._is_fitted = fits
            self.fitted.emit(fits)

    def _refit(self) -> None:
        if self._is_fitted and self._rgba is not None:
            room, ratio = self._image_room(), self.devicePixelRatioF()
            height, width = self._rgba.shape[:2]
            zoom = min(room.width() / width, room.height() / height) * ratio
            self._set_zoom(min(zoom, LARGEST_FIT * ratio))
        self.update()

    def _show_cursor(self) -> None:
        if self._tool is not None:
            self.setCursor(Qt.CursorShape.CrossCursor)
            return
        loose = self._rgba is not None and not self._is_fitted
        self.setCursor(Qt.CursorShape.OpenHandCursor if loose else Qt.CursorShape.ArrowCursor)


def _blend(former: QPixmap, picture: QPixmap, share: float) -> QPixmap:
    """Blend two images of the same size for a cross-fade. `share` is the fraction of the second image."""
    mixture = QPixmap(picture.size())
    mixture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(mixture)
    painter.setOpacity(1 - share)
    painter.drawPixmap(mixture.rect(), former, former.rect())
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Plus)
    painter.setOpacity(share)
    painter.drawPixmap(mixture.rect(), picture, picture.rect())
    painter.end()
    return mixture
