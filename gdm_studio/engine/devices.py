"""Which device and number type a run uses, and what running out of memory looks like."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager

import torch

from gdm_studio import preferences
from gdm_studio.errors import DeviceError
from gdm_studio.request import Request

USUAL_THREADS = torch.get_num_threads()
DTYPES = {"fp32": torch.float32, "bf16": torch.bfloat16}


def available() -> list[str]:
    """Names of the usable devices, the preferred one first: CUDA, MPS, XPU, and always the CPU."""
    names = [f"cuda:{i}" for i in range(torch.cuda.device_count())] if torch.cuda.is_available() else []
    names += ["mps"] if torch.backends.mps.is_available() else []
    names += [f"xpu:{i}" for i in range(torch.xpu.device_count())] if torch.xpu.is_available() else []
    return [*names, "cpu"]


def resolve(name: str) -> torch.device:
    """The device called "cpu", "cuda", "cuda:1", …; raises DeviceError naming those that exist.

    "auto" is the one chosen in the settings, or the preferred one where that is not there.
    """
    names = available()
    if name == "auto":
        chosen = preferences.load().device
        return torch.device(chosen if chosen in names else names[0])
    for known in names:
        if name in (known, known.partition(":")[0]):
            return torch.device(known)
    sentence = f"There is no device called {name!r} here; choose one of auto, {', '.join(names)}."
    raise DeviceError(sentence, remedy="cpu")


def nearest(name: str) -> torch.device:
    """The device of that name, or the best there is where it is not here: for what was made elsewhere."""
    try:
        return resolve(name)
    except DeviceError:
        return resolve("auto")


def place_of(request: Request) -> tuple[torch.device, torch.dtype]:
    """Where what was made of the request, here or elsewhere, is looked at: its device or the nearest."""
    return nearest(request.device), resolve_dtype(request.dtype)


def resolve_dtype(name: str) -> torch.dtype:
    """The number type called "fp32", "bf16" or "auto".

    "auto" is fp32 everywhere: bf16 is faster, but moves single pixels of a finished picture by more than 8/255
    (`gdm-studio bench dtype` measures it), and a seed must give the same picture on every device.
    """
    return DTYPES["fp32" if name == "auto" else name]


def name_of(dtype: torch.dtype) -> str:
    """The number type as `resolve_dtype` takes it: "fp32", "bf16"."""
    return next(name for name, known in DTYPES.items() if known == dtype)


def use_threads(count: int) -> None:
    """Has what this thread runs on the CPU use so many threads; 0 for as many as torch begins with."""
    wanted = count or USUAL_THREADS
    if torch.get_num_threads() != wanted:
        torch.set_num_threads(wanted)


@contextmanager
def threads_as(described: str) -> Iterator[None]:
    """Has the CPU use as many threads as a device did that `describe` told of, where it has so many cores.

    One thread, two, four … give the same bits; what is left over at the end of the share of one of three is rounded
    otherwise, and so may pictures be that an earlier version made.
    """
    told, before = re.fullmatch(r"CPU · (\d+) threads?", described), torch.get_num_threads()
    wanted = int(told[1]) if told else before
    use_threads(wanted if 0 < wanted <= (os.cpu_count() or 1) else before)
    try:
        yield
    finally:
        use_threads(before)


def describe(name: str = "auto") -> str:
    """The device in a few words for people: "CPU · 2 threads", "NVIDIA H200"."""
    device = resolve(name)
    if device.type == "cpu":
        threads = torch.get_num_threads()
        return f"CPU · {threads} thread{'s' if threads != 1 else ''}"
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return device.type.upper()


def is_out_of_memory(error: BaseException) -> bool:
    """Whether the error is a device or the machine refusing more memory."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    # the CPU's allocator and MPS raise a plain RuntimeError
    return isinstance(error, RuntimeError) and any(
        words in str(error) for words in ("can't allocate memory", "not enough memory", "out of memory")
    )


def release(device: torch.device) -> None:
    """Gives cached memory back to the device after running out of it."""
    if device.type == "cuda":
        torch.cuda.empty_cache()
    elif device.type == "mps":
        torch.mps.empty_cache()
    elif device.type == "xpu":
        torch.xpu.empty_cache()
