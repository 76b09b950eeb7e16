"""How far an item has come, by the steps that are kept of it: their numbers are read without what they hold."""

from __future__ import annotations

import json
import struct
from contextlib import suppress

from gdm_studio.framing import told, unframed


def reached(steps: bytes) -> int:
    """The last step that is whole of the picture in hand, 0 where there is none: what `Queue.steps` gave."""
    last = 0
    with suppress(struct.error, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        for record in unframed(steps):
            if "step" in (facts := told(record)):
                last = int(json.loads(facts["step"])["index"])
    return last
