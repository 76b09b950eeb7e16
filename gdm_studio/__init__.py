"""GDM Studio: generate images with diffusion models on your own machine, one visible step at a time.

Scripts use `Studio`, which is imported on first access.
"""

from importlib import import_module
from typing import Any

__version__ = "0.2.0"


def __getattr__(name: str) -> Any:
    if name == "Studio":
        return import_module("gdm_studio.studio.studio").Studio
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
