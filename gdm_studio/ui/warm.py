"""What the lane does before anyone asks: torch imported, devices found, the model loaded and run once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gdm_studio import preferences
from gdm_studio.request import Request

if TYPE_CHECKING:
    from gdm_studio.models.library import Library


def find_devices() -> list[str]:
    """The devices as a request takes them, the preferred one first; imports torch, which takes a second or two."""
    from gdm_studio.engine import devices

    return devices.available()


def describe(device: str) -> str:
    """A device in words, with the threads set in the settings; raises DeviceError."""
    from gdm_studio.engine import devices

    devices.use_threads(preferences.load().threads)
    return devices.describe(device)


def load_model(library: Library, request: Request) -> None:
    """Loads the model of `request` and makes one step with it, or one a stage, so that the first real one is not slow.

    Raises ModelError, DeviceError.
    """
    from gdm_studio.engine.generate import generate

    plain = replace(request, count=1, factors={}, image="", mask="", branch=None)
    shortest = replace(plain, steps=len(library.card(request.model).drawing(plain).stages))
    for _ in generate(shortest, library):
        pass
