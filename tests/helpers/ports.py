"""Ports for processes that cannot choose one themselves."""

from __future__ import annotations

import os
from itertools import count

_calls = count()


def own_port() -> int:
    """Return a port that no other test uses.

    It is below those that Linux, macOS and Windows give away, which another test could get before the process listens.
    """
    return 20_000 + (16 * os.getpid() + next(_calls)) % 10_000
