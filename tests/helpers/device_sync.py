"""Detection of host synchronisation: by CUDA itself on a GPU, elsewhere by the kinds of operations."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode


class NoDeviceSync(TorchDispatchMode):
    """Dispatch mode of torch that rejects operations which wait for the device, for tests without a GPU.

    These operations are reading a device value and blocking copies between devices.
    """

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        name = str(func)
        # A list of row numbers would be copied to the device.
        waits = ("_local_scalar_dense", "nonzero", "equal.default", "index.Tensor")
        assert not any(each in name for each in waits), name
        result = func(*args, **kwargs)
        if name.startswith(("aten._to_copy", "aten.copy_")):
            devices = {each.device for each in (*args[:2], result) if isinstance(each, torch.Tensor)}
            non_blocking = kwargs.get("non_blocking") or (name.startswith("aten.copy_") and args[2:] == (True,))
            assert len(devices) == 1 or non_blocking, f"{name} between {devices}"
        return result


@contextmanager
def forbid_device_sync(device: torch.device) -> Iterator[None]:
    """Raise an error within a `with` block if an operation of torch waits for the device to finish its work."""
    if device.type != "cuda":
        with NoDeviceSync():
            yield
        return
    torch.cuda.set_sync_debug_mode("error")
    try:
        yield
    finally:
        torch.cuda.set_sync_debug_mode("default")
