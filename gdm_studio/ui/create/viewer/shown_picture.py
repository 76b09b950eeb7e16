"""Displayed picture for the tools that generate a part of it again or enlarge it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    import numpy as np

    from gdm_studio.request.generation_request import Request
    from gdm_studio.ui.create.context import CreateContext


async def load_shown_picture(
    context: CreateContext, picture: Callable[[], Awaitable[np.ndarray | None]]
) -> tuple[np.ndarray, Request | None] | None:
    """Return the displayed picture, as `picture()` decodes it, and the request that generated it, if it is known.

    Returns None if there is no picture, or if another one is displayed meanwhile.
    """
    viewer = context.viewer
    turn, run = viewer.revision, viewer.on_canvas
    image = viewer.image if viewer.shows_run else 0
    rgba = await picture()
    if rgba is None or viewer.revision != turn:
        return None
    return rgba, run.request.picture(image) if run is not None else None


def below_edit_menu(context: CreateContext) -> QPoint:
    """Return the position on the screen below the menu Edit picture, where the popups of its tools open."""
    button = context.page.canvas_panel.tools.buttons["edit_menu"]
    return button.mapToGlobal(QPoint(0, button.height() + 2))
