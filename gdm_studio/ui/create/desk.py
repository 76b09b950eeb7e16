"""What everything that works on the Create page works with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gdm_studio.models.library import Library
    from gdm_studio.ui.create.making import Making
    from gdm_studio.ui.create.page import CreatePage
    from gdm_studio.ui.create.settings import Settings
    from gdm_studio.ui.create.stage.viewer import Viewer
    from gdm_studio.ui.gallery.shelf import Shelf
    from gdm_studio.ui.lane import Lane
    from gdm_studio.ui.look.theme import Theme
    from gdm_studio.ui.say import Say
    from gdm_studio.ui.tasks import Tasks


@dataclass(frozen=True, kw_only=True)
class Desk:
    """The parts of the Create page and what stands behind them."""

    theme: Theme
    page: CreatePage
    viewer: Viewer
    lane: Lane
    library: Library
    shelf: Shelf
    settings: Settings
    making: Making
    tasks: Tasks
    say: Say
