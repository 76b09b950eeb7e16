"""Editing what waits in the queue: its settings come into the controls, and Generate puts them back in their place."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gdm_studio.queueing import Item
    from gdm_studio.request import Request
    from gdm_studio.ui.create.page import CreatePage
    from gdm_studio.ui.say import Say

TITLE = "Editing what waits in the queue"
SAVE = "Save to the queue"


class Editing:
    """`item` is what is edited, None while Generate makes pictures.

    `use(request)` brings settings into the controls and returns what could not be, in words.
    """

    def __init__(self, page: CreatePage, use: Callable[[Request], list[str]], *, say: Say) -> None:
        self._page, self.use, self._say = page, use, say
        self.item: Item | None = None

    def begin(self, item: Item) -> None:
        """Brings its settings into the controls."""
        left_out = self.use(item.request)
        self.item = item
        self._page.controls.button.set_purpose(self, SAVE, "Puts the settings back in their place")
        self._say(
            TITLE,
            f"Not used: {', '.join(left_out)}."
            if left_out
            else f"Change what you like; {SAVE} puts it back in its place.",
            action="Leave it",
            on_action=self.end,
        )

    def end(self) -> Item | None:
        """Generate makes pictures again; what was edited."""
        item, self.item = self.item, None
        self._page.controls.button.set_purpose(self, "", "")
        self._page.stage.notices.withdraw(TITLE)
        return item
