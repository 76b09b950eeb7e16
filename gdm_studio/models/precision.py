"""Number types that networks compute in, and which of them a device is fast with."""

from __future__ import annotations

import torch

from gdm_studio.errors import NotFinite

DTYPES = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}
VOLTA, AMPERE = 7, 8  # compute capabilities from which on cards of NVIDIA's are fast with fp16, and have bf16


def name_of(dtype: torch.dtype) -> str:
    """Its name in a request: "fp32", "bf16", "fp16"."""
    return next(name for name, known in DTYPES.items() if known == dtype)


def finite(pictures: torch.Tensor) -> torch.Tensor:
    """The same; raises NotFinite where one of the numbers is none, which no level of a pixel would show."""
    if not bool(torch.isfinite(pictures).all()):
        raise NotFinite("The picture ended in numbers beyond all bounds.")
    return pictures


def is_fast(dtype: torch.dtype, device: torch.device) -> bool:
    """Whether the device computes that type in hardware: bf16 emulated is slower than fp32, and no CPU has fp16."""
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
    return bool(capabilities.get("avx512_bf16") or capabilities.get("amx_bf16"))
