"""Devices, number types and CPU threads of a run, and detection of out-of-memory errors."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import torch

from gdm_studio import preferences
from gdm_studio.common import remote_device
from gdm_studio.common.errors import DeviceError
from gdm_studio.models.memory.cpu_allocator import return_freed_memory
from gdm_studio.models.memory.precision import DTYPES, is_fast
from gdm_studio.models.model_card import ModelCard
from gdm_studio.request.generation_request import Request, effective_dtype

DEFAULT_THREADS = torch.get_num_threads()
# By default torch lets cuDNN compute fp32 convolutions in TF32, with ten bits of mantissa. A seed would then give a
# different image on a GPU than on the CPU.
torch.backends.cudnn.allow_tf32 = False
# Name that refers to all available devices.
ALL = "all"
# Maximum number of worker processes.
MAX_WORKERS = 64


def available() -> list[str]:
    """Return the names of this computer's devices ("cuda:0", "mps", "cpu", …), the preferred one first and the CPU
    last.
    """
    names = [f"cuda:{i}" for i in range(torch.cuda.device_count())] if torch.cuda.is_available() else []
    names += ["mps"] if torch.backends.mps.is_available() else []
    names += [f"xpu:{i}" for i in range(torch.xpu.device_count())] if torch.xpu.is_available() else []
    return [*names, "cpu"]


def resolve(name: str) -> torch.device:
    """Return the torch device with the given name, such as "cpu", "cuda:1" or "auto". If several are named, the first
    one is returned.

    If `name` lists only devices of other computers, returns the preferred local device, which does all work besides
    generating images. Raises DeviceError if the device does not exist.
    """
    here = [each for each in device_names(name) if not remote_device.is_remote(each)]
    return torch.device((here or available())[0])


def device_names(name: str) -> list[str]:
    """Resolve a request's device setting, such as "auto", "all" or "cuda:0,cuda:1", to the names of the devices that
    share its images.

    "all" means every device of this computer except the CPU, or the CPU if there is no other. "auto" means the device
    chosen in the settings or, if that is not available, the preferred device. A name that occurs twice, as in
    "cpu,cpu", gets two workers. Devices on other computers (`remote_device`) are not checked. Raises DeviceError for an
    unknown device, listing the available ones.
    """
    names = available()
    if name == "auto":
        chosen = preferences.load().device
        with suppress(DeviceError):
            return device_names(chosen) if chosen != "auto" else names[:1]
        return names[:1]
    if name == ALL:
        return names[:-1] or names
    parts = [part.strip() for part in name.split(",")]
    if remote_device.CLUSTER in parts and len(parts) > 1:
        sentence = "A cluster shares no pictures with other devices; choose the cluster alone."
        raise DeviceError(sentence, remedy="here")
    if len(parts) > MAX_WORKERS:
        sentence = f"{len(parts)} devices are more than the {MAX_WORKERS} that can share the pictures; name fewer."
        raise DeviceError(sentence, remedy="cpu")
    return [_find_available(part, names) for part in parts]


def _find_available(name: str, names: list[str]) -> str:
    """Return the first available device with this name or type (such as "cuda"). The name of a device on another
    computer is returned unchanged.

    Raises DeviceError if there is none, or if the name is malformed.
    """
    if name == remote_device.CLUSTER:
        return name
    if remote_device.is_ssh(name):
        remote_device.parse(name)
        return name
    for known in names:
        if name in (known, known.partition(":")[0]):
            return known
    sentence = f"There is no device called {name!r} here; choose one of auto, {', '.join(names)}."
    raise DeviceError(sentence, remedy="cpu")


def nearest(name: str) -> torch.device:
    """Return the torch device with this name, or the preferred device if this computer does not have it.

    Used for images that were generated on another machine.
    """
    try:
        return resolve(name)
    except DeviceError:
        return resolve("auto")


def device_and_dtype(request: Request, card: ModelCard) -> tuple[torch.device, torch.dtype]:
    """Return the torch device and the number type for computing a request.

    Raises DeviceError if the device is not available, or for fp16 on a CPU.
    """
    device = resolve(request.device)
    if effective_dtype(request.dtype, device.type) != request.dtype:
        raise DeviceError("A CPU computes no fp16; choose bf16, fp32 or auto, or another device.", remedy="fp32")
    return device, resolve_dtype(request.dtype, card, device)


def nearest_device_and_dtype(request: Request, card: ModelCard) -> tuple[torch.device, torch.dtype]:
    """Return the device and the number type for viewing the steps of an image.

    If the device on which it was generated is not available, the preferred device is used.
    """
    device = nearest(request.device)
    return device, resolve_dtype(request.dtype, card, device)


def resolve_dtype(name: str, card: ModelCard, device: torch.device) -> torch.dtype:
    """Return the torch data type for the number type of a request: "fp32", "bf16", "fp16" or "auto".

    On a CPU, fp32 replaces fp16. "auto" is the first type of the model's card that is fast on the device, or else fp32.
    The built-in model only lists fp32, since a seed must give the same image on every device. bf16 is faster, but
    changes single pixels by more than 8/255 (measured by `gdm-studio bench dtype`).
    """
    if name == "auto":
        name = next((each for each in card.dtypes if is_fast(DTYPES[each], device)), "fp32")
    return DTYPES[effective_dtype(name, device.type)]


def measure_memory(device: torch.device) -> Callable[[], int]:
    """Start measuring the memory use of a device. Returns a function that returns the peak use since then, in bytes.

    The result excludes memory that is still allocated when the function is called, such as newly loaded models. It is 0
    for devices that do not report their memory use.
    """
    kind = {"cuda": torch.cuda, "xpu": torch.xpu}.get(device.type)
    if kind is None:
        return lambda: 0
    # Unlike most functions of the device, the next one does not initialise it.
    kind.init()
    kind.reset_peak_memory_stats(device)
    return lambda: int(kind.max_memory_allocated(device)) - int(kind.memory_allocated(device))


def use_threads(count: int) -> None:
    """Set the number of CPU threads for torch. 0 selects torch's default."""
    wanted = count or DEFAULT_THREADS
    if torch.get_num_threads() != wanted:
        torch.set_num_threads(wanted)


@contextmanager
def threads_of(described: str) -> Iterator[None]:
    """Context manager that runs torch with the number of CPU threads in the device name `described`, such as "CPU · 2
    threads", if the machine has that many cores.

    The number of threads affects rounding, except among powers of two.
    """
    match = re.fullmatch(r"CPU · (\d+) threads?", described)
    before = torch.get_num_threads()
    wanted = int(match[1]) if match else before
    use_threads(wanted if 0 < wanted <= (os.cpu_count() or 1) else before)
    try:
        yield
    finally:
        use_threads(before)


def describe(name: str = "auto") -> str:
    """Return the name of a device for display: "CPU · 2 threads", "NVIDIA H200", or "2 × NVIDIA H200" for several.

    A device on another computer is shown by that computer's name.
    """
    if len(names := device_names(name)) > 1:
        each = Counter("CPU" if one == "cpu" else describe(one) for one in names)
        return ", ".join(f"{count} × {words}" if count > 1 else words for words, count in each.items())
    if names[0] == remote_device.CLUSTER:
        return "Ray cluster"
    if remote_device.is_ssh(names[0]):
        return remote_device.parse(names[0]).title
    device = torch.device(names[0])
    if device.type == "cpu":
        threads = torch.get_num_threads()
        return f"CPU · {threads} thread{'s' if threads != 1 else ''}"
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return device.type.upper()


def is_out_of_memory(error: BaseException) -> bool:
    """Return True if an error means that the GPU or the computer ran out of memory."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    return isinstance(error, RuntimeError) and any(words in str(error) for words in _REFUSALS)


# Error messages of the CPU's allocator, of MPS, and of cuBLAS and cuDNN when their own workspaces do not fit.
_REFUSALS = (
    *("can't allocate memory", "not enough memory", "out of memory"),
    *("STATUS_ALLOC_FAILED", "unable to find an engine to execute"),
)


def release(device: torch.device) -> None:
    """Free the memory that torch or the C library caches on a device, so that it can be used for other tensors or
    processes.
    """
    if device.type == "cuda":
        torch.cuda.empty_cache()
    elif device.type == "mps":
        torch.mps.empty_cache()
    elif device.type == "xpu":
        torch.xpu.empty_cache()
    elif device.type == "cpu":
        return_freed_memory()
