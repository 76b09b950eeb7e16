"""What can be taken back: acts, each with its way back, the latest first."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from weakref import WeakSet

from gdm_studio.errors import StudioError

MOST = 100  # acts that are remembered


@dataclass(frozen=True, eq=False)
class Act:
    """Something done; `back()` undoes it, and may be a coroutine."""

    title: str  # of the notice that tells of it; "" where none does
    back: Callable[[], object]


class Past:
    """Who does things to pictures holds `turn` until they are noted: Ctrl+Z at once then means the latest of them."""

    def __init__(self) -> None:
        self.turn = asyncio.Lock()
        self._acts: list[Act] = []
        self._barred = WeakSet[Act]()  # tried once in vain

    def note(self, act: Act) -> None:
        """Remembers what has been done."""
        self._acts.append(act)
        del self._acts[:-MOST]

    async def take_back(self, act: Act | None = None) -> Act | None:
        """Takes back an act, the latest unless told, and returns it; None where there is none.

        Raises StudioError where its way back is barred, to be tried again; at the second time the others go first.
        """
        async with self.turn:
            act = act or (self._acts[-1] if self._acts else None)
            if act is None or act not in self._acts:
                return None
            self._acts.pop(place := self._acts.index(act))
            try:
                if inspect.iscoroutine(done := act.back()):
                    await done
            except StudioError:
                self._acts.insert(0 if act in self._barred else place, act)
                self._barred.add(act)
                raise
            return act
