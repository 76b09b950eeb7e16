"""Number types that networks compute in, and which of them a device is fast with."""

from __future__ import annotations

import torch

from gdm_studio.errors import NotFinite

DTYPES = {"fp32": torch.float32, "bf16": torch.bfloat16}


def name_of(dtype: torch.dtype) -> str:
    """Its name in a request: "fp32", "bf16"."""
    return next(name for name, known in DTYPES.items() if known == dtype)


def finite(pictures: torch.Tensor) -> torch.Tensor:
    """The same; raises NotFinite where one of the numbers is none, which no level of a pixel would show."""
    if not bool(torch.isfinite(pictures).all()):
        raise NotFinite("The picture ended in numbers beyond all bounds.")
    return pictures


def is_fast(dtype: torch.dtype, device: torch.device) -> bool:
    """Whether the device computes that type in hardware: bf16 emulated is slower than fp32."""
    if dtype == torch.float32 or device.type != "cpu":
        emulated = device.type == "cuda" and not torch.cuda.is_bf16_supported(including_emulation=False)
        return dtype == torch.float32 or device.type == "cuda" and not emulated
    # asked for only where this torch can tell (2.11 and later)
    capabilities: dict[str, bool] = getattr(torch.cpu, "get_capabilities", dict)()
    return bool(capabilities.get("avx512_bf16") or capabilities.get("amx_bf16"))
