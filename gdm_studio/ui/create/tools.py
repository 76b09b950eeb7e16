"""What can be done with pictures on the stage: start from them, paint on them, go towards noise, and the sheets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gdm_studio.ui.create.extending.extending import Extending
from gdm_studio.ui.create.following import Following
from gdm_studio.ui.create.forward import Forward
from gdm_studio.ui.create.sheets import Sheets
from gdm_studio.ui.create.starting import Starting

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    import numpy as np

    from gdm_studio.ui.create.desk import Desk


class Tools:
    """Parts: `starting`, `following`, `forward`, `extending`, `sheets`."""

    def __init__(self, desk: Desk, picture: Callable[[], Awaitable[np.ndarray | None]]) -> None:
        """`picture()` is the one on the stage, decoded."""
        self._tasks = desk.tasks
        self.starting = Starting(desk)
        self.following = Following(desk.page.controls.conditions.hints, tasks=desk.tasks, say=desk.say)
        self.forward = Forward(desk, self.starting, picture)
        self.extending = Extending(desk, self.starting, picture)
        self.sheets = Sheets(desk)

    def start_from(self, path: Path) -> None:
        """Starts the next pictures from a file."""
        self._tasks.start(self.starting.use(path))

    def undo(self) -> bool:
        """Takes back a stroke of the mask or a change of the frame that is on the canvas; False where neither is."""
        return self.starting.undo() or self.extending.undo()
