"""What was deleted and still waits: each deletion with its pictures, to be brought back whole or one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QPaintEvent, QPixmap
from PySide6.QtWidgets import QAbstractButton, QWidget

from gdm_studio.errors import StorageError
from gdm_studio.ui.gallery.cell_painter import CellPainter
from gdm_studio.ui.gallery.days import day_words
from gdm_studio.ui.look import icons
from gdm_studio.ui.look.imaging import qimage
from gdm_studio.ui.look.plain import plain, tip
from gdm_studio.ui.look.theme import SPACE, Theme
from gdm_studio.ui.widgets import ActionButton, label
from gdm_studio.ui.widgets.chips import Flow
from gdm_studio.ui.widgets.layouts import empty, in_row, scrolled, stacked
from gdm_studio.ui.widgets.painting import smooth
from gdm_studio.ui.widgets.scroll_bar import OverlayScrollBar

if TYPE_CHECKING:
    from gdm_studio.gallery import Gallery, Undo
    from gdm_studio.ui.gallery.shelf import Shelf
    from gdm_studio.ui.tasks import Tasks

CELL, GAP = 88, 9
MOST = 80  # pictures shown of one deletion


@dataclass(frozen=True)
class Waiting:
    """A deletion with the small pictures of its files."""

    undo: Undo
    pictures: Sequence[tuple[Path, QImage]]


class Deleted(QWidget):
    """Signals: `restore_asked(Undo)`, `one_asked(Undo, Path)`. Setter: `show_deletions(list)`."""

    restore_asked = Signal(object)
    one_asked = Signal(object, object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._paint = CellPainter(theme, "card")
        self._inside = QWidget()
        self._column = stacked(on=self._inside, margins=(2, 0, SPACE.edge, SPACE.edge), spacing=SPACE.edge)
        area = scrolled(self._inside, "Recently deleted")
        self._bar = OverlayScrollBar(area)
        head = stacked(
            label("Recently deleted", "title"),
            label("They wait here on their way to the system's trash. Click one to bring it back.", "muted"), spacing=4,
        )
        stacked(head, (area, 1), on=self, spacing=SPACE.edge)

    def show_deletions(self, deletions: Sequence[Waiting]) -> None:
        empty(self._column)
        for waiting in deletions:
            self._column.addWidget(self._group(waiting))
        if not deletions:
            self._column.addWidget(label("Nothing is waiting.", "muted"))
        self._column.addStretch()

    def _group(self, waiting: Waiting) -> QWidget:
        undo = waiting.undo
        moment = datetime.fromtimestamp(undo.deleted)
        number = "1 picture" if undo.count == 1 else f"{undo.count} pictures"
        words = f"{day_words(moment.date(), date.today())}, {moment:%H:%M} · {number}"
        back = ActionButton(self._theme, "Restore", tooltip=f"Bring {number} back", name="undo-2", role="small")
        back.clicked.connect(lambda: self.restore_asked.emit(undo))
        head = in_row(label(words, "muted"), SPACE.small, back, ...)
        flow = Flow(gap=GAP)
        for path, image in waiting.pictures:
            cell = _Cell(self._theme, self._paint, path, image)
            cell.clicked.connect(lambda _=False, path=path: self.one_asked.emit(undo, path))
            flow.addWidget(cell)
        group = QWidget()
        stacked(head, flow, on=group)
        return group


class _Cell(QAbstractButton):
    """One picture that waits."""

    def __init__(self, theme: Theme, paint: CellPainter, path: Path, image: QImage) -> None:
        super().__init__()
        self._theme, self._paint, self._pixmap = theme, paint, QPixmap.fromImage(image)
        self.setFixedSize(CELL, CELL)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setAccessibleName(plain(f"Bring back {path.stem}"))
        self.setToolTip(tip(f"{path.stem}\nBring it back"))

    def sizeHint(self) -> QSize:
        return QSize(CELL, CELL)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = smooth(self)
        lit = self.underMouse() or self.hasFocus()
        self._paint.cell(
            painter, self.rect(), self._pixmap, starred=False, selected=False, current=self.hasFocus(), hovered=lit
        )
        if lit:
            mark = QRectF(0, 0, 18, 18)
            mark.moveCenter(QRectF(self.rect()).center())
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.colour("panel"))
            painter.drawEllipse(mark.adjusted(-7, -7, 7, 7))
            icons.paint(painter, mark, "undo-2", self._theme.colour("text"))


class Restoring:
    """Fills the view of what is deleted, and brings back what is asked for."""

    def __init__(self, view: Deleted, shelf: Shelf, tasks: Tasks) -> None:
        self._view, self._shelf, self._tasks = view, shelf, tasks
        view.restore_asked.connect(lambda undo: tasks.start(self._restore(undo)))
        view.one_asked.connect(lambda undo, path: tasks.start(self._restore(undo, path)))

    async def show(self) -> None:
        """Shows what waits now; raises StorageError."""
        undos = await self._shelf.ask(lambda gallery: gallery.held())
        self._view.show_deletions([Waiting(undo, await self._small(undo)) for undo in undos])

    async def restore_last(self) -> None:
        """Brings the last deletion back."""
        undos = await self._shelf.ask(lambda gallery: gallery.held())
        if undos:
            await self._restore(undos[0])

    async def _restore(self, undo: Undo, one: Path | None = None) -> None:
        await self._shelf.ask(lambda gallery: gallery.restore_one(undo, one) if one else gallery.restore(undo))
        self._shelf.refresh()
        await self.show()

    async def _small(self, undo: Undo) -> list[tuple[Path, QImage]]:
        side = round(CELL * self._view.devicePixelRatioF())
        found = []
        for path in (await self._shelf.ask(lambda gallery: undo.files()))[:MOST]:
            image = await self._shelf.ask(partial(_small_image, path=path, side=side))
            if image is not None:
                found.append((path, image))
        return found


def _small_image(gallery: Gallery, *, path: Path, side: int) -> QImage | None:
    """A picture that the gallery does not know any more; None where it cannot be read."""
    import numpy as np

    from gdm_studio.picture_file import read_rgba

    try:
        picture = read_rgba(path)
    except StorageError:
        return None
    picture.thumbnail((side, side))
    return qimage(np.asarray(picture))
