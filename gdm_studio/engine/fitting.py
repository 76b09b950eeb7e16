"""Pictures in batches that fit into memory: smaller ones where it runs out, and at last the CPU."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import closing

import torch

from gdm_studio.engine import devices
from gdm_studio.engine.batches import Place
from gdm_studio.engine.decoding import DecodingError
from gdm_studio.models.library import Library, parts_of
from gdm_studio.passes import enlarged, is_enlarged
from gdm_studio.request import Request
from gdm_studio.run import Event, Phase, Result


def fitting(
    request: Request,
    library: Library,
    images: tuple[int, ...],
    make: Callable[[tuple[int, ...], torch.device], Generator[Event, None, None]],
) -> Generator[Event, None, None]:
    """What `make` gives for batches of the pictures; what one for which memory runs out has not given is begun again.

    First without the other models that are loaded, then in smaller batches, at last on the CPU. Raises DeviceError
    where the device is not here or computes no such numbers, or not even one picture fits.
    """
    assert request.size is not None
    size = enlarged(request.size, request.factors) if is_enlarged(request) else request.size
    place = Place(devices.place_of(request, library.card(request.model))[0], request.batch, size)
    while images:
        batch = images[: place.batch]
        too_many, taken, finished = 0, devices.measuring(place.device), set[int]()
        try:
            yield from _noted(make(batch, place.device), finished)
            place = place.after(len(batch), taken())
        except (RuntimeError, MemoryError) as error:
            if not devices.is_out_of_memory(error):
                raise
            # what could not be decoded even in tiles will not fit in a smaller batch either
            too_many = 1 if isinstance(error, DecodingError) else len(batch)
        if too_many:
            remedy = "Out of memory: letting go of other models."
            if not _others_let_go(request, library, place.device):
                place, remedy = place.smaller(too_many)
            yield Phase("making room", note=remedy)
            images = tuple(image for image in images if image not in finished)
        else:
            images = images[len(batch) :]


def _noted(events: Generator[Event, None, None], finished: set[int]) -> Generator[Event, None, None]:
    """The events; pictures that are finished go into that set. What the last held is let go of with this."""
    with closing(events):
        for event in events:
            if isinstance(event, Result):
                finished.add(event.image)
            yield event


def _others_let_go(request: Request, library: Library, device: torch.device) -> bool:
    """Whether there were models in the device's memory that this run does not need; gives back what is free."""
    dtype = devices.resolve_dtype(request.dtype, library.card(request.model), device)
    some = library.make_room(request.model, device=device, dtype=dtype, **parts_of(request))
    devices.release(device)  # not in the handler of the error: until its end the traceback holds the tensors
    return some
