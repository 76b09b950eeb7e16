"""Which files of models are opened, and by whom: told by Python itself, whatever opens them."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

KINDS = (".safetensors", "card.json", ".index.json", "model_index.json", "used.json")

_watching: list[list[tuple[str, str]]] = []
_hooked = False


@contextmanager
def openings() -> Iterator[list[tuple[str, str]]]:
    """While the block runs: the name of the thread and the path, of each file of a model that is opened."""
    global _hooked
    if not _hooked:
        sys.addaudithook(_heard)  # which stays for as long as the process does
        _hooked = True
    seen: list[tuple[str, str]] = []
    _watching.append(seen)
    try:
        yield seen
    finally:
        _watching.remove(seen)


def _heard(event: str, args: tuple[object, ...]) -> None:
    if event != "open" or not _watching:
        return
    path = args[0]
    if isinstance(path, str | bytes | os.PathLike) and os.fsdecode(path).endswith(KINDS):
        for seen in _watching:
            seen.append((_by(), os.fsdecode(path)))


def _by() -> str:
    """The thread, and "window" for the main one while the window's own code asks for the file."""
    if threading.current_thread() is not threading.main_thread():
        return threading.current_thread().name
    frame = sys._getframe(2)
    while frame is not None:
        if str(frame.f_globals.get("__name__")).startswith("gdm_studio.ui"):
            return "window"
        frame = frame.f_back  # type: ignore[assignment]
    return "main"
