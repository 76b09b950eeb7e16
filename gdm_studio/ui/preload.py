"""Startup work of the worker thread: importing torch, detecting devices, and loading the model and pictures of its
training images.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gdm_studio import preferences
from gdm_studio.common import remote_device
from gdm_studio.request.generation_request import Request

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from gdm_studio.models.library import Library


def find_devices() -> list[str]:
    """Return the names of all devices that can generate images: the preferred local device, other local devices, then
    other computers.

    Importing torch takes a second or two.
    """
    from gdm_studio.models.memory import devices

    settings = preferences.load()
    cluster = [remote_device.CLUSTER] if settings.cluster else []
    return [*devices.available(), *remote_device.names_in(settings.remote_devices), *cluster]


def describe(device: str) -> str:
    """Return a description of a device, such as the name of the GPU, and apply the number of CPU threads from the
    preferences. Raises DeviceError.
    """
    from gdm_studio.models.memory import devices

    devices.use_threads(preferences.load().threads)
    return devices.describe(device)


def read_drawings(library: Library, request: Request, names: Sequence[str]) -> dict[str, np.ndarray]:
    """Read the training images of a model that have the given names, and return their pixels keyed by name. Raises
    ModelError or DeviceError.
    """
    from gdm_studio.engine.training_image_thumbnails import read_drawings

    return read_drawings(request, library, names)


def load_model(library: Library, request: Request) -> None:
    """Load the model of a request, and run one step of each of its stages (such as base model and refiner), so that the
    first generation starts without delay.

    Does nothing for a request to other computers. Raises ModelError or DeviceError.
    """
    from gdm_studio.engine.generation_loop import generate
    from gdm_studio.models.memory import devices

    if all(map(remote_device.is_remote, devices.device_names(request.device))):
        return
    plain = replace(request, count=1, factors={}, image="", mask="", branch=None)
    shortest = replace(plain, steps=len(library.card(request.model).for_request(plain).stages))
    for _ in generate(shortest, library):
        pass
