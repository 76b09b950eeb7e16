"""A record of the model files that are opened and by which thread."""

from __future__ import annotations

import builtins
import io
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock

KINDS = (".safetensors", "card.json", ".index.json", "model_index.json", "used.json")


@contextmanager
def record_openings() -> Iterator[list[tuple[str, str]]]:
    """Record the model files that are opened within a `with` block, as pairs (thread name, path).

    An audit hook could not be removed, and would be called thousands of times in every later test.
    """
    seen: list[tuple[str, str]] = []
    with ExitStack() as replaced:
        for module in (builtins, io, os):
            replaced.enter_context(mock.patch.object(module, "open", _recorded(module.open, seen)))
        yield seen


def _recorded(open_file: Callable[..., Any], seen: list[tuple[str, str]]) -> Callable[..., Any]:
    """Return the function `open_file`, which adds the model files that it opens to `seen`."""

    def opened(path: Any, *args: Any, **options: Any) -> Any:
        if isinstance(path, str | bytes | os.PathLike) and os.fsdecode(path).endswith(KINDS):
            seen.append((_opener(), os.fsdecode(path)))
        return open_file(path, *args, **options)

    return opened


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
