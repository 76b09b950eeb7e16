"""What can be done with pictures on the stage: start from them, paint on them, go towards noise, and the sheets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gdm_studio.ui.desk import Desk
from gdm_studio.ui.extending.extending import Extending
from gdm_studio.ui.following import Following
from gdm_studio.ui.forward import Forward
from gdm_studio.ui.sheets import Sheets
from gdm_studio.ui.starting import Starting

if TYPE_CHECKING:
    from pathlib import Path

    from gdm_studio.models.library import Library
    from gdm_studio.ui.lane import Lane
    from gdm_studio.ui.making import Making
    from gdm_studio.ui.pages.create_page import CreatePage
    from gdm_studio.ui.say import Say
    from gdm_studio.ui.settings import Settings
    from gdm_studio.ui.shelf import Shelf
    from gdm_studio.ui.tasks import Tasks
    from gdm_studio.ui.theme import Theme
    from gdm_studio.ui.viewer import Viewer


class Tools:
    """Parts: `starting`, `following`, `forward`, `extending`, `sheets`."""

    def __init__(
        self,
        theme: Theme,
        page: CreatePage,
        viewer: Viewer,
        *,
        lane: Lane,
        library: Library,
        shelf: Shelf,
        settings: Settings,
        making: Making,
        tasks: Tasks,
        say: Say,
    ) -> None:
        self._tasks = tasks
        self.starting = Starting(theme, page, viewer, tasks=tasks, say=say)
        self.following = Following(page.controls.conditions.hints, tasks=tasks, say=say)
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
        self.extending = Extending(
            theme, page, viewer, starting=self.starting, picture=self.forward.picture, tasks=tasks, say=say
        )
        self.sheets = Sheets(
            Desk(
                theme=theme,
                page=page,
                viewer=viewer,
                lane=lane,
                library=library,
                shelf=shelf,
                settings=settings,
                making=making,
                tasks=tasks,
                say=say,
            )
        )

    def start_from(self, path: Path) -> None:
        """Starts the next pictures from a file."""
        self._tasks.start(self.starting.use(path))

    def undo(self) -> bool:
        """Takes back a stroke of the mask or a change of the frame that is on the canvas; False where neither is."""
        return self.starting.undo() or self.extending.undo()
