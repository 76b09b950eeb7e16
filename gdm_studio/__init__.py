"""GDM Studio: make pictures with diffusion models on your own machine, one visible step at a time.

`Studio` is the way in for scripts, loaded when it is first asked for.
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    if name == "Studio":
        return import_module("gdm_studio.studio.studio").Studio
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
