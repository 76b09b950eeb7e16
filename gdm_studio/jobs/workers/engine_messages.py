"""Calls and answers in messages between the program and its engine process."""

from __future__ import annotations

import io
import pickle
from typing import Any

from gdm_studio.common.errors import StudioError
from gdm_studio.jobs.workers import messages


class _PlainUnpickler(pickle.Unpickler):
    """Unpickler that refuses objects of torch, because only an engine may import torch."""

    def find_class(self, module: str, name: str) -> Any:
        if module.partition(".")[0] == "torch":
            raise pickle.UnpicklingError(f"an engine sent an object of torch ({module}.{name})")
        return super().find_class(module, name)


def pack(value: Any) -> bytes:
    """Serialise a call or an answer."""
    return pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)


def unpack(data: bytes) -> Any:
    """Return the call or the answer that `pack` has serialised. Raises any error if it contains objects of torch."""
    return _PlainUnpickler(io.BytesIO(data)).load()


def pack_error(error: StudioError) -> bytes:
    """Serialise the error of a call."""
    return pack(messages.of_error(error))


def unpack_error(data: bytes) -> StudioError:
    """Recreate the error of a call."""
    return messages.error_in(unpack(data))
