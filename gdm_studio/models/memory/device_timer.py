"""Timing of computations on a device, which run asynchronously."""

from __future__ import annotations

import time
from collections.abc import Callable

import torch

CPU = torch.device("cpu")


def seconds(function: Callable[[], object], device: torch.device = CPU) -> float:
    """Call `function` and return its duration in seconds, including the computations that it queued on the device."""
    wait_for(device)
    began = time.perf_counter()
    function()
    wait_for(device)
    return time.perf_counter() - began


def wait_for(device: torch.device) -> None:
    """Wait until a GPU or another accelerator has finished its queued computations. Does nothing for a CPU."""
    if device.type != "cpu":
        torch.accelerator.synchronize(device)
