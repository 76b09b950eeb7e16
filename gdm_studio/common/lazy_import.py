"""Lazy import of modules, so that the window can list samplers and processes without loading numpy."""

from __future__ import annotations

from importlib import import_module
from typing import Any


class LazyModule:
    """Proxy that imports a module on first use, for a fast start: `np = LazyModule("numpy")`."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        return getattr(import_module(self._name), attribute)
