"""Models in memory: parts that several have from the same files are there once, and what is too much is let go."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar
from weakref import WeakValueDictionary

from gdm_studio import memory
from gdm_studio.models.checkpoints import Stamp, stamp_of

if TYPE_CHECKING:
    import torch

    from gdm_studio.models.loaded import LoadedModel

    Part = TypeVar("Part", bound=torch.nn.Module)

UNKNOWN = 8 * 2**30  # bytes of a device that does not tell how much memory it has


class Key(NamedTuple):
    """What makes two loaded things the same."""

    what: str  # which part of a model, and how it is put together
    files: tuple[tuple[Path, Stamp | None], ...]
    device: torch.device
    dtype: torch.dtype


def key_of(what: str, files: Iterable[Path], device: torch.device, dtype: torch.dtype) -> Key:
    """The key of what is loaded from these files as they are now."""
    return Key(what, tuple((file, stamp_of(file)) for file in files), device, dtype)


class Store:
    """Holds the models used last on each device, as many as `budget(device)` bytes have room for.

    Whoever uses a model holds it as well: what is let go meanwhile stays as it is until the last user has done, and is
    found here until then. The model asked for last is held however large it is.
    """

    def __init__(self, budget: Callable[[torch.device], int] | None = None) -> None:
        self._budget = budget or usual_budget
        self._models: WeakValueDictionary[Key, LoadedModel] = WeakValueDictionary()  # in memory, whoever holds them
        self._parts: WeakValueDictionary[Key, torch.nn.Module] = WeakValueDictionary()
        self._held: OrderedDict[Key, LoadedModel] = OrderedDict()  # the one used last at the end
        self._latest: dict[torch.device, Key] = {}  # of each device, the model asked for last
        self._lock = threading.RLock()  # of those who load

    def model(self, key: Key, load: Callable[[], LoadedModel]) -> LoadedModel:
        """The model with that key, from memory or else from `load()`; raises what that does."""
        with self._lock:
            self._latest[key.device] = key
            found = self._models.get(key)
            model = load() if found is None else found
            self._models[key] = self._held[key] = model
            self._held.move_to_end(key)
            self._make_room(key.device, 0)
            return model

    def part(self, key: Key, size: int, load: Callable[[], Part]) -> Part:
        """The part with that key, from memory or else from `load()`, with room made for its `size` bytes.

        It may be asked for while its model is loaded, or later, by a run that needs it again.
        """
        with self._lock:
            found = self._parts.get(key)
            if found is not None:
                return found  # type: ignore[return-value]  # what is loaded under a key is of one kind
            self._make_room(key.device, size)
            self._parts[key] = part = load()
            return part

    def has(self, key: Key) -> bool:
        """Whether that model is in memory."""
        return key in self._models

    def bytes_on(self, device: torch.device) -> int:
        """What all parts on the device take, those included that were let go and are still in use."""
        parts = [part for key, part in list(self._parts.items()) if key.device == device]
        tensors = chain.from_iterable((*part.parameters(), *part.buffers()) for part in parts)
        return sum(tensor.nbytes for tensor in tensors)

    def let_go(self, device: torch.device, but: Key | None = None) -> bool:
        """Holds no model on the device any longer but that one; False where there was none to let go."""
        with self._lock:
            others = [key for key in self._held if key.device == device and key != but]
            for key in others:
                del self._held[key]
            return bool(others)

    def _make_room(self, device: torch.device, size: int) -> None:
        """Lets go of the models used longest ago until `size` more bytes fit into the budget."""
        budget, latest = self._budget(device), self._latest.get(device)
        for key in [key for key in self._held if key.device == device and key != latest]:
            if self.bytes_on(device) + size <= budget:
                return
            del self._held[key]


def usual_budget(device: torch.device) -> int:
    """Half of the machine's memory, which others need too, or three quarters of a device's own, in bytes."""
    total = total_on(device) or UNKNOWN
    return total * 3 // 4 if _memory_of(device) else total // 2


def total_on(device: torch.device) -> int | None:
    """Bytes of memory that there are where the device has its own; None where unknown. MPS shares the machine's."""
    own = _memory_of(device)
    return int(own.get_device_properties(device).total_memory) if own else memory.total()


def free_on(device: torch.device) -> int | None:
    """Bytes that could be had now where the device has its memory; None where unknown. The CPU and MPS share one."""
    if (own := _memory_of(device)) is None:
        return memory.free()
    kept_back = own.memory_reserved(device) - own.memory_allocated(device)  # by torch, for what comes next
    return int(own.mem_get_info(device)[0]) + int(kept_back)


def _memory_of(device: torch.device) -> Any:
    """What tells of the device's own memory; None where it has none of its own, or does not tell."""
    import torch

    return {"cuda": torch.cuda, "xpu": torch.xpu}.get(device.type)
