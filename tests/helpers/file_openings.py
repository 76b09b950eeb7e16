"""A record of the model files that are opened and by which thread, from Python's audit events."""

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
def record_openings() -> Iterator[list[tuple[str, str]]]:
    """Record the model files that are opened within a `with` block, as pairs (thread name, path)."""
    global _hooked
    if not _hooked:
        # Audit hooks cannot be removed; this one stays for the life of the process.
        sys.addaudithook(_on_audit_event)
        _hooked = True
    seen: list[tuple[str, str]] = []
    _watching.append(seen)
    try:
        yield seen
    finally:
        _watching.remove(seen)


def _on_audit_event(event: str, args: tuple[object, ...]) -> None:
    if event != "open" or not _watching:
        return
    path = args[0]
    if isinstance(path, str | bytes | os.PathLike) and os.fsdecode(path).endswith(KINDS):
        for seen in _watching:
            seen.append((_opener(), os.fsdecode(path)))


def _opener() -> str:
    """Return which thread opens the current file: the name of a worker thread, "window" or "main".

    It is "window" if code of the window opens the file on the main thread.
    """
    if threading.current_thread() is not threading.main_thread():
        return threading.current_thread().name
    frame = sys._getframe(2)
    while frame is not None:
        if str(frame.f_globals.get("__name__")).startswith("gdm_studio.ui"):
            return "window"
        frame = frame.f_back  # type: ignore[assignment]
    return "main"
