"""Number types of networks, and which of them are fast on a device."""

from __future__ import annotations

import math
import time
from functools import cache

import torch
from torch import Tensor

from gdm_studio.common.errors import NotFinite

DTYPES = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}
# Minimum compute capabilities of NVIDIA GPUs for which fp16 and bf16 are fast.
VOLTA, AMPERE = 7, 8

# Size of the matrices in the speed test, and its repetitions. The test takes about 30 ms.
SIDE, TRIALS = 512, 7
# bf16 counts as faster if it takes less than this fraction of fp32's time.
GAIN = 0.75


def dtype_name(dtype: torch.dtype) -> str:
    """Return the name that a request uses for a torch number type: "fp32", "bf16" or "fp16"."""
    return next(name for name, known in DTYPES.items() if known == dtype)


def check_finite(pictures: torch.Tensor) -> torch.Tensor:
    """Return decoded images unchanged. Raises NotFinite if they contain NaN or infinities, which the conversion to
    uint8 would hide.
    """
    if not bool(torch.isfinite(pictures).all()):
        raise NotFinite("The picture contains numbers that are not finite; try another precision or setting.")
    return pictures


def is_fast(dtype: torch.dtype, device: torch.device) -> bool:
    """Return True if the device computes faster with this number type than with fp32.

    Emulated number types are slower, and no CPU supports fp16 directly.
    """
    if dtype == torch.float32:
        return True
    if device.type == "cuda":
        if torch.version.hip is not None:
            return True
        # Some GPUs without tensor cores return NaN in fp16.
        halves = dtype == torch.float16 and "GTX 16" not in torch.cuda.get_device_name(device)
        return torch.cuda.get_device_capability(device)[0] >= (VOLTA if halves else AMPERE)
    if device.type == "mps":
        return dtype == torch.float16 or torch.backends.mps.is_macos_or_newer(14, 0)
    if device.type != "cpu" or dtype == torch.float16:
        return False
    # Available in torch 2.11 and later.
    capabilities: dict[str, bool] = getattr(torch.cpu, "get_capabilities", dict)()
    return bool(capabilities.get("amx_bf16") or (capabilities.get("avx512_bf16") and _is_bf16_faster()))


def fast_autocast(device: torch.device) -> torch.autocast:
    """Return an autocast context that computes in bf16 if that is faster than fp32 on the device."""
    return torch.autocast(device.type, torch.bfloat16, enabled=is_fast(torch.bfloat16, device))


@cache
def _is_bf16_faster() -> bool:
    """Return True if bf16 is faster than fp32 on this CPU, determined by a short measurement.

    CPUs with AVX-512 differ: compared to fp32, bf16 takes half as long on some and twice as long on others.
    """
    seconds = dict.fromkeys((torch.float32, torch.bfloat16), math.inf)
    for _ in range(TRIALS):
        for dtype in seconds:
            factor = torch.ones(SIDE, SIDE, dtype=dtype)
            with torch.autocast("cpu", enabled=False):
                began = time.perf_counter()
                factor @ factor
                seconds[dtype] = min(seconds[dtype], time.perf_counter() - began)
    return seconds[torch.bfloat16] < GAIN * seconds[torch.float32]


def image_levels(images: Tensor) -> Tensor:
    """Convert images from tensors (N, 3, H, W) with values −1 … 1 to uint8 (N, H, W, 3) on the CPU."""
    levels = ((images.float().clamp(-1, 1) + 1) * 127.5).round().to(torch.uint8)
    return levels.permute(0, 2, 3, 1).contiguous().cpu()
