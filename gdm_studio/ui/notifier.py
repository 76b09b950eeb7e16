"""Notices over the open page, which also report errors that are not handled elsewhere."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from gdm_studio.common.errors import BadRequest, DeviceError, ModelError, PromptError, StudioError
from gdm_studio.common.lazy_import import LazyModule
from gdm_studio.common.text_safety import escape_unsafe, shorten_values
from gdm_studio.ui.tasks import Tasks
from gdm_studio.ui.translation import error_text, error_title, translate
from gdm_studio.ui.undo_stack import NothingLeft, UndoableAction, UndoStack
from gdm_studio.ui.widgets import Notices
from gdm_studio.ui.widgets.notices import DEFAULT_SECONDS, LONGEST_TEXT, Notice

if TYPE_CHECKING:
    import asyncio
else:
    # The first paint does not wait for the import.
    asyncio = LazyModule("asyncio")

# A notice with a button is shown longer, except a success.
OFFER_SECONDS = 10.0
# After ERROR_SECONDS, an error or a notice that lasts moves behind a button of the top bar, so that it neither vanishes
# unread nor covers the page for long.
ERROR_SECONDS = 15.0
# Maximum number of unread errors, and of other unread notices. The newest are kept. An offer to save the
# unfinished images of a run holds the steps of the run in memory.
MOST_UNREAD_ERRORS = 20
MOST_UNREAD_OFFERS = 3


class Notify(Protocol):
    """Function that shows a notice over the open page, with a button if `action` is given.

    `undo()` undoes the reported action and may return a coroutine. Ctrl+Z calls it, and so does a button: that of
    `action`, or one of its own if `on_action` is given. `undone` is the title of the notice after Ctrl+Z, by default
    "Undone" with `title` below. If `title` is "", no notice is shown, and Ctrl+Z undoes the action silently, unless
    nothing was left to undo. A notice that `lasts` moves behind the top bar's button of unread notices after a while,
    like an error. It stays there until the user closes it, it is withdrawn, or too many later ones follow.
    """

    def __call__(
        self,
        title: str,
        text: str = "",
        *,
        kind: str = "info",
        action: str = "",
        on_action: Callable[[], object] | None = None,
        undo: Callable[[], object] | None = None,
        undone: str = "",
        lasts: bool = False,
    ) -> None: ...


@dataclass(frozen=True)
class _Message:
    """Title, text, kind and button of a notice."""

    title: str
    text: str
    kind: str
    action: str
    on_action: Callable[[], object] | None
    on_undo: Callable[[], object] | None


class Notifier:
    """Owner of the window's notices, its undo stack and its background tasks, whose errors it reports.

    `where()` returns the notice area of the open page, and `open_models()` opens the Models page.
    `show_unread(errors, others)` is called when the number of unread errors or of other unread notices changes. While
    `closing` is True, errors are also printed to standard error.
    """

    def __init__(
        self,
        where: Callable[[], Notices],
        *,
        open_models: Callable[[], object],
        show_unread: Callable[[int, int], object],
    ) -> None:
        self._find_notices = where
        self._show_unread = show_unread
        # Errors and notices that last, and that have left the page unread, newest last.
        self._unread_messages: list[_Message] = []
        self._open_models = open_models
        self.undo_stack = UndoStack()
        self.tasks = Tasks(self.report)
        # Notices of every page that had one.
        self._used_areas: set[Notices] = set()
        # Callbacks that show an error with a button for its remedy, by the name of the remedy. They return False if
        # the remedy does not apply now.
        self.remedies: dict[str, Callable[[StudioError], bool]] = {}
        self.closing = False

    def notify(
        self,
        title: str,
        text: str = "",
        *,
        kind: str = "info",
        action: str = "",
        on_action: Callable[[], object] | None = None,
        undo: Callable[[], object] | None = None,
        undone: str = "",
        lasts: bool = False,
    ) -> None:
        """Show a notice over the open page, and add `undo` to the undo stack if it is given. See `Notify` for the
        arguments.
        """
        on_undo: Callable[[], object] | None = None
        if undo is not None:
            undoable = UndoableAction(title, undo, undone)
            self.undo_stack.push(undoable)

            def take_back() -> object:
                return self.tasks.start(self._undo_from_notice(undoable))

            if on_action is None:
                action = action or translate("Notifier", "Undo")
                on_action = take_back
            else:
                on_undo = take_back

        if not title:
            return
        if self.closing and kind == "error":
            print(escape_unsafe(f"gdm-studio: {text}"), file=sys.stderr)
        seconds = DEFAULT_SECONDS
        if kind == "error" or lasts:
            seconds = ERROR_SECONDS
        elif on_undo is not None or action and kind != "success":
            seconds = OFFER_SECONDS
        self._show(_Message(title, text, kind, action, on_action, on_undo), seconds, lasts=lasts)

    def _show(self, message: _Message, seconds: float, *, lasts: bool) -> Notice:
        """Show a notice over the open page for `seconds`, or until the user closes it if `seconds` is 0."""
        notices = self._find_notices()
        if notices not in self._used_areas:
            self._used_areas.add(notices)
            notices.unread.connect(self._keep_unread)
        if lasts and message.kind != "error":
            # Several of them would cover much of a picture.
            for used in self._used_areas:
                used.set_offers_aside()
        notice = notices.show_notice(
            message.title,
            message.text,
            kind=message.kind,
            action=message.action,
            on_action=message.on_action,
            on_undo=message.on_undo,
            seconds=seconds,
            lasts=lasts,
        )
        # The text of the notice may have been shortened.
        self._forget(lambda unread: (unread.title, unread.text) == (notice.title, notice.text))
        return notice

    async def undo(self) -> None:
        """Undo the user's last action, and show a notice about it.

        Raises StudioError if that fails, in which case the action can be undone later.
        """
        act = await self.undo_stack.undo()
        if act is None:
            self.notify(translate("Notifier", "Nothing to undo"))
            return
        if act.title:
            self.withdraw(act.title)
        if act.nothing_left is not None:
            self._show_nothing_left(act)
        elif act.title and act.undone:
            self.notify(act.undone)
        elif act.title:
            self.notify(translate("Notifier", "Undone"), act.title)

    async def redo(self) -> None:
        """Do the action that was undone last again, and remove the notice that it was undone.

        Raises StudioError if that fails, in which case the action can be redone later.
        """
        act = await self.undo_stack.redo()
        if act is not None and act.nothing_left is not None:
            self.notify(translate("Notifier", "Nothing to redo: you have changed it since"), act.title)
        elif act is not None and act.undone:
            self.withdraw(act.undone)
        elif act is not None and act.title:
            self.withdraw(translate("Notifier", "Undone"), act.title)

    async def _undo_from_notice(self, undoable: UndoableAction) -> None:
        act = await self.undo_stack.undo(undoable)
        if act is not None and act.nothing_left is not None:
            self._show_nothing_left(act)

    def _show_nothing_left(self, action: UndoableAction) -> None:
        if action.nothing_left is NothingLeft.DONE_ELSEWHERE:
            title = translate("Notifier", "Nothing to undo: another program has done it")
        else:
            title = translate("Notifier", "Nothing to undo: you have changed it since")
        self.notify(title, action.title)

    def withdraw(self, title: str, text: str = "") -> None:
        """Remove all notices with this title and, if it is given, this text from every page."""
        text = shorten_values(text, LONGEST_TEXT)
        for notices in self._used_areas:
            notices.withdraw(title, text)
        self._forget(lambda unread: unread.title == title and text in ("", unread.text))

    def show_next_unread(self) -> None:
        """Show the oldest unread notice again over the open page, until the user closes it. A notice that it pushes out
        becomes the newest.
        """
        if self._unread_messages:
            # Escape then closes the notice that the user has just opened, and does not stop a run.
            self._show(self._unread_messages[0], 0, lasts=True).take_focus()

    def _keep_unread(self, notice: Notice) -> None:
        # The same notice may have been shown on two pages.
        self._forget(lambda unread: (unread.title, unread.text) == (notice.title, notice.text))
        self._unread_messages.append(
            _Message(notice.title, notice.text, notice.kind, notice.action, notice.on_action, notice.on_undo)
        )
        is_error = notice.kind == "error"
        alike = [unread for unread in self._unread_messages if (unread.kind == "error") == is_error]
        if len(alike) > (MOST_UNREAD_ERRORS if is_error else MOST_UNREAD_OFFERS):
            self._unread_messages.remove(alike[0])
        self._count_unread()

    def _forget(self, is_meant: Callable[[_Message], bool]) -> None:
        """Remove unread notices for which `is_meant(notice)` is true."""
        kept = [unread for unread in self._unread_messages if not is_meant(unread)]
        if len(kept) != len(self._unread_messages):
            self._unread_messages = kept
            self._count_unread()

    def _count_unread(self) -> None:
        errors = sum(unread.kind == "error" for unread in self._unread_messages)
        self._show_unread(errors, len(self._unread_messages) - errors)

    def settings_changed(self) -> None:
        """Remove error notices about the model or the device, because the user's changes of settings may have fixed the
        errors.
        """
        for error in (BadRequest, PromptError, ModelError, DeviceError):
            self.withdraw(error_title(error))

    def report(self, error: BaseException) -> None:
        """Show an error, with a button for its remedy if there is one. Unexpected errors are also logged and printed to
        standard error.
        """
        if not isinstance(error, StudioError):
            from gdm_studio.common import error_log

            asyncio.get_running_loop().run_in_executor(None, error_log.record_error, error)
        if self.closing:
            print(escape_unsafe(f"gdm-studio: {error}"), file=sys.stderr)
        elif isinstance(error, StudioError):
            self._show_error(error)
        else:
            traceback.print_exception(error)
            title = translate("Notifier", "Unexpected error")
            self.notify(title, f"{type(error).__name__}: {error}", kind="error")

    def _show_error(self, error: StudioError) -> None:
        if (remedy := self.remedies.get(error.remedy)) is not None and remedy(error):
            return
        button: dict[str, Any] = {}
        if isinstance(error, ModelError):
            button = {"action": translate("Notifier", "Models"), "on_action": self._open_models}
        self.notify(error_title(error), error_text(error), kind="error", **button)
