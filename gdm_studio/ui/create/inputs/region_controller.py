"""Connection of the regions in the panel with the tool that draws them on the canvas, and with their stored masks."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from gdm_studio.common.errors import BadRequest
from gdm_studio.ui.create.inputs.unfinished_mask import UnfinishedMask
from gdm_studio.ui.create.panel.region_section import RegionTool

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    import numpy as np

    from gdm_studio.request.regions import Region
    from gdm_studio.ui.create.context import CreateContext


class RegionController:
    """Controller of drawing regions on the canvas, which ends when another tool begins, and of storing and loading
    their painted areas.
    """

    def __init__(self, context: CreateContext, save_session: Callable[[], Awaitable[object]]) -> None:
        self._tasks = context.tasks
        # Tasks that store masks, and the names of the masks that are being loaded.
        self._store_tasks: set[asyncio.Future[None]] = set()
        self._names_being_loaded: set[str] = set()
        self._panel = context.page.canvas_panel
        self._section = context.page.controls.regions
        self._tool = RegionTool(context.theme, self._section.boxes, self._section)
        self._was_painting = False
        canvas = self._panel.canvas
        canvas.filled.connect(self._section.set_can_draw)
        self._section.set_can_draw(canvas.picture() is not None)
        self._section.draw_toggled.connect(self._on_toggle)
        boxes = self._section.boxes
        # The area that is being painted, by the index of its region. The next session uses it.
        self.painted = UnfinishedMask(
            lambda: str(boxes.painting) if boxes.painting >= 0 else None,
            boxes.painted_mask,
            self._tasks,
            save_session,
            self._section,
        )
        boxes.updated.connect(self._repaint)
        boxes.updated.connect(self._load_masks)
        boxes.updated.connect(self._on_stroke)
        boxes.painted.connect(self._on_painted)
        self._tool.done.connect(lambda: self._section.set_drawing(False))
        self._panel.mode_changed.connect(self._on_mode)
        self._load_masks()

    def is_painting(self) -> bool:
        """Return True while the area of a region is painted or being stored."""
        return self._section.boxes.painting >= 0 or bool(self._store_tasks)

    async def finish(self) -> None:
        """Finish painting the area of a region, and wait until it is stored."""
        self._section.boxes.end_painting()
        if self._store_tasks:
            await asyncio.wait(self._store_tasks)

    async def restore_painted(self) -> None:
        """Give its region the area that was being painted when the program was ended."""
        from gdm_studio.ui.create.panel.region_brush import stored_mask

        def use(key: str, mask: np.ndarray) -> bool:
            places = {str(place): place for place in range(len(self._section.boxes.regions))}
            if key not in places:
                return False
            self._on_painted(places[key], mask)
            return True

        await self.painted.restore(lambda _, name: stored_mask(name), use)

    def _on_stroke(self) -> None:
        is_painting = self._section.boxes.painting >= 0
        if is_painting:
            self.painted.begin_timer()
        elif self._was_painting and self._store_tasks:
            self.painted.stop_timer()
        elif self._was_painting:
            self.painted.forget()
        self._was_painting = is_painting

    def _on_painted(self, index: int, mask: np.ndarray) -> None:
        # When the task begins, the region may have been removed.
        task = self._tasks.start(self._store(index, self._section.boxes.regions[index], mask))
        self._store_tasks.add(task)
        task.add_done_callback(self._store_tasks.discard)

    async def _store(self, index: int, region: Region, mask: np.ndarray) -> None:
        from gdm_studio.engine.region_masks import store_region_mask

        def use(masked: Region) -> str:
            self._section.boxes.take_mask(index, region, masked, mask)
            return masked.mask

        await self.painted.finish(lambda: store_region_mask(region, mask), use)

    def _load_masks(self) -> None:
        for name in self._section.boxes.unknown_masks() - self._names_being_loaded:
            self._names_being_loaded.add(name)
            self._tasks.start(self._load(name))

    async def _load(self, name: str) -> None:
        from gdm_studio.ui.create.panel.region_brush import stored_mask

        try:
            mask = await asyncio.to_thread(stored_mask, name)
        except BadRequest:
            # The run reports what is wrong with the mask, whose box is shown until then.
            return
        self._names_being_loaded.discard(name)
        self._section.boxes.show_mask(name, mask)

    def _on_toggle(self, draws: bool) -> None:
        canvas = self._panel.canvas
        if draws:
            if self._panel.mode():
                self._section.set_drawing(False)
                return
            canvas.set_tool(self._tool)
            canvas.setFocus()
        elif canvas.tool() is self._tool:
            self._section.boxes.end_painting()
            canvas.set_tool(None)

    def _on_mode(self, mode: str) -> None:
        if mode:
            self._section.set_drawing(False)

    def _repaint(self) -> None:
        if self._panel.canvas.tool() is self._tool:
            self._panel.canvas.update()
