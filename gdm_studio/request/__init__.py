"""Requests for images: their settings, validation, digests and migrations, and the events of a run."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gdm_studio.request.generation_request import Branch, ControlImage, Interpolation, Request, Setting

__all__ = ["Branch", "ControlImage", "Interpolation", "Request", "Setting"]


def __getattr__(name: str) -> Any:
    """Import a class of this package, such as Request, when it is first used (PEP 562)."""
    if name in __all__:
        return getattr(import_module("gdm_studio.request.generation_request"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
