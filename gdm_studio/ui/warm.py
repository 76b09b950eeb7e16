"""What the lane does before anyone asks: torch imported, devices found, the model loaded and run once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gdm_studio.maths.processes import Process
from gdm_studio.request import Request

if TYPE_CHECKING:
    from gdm_studio.models.library import Library


@dataclass(frozen=True)
class Devices:
    """`names` as a request takes them, the preferred one first; `described` says the chosen one in words."""

    names: tuple[str, ...]
    described: str


def find_devices(device: str) -> Devices:
    """Imports torch, which takes a second or two."""
    from gdm_studio.engine import devices

    return Devices(tuple(devices.available()), devices.describe(device))


def load_model(library: Library, request: Request) -> Process:
    """Loads the model of `request` and makes one step with it, so that the first real one is not the slow one.

    Returns its forward process, which says where a spacing's steps will lie. Raises ModelError, DeviceError.
    """
    from gdm_studio.engine import devices
    from gdm_studio.engine.generate import generate

    for _ in generate(replace(request, steps=1, count=1), library):
        pass
    device, dtype = devices.resolve(request.device), devices.resolve_dtype(request.dtype)
    return library.load(request.model, device=device, dtype=dtype).process
