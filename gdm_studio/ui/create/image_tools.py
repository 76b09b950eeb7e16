"""Tools for the displayed image: start image, mask, inversion, outpainting and boards."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication

from gdm_studio.ui.create.inputs.control_images import ControlImages
from gdm_studio.ui.create.inputs.inversion_tool import InversionTool
from gdm_studio.ui.create.inputs.region_controller import RegionController
from gdm_studio.ui.create.inputs.start_image import StartImage
from gdm_studio.ui.create.outpainting.controller import OutpaintingController
from gdm_studio.ui.theme.imaging import rgba_array
from gdm_studio.ui.translation import translate
from gdm_studio.ui.widgets.file_drops import picture_in

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    import numpy as np

    from gdm_studio.ui.create.board.board_controllers import Boards
    from gdm_studio.ui.create.context import CreateContext
    from gdm_studio.ui.create.detail.controller import DetailController
    from gdm_studio.ui.create.enlarge.controller import EnlargeController
    from gdm_studio.ui.create.folder_edit.controller import FolderEditController


class Tools:
    """Owner of the tools for the displayed image, such as start image, inversion and outpainting.

    `picture()` returns the decoded image on the canvas, or None.
    """

    def __init__(
        self, context: CreateContext, boards: Boards, picture: Callable[[], Awaitable[np.ndarray | None]]
    ) -> None:
        self._context = context
        self._canvas = context.page.canvas_panel.canvas
        self.start_image = StartImage(context)
        self.control_images = ControlImages(context, context.page.controls.conditions.hints)
        self.inversion = InversionTool(context, self.start_image, picture)
        self.outpainting = OutpaintingController(context, self.start_image, picture)
        self.regions = RegionController(context)
        self.boards = boards
        self._picture = picture
        context.page.canvas_panel.tools.clicked.connect(self._on_tool)

    @cached_property
    def detail(self) -> DetailController:
        """The controller of details, which is created on first access."""
        from gdm_studio.ui.create.detail.controller import DetailController

        return DetailController(self._context, self._picture)

    @cached_property
    def enlarge(self) -> EnlargeController:
        """The controller of enlargements, which is created on first access."""
        from gdm_studio.ui.create.enlarge.controller import EnlargeController

        return EnlargeController(self._context, self._picture)

    def _on_tool(self, tool: str) -> None:
        if tool == "detail":
            self._context.tasks.start(self.detail.open())
        elif tool == "enlarge":
            self._context.tasks.start(self.enlarge.open())

    @cached_property
    def folder_edit(self) -> FolderEditController:
        """The controller of folder edits, which is created on first access."""
        # The window does not wait for it when it is first painted.
        from gdm_studio.ui.create.folder_edit.controller import FolderEditController

        return FolderEditController(self._context)

    def paste(self) -> None:
        """Use the image or image file on the clipboard as the next start image."""
        clipboard = QGuiApplication.clipboard()
        if path := picture_in(clipboard.mimeData()):
            self._context.tasks.start(self.start_image.use(path))
        elif not (image := clipboard.image()).isNull():
            self._context.tasks.start(self.start_image.use(rgba_array(image)))
        else:
            self._context.notify(
                translate("Tools", "No picture to paste"),
                translate("Tools", "Copy one in any program; the next pictures then start from it."),
            )

    def finish_editing(self, act: Callable[[], object]) -> None:
        """Finish editing the inpainting mask or the outpainting frame, then call `act`."""
        if self._canvas.tool() is None:
            act()
        else:
            self._context.tasks.start(self._finish(act))

    async def _finish(self, act: Callable[[], object]) -> None:
        await self.start_image.finish()
        await self.outpainting.finish()
        act()

    def undo(self) -> bool:
        """Undo the last stroke of the inpainting mask or the last change of the outpainting frame.

        Return False if neither is being edited.
        """
        if (tool := self._canvas.tool()) is not None:
            tool.undo()
        return tool is not None
