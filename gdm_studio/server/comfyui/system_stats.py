"""Facts about the computer in the format of ComfyUI's /system_stats."""

from __future__ import annotations

import platform
import sys
from typing import Any

from gdm_studio.common import memory

# The version of ComfyUI whose interface this is. Clients compare it with the one that they need.
VERSION = "0.38.1"


def system_stats() -> dict[str, Any]:
    """Return the versions and the memory of the computer and its devices. They contain no paths."""
    import torch

    from gdm_studio.models.memory.devices import available
    from gdm_studio.models.memory.memory_limit import free_memory, total_memory

    devices = []
    for name in available():
        device = torch.device(name)
        total, free = total_memory(device) or 0, free_memory(device) or 0
        sizes = {"vram_total": total, "vram_free": free, "torch_vram_total": total, "torch_vram_free": free}
        devices.append({"name": name, "type": device.type, "index": device.index, **sizes})
    system = {
        "os": sys.platform,
        "ram_total": memory.total() or 0,
        "ram_free": memory.free() or 0,
        "comfyui_version": VERSION,
        "required_frontend_version": "",
        "installed_templates_version": "",
        "required_templates_version": "",
        "comfy_package_versions": [],
        "python_version": platform.python_version(),
        "pytorch_version": torch.__version__,
        "embedded_python": False,
        "deploy_environment": "local-git",
        "argv": [],
    }
    return {"system": system, "devices": devices}
