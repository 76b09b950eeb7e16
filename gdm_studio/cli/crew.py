"""The workers of a verb, where its pictures are made on several devices."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager

from gdm_studio.engine import threads
from gdm_studio.workers.pool import Pool


@contextmanager
def crew(devices: Sequence[str]) -> Iterator[Pool | None]:
    """A worker for each, ended with the block; None where there is but one, which this process uses itself."""
    if len(devices) < 2:
        yield None
        return
    threads.prepare()
    with closing(Pool(devices)) as pool:
        yield pool
