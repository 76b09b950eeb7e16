"""What can be done with pictures on the stage: start from them, paint on them, go towards noise, compare schedulers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gdm_studio.ui.forward import Forward
from gdm_studio.ui.schedulers.sheet import Sheet
from gdm_studio.ui.starting import Starting

if TYPE_CHECKING:
    from pathlib import Path

    from gdm_studio.models.library import Library
    from gdm_studio.ui.lane import Lane
    from gdm_studio.ui.making import Making, Say
    from gdm_studio.ui.pages.create_page import CreatePage
    from gdm_studio.ui.settings import Settings
    from gdm_studio.ui.tasks import Tasks
    from gdm_studio.ui.theme import Theme
    from gdm_studio.ui.viewer import Viewer


class Tools:
    """Parts: `starting`, `forward`, `sheet`."""

    def __init__(
        self,
        theme: Theme,
        page: CreatePage,
        viewer: Viewer,
        *,
        lane: Lane,
        library: Library,
        settings: Settings,
        making: Making,
        tasks: Tasks,
        say: Say,
    ) -> None:
        self._tasks = tasks
        self.starting = Starting(theme, page, viewer, tasks=tasks, say=say)
        self.forward = Forward(
            page,
            viewer,
            lane=lane,
            library=library,
            settings=settings,
            making=making,
            starting=self.starting,
            tasks=tasks,
            say=say,
        )
        self.sheet = Sheet(theme, page, viewer, lane=lane, settings=settings, making=making, tasks=tasks, say=say)

    def start_from(self, path: Path) -> None:
        """Starts the next pictures from a file."""
        self._tasks.start(self.starting.use(path))

    def undo(self) -> bool:
        """Takes back a stroke of the mask that is being painted; False where none is."""
        return self.starting.undo()
