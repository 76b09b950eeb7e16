"""Lazy import of modules and functions, so that the window can list samplers and processes without loading them or
numpy.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any


class LazyModule:
    """Proxy that imports a module on first use, for a fast start: `np = LazyModule("numpy")`."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        return getattr(import_module(self._name), attribute)


class LazyFunction:
    """Proxy for a function of a module that is imported by the first call."""

    def __init__(self, module: str, name: str) -> None:
        self._module = module
        self._name = name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return getattr(import_module(self._module), self._name)(*args, **kwargs)
