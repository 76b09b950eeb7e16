"""Tools for the displayed image: start image, mask, inversion, outpainting and boards."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QGuiApplication, QImage

from gdm_studio.ui.create.inputs.control_images import ControlImages
from gdm_studio.ui.create.inputs.inversion_tool import InversionTool
from gdm_studio.ui.create.inputs.region_controller import RegionController
from gdm_studio.ui.create.inputs.start_image import StartImage
from gdm_studio.ui.create.outpainting.controller import OutpaintingController
from gdm_studio.ui.create.viewer.brush import Brush
from gdm_studio.ui.theme.imaging import rgba_array
from gdm_studio.ui.translation import translate
from gdm_studio.ui.widgets.file_drops import notice_of_others, picture_in

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    import numpy as np

    from gdm_studio.ui.create.board.board_controllers import Boards
    from gdm_studio.ui.create.context import CreateContext
    from gdm_studio.ui.create.detail.controller import DetailController
    from gdm_studio.ui.create.enlarge.controller import EnlargeController
    from gdm_studio.ui.create.folder_edit.controller import FolderEditController
    from gdm_studio.ui.create.generation.mode_controller import GenerationModes
    from gdm_studio.ui.create.sketch.controller import SketchController
    from gdm_studio.ui.create.viewer.canvas import Tool


async def _do_nothing() -> None:
    pass


class Tools:
    """Owner of the tools for the displayed image, such as start image, inversion and outpainting.

    `picture()` returns the decoded image on the canvas, or None.
    """

    def __init__(
        self,
        context: CreateContext,
        modes: GenerationModes,
        boards: Boards,
        picture: Callable[[], Awaitable[np.ndarray | None]],
    ) -> None:
        self._context = context
        self._modes = modes
        # The stored parts of the sketch that the user left in an earlier session, if any.
        self.remembered_sketch: tuple[str, ...] = ()
        # Saves the session, which names the parts of the sketch and the mask that is being painted.
        self.save_session: Callable[[], Awaitable[object]] = _do_nothing
        self._canvas = context.page.canvas_panel.canvas
        self.start_image = StartImage(context, lambda: self.save_session())
        self.control_images = ControlImages(context, context.page.controls.conditions.hints)
        self.inversion = InversionTool(context, self.start_image, picture)
        self.outpainting = OutpaintingController(context, self.start_image, picture)
        self.regions = RegionController(context, lambda: self.save_session())
        self.boards = boards
        self._picture = picture
        context.page.canvas_panel.tools.clicked.connect(self._on_tool)
        context.page.controls.modes.sketch_toggled.connect(lambda _: self.toggle_sketch())

    @cached_property
    def sketch(self) -> SketchController:
        """The controller of the sketch, which is created on first access."""
        from gdm_studio.ui.create.sketch.controller import NO_LAYERS, SketchController

        layers = self.remembered_sketch
        kept = (layers[0], layers[1], layers[2]) if len(layers) == len(NO_LAYERS) else NO_LAYERS
        return SketchController(
            self._context, self._modes, self.start_image, self._picture, kept, lambda: self.save_session()
        )

    def is_sketching(self) -> bool:
        """Return True while the user is sketching."""
        return self._context.page.canvas_panel.is_sketching()

    def toggle_sketch(self) -> None:
        """Open the sketch beside the image, or leave it."""
        if self.is_sketching():
            self.sketch.leave()
        else:
            self._context.tasks.start(self.sketch.open())

    async def save_sketch(self) -> tuple[str, ...]:
        """Store the sketch for the next session, and return the names of its parts.

        Raises StorageError.
        """
        if "sketch" in vars(self):
            await self.sketch.save()
        return self.sketch_layers()

    def sketch_layers(self) -> tuple[str, ...]:
        """Return the names of the stored parts of the sketch, as they were when it was stored last."""
        return self.sketch.layers() if "sketch" in vars(self) else self.remembered_sketch

    def mask_strength(self) -> float | None:
        """Return the denoising strength of the masked area while a sketch beside it has its own, or else None."""
        return self.sketch.mask_strength if "sketch" in vars(self) else None

    async def _sketch_on(self) -> None:
        turn = self._context.viewer.revision
        picture = await self._picture()
        if picture is not None and self._context.viewer.revision == turn:
            await self.sketch.draw_on(picture)

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
        elif tool == "sketch":
            self._context.tasks.start(self._sketch_on())

    @cached_property
    def folder_edit(self) -> FolderEditController:
        """The controller of folder edits, which is created on first access."""
        # The window does not wait for it when it is first painted.
        from gdm_studio.ui.create.folder_edit.controller import FolderEditController

        return FolderEditController(self._context)

    def start_from(self, data: QMimeData | None) -> bool:
        """Use the image or image file in pasted data as the next start image. Return False if there is none."""
        image = data.imageData() if data is not None else None
        if data is not None and (path := picture_in(data)):
            self._context.tasks.start(self.start_image.start_from(path))
            if notice := notice_of_others(data, path):
                self._context.notify(*notice)
        elif isinstance(image, QImage) and not image.isNull():
            self._context.tasks.start(self.start_image.start_from(rgba_array(image)))
        else:
            return False
        return True

    def paste(self) -> None:
        """Use the image or image file on the clipboard as the next start image."""
        if not self.start_from(QGuiApplication.clipboard().mimeData()):
            self._context.notify(
                translate("Tools", "No picture to paste"),
                translate("Tools", "Copy one in any program; the next pictures then start from it."),
            )

    def finish_editing(self, callback: Callable[[], object]) -> None:
        """Finish editing the inpainting mask, the outpainting frame or the area of a region, or use the sketch as the
        start image, then call `callback`.
        """
        if self._canvas.tool() is None and not self.is_sketching() and not self.regions.is_painting():
            callback()
        else:
            self._context.tasks.start(self._finish_then(callback))

    async def _finish_then(self, callback: Callable[[], object]) -> None:
        await self.start_image.finish()
        await self.outpainting.finish()
        await self.regions.finish()
        if self.is_sketching():
            await self.sketch.use_as_start()
        callback()

    def undo(self) -> bool:
        """Undo the last stroke of the inpainting mask or the sketch, or the last change of the outpainting frame.

        Return False if none of them is being edited.
        """
        tool = self._active_tool()
        if tool is not None and tool is self._context.page.canvas_panel.sketch_canvas.tool():
            self.sketch.undo()
        elif tool is not None:
            tool.undo()
        return tool is not None

    def is_drawing(self) -> bool:
        """Return True if the inpainting mask, the sketch or the outpainting frame is being edited."""
        return self._active_tool() is not None

    def can_redo(self) -> bool:
        """Return True if a stroke of the inpainting mask or the sketch was undone last."""
        tool = self._active_tool()
        return isinstance(tool, Brush) and tool.can_redo()

    def redo(self) -> None:
        """Repeat the stroke of the inpainting mask or the sketch that was undone last."""
        tool = self._active_tool()
        if isinstance(tool, Brush):
            tool.redo()

    def _active_tool(self) -> Tool | None:
        """Return the tool of the canvas on which the user draws, or None."""
        return self._canvas.tool() or self._context.page.canvas_panel.sketch_canvas.tool()
