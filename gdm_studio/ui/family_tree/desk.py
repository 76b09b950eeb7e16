"""What the page of the family tree does: reads the registry beside the window's own thread, strips, and tries."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication, QImage

from gdm_studio.errors import StorageError
from gdm_studio.systems.family import Member, members, own, read_figures, shipped

if TYPE_CHECKING:
    from gdm_studio.models.library import Library
    from gdm_studio.request import Request
    from gdm_studio.ui.family_tree.page import FamilyTreePage
    from gdm_studio.ui.tasks import Tasks


class FamilyDesk:
    """Works for the page; `use` turns to the model of a request and makes what it asks for."""

    def __init__(
        self, page: FamilyTreePage, library: Library, *, tasks: Tasks, say: Callable[..., object],
        use: Callable[[Request], object],
    ) -> None:  # fmt: skip
        self._page, self._library, self._say, self._use = page, library, say, use
        page.shown.connect(lambda member: tasks.start(self._show_strip(member)))
        page.details.try_asked.connect(self._try)

    async def show(self) -> None:
        """The registry as it is now, with the models that there are."""
        cards = await asyncio.to_thread(self._library.cards)
        found = await asyncio.to_thread(lambda: members(cards, read_figures(shipped(), own())))
        self._page.set_members(found)

    async def _show_strip(self, member: Member) -> None:
        """A damaged strip is none."""
        if member.strip is not None:
            with suppress(StorageError):
                image = await asyncio.to_thread(_read, member.strip)
                self._page.details.set_strip(member.system.name, image)

    def _try(self, member: Member) -> None:
        """Chooses its model where there is one, else puts the command that makes it on the clipboard."""
        if member.card is not None and member.system.samplers:
            self._use(member.system.request(member.card))
            return
        command = f"{member.command} --data DIR --out RUN"
        QGuiApplication.clipboard().setText(command)
        self._say("The command is copied", f"{command} trains it in {member.time}.", kind="success")


def _read(path: Path) -> QImage:
    from gdm_studio.picture_file import read_rgba

    picture = read_rgba(path)
    width, height = picture.size
    return QImage(picture.tobytes(), width, height, 4 * width, QImage.Format.Format_RGBA8888).copy()
