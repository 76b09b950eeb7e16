"""Memory of a device: its total, what is free, and the limit up to which this process may use it.

Importing this module does not import torch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gdm_studio import preferences
from gdm_studio.common import memory

if TYPE_CHECKING:
    import torch

# Assumed memory in bytes of a device that does not report it.
UNKNOWN = 8 * 2**30
# Without a limit set by the user, this process may use this fraction of the memory that it uses already or that is
# free.
AUTOMATIC = 0.8


def chosen_limit() -> int:
    """Return the memory limit per device, in bytes, from the user's preferences, or 0 if the user has set no limit."""
    return round(1e9 * preferences.load().memory_gb)


def memory_limit(device: torch.device) -> int | None:
    """Return the number of bytes that this process may use on a device. Without a limit set by the user, it is a
    fraction of the memory that is free or used by this process. Returns None if the memory is unknown.
    """
    if chosen := chosen_limit():
        return chosen
    free = free_memory(device)
    return None if free is None else round(AUTOMATIC * (free + allocated_memory(device)))


def default_budget(device: torch.device) -> int:
    """Return how many bytes of a device's memory the cache of loaded models may use by default.

    This is the user's limit, or else three quarters of the device's own memory, or half of the computer's memory if it
    has none.
    """
    if chosen := chosen_limit():
        return chosen
    total = total_memory(device) or UNKNOWN
    return total * 3 // 4 if _memory_of(device) else total // 2


def total_memory(device: torch.device) -> int | None:
    """Return the total memory of a device in bytes, or None if it is unknown. For the CPU and MPS, it is the computer's
    memory.
    """
    own = _memory_of(device)
    return int(own.get_device_properties(device).total_memory) if own else memory.total()


def allocated_memory(device: torch.device) -> int:
    """Return the memory, in bytes, that this process has allocated on a device, or 0 if it is unknown.

    The CPU and MPS share the computer's memory. Memory-mapped files are not counted.
    """
    if (own := _memory_of(device)) is None:
        return memory.allocated() or 0
    return int(own.memory_allocated(device))


def free_memory(device: torch.device) -> int | None:
    """Return the free memory of a device in bytes, or None if it is unknown. The user's limit, if any, is respected.

    The CPU and MPS share the computer's memory.
    """
    if (own := _memory_of(device)) is None:
        free = memory.free()
    else:
        # Memory that torch has reserved but not used is free too.
        reserved = own.memory_reserved(device) - own.memory_allocated(device)
        free = int(own.mem_get_info(device)[0]) + int(reserved)
    if not (chosen := chosen_limit()):
        return free
    left = max(0, chosen - allocated_memory(device))
    return left if free is None else min(free, left)


def releasable_memory(device: torch.device) -> int | None:
    """Return the memory that a GPU has for a run if this process releases all that it has allocated there, in bytes.
    Returns None for devices that share the computer's memory, such as the CPU. The user's limit does not count.
    """
    own = _memory_of(device)
    return None if own is None else int(own.mem_get_info(device)[0]) + int(own.memory_reserved(device))


def _memory_of(device: torch.device) -> Any:
    """Return the torch module (`torch.cuda` or `torch.xpu`) that reports the memory of a device, or None for devices
    such as the CPU.
    """
    import torch

    return {"cuda": torch.cuda, "xpu": torch.xpu}.get(device.type)
