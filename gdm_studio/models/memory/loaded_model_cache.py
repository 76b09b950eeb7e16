"""Cache of loaded models, with a memory budget per device. Models that use the same file, such as a VAE, share its
network in memory.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar
from weakref import WeakValueDictionary

from gdm_studio.models.files.checkpoints import Stamp, stamp_of
from gdm_studio.models.memory.cpu_allocator import return_freed_memory
from gdm_studio.models.memory.memory_limit import chosen_limit, default_budget

if TYPE_CHECKING:
    import torch

    from gdm_studio.models.loaded_model import LoadedModel

    Part = TypeVar("Part", bound=torch.nn.Module)


class Key(NamedTuple):
    """Cache key of a loaded model or one of its parts."""

    # Name of the model or part, with its configuration.
    what: str
    files: tuple[tuple[Path, Stamp | None], ...]
    device: torch.device
    dtype: torch.dtype
    # The user's memory limit when the model was loaded, which determines whether its weights stay in memory.
    limit: int


def key_of(part: str, files: Iterable[Path], device: torch.device, dtype: torch.dtype) -> Key:
    """Return the cache key for a model or part that is loaded from the given files. It changes when a file is
    modified.
    """
    return Key(part, tuple((file, stamp_of(file)) for file in files), device, dtype, chosen_limit())


@dataclass(frozen=True)
class Placement:
    """Placement of networks in memory: their device, their number type, and the cache through which models share
    them.
    """

    device: torch.device
    dtype: torch.dtype
    store: Store

    def in_dtype(self, dtype: torch.dtype) -> Placement:
        """Return the same placement in another number type."""
        return replace(self, dtype=dtype)

    def share(self, part: str, files: Iterable[Path], size: int, load: Callable[[], Part]) -> Part:
        """Return a network of the given files from the cache, or load it by calling `load()`. `size` is the number of
        bytes that it needs, and `part` its name, with its configuration.
        """
        return self.store.part(key_of(part, files, self.device, self.dtype), size, load)


class Store:
    """Cache of loaded models. On each device it retains the most recently used models within `budget(device)` bytes.

    A model evicted while in use stays in memory, and can be requested again, until its last user releases it. The most
    recently requested model is never evicted.
    """

    def __init__(self, budget: Callable[[torch.device], int] | None = None) -> None:
        self._budget = budget or default_budget
        # All models in memory, including evicted ones that are still in use.
        self._models: WeakValueDictionary[Key, LoadedModel] = WeakValueDictionary()
        self._parts: WeakValueDictionary[Key, torch.nn.Module] = WeakValueDictionary()
        # Cached models, least recently used first.
        self._cached_models: OrderedDict[Key, LoadedModel] = OrderedDict()
        # Key of the most recently requested model, by device.
        self._last_requested: dict[torch.device, Key] = {}
        # Locked while a model is being loaded.
        self._lock = threading.RLock()

    def model(self, key: Key, load: Callable[[], LoadedModel]) -> LoadedModel:
        """Return the model with this key from the cache, or load it by calling `load()` and evict other models if
        necessary.
        """
        with self._lock:
            self._last_requested[key.device] = key
            self._evict([each for each in self._cached_models if each.device == key.device and each.limit != key.limit])
            found = self._models.get(key)
            model = load() if found is None else found
            self._models[key] = self._cached_models[key] = model
            self._cached_models.move_to_end(key)
            self._make_room(key.device, 0)
            return model

    def part(self, key: Key, size: int, load: Callable[[], Part]) -> Part:
        """Return a network of a model, such as its VAE, from the cache. If it is not loaded, evict other models until
        `size` bytes are free, and load it by calling `load()`.

        A part is requested while its model is loaded, or later if a run needs it again.
        """
        with self._lock:
            found = self._parts.get(key)
            if found is not None:
                return found  # type: ignore[return-value]  # a key always has parts of one class
            self._make_room(key.device, size)
            self._parts[key] = part = load()
            return part

    def has(self, key: Key) -> bool:
        """Return True if the model with this key is loaded and in memory."""
        return key in self._models

    def has_part(self, key: Key) -> bool:
        """Return True if the part with this key is in memory. It may be evicted as soon as no model uses it."""
        return key in self._parts

    def bytes_on(self, device: torch.device) -> int:
        """Return the memory, in bytes, that loaded models use on the device, including evicted models that are still in
        use by a run.
        """
        parts = [part for key, part in list(self._parts.items()) if key.device == device]
        tensors = chain.from_iterable((*part.parameters(), *part.buffers()) for part in parts)
        # A Control-LoRA shares the weights of its U-Net.
        return sum(tensor.nbytes for tensor in {id(tensor): tensor for tensor in tensors}.values())

    def release(self, device: torch.device, but: Key | None = None) -> bool:
        """Evict all models on the device from the cache, except the model with the key `but`. Returns True if at least
        one model was evicted.
        """
        with self._lock:
            others = [key for key in self._cached_models if key.device == device and key != but]
            for key in others:
                del self._cached_models[key]
            return bool(others)

    def clear(self) -> set[torch.device]:
        """Evict all models on all devices from the cache, and return these devices.

        Their memory is freed when no run uses them.
        """
        with self._lock:
            found = {key.device for key in self._cached_models}
            self._cached_models.clear()
            return found

    def _make_room(self, device: torch.device, size: int) -> None:
        """Evict the least recently used models on the device until `size` more bytes fit into its memory budget."""
        budget = self._budget(device)
        latest = self._last_requested.get(device)
        for key in [key for key in self._cached_models if key.device == device and key != latest]:
            if self.bytes_on(device) + size <= budget:
                return
            self._evict([key])

    def _evict(self, keys: Iterable[Key]) -> None:
        """Remove models from the cache, and return to the system what the C library keeps of their memory."""
        for key in keys:
            del self._cached_models[key]
            if key.device.type == "cpu":
                return_freed_memory()
