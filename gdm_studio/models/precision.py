"""Number types that networks compute in, and which of them a device is fast with."""

from __future__ import annotations

import math
import time
from functools import cache

import torch

from gdm_studio.errors import NotFinite

DTYPES = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}
VOLTA, AMPERE = 7, 8  # compute capabilities from which on cards of NVIDIA's are fast with fp16, and have bf16

SIDE, TRIALS = 512, 7  # of the matrices that a CPU is tried with: some 30 ms in all
GAIN = 0.75  # of fp32's time that bf16 has to stay below


def name_of(dtype: torch.dtype) -> str:
    """Its name in a request: "fp32", "bf16", "fp16"."""
    return next(name for name, known in DTYPES.items() if known == dtype)


def finite(pictures: torch.Tensor) -> torch.Tensor:
    """The same; raises NotFinite where one of the numbers is none, which no level of a pixel would show."""
    if not bool(torch.isfinite(pictures).all()):
        raise NotFinite("The picture ended in numbers beyond all bounds.")
    return pictures


def is_fast(dtype: torch.dtype, device: torch.device) -> bool:
    """Whether the device is faster with that type than with fp32: emulated it is slower, and no CPU has fp16."""
    if dtype == torch.float32:
        return True
    if device.type == "cuda":
        if torch.version.hip is not None:
            return True
        # some cards without tensor cores give numbers that are none
        halves = dtype == torch.float16 and "GTX 16" not in torch.cuda.get_device_name(device)
        return torch.cuda.get_device_capability(device)[0] >= (VOLTA if halves else AMPERE)
    if device.type == "mps":
        return dtype == torch.float16 or torch.backends.mps.is_macos_or_newer(14, 0)
    if device.type != "cpu" or dtype == torch.float16:
        return False
    # asked for only where this torch can tell (2.11 and later)
    capabilities: dict[str, bool] = getattr(torch.cpu, "get_capabilities", dict)()
    return bool(capabilities.get("amx_bf16") or (capabilities.get("avx512_bf16") and _gains_by_bf16()))


def quickly(device: torch.device) -> torch.autocast:
    """Inside, networks compute in bf16 where the device is faster with that than with fp32."""
    return torch.autocast(device.type, torch.bfloat16, enabled=is_fast(torch.bfloat16, device))


@cache
def _gains_by_bf16() -> bool:
    """Whether this CPU gains by AVX-512's bf16: some need half of fp32's time with it, some twice that."""
    seconds = dict.fromkeys((torch.float32, torch.bfloat16), math.inf)
    for _ in range(TRIALS):
        for dtype in seconds:
            factor = torch.ones(SIDE, SIDE, dtype=dtype)
            with torch.autocast("cpu", enabled=False):
                began = time.perf_counter()
                factor @ factor
                seconds[dtype] = min(seconds[dtype], time.perf_counter() - began)
    return seconds[torch.bfloat16] < GAIN * seconds[torch.float32]
