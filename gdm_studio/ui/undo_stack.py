"""Stack of the user's actions that can be undone in the window."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum, auto
from functools import cached_property
from typing import TYPE_CHECKING
from weakref import WeakSet

from gdm_studio.common.errors import StudioError
from gdm_studio.common.lazy_import import LazyModule

if TYPE_CHECKING:
    import asyncio
else:
    # The first paint does not wait for the import.
    asyncio = LazyModule("asyncio")

# Maximum number of actions that can be undone.
MAX_ACTIONS = 100


class NothingLeft(Enum):
    """Reason why undoing an action changed nothing, returned by `UndoableAction.back`."""

    # Another program has undone the action already.
    DONE_ELSEWHERE = auto()
    # The user has replaced since what the action changed.
    CHANGED_SINCE = auto()


@dataclass(frozen=True, eq=False)
class UndoableAction:
    """Completed action of the user that can be undone by calling `back()`, which may return a coroutine.

    The result of `back` or its coroutine is a `NothingLeft` if there was nothing left to undo. It may be a function
    that does the action again and may return a coroutine. This function pushes the action as a new one, or returns the
    function that undoes it again, or a `NothingLeft`.
    """

    # Title of the notice that reports the action, "" if there is none.
    title: str
    back: Callable[[], object]
    # Title of the notice after the command was undone. "" stands for "Undone" with the command's title.
    undone: str = ""
    # Why undoing it changed nothing, or None if it was undone.
    nothing_left: NothingLeft | None = None


class UndoStack:
    """Stack of the user's actions that can be undone, with the newest on top. Hold `lock` from the start of an action
    until it is pushed.

    The lock ensures that Ctrl+Z during an action undoes this action and not the previous one.
    """

    def __init__(self) -> None:
        self._actions: list[UndoableAction] = []
        self._failed_actions = WeakSet[UndoableAction]()
        # Undone actions with the functions that do them again, the last undone one on top.
        self._redos: list[tuple[UndoableAction, Callable[[], object]]] = []
        self._is_redoing = False

    @cached_property
    def lock(self) -> asyncio.Lock:
        """Lock that is held from the start of an action until it is pushed."""
        return asyncio.Lock()

    @cached_property
    def _redo_lock(self) -> asyncio.Lock:
        return asyncio.Lock()

    def push(self, action: UndoableAction) -> None:
        """Add a completed action to the top of the undo stack. If the stack is full, the oldest action is dropped.
        Actions that were undone before can no longer be redone.
        """
        # An action that is redone is no reason to forget those that were undone before it.
        if not self._is_redoing:
            self._redos.clear()
        self._actions.append(action)
        del self._actions[:-MAX_ACTIONS]

    def newest(self) -> Callable[[], object] | None:
        """Return the function that undoes the newest action, or None if there is no action."""
        return self._actions[-1].back if self._actions else None

    async def undo(self, action: UndoableAction | None = None) -> UndoableAction | None:
        """Undo an action, by default the newest one, and return it. Return None if there is nothing to undo. The
        returned action has the reason `nothing_left` if undoing it changed nothing.

        Raises StudioError if that fails. The action then stays on the stack, and moves to its bottom after a second
        failure.
        """
        async with self.lock:
            action = action or (self._actions[-1] if self._actions else None)
            if action is None or action not in self._actions:
                return None
            place = self._actions.index(action)
            self._actions.pop(place)
            try:
                result = action.back()
                if inspect.iscoroutine(result):
                    result = await result
            except StudioError:
                self._actions.insert(0 if action in self._failed_actions else place, action)
                self._failed_actions.add(action)
                raise
            if callable(result):
                self._redos.append((action, result))
            elif not isinstance(result, NothingLeft):
                # Actions are redone in the order in which they were done, and this one cannot be.
                self._redos.clear()
            return replace(action, nothing_left=result) if isinstance(result, NothingLeft) else action

    def can_redo(self) -> bool:
        """Return True if the action that was undone last can be done again."""
        return bool(self._redos)

    async def redo(self) -> UndoableAction | None:
        """Do the action that was undone last again, and return it. Return None if there is none. The returned action
        has the reason `nothing_left` if that changed nothing. Raises StudioError if it fails; it can be redone later.
        """
        async with self._redo_lock:
            async with self.lock:
                # An undo that was in progress has ended.
                if not self._redos:
                    return None
                action, again = self._redos.pop()
            self._is_redoing = True
            try:
                result = again()
                if inspect.iscoroutine(result):
                    result = await result
                if callable(result):
                    self.push(replace(action, back=result))
                elif isinstance(result, NothingLeft):
                    action = replace(action, nothing_left=result)
            except StudioError:
                self._redos.append((action, again))
                raise
            finally:
                self._is_redoing = False
            return action
