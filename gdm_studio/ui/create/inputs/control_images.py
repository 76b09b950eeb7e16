"""Control images, which guide the generation with a pose, an outline or the like."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from gdm_studio.common.errors import BadRequest, StudioError
from gdm_studio.ui.create.inputs.image_files import choose_image, load_control_for_display
from gdm_studio.ui.translation import error_text, error_title, sentence_text
from gdm_studio.ui.widgets.file_drops import left_out_text

if TYPE_CHECKING:
    from gdm_studio.common.translation_markers import Sentence
    from gdm_studio.ui.app_context import AppContext
    from gdm_studio.ui.create.panel.conditioning_inputs import ControlImageList


class ControlImages(QObject):
    """Controller that stores the files chosen as control images, such as poses and outlines, and loads their
    thumbnails.
    """

    def __init__(self, context: AppContext, hints: ControlImageList) -> None:
        super().__init__(hints)
        self._context = context
        self._hints = hints
        hints.picture_asked.connect(self._choose)
        hints.pictures_dropped.connect(lambda paths: context.tasks.start(self._use_all(paths)))
        hints.pictures_wanted.connect(lambda: context.tasks.start(self._load()))
        if hints.missing_pixels():
            context.tasks.start(self._load())

    async def use(self, source: Path) -> None:
        """Store an image file and add it to the control images of the next request. Raises StorageError."""
        from gdm_studio.engine import image_inputs

        remarks: list[Sentence] = []
        self._hints.add(await asyncio.to_thread(partial(image_inputs.store, source, remarks=remarks)))
        for remark in remarks:
            self._context.notify(self.tr("About the control image"), sentence_text(remark))

    async def _use_all(self, paths: Sequence[Path]) -> None:
        """Add image files to the control images like `use` while there is room, and name those left out."""
        for number, path in enumerate(paths):
            if self._hints.is_full():
                self._context.notify(left_out_text(paths[number:]), kind="warning")
                break
            try:
                await self.use(path)
            except StudioError as error:
                self._context.tasks.report(error)

    def _choose(self) -> None:
        choose_image(
            self._hints.window(), self.tr("Follow a picture"), lambda path: self._context.tasks.start(self.use(path))
        )

    async def _load(self) -> None:
        """Load the missing thumbnails of control images. If a file is gone, remove its image and show a notice."""
        for image, preprocessor in self._hints.missing_pixels():
            try:
                rgba = await asyncio.to_thread(load_control_for_display, image, preprocessor)
            except BadRequest as error:
                self._hints.remove(image)
                self._context.notify(error_title(error), error_text(error))
            else:
                self._hints.set_picture(image, preprocessor, rgba)
