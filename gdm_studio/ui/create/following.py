"""The pictures that a model follows: chosen or dropped, kept, and shown in small."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from gdm_studio.errors import BadRequest
from gdm_studio.ui.create.picture_files import choose_picture, looks

if TYPE_CHECKING:
    from gdm_studio.ui.create.panel.conditions import Hints
    from gdm_studio.ui.say import Say
    from gdm_studio.ui.tasks import Tasks


class Following:
    """Keeps what is given to `hints`, and reads what its pictures look like."""

    def __init__(self, hints: Hints, *, tasks: Tasks, say: Say) -> None:
        self._hints, self._tasks, self._say = hints, tasks, say
        hints.picture_asked.connect(self._choose)
        hints.picture_dropped.connect(lambda path: tasks.start(self.use(path)))
        hints.pictures_wanted.connect(lambda: tasks.start(self._read()))
        if hints.unseen():
            tasks.start(self._read())

    async def use(self, source: Path) -> None:
        """Has the model follow a file; raises StorageError."""
        from gdm_studio.engine import inputs

        self._hints.add(await asyncio.to_thread(inputs.keep, source))

    def _choose(self) -> None:
        choose_picture(self._hints.window(), "Follow a picture", lambda path: self._tasks.start(self.use(path)))

    async def _read(self) -> None:
        for image in self._hints.unseen():
            try:
                rgba, _ = await asyncio.to_thread(looks, image, "")
            except BadRequest as error:
                self._hints.drop(image)
                self._say(error.title, str(error))
            else:
                self._hints.set_picture(image, rgba)
