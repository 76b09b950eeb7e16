"""Controller of the Family tree page, which loads published diffusion systems in the background and can generate an
image with one of them.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication, QImage

from gdm_studio.common.errors import StorageError
from gdm_studio.papers.family_tree import FamilyMember, load_measurements, local_folder, members, shipped_folder
from gdm_studio.ui.translation import translate

if TYPE_CHECKING:
    from gdm_studio.ui.app_context import AppContext
    from gdm_studio.ui.paper_family_tree.page import FamilyTreePage


class FamilyTreeController:
    """Controller of the Family tree page, which loads published diffusion systems, such as DDPM, and can generate an
    image with one of them.
    """

    def __init__(self, context: AppContext, page: FamilyTreePage) -> None:
        tasks = context.tasks
        self._page = page
        self._library = context.library
        self._notify = context.notify
        self._navigator = context.navigator
        page.shown.connect(lambda member: tasks.start(self._show_strip(member)))
        page.details.try_asked.connect(self._try_system)

    async def show(self) -> None:
        """Load all published diffusion systems, with their installed models and measured results, and show them on the
        Family tree page.
        """
        cards = await asyncio.to_thread(self._library.cards)
        systems = await asyncio.to_thread(lambda: members(cards, load_measurements(shipped_folder(), local_folder())))
        self._page.set_members(systems)

    async def _show_strip(self, member: FamilyMember) -> None:
        """Load and show the image that illustrates the denoising steps of a published system. A damaged file is
        ignored.
        """
        if member.strip is not None:
            with suppress(StorageError):
                image = await asyncio.to_thread(_read, member.strip)
                self._page.details.set_strip(member.system.name, image)

    def _try_system(self, member: FamilyMember) -> None:
        """Try the selected published system by generating an image with its model.

        Without a model, copy the command that trains or adds it to the clipboard.
        """
        if member.card is not None and member.system.samplers:
            self._navigator.generate_request(member.system.request(member.card))
            return
        command = member.shell_command
        QGuiApplication.clipboard().setText(command)
        title = translate("FamilyTreeController", "Command copied")
        text = translate("FamilyTreeController", "{command} adds its weights.")
        if member.minutes:
            text = translate("FamilyTreeController", "{command} trains it in {time}.")
        self._notify(title, text.format(command=command, time=member.translated_time(translate)), kind="success")


def _read(path: Path) -> QImage:
    from gdm_studio.common.image_file import read_rgba

    picture = read_rgba(path)
    width, height = picture.size
    return QImage(picture.tobytes(), width, height, 4 * width, QImage.Format.Format_RGBA8888).copy()
