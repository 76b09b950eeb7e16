"""What grids, variations and rows between two have alike: one job that fills cells, and what becomes of a picture."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from gdm_studio.ui.create.settings import TAKEN_OVER
from gdm_studio.ui.folders import say_saved

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QWidget

    from gdm_studio.gallery import Picture
    from gdm_studio.request import Request
    from gdm_studio.run import Result
    from gdm_studio.ui.create.collected import Keeper
    from gdm_studio.ui.create.desk import Desk
    from gdm_studio.ui.create.grids.batch import Batch


class Board:
    """`show(sheet)` lays the view over the stage; `on_taken(picture)` is told which of the gallery was put there."""

    def __init__(self, desk: Desk, batch: Batch, keeper: Keeper, show: Callable[[QWidget], object]) -> None:
        self._desk, self._batch, self._keeper, self._show_sheet = desk, batch, keeper, show
        self.on_taken: Callable[[Picture], object] = lambda picture: None

    def stop(self) -> None:
        """Gives up what is not made yet; what is there stays."""
        self._batch.stop()

    def _use(self, single: Request, result: Result, title: str, facts: str, *, back: str) -> None:
        """Takes over the settings of a picture and shows it on the stage, from where `back` leads to the board."""
        before = self._desk.page.controls.draft.written
        self._desk.settings.use(single)
        self._desk.say(TAKEN_OVER, title, kind="success", undo=self._desk.settings.back_to(before))
        height, width = result.rgba.shape[:2]
        self._desk.viewer.show_still(result.rgba, title, f"{width} × {height} · {facts}")
        self._desk.page.gallery.ring(self._keeper.picture_id(single.digest()))
        self._desk.page.controls.changed.emit()
        self._desk.page.stage.tools.set_back(back)
        self._desk.tasks.start(self._find(single.digest(), result))

    async def _find(self, digest: str, result: Result) -> None:
        """Says which of the gallery's pictures is on the stage, once it is among these."""
        turn = self._desk.viewer.turn
        picture = await self._keeper.picture(digest, result)
        if self._desk.viewer.turn == turn:
            self._desk.page.gallery.ring(picture.id)
            self.on_taken(picture)

    def _make_favourite(self, digest: str, result: Result | None) -> None:
        if result is not None:
            self._desk.tasks.start(self._keeper.favour(digest, result))

    def _say_saved(self, title: str, text: str, file: Path) -> None:
        say_saved(self._desk.say, self._desk.tasks, title, text, file.parent)

    def _leave(self) -> None:
        """Back to the picture."""
        self._desk.page.stage.set_mode("")
