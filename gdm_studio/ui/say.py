"""How a notice is asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol


class Say(Protocol):
    """Shows a notice, with a button where there is an action.

    `undo()`, a coroutine or not, takes back what it tells of: Ctrl+Z does, and the button where it is for nothing else.
    """

    def __call__(
        self, title: str, text: str = "", *, kind: str = "info", action: str = "",
        on_action: Callable[[], object] | None = None, undo: Callable[[], object] | None = None,
    ) -> None: ...  # fmt: skip
