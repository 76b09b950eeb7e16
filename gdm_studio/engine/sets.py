"""A set: pictures of different prompts carried out as one run."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import replace

from gdm_studio.engine.generate import generate
from gdm_studio.models.library import Library
from gdm_studio.request import Request
from gdm_studio.run import Advance, Event, Result


def generate_set(singles: Sequence[Request], library: Library) -> Generator[Event, None, None]:
    """The events of `generate` for requests of one picture each, picture i of the run being that of request i.

    Raises what `generate` does, at the first request that cannot be carried out.
    """
    for image, single in enumerate(singles):
        with closing(generate(single, library)) as events:
            for event in events:
                if isinstance(event, Advance):
                    event = replace(event, images=(image,))
                elif isinstance(event, Result):
                    event = replace(event, image=image)
                yield event
