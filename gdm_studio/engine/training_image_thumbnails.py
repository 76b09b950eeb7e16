"""Thumbnails of the memorised training images ("drawings") from which a model starts its images."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from gdm_studio.models.loaded_model import ModelWithDrawings
from gdm_studio.models.memory import devices
from gdm_studio.models.model_library import Library, load_for_request
from gdm_studio.request.generation_request import Request


def read_drawings(request: Request, library: Library, names: Sequence[str]) -> dict[str, np.ndarray]:
    """Return the memorised training images ("drawings") with which a model can start, as {name: uint8 RGBA (H, W, 4)}.
    Names unknown to the model are omitted. Raises ModelError or DeviceError.
    """
    device, dtype = devices.nearest_device_and_dtype(request, library.card(request.model))
    model = load_for_request(library, replace(request, tile=0), device=device, dtype=dtype)
    if not isinstance(model, ModelWithDrawings):
        return {}
    found = {name: model.drawing(name) for name in names}
    return {name: drawing.numpy() for name, drawing in found.items() if drawing is not None}
