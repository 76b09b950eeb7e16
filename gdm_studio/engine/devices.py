"""Which device and number type a run uses, and what running out of memory looks like."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import torch

from gdm_studio import preferences
from gdm_studio.errors import DeviceError
from gdm_studio.models.card import ModelCard
from gdm_studio.models.precision import DTYPES, is_fast
from gdm_studio.request import Request, computed_in

USUAL_THREADS = torch.get_num_threads()
# torch lets cuDNN convolve fp32 in TF32, of ten binary digits: a seed would give another picture than on the CPU
torch.backends.cudnn.allow_tf32 = False
ALL = "all"  # the name of every device there is
MOST = 64  # workers


def available() -> list[str]:
    """Names of the usable devices, the preferred one first: CUDA, MPS, XPU, and always the CPU."""
    names = [f"cuda:{i}" for i in range(torch.cuda.device_count())] if torch.cuda.is_available() else []
    names += ["mps"] if torch.backends.mps.is_available() else []
    names += [f"xpu:{i}" for i in range(torch.xpu.device_count())] if torch.xpu.is_available() else []
    return [*names, "cpu"]


def resolve(name: str) -> torch.device:
    """The device called "cpu", "cuda", "cuda:1", …, of several the first; raises DeviceError as `several` does."""
    return torch.device(several(name)[0])


def several(name: str) -> list[str]:
    """The devices that the pictures of a request are spread over: one, or more for "all" and "cuda:0,cuda:2".

    "all" is every one there is but the CPU, which it is where there is no other. One that is named twice, as in
    "cpu,cpu", is shared by two workers. "auto" is what was chosen in the settings, or the preferred device where that
    is not there. Raises DeviceError naming those that exist.
    """
    names = available()
    if name == "auto":
        chosen = preferences.load().device
        with suppress(DeviceError):
            return several(chosen) if chosen != "auto" else names[:1]
        return names[:1]
    if name == ALL:
        return names[:-1] or names
    parts = name.split(",")
    if len(parts) > MOST:
        sentence = f"{len(parts)} devices are more than the {MOST} that pictures can be spread over; name fewer."
        raise DeviceError(sentence, remedy="cpu")
    return [_known(part.strip(), names) for part in parts]


def _known(name: str, names: list[str]) -> str:
    for known in names:
        if name in (known, known.partition(":")[0]):
            return known
    sentence = f"There is no device called {name!r} here; choose one of auto, {', '.join(names)}."
    raise DeviceError(sentence, remedy="cpu")


def nearest(name: str) -> torch.device:
    """The device of that name, or the best there is where it is not here: for what was made elsewhere."""
    try:
        return resolve(name)
    except DeviceError:
        return resolve("auto")


def place_of(request: Request, card: ModelCard) -> tuple[torch.device, torch.dtype]:
    """Where and in which number type the request is carried out; raises DeviceError, also for fp16 on a CPU."""
    device = resolve(request.device)
    if computed_in(request.dtype, device.type) != request.dtype:
        raise DeviceError("A CPU computes no fp16; choose bf16, fp32 or auto, or another device.", remedy="fp32")
    return device, resolve_dtype(request.dtype, card, device)


def nearest_place(request: Request, card: ModelCard) -> tuple[torch.device, torch.dtype]:
    """Where what was made of the request, here or elsewhere, is looked at: its device or the nearest."""
    device = nearest(request.device)
    return device, resolve_dtype(request.dtype, card, device)


def resolve_dtype(name: str, card: ModelCard, device: torch.device) -> torch.dtype:
    """The number type called "fp32", "bf16", "fp16" or "auto"; fp32 for what was to be fp16 and has come to a CPU.

    "auto" is the first of the card's that the device is fast with, else fp32. The built-in model has fp32 alone: bf16
    is faster, but moves single pixels of its finished pictures by more than 8/255 (`gdm-studio bench dtype` measures
    it), and a seed must give the same picture on every device.
    """
    if name == "auto":
        name = next((each for each in card.dtypes if is_fast(DTYPES[each], device)), "fp32")
    return DTYPES[computed_in(name, device.type)]


def measuring(device: torch.device) -> Callable[[], int]:
    """Calls give the most bytes that the device has held since now beyond what it holds then; 0 where unknown.

    So what is loaded meanwhile, and stays, does not count.
    """
    kind = {"cuda": torch.cuda, "xpu": torch.xpu}.get(device.type)
    if kind is None:
        return lambda: 0
    kind.reset_peak_memory_stats(device)
    return lambda: int(kind.max_memory_allocated(device)) - int(kind.memory_allocated(device))


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
    """The device in a few words for people: "CPU · 2 threads", "NVIDIA H200"; of several "2 × NVIDIA H200"."""
    if len(names := several(name)) > 1:
        each = Counter("CPU" if one == "cpu" else describe(one) for one in names)
        return ", ".join(f"{count} × {words}" if count > 1 else words for words, count in each.items())
    device = torch.device(names[0])
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
    return isinstance(error, RuntimeError) and any(words in str(error) for words in _REFUSALS)


# of the CPU's allocator, of MPS, and of cuBLAS and cuDNN where there is no room for what they themselves need
_REFUSALS = (
    *("can't allocate memory", "not enough memory", "out of memory"),
    *("STATUS_ALLOC_FAILED", "unable to find an engine to execute"),
)


def release(device: torch.device) -> None:
    """Gives cached memory back to the device after running out of it."""
    if device.type == "cuda":
        torch.cuda.empty_cache()
    elif device.type == "mps":
        torch.mps.empty_cache()
    elif device.type == "xpu":
        torch.xpu.empty_cache()
