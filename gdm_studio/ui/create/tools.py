"""What can be done with pictures on the stage: start from them, paint on them, go towards noise, and the sheets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication

from gdm_studio.ui.create.extending.extending import Extending
from gdm_studio.ui.create.following import Following
from gdm_studio.ui.create.forward import Forward
from gdm_studio.ui.create.sheets import Sheets
from gdm_studio.ui.create.starting import Starting
from gdm_studio.ui.look.imaging import rgba_array
from gdm_studio.ui.widgets.drop_zones import picture_in

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    import numpy as np

    from gdm_studio.ui.create.desk import Desk


class Tools:
    """Parts: `starting`, `following`, `forward`, `extending`, `sheets`."""

    def __init__(self, desk: Desk, picture: Callable[[], Awaitable[np.ndarray | None]]) -> None:
        """`picture()` is the one on the stage, decoded."""
        self._tasks, self._say, self._canvas = desk.tasks, desk.say, desk.page.stage.canvas
        self.starting = Starting(desk)
        self.following = Following(desk.page.controls.conditions.hints, tasks=desk.tasks, say=desk.say)
        self.forward = Forward(desk, self.starting, picture)
        self.extending = Extending(desk, self.starting, picture)
        self.sheets = Sheets(desk)

    def paste(self) -> None:
        """Starts the next pictures from what is on the clipboard: a picture, or the file of one."""
        board = QGuiApplication.clipboard()
        if path := picture_in(board.mimeData()):
            self._tasks.start(self.starting.use(path))
        elif not (image := board.image()).isNull():
            self._tasks.start(self.starting.use(rgba_array(image)))
        else:
            self._say("No picture to paste", "Copy one in any program; the next pictures then start from it.")

    def then(self, act: Callable[[], object]) -> None:
        """Does it once what is painted or framed on the canvas is taken, as by the buttons there."""
        act() if self._canvas.tool() is None else self._tasks.start(self._finish(act))

    async def _finish(self, act: Callable[[], object]) -> None:
        await self.starting.finish()
        await self.extending.finish()
        act()

    def undo(self) -> bool:
        """Takes back a stroke of the mask or a change of the frame that is on the canvas; False where neither is."""
        if (tool := self._canvas.tool()) is not None:
            tool.undo()
        return tool is not None
