"""Who waits for a device: refused on a GPU by CUDA itself, elsewhere by what the operations are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode


class NoWaiting(TorchDispatchMode):
    """Refuses what waits for a device: reading a number of it, and copies between devices that are not asked for
    without blocking."""

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        name = str(func)
        assert not any(reads in name for reads in ("_local_scalar_dense", "nonzero", "equal.default")), name
        result = func(*args, **kwargs)
        if name.startswith(("aten._to_copy", "aten.copy_")):
            devices = {each.device for each in (*args[:2], result) if isinstance(each, torch.Tensor)}
            non_blocking = kwargs.get("non_blocking") or (name.startswith("aten.copy_") and args[2:] == (True,))
            assert len(devices) == 1 or non_blocking, f"{name} between {devices}"
        return result


@contextmanager
def unhurried(device: torch.device) -> Iterator[None]:
    """Raises where something waits for the device."""
    if device.type != "cuda":
        with NoWaiting():
            yield
        return
    torch.cuda.set_sync_debug_mode("error")
    try:
        yield
    finally:
        torch.cuda.set_sync_debug_mode("default")
