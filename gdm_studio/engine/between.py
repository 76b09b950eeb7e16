"""Pictures on the way from one seed or prompt to another: a strip, a clip, variations."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace

import numpy as np

from gdm_studio.engine.generate import generate
from gdm_studio.errors import BadRequest
from gdm_studio.models.library import Library
from gdm_studio.request import Request, Toward
from gdm_studio.run import Event, Result

MOST = 1000  # pictures of a strip


def between(start: Request, end: Toward, count: int) -> list[Request]:
    """`count` requests of one picture each, evenly from the first of `start` to as far as `end` goes, both included.

    Where `start` is on its way somewhere already, they go on from there. Raises BadRequest for less than two.
    """
    if not isinstance(count, int) or not 2 <= count <= MOST:
        raise BadRequest(f"On the way between two pictures there are from 2 to {MOST}, not {count!r}.")
    first = start.picture(0)
    return [first.walked(replace(end, amount=end.amount * place / (count - 1))) for place in range(count)]


def clip(requests: list[Request], library: Library) -> Generator[Event, None, list[np.ndarray]]:
    """The events of making them, their pictures being the generator's return value. Raises as `generate`."""
    pictures = []
    for request in requests:
        for event in generate(request, library, steps_budget=0):
            yield event
            if isinstance(event, Result):
                pictures.append(event.rgba)
    return pictures
