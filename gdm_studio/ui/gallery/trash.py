"""View of the gallery's trash, from which whole deletions or single images can be restored."""

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

from gdm_studio import preferences
from gdm_studio.common.errors import StorageError
from gdm_studio.ui.gallery.cells import CellPainter, CellState
from gdm_studio.ui.gallery.date_sections import day_words
from gdm_studio.ui.theme import icons
from gdm_studio.ui.theme.imaging import to_qimage
from gdm_studio.ui.theme.safe_text import plain, tip
from gdm_studio.ui.theme.theme import SPACE, Theme
from gdm_studio.ui.translation import count_of_pictures, joined_sentences
from gdm_studio.ui.widgets import ActionButton, label, wrapped
from gdm_studio.ui.widgets.chips import Flow
from gdm_studio.ui.widgets.layouts import OverlayScrollBar, clear_layout, in_row, scrolled, stacked
from gdm_studio.ui.widgets.shapes import antialiased_painter

if TYPE_CHECKING:
    from gdm_studio.gallery import Deletion, Gallery
    from gdm_studio.ui.app_context import AppContext

CELL = 88
GAP = 9
# Maximum number of pictures shown of one deletion.
MOST = 80


@dataclass(frozen=True)
class DeletedBatch:
    """Images that the user deleted in one go, with their thumbnails and the record from which they can be restored."""

    undo: Deletion
    pictures: Sequence[tuple[Path, QImage]]


class TrashView(QWidget):
    """View of the gallery's trash, which lists recent deletions with their images and with buttons to restore them."""

    # The undo record of a deletion.
    restore_asked = Signal(object)
    # The undo record of a deletion, and the path of one of its pictures.
    one_asked = Signal(object, object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._cell_painter = CellPainter(theme, "card")
        self._content = QWidget()
        self._column = stacked(on=self._content, margins=(2, 0, SPACE.edge, SPACE.edge), spacing=SPACE.edge)
        area = scrolled(self._content, self.tr("Recently deleted"))
        self._scroll_bar = OverlayScrollBar(area)
        self._sentence = wrapped()
        head = stacked(label(self.tr("Recently deleted"), "title"), self._sentence, spacing=4)
        stacked(head, (area, 1), on=self, spacing=SPACE.edge)

    def show_deletions(self, deletions: Sequence[DeletedBatch], *, empties_on_exit: bool) -> None:
        """Show the deletions, and when their files will be removed for good.

        With `empties_on_exit`, those of this window move to the system's trash when it closes.
        """
        sentences = [self.tr("Deleted pictures move to the system's trash after 30 days.")]
        if empties_on_exit:
            sentences = [
                self.tr("What this window deleted moves to the system's trash when it closes, the rest after 30 days.")
            ]
        if any(batch.undo.hidden for batch in deletions):
            sentences.append(self.tr("Pictures of imported folders are only hidden; their files stay."))
        self._sentence.setText(joined_sentences([*sentences, self.tr("Click a picture to restore it.")]))
        clear_layout(self._column)
        for batch in deletions:
            self._column.addWidget(self._create_group(batch))
        if not deletions:
            self._column.addWidget(label(self.tr("There are no deleted pictures."), "muted"))
        self._column.addStretch()

    def _create_group(self, batch: DeletedBatch) -> QWidget:
        undo = batch.undo
        moment = datetime.fromtimestamp(undo.deleted)
        number = count_of_pictures(undo.count)
        words = f"{day_words(moment.date(), date.today())}, {moment:%H:%M} · {number}"
        back = ActionButton(
            self._theme,
            self.tr("Restore"),
            tooltip=self.tr("Restore {pictures}").format(pictures=number),
            name="undo-2",
            role="small",
        )
        back.clicked.connect(lambda: self.restore_asked.emit(undo))
        head = in_row(label(words, "muted"), SPACE.small, back, ...)
        flow = Flow(gap=GAP)
        for path, image in batch.pictures:
            cell = _Cell(self._theme, self._cell_painter, path, image)
            cell.clicked.connect(lambda _=False, path=path: self.one_asked.emit(undo, path))
            flow.addWidget(cell)
        group = QWidget()
        stacked(head, flow, on=group)
        return group


class _Cell(QAbstractButton):
    """Button that shows a deleted image's thumbnail and restores the image when clicked."""

    def __init__(self, theme: Theme, paint: CellPainter, path: Path, image: QImage) -> None:
        super().__init__()
        self._theme = theme
        self._cell_painter = paint
        self._pixmap = QPixmap.fromImage(image)
        self.setFixedSize(CELL, CELL)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setAccessibleName(plain(self.tr("Restore {picture}").format(picture=path.stem)))
        self.setToolTip(tip(f"{path.stem}\n{self.tr('Restore it')}"))

    def sizeHint(self) -> QSize:
        return QSize(CELL, CELL)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = antialiased_painter(self)
        lit = self.underMouse() or self.hasFocus()
        state = CellState(is_current=self.hasFocus(), is_hovered=lit)
        self._cell_painter.paint_cell(painter, self.rect(), self._pixmap, state)
        if lit:
            mark = QRectF(0, 0, 18, 18)
            mark.moveCenter(QRectF(self.rect()).center())
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.colour("panel"))
            painter.drawEllipse(mark.adjusted(-7, -7, 7, 7))
            icons.paint(painter, mark, "undo-2", self._theme.colour("text"))


class RestoreAction:
    """Controller of the trash view, which reads deleted images and restores those that the user chooses."""

    def __init__(self, context: AppContext, view: TrashView) -> None:
        tasks = context.tasks
        self._view = view
        self._gallery = context.gallery
        view.restore_asked.connect(lambda undo: tasks.start(self._restore(undo)))
        view.one_asked.connect(lambda undo, path: tasks.start(self._restore(undo, path)))

    async def show(self) -> None:
        """Show the current contents of the gallery's trash in the trash view. Raises StorageError."""
        undos = await self._gallery.ask(lambda gallery: gallery.trash.all())
        empties = await self._gallery.ask(lambda gallery: preferences.load().empty_bin_on_exit)
        batches = [DeletedBatch(undo, await self._read_thumbnails(undo)) for undo in undos]
        self._view.show_deletions(batches, empties_on_exit=empties)

    async def restore_last(self) -> None:
        """Restore the images that the user most recently moved to the gallery's trash."""
        undos = await self._gallery.ask(lambda gallery: gallery.trash.all())
        if undos:
            await self._restore(undos[0])

    async def _restore(self, undo: Deletion, path: Path | None = None) -> None:
        await self._gallery.ask(
            lambda gallery: gallery.trash.restore_one(undo, path) if path else gallery.trash.restore(undo)
        )
        self._gallery.refresh()
        await self.show()

    async def _read_thumbnails(self, undo: Deletion) -> list[tuple[Path, QImage]]:
        side = round(CELL * self._view.devicePixelRatioF())
        thumbnails = []
        for path in await self._gallery.ask(lambda gallery: gallery.trash.files(undo, MOST)):
            image = await self._gallery.ask(partial(_read_thumbnail, path=path, side=side))
            if image is not None:
                thumbnails.append((path, image))
        return thumbnails


def _read_thumbnail(gallery: Gallery, *, path: Path, side: int) -> QImage | None:
    """Read a deleted image and return its thumbnail, or None if the file cannot be read."""
    import numpy as np

    from gdm_studio.common.image_file import read_rgba

    try:
        picture = read_rgba(path)
    except StorageError:
        return None
    picture.thumbnail((side, side))
    return to_qimage(np.asarray(picture))
