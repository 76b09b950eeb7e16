"""Handling of dropped files: drop zones, and text fields that ignore files. Dropped files are never moved."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QDragMoveEvent, QDropEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QWidget

from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.ui.theme import icons
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.translation import translate
from gdm_studio.ui.widgets.shapes import antialiased_painter


def take_copy(event: QDropEvent) -> None:
    """Accept a drag-and-drop event as a copy of the files, because after a move the source application would delete its
    file.
    """
    if event.possibleActions() & Qt.DropAction.CopyAction:
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
    else:
        event.ignore()


def leave_files_to_window(field: QWidget) -> None:
    """Make a text field leave dragged files to the window instead of inserting their paths."""
    field.installEventFilter(_FileFilter(field))


class _FileFilter(QObject):
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # Enter and move events of a drag are drop events too.
        if isinstance(event, QDropEvent) and event.mimeData().hasUrls():
            event.ignore()
            return True
        return super().eventFilter(watched, event)


# Id, icon, title and description.
ZONES = (
    (
        "settings",
        "sliders-horizontal",
        QT_TRANSLATE_NOOP("DropZones", "Use its settings"),
        QT_TRANSLATE_NOOP("DropZones", "as stored in the file"),
    ),
    (
        "start",
        "image-up",
        QT_TRANSLATE_NOOP("DropZones", "Start from it"),
        QT_TRANSLATE_NOOP("DropZones", "use it as the start of the next pictures"),
    ),
)
# Number of files named in a notice.
NAMED = 3
GAP = 14
RADIUS = 14


def local_paths(data: QMimeData) -> list[Path]:
    """Return the paths of all files and folders in dropped or pasted data."""
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]


def dropped_paths(event: QDropEvent) -> list[Path]:
    """Return the paths of the folders and image files in a drag-and-drop event."""
    # Pillow is not imported before the window is first painted.
    from gdm_studio.common.image_file import is_picture_name

    return [path for path in local_paths(event.mimeData()) if is_picture_name(path) or path.is_dir()]


def contains_pictures(folder: Path) -> bool:
    """Return True if a folder or one of its subfolders contains an image file."""
    from gdm_studio.common.image_file import SUFFIXES

    return any(name.lower().endswith(SUFFIXES) for _, _, names in os.walk(folder) for name in names)


def picture_in(data: QMimeData | None) -> Path | None:
    """Return the path of the first image file in dropped or pasted data, or None if there is none."""
    return next(iter(pictures_in(data)), None) if data is not None else None


def pictures_in(data: QMimeData) -> list[Path]:
    """Return the paths of the image files in dropped or pasted data."""
    from gdm_studio.common.image_file import is_picture_name

    return [path for path in local_paths(data) if is_picture_name(path)]


def few_names(paths: Sequence[Path]) -> str:
    """Return the names of the first few files, joined by commas, and an ellipsis if there are others."""
    return ", ".join([*(path.name for path in paths[:NAMED]), *(["…"] if len(paths) > NAMED else [])])


def left_out_text(paths: Sequence[Path]) -> str:
    """Return a sentence that names the dropped files and folders that are not used."""
    return translate("CompareController", "Left out: {files}.").format(files=few_names(paths))


def notice_of_others(data: QMimeData, used: Path) -> tuple[str, str] | None:
    """Return the title and the text of the notice that only the file `used` of dropped or pasted data is used, or None
    if there is no other file.
    """
    others = [path for path in local_paths(data) if path != used]
    return only_used(used, others) if others else None


def only_used(used: Path, others: Sequence[Path]) -> tuple[str, str]:
    """Return the title and the text of the notice that only one of several dropped files or folders is used."""
    return translate("FileDrops", "Only {file} is used").format(file=used.name), left_out_text(others)


def refusal_of(data: QMimeData) -> tuple[str, str]:
    """Return the title and the text of the notice about dropped files or web addresses that cannot be used."""
    url = data.urls()[0]
    if not url.isLocalFile():
        return (
            translate("FileDrops", "Web addresses cannot be dropped"),
            translate("FileDrops", "Save the picture as a file and drop that. “Get a model” downloads models."),
        )
    import mimetypes

    title = translate("FileDrops", "{name} cannot be used here").format(name=url.fileName())
    if (mimetypes.guess_type(url.fileName())[0] or "").startswith("text/"):
        return title, translate("FileDrops", "Copy its text, and paste it where you want to have it.")
    return title, translate("FileDrops", "Drop a picture, a model, or a folder of them.")


class _EndOfDrag(QObject):
    """Watch that hides an overlay when the mouse is used again although no event has ended the drag, as the program
    from which the files come may have ended.
    """

    def __init__(self, overlay: QWidget) -> None:
        super().__init__(overlay)
        self._overlay = overlay

    def begin(self) -> None:
        """Watch the mouse until the overlay is hidden."""
        QApplication.instance().installEventFilter(self)  # type: ignore[union-attr]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # During a drag, no widget gets events of the mouse. Windows do if the drag began in this program.
        is_of_mouse = event.type() in (QEvent.Type.MouseMove, QEvent.Type.MouseButtonPress)
        if is_of_mouse and isinstance(watched, QWidget):
            self._overlay.hide()
        if self._overlay.isHidden():
            QApplication.instance().removeEventFilter(self)  # type: ignore[union-attr]
        return super().eventFilter(watched, event)


class DropZones(QWidget):
    """Overlay with two drop zones, shown while an image file is dragged over `canvas`.

    It emits `dropped(path, zone)`, where the zone is one of ZONES, and `left_out(title, text)`, a notice, if there are
    other files, which are not used.
    """

    dropped = Signal(object, str)
    left_out = Signal(str, str)

    def __init__(self, theme: Theme, canvas: QWidget) -> None:
        # The overlay is a sibling of the canvas, so that it covers the tools that float over the canvas.
        super().__init__(canvas.parentWidget())
        self._theme = theme
        self._canvas = canvas
        self._hovered_zone = ""
        # The canvas keeps receiving the drag events.
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        canvas.setAcceptDrops(True)
        canvas.installEventFilter(self)
        self._drag_end = _EndOfDrag(self)
        self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.DragLeave:
            self.hide()
        elif isinstance(event, QDropEvent):
            path = picture_in(event.mimeData())
            if path is None:
                return False
            self._highlight_zone(event)
            take_copy(event)
            if not isinstance(event, QDragMoveEvent):
                self.hide()
                self.dropped.emit(path, self._hovered_zone)
                if notice := notice_of_others(event.mimeData(), path):
                    self.left_out.emit(*notice)
            return True
        return super().eventFilter(watched, event)

    def _highlight_zone(self, event: QDropEvent) -> None:
        self.setGeometry(self._canvas.geometry())
        self._hovered_zone = ZONES[event.position().x() > self.width() / 2][0]
        self.show()
        self.raise_()
        self.update()
        self._drag_end.begin()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = antialiased_painter(self)
        painter.fillRect(self.rect(), self._theme.colour("background"))
        for place, (zone, icon, title, text) in enumerate(ZONES):
            self._paint_zone(painter, place, icon, self.tr(title), self.tr(text), aimed=zone == self._hovered_zone)

    def _paint_zone(self, painter: QPainter, index: int, icon: str, title: str, text: str, *, aimed: bool) -> None:
        width = (self.width() - 3 * GAP) / 2
        frame = QRectF(GAP + index * (width + GAP), GAP, width, self.height() - 2 * GAP)
        tokens = self._theme.tokens
        painter.setPen(QPen(QColor(tokens.accent if aimed else tokens.edge), 1.5, Qt.PenStyle.DashLine))
        painter.setBrush(QColor(tokens.raised if aimed else tokens.panel))
        painter.drawRoundedRect(frame, RADIUS, RADIUS)
        middle = frame.center()
        mark = QRectF(middle.x() - 16, middle.y() - 44, 32, 32)
        icons.paint(painter, mark, icon, QColor(tokens.accent if aimed else tokens.muted))
        centred = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop
        for dy, words, font, colour in ((0, title, (14, 600), tokens.text), (24, text, (12, 400), tokens.muted)):
            painter.setFont(self._theme.font(*font))
            painter.setPen(QColor(colour))
            painter.drawText(QRectF(frame.left() + 8, middle.y() + dy, width - 16, 24), centred, words)


class DropFrame(QWidget):
    """Overlay with a dashed frame around a page while files that the page `accepts` are dragged over it."""

    def __init__(self, theme: Theme, page: QWidget, accepts: Callable[[QDropEvent], object]) -> None:
        super().__init__(page)
        self._theme = theme
        self._page = page
        self._accepts = accepts
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        page.installEventFilter(self)
        self._drag_end = _EndOfDrag(self)
        self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.DragEnter and isinstance(event, QDropEvent):
            if self._accepts(event):
                self.setGeometry(self._page.rect())
                self.show()
                self.raise_()
                self._drag_end.begin()
        elif event.type() in (QEvent.Type.DragLeave, QEvent.Type.Drop):
            self.hide()
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = antialiased_painter(self)
        accent = QColor(self._theme.tokens.accent)
        painter.setPen(QPen(accent, 2, Qt.PenStyle.DashLine))
        accent.setAlphaF(0.08)
        painter.setBrush(accent)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(GAP / 2, GAP / 2, -GAP / 2, -GAP / 2), RADIUS, RADIUS)
