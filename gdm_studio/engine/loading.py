"""The model of a request, brought onto its device."""

from __future__ import annotations

from collections.abc import Generator

import torch

from gdm_studio.engine import devices
from gdm_studio.models.library import Library, load_for, parts_of
from gdm_studio.models.loaded import LoadedModel
from gdm_studio.request import Request
from gdm_studio.run import Phase


def loading(request: Request, library: Library, device: torch.device) -> Generator[Phase, None, LoadedModel]:
    """A Phase where it has to be waited for; the model is the return value. Raises ModelError."""
    dtype = devices.resolve_dtype(request.dtype, library.card(request.model), device)
    if not library.is_loaded(request.model, device=device, dtype=dtype, **parts_of(request)):
        yield Phase("loading the model")
    return load_for(library, request, device=device, dtype=dtype)
