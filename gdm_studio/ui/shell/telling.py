"""Saying things: notices over the page that is open, and the errors that reach nobody else."""

from __future__ import annotations

import asyncio
import sys
import traceback
from collections.abc import Callable

from gdm_studio import error_log
from gdm_studio.errors import BadRequest, DeviceError, ModelError, StudioError
from gdm_studio.printable import printable
from gdm_studio.ui.past import Act, Past
from gdm_studio.ui.tasks import Tasks
from gdm_studio.ui.widgets import Notices

NOTICE_SECONDS = 8.0
OFFER_SECONDS = 30.0  # of a notice with a button, unless it tells of a success; an error with one stays


class Telling:
    """`where` gives the notices of the page that is open, `open_models` opens the page of models.

    Once `closing` is set, errors go to standard error.
    """

    def __init__(self, where: Callable[[], Notices], *, open_models: Callable[[], object]) -> None:
        self._where, self._open_models = where, open_models
        self.past, self.tasks = Past(), Tasks(self.report)
        self._told: set[Notices] = set()  # of every page that something was said over
        self.mending: dict[str, Callable[[StudioError], object]] = {}  # by its remedy, what says it and offers that
        self.closing = False

    def say(
        self, title: str, text: str = "", *, kind: str = "info", action: str = "",
        on_action: Callable[[], object] | None = None, undo: Callable[[], object] | None = None,
    ) -> None:  # fmt: skip
        """Shows a notice over the page that is open, as Say has it."""
        if undo is not None:
            self.past.note(act := Act(title, undo))
            if on_action is None:
                action, on_action = action or "Undo", lambda: self.tasks.start(self.past.take_back(act))
        if self.closing and kind == "error":
            print(printable(f"gdm-studio: {text}"), file=sys.stderr)
        seconds = NOTICE_SECONDS if not action or kind == "success" else 0 if kind == "error" else OFFER_SECONDS
        notices = self._where()
        self._told.add(notices)
        notices.show_notice(title, text, kind=kind, action=action, on_action=on_action, seconds=seconds)

    async def undo(self) -> None:
        """Takes back what was done last, and says what that was; raises StudioError, to be tried again."""
        act = await self.past.take_back()
        if act is None:
            self.say("Nothing to undo")
        elif act.title:
            self.withdraw(act.title)
            self.say("Undone", act.title)

    def withdraw(self, title: str) -> None:
        """Takes away the notices of that title, whichever page they are over: what they offer is past."""
        for notices in self._told:
            notices.withdraw(title)

    def settings_changed(self) -> None:
        """Takes away the errors whose cause was what is set: the model, its parts, or where it runs."""
        for error in (BadRequest, ModelError, DeviceError):
            self.withdraw(error.title)

    def report(self, error: BaseException) -> None:
        """Shows what a task failed with; what is not meant for people is logged and goes to standard error as well."""
        if not isinstance(error, StudioError):
            asyncio.get_running_loop().run_in_executor(None, error_log.note, error)
        if self.closing:
            print(printable(f"gdm-studio: {error}"), file=sys.stderr)
        elif isinstance(error, StudioError) and error.remedy in self.mending:
            self.mending[error.remedy](error)
        elif isinstance(error, ModelError):
            self.say(error.title, str(error), kind="error", action="Models", on_action=self._open_models)
        elif isinstance(error, StudioError):
            self.say(error.title, str(error), kind="error")
        else:
            traceback.print_exception(error)
            self.say("Something unforeseen happened", f"{type(error).__name__}: {error}", kind="error")
