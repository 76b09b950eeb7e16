"""Faster imports after PySide6 has been imported. PySide6 searches the source code of every module that is imported
after it.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from importlib.machinery import ModuleSpec
from types import ModuleType

# The values by which PySide marks modules: one that uses it without optional features, and one that does not use it.
_USES, _IGNORED = 0, -1


class _Marker:
    """Finder that finds nothing, but marks each module before it is imported, so that PySide does not look for its own
    name in the module's source.
    """

    def __init__(self, marks: dict[str, int]) -> None:
        self._marks = marks

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        self._marks.setdefault(name, _USES if name.startswith("gdm_studio.ui") else _IGNORED)
        return None


def speed_up() -> None:
    """Import PySide6, and prevent it from searching the source code of every module that is imported later or was
    imported before.

    The search serves `from __feature__ import …`, which this program does not use. It takes up to 0.5 ms per module.
    Does nothing more if this version of PySide6 works differently.
    """
    import PySide6.QtCore  # noqa: F401

    with suppress(ImportError):
        # PySide creates this module, so that no type checker finds it.
        marks = getattr(import_module("shibokensupport.feature"), "pyside_feature_dict", None)
        if isinstance(marks, dict):
            marker = _Marker(marks)
            for name in tuple(sys.modules):
                marker.find_spec(name)
            sys.meta_path.insert(0, marker)
