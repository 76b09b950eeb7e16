"""Controller of the large view, in which the user reviews images one by one with single keys: keep, reject or skip."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from gdm_studio.common.errors import StorageError
from gdm_studio.ui.gallery.list_model import title_of
from gdm_studio.ui.translation import number_text, translate

if TYPE_CHECKING:
    from gdm_studio.gallery import Gallery, Picture
    from gdm_studio.ui.app_context import AppContext
    from gdm_studio.ui.gallery.page import GalleryPage


class ReviewController:
    """Controller of the large view, in which the user goes through images and keeps, rejects or skips each of them.

    The images are those that were listed or selected when the view was opened, without deleted ones. After the last
    image, a review shows how many images were kept and deleted.
    """

    def __init__(self, context: AppContext, page: GalleryPage) -> None:
        self._page = page
        self._large_view = page.large
        self._gallery = context.gallery
        self._commands = context.gallery.commands
        self._notify = context.notify
        self._start_task = start = context.tasks.start
        # Creation timestamps of the images to show, and the index of the present one.
        self._timestamps: Sequence[int] = ()
        self._index = 0
        self._picture: Picture | None = None
        # True if the review covers the selected images, which then stay selected.
        self._is_selection = False
        self._is_review = False
        # Indexes of the reviewed images, by image id.
        self._indices: dict[str, int] = {}
        self._kept_ids: set[str] = set()
        self._rejected_ids: set[str] = set()
        # Counter of requests to show an image. Results of earlier requests are discarded.
        self._request_number = 0
        page.large_asked.connect(lambda picture: start(self.open(picture)))
        page.review_asked.connect(self.review)
        self._large_view.moved.connect(lambda step: start(self._move(step)))
        self._large_view.kept.connect(lambda: start(self._keep_image()))
        self._large_view.rejected.connect(lambda: start(self._reject()))
        self._large_view.closed.connect(self._on_closed)
        self._commands.undone.connect(lambda ids: start(self._on_undone(ids)))

    async def open(self, picture: Picture) -> None:
        """Show an image in the large view, where the arrow keys move through all listed images. Raises StorageError."""
        self._begin(self._page.grid.listed_moments(), self._page.grid.row_of(picture.id))
        await self._show()

    def review(self) -> None:
        """Start a review of the selected images or, if fewer than two are selected, of all images from the current one
        on, also of those in closed stacks.
        """
        grid = self._page.grid
        rows = [row for run in grid.selected_rows() for row in run]
        listed = grid.listed_moments()
        if not listed:
            return
        if len(rows) > 1:
            self._begin([listed[row] for row in rows], 0)
            self._is_selection = True
        else:
            found = grid.found_moments()
            self._begin(found, found.index(listed[rows[0]]) if rows else 0)
        self._is_review = True
        self._start_task(self._show())

    def _begin(self, moments: Sequence[int], index: int) -> None:
        self._timestamps = moments
        self._index = max(index, 0)
        self._is_selection = self._is_review = False
        for collected in (self._indices, self._kept_ids, self._rejected_ids):
            collected.clear()

    async def _move(self, step: int) -> None:
        """Move to the next image (1) or the previous one (-1). Moving beyond the last image ends a review."""
        end = len(self._timestamps)
        if self._is_review and self._index + step >= end:
            self._finish()
        elif 0 <= self._index + step < end:
            self._index += step
            await self._show(step)

    async def _show(self, step: int = 1) -> None:
        """Show the image at the current index. Deleted images are skipped in the direction of `step` (1 or -1)."""
        self._request_number += 1
        turn = self._request_number
        while 0 <= self._index < len(self._timestamps):
            pictures = await self._gallery.ask(partial(_images_at, moment=self._timestamps[self._index]))
            if turn != self._request_number:
                return
            if pictures and await self._show_picture(pictures[0], turn):
                return
            self._index += step
        self._finish()

    async def _show_picture(self, picture: Picture, request_number: int) -> bool:
        """Load an image and show it, unless the user has moved to another image meanwhile.

        Return False if its file is gone.
        """
        try:
            rgba = await self._gallery.pixels(picture, may_shrink=True)
        except StorageError:
            if picture.path.exists():
                raise
            return False
        if request_number == self._request_number:
            self._picture = picture
            self._indices[picture.id] = self._index
            width, height = picture.size
            title = f"{title_of(picture)} · {width} × {height}"
            self._large_view.open(rgba, title, progress=self._progress(), is_favourite=picture.favourite)
            if not self._is_selection:
                self._page.grid.reveal(picture)
        return True

    def _progress(self) -> str:
        """Return the position of the displayed image, such as "12 of 40", followed by a review's decisions so far."""
        text = translate("Review", "{number} of {count}")
        parts = [text.format(number=number_text(self._index + 1), count=number_text(len(self._timestamps)))]
        if self._is_review:
            parts += self._decisions()
        return " · ".join(parts)

    def _decisions(self) -> list[str]:
        """Return phrases such as "3 kept" and "2 deleted", leaving out zeros."""
        texts = {
            translate("Review", "{count} kept"): len(self._kept_ids),
            translate("Review", "{count} deleted"): len(self._rejected_ids),
        }
        return [text.format(count=number_text(count)) for text, count in texts.items() if count]

    async def _keep_image(self) -> None:
        """Mark the displayed image as a favourite and show the next image. Raises StorageError."""
        if (picture := self._picture) is not None and self._large_view.isVisible():
            # Until the next image is shown, a repeated key has no effect.
            self._picture, turn = None, self._request_number
            self._kept_ids.add(picture.id)
            self._large_view.set_favourite(True)
            await self._commands.favourite([picture.id], True)
            await self._advance(turn)

    async def _reject(self) -> None:
        """Move the displayed image to the trash and show the next image. Raises StorageError."""
        if (picture := self._picture) is not None and self._large_view.isVisible():
            self._picture, turn = None, self._request_number
            self._kept_ids.discard(picture.id)
            self._rejected_ids.add(picture.id)
            await self._commands.delete([picture.id], quiet=True)
            await self._advance(turn)

    async def _advance(self, turn: int) -> None:
        """Show the next image, unless the user has closed the view or moved since request `turn`."""
        if turn != self._request_number:
            return
        is_last = self._index == len(self._timestamps) - 1
        if is_last and self._is_review:
            self._finish()
        elif is_last:
            await self._show(-1)
        else:
            self._index += 1
            await self._show()

    async def _on_undone(self, ids: Sequence[str]) -> None:
        """Return to an image of the review after the user has undone its favourite mark or its deletion."""
        reviewed = [picture_id for picture_id in ids if picture_id in self._indices]
        if reviewed and self._large_view.isVisible():
            self._kept_ids.difference_update(reviewed)
            self._rejected_ids.difference_update(reviewed)
            self._index = self._indices[reviewed[0]]
            await self._show()

    def _finish(self) -> None:
        """Close the large view and, after a review, show a notice that counts the kept and the deleted images."""
        self._large_view.close_view()
        if self._is_review and (decisions := self._decisions()):
            self._notify(translate("Review", "Review finished"), ", ".join(decisions), kind="success")

    def _on_closed(self) -> None:
        self._request_number += 1
        self._picture = None


def _images_at(gallery: Gallery, moment: int) -> list[Picture]:
    return gallery.timeline.images([moment])
