"""Serialisation of the calls and answers that the parent process and its engine process exchange."""

from __future__ import annotations

import io
import pickle
from collections.abc import Sequence
from typing import Any

from gdm_studio.common.errors import StudioError
from gdm_studio.jobs.workers import messages
from gdm_studio.jobs.workers.shared_file import MIN_BYTES, Blob


class _PlainUnpickler(pickle.Unpickler):
    """Unpickler that refuses objects of torch, because only an engine may import torch."""

    def find_class(self, module: str, name: str) -> Any:
        if module.partition(".")[0] == "torch":
            raise pickle.UnpicklingError(f"an engine sent an object of torch ({module}.{name})")
        return super().find_class(module, name)


def pack(value: Any) -> bytes:
    """Serialise a call of the engine, or its answer."""
    return pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)


def pack_parts(value: Any) -> list[Blob]:
    """Serialise the answer of a call as parts: the pickle, then the pixels of each large image, without a copy."""
    images: list[memoryview] = []

    def is_in_first_part(buffer: pickle.PickleBuffer) -> bool:
        pixels = buffer.raw()
        if is_large := len(pixels) >= MIN_BYTES:
            images.append(pixels)
        return not is_large

    return [pickle.dumps(value, protocol=5, buffer_callback=is_in_first_part), *images]


def unpack(data: bytes, buffers: Sequence[Blob] = ()) -> Any:
    """Return the call or the answer that `pack` or `pack_parts` has serialised.

    May raise any error, for example if `data` contains objects of torch.
    """
    return _PlainUnpickler(io.BytesIO(data), buffers=buffers).load()


def pack_error(error: StudioError) -> bytes:
    """Serialise the error of a call."""
    return pack(messages.of_error(error))


def unpack_error(data: bytes) -> StudioError:
    """Recreate the error of a call."""
    return messages.error_in(unpack(data))
