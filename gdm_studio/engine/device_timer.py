"""Stopwatch for work on a device, which runs asynchronously."""

from __future__ import annotations

import time
from collections.abc import Callable

import torch

CPU = torch.device("cpu")


def seconds(work: Callable[[], object], device: torch.device = CPU) -> float:
    """Return the duration of `work` in seconds, including the work that it queued on the device."""
    wait_for(device)
    began = time.perf_counter()
    work()
    wait_for(device)
    return time.perf_counter() - began


def wait_for(device: torch.device) -> None:
    """Wait until the device has finished its queued work. Does nothing for a CPU."""
    if device.type != "cpu":
        torch.accelerator.synchronize(device)
