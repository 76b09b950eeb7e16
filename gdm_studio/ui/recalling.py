"""Back to a picture that was made: its settings in the controls, or itself on the canvas."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gdm_studio.gallery import Picture
    from gdm_studio.ui.making import Say
    from gdm_studio.ui.settings import Settings
    from gdm_studio.ui.shelf import Shelf
    from gdm_studio.ui.tasks import Tasks
    from gdm_studio.ui.tools import Tools
    from gdm_studio.ui.viewer import Viewer
    from gdm_studio.ui.ways import Ways


class Recalling:
    """What a picture of the gallery, or a file that is dropped, does to the Create page; `open_page` turns to it."""

    def __init__(
        self,
        viewer: Viewer,
        *,
        shelf: Shelf,
        settings: Settings,
        ways: Ways,
        tools: Tools,
        tasks: Tasks,
        say: Say,
        open_page: Callable[[], object],
    ) -> None:
        self._viewer, self._shelf, self._settings = viewer, shelf, settings
        self._ways, self._tools, self._tasks, self._say = ways, tools, tasks, say
        self._open_page = open_page

    def take(self, path: Path, use: str) -> None:
        """A file for what `use` says: its "settings", or to "start" from it."""
        if use == "start":
            self._tools.start_from(path)
        else:
            self._tasks.start(self.restore_from(path))

    async def restore_from(self, path: Path) -> None:
        """Sets everything as the picture file at `path` says it was made, and tells what was used.

        One that says nothing becomes the picture to start from.
        """
        metadata = await self._shelf.read(path)
        if metadata.request is None:
            await self._tools.starting.use(path)
            self._open_page()
            text = "It does not say how it was made; the next pictures grow out of it."
            self._say(f"Starting from {path.name}", text)
            return
        left_out = [*self._settings.use(metadata.request), *metadata.ignored, *metadata.unknown]
        self._ways.live.refresh()
        self._open_page()
        self._say(
            f"Settings of {path.name} restored",
            _outlook(left_out, metadata.stopped_at),
            kind="success",
            action="Start from it instead",
            on_action=lambda: self._tools.start_from(path),
        )

    def use(self, picture: Picture) -> None:
        """Sets everything as it was for a picture of the gallery."""
        left_out = self._settings.use(picture.request)
        self._ways.live.refresh()
        self._open_page()
        self._say("Settings taken over", _outlook(left_out, picture.stopped_at), kind="success")

    def show(self, picture: Picture | None) -> None:
        """Puts a picture of the gallery on the canvas: with its steps where it is of the run at hand."""
        if picture is None:
            return
        if self._ways.sets.on:
            self._ways.sets.toggle(False)
        if not self._viewer.choose_picture(picture.id):
            self._tasks.start(self._show_still(picture))

    async def _show_still(self, picture: Picture) -> None:
        rgba = await self._shelf.pixels(picture)
        width, height = picture.size
        title = picture.request.prompt or "No prompt"
        self._viewer.show_still(rgba, title, f"{width} × {height} · seed {picture.request.seed}")


def _outlook(left_out: list[str], stopped_at: int) -> str:
    """What Generate will do with settings taken from a picture."""
    if left_out:
        return f"Not used: {', '.join(left_out)}."
    return "Generate goes on to its end." if stopped_at else "Generate makes the same picture again."
