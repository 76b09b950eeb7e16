"""Connection of the regions in the panel with the tool that draws them on the canvas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gdm_studio.ui.create.panel.region_section import RegionTool

if TYPE_CHECKING:
    from gdm_studio.ui.create.context import CreateContext


class RegionController:
    """Controller of drawing regions on the canvas, which ends when another tool begins."""

    def __init__(self, context: CreateContext) -> None:
        self._panel = context.page.canvas_panel
        self._section = context.page.controls.regions
        self._tool = RegionTool(context.theme, self._section.boxes, self._section)
        canvas = self._panel.canvas
        canvas.filled.connect(self._section.set_can_draw)
        self._section.set_can_draw(canvas.picture() is not None)
        self._section.draw_toggled.connect(self._on_toggle)
        self._section.boxes.updated.connect(self._repaint)
        self._tool.done.connect(lambda: self._section.set_drawing(False))
        self._panel.mode_changed.connect(self._on_mode)

    def _on_toggle(self, draws: bool) -> None:
        canvas = self._panel.canvas
        if draws:
            if self._panel.mode():
                self._section.set_drawing(False)
                return
            canvas.set_tool(self._tool)
            canvas.setFocus()
        elif canvas.tool() is self._tool:
            canvas.set_tool(None)

    def _on_mode(self, mode: str) -> None:
        if mode:
            self._section.set_drawing(False)

    def _repaint(self) -> None:
        if self._panel.canvas.tool() is self._tool:
            self._panel.canvas.update()
