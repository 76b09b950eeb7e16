"""Models that Krita AI Diffusion requires before it connects, and that need not be installed here.

The plugin searches the names of files. Where no installed file matches, a name in brackets is listed instead, which
says whether the program does the work itself or the file is missing. A graph that uses a missing one is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from gdm_studio.server.comfyui.errors import NodeError

BUILT_IN = "built-in"
MISSING = "missing"
# {folder of ComfyUI: names of files, as the plugin searches them, with what stands in for them}
_REQUIRED: dict[str, dict[str, str]] = {
    "controlnet": {"control_v11p_sd15_inpaint": BUILT_IN, "control_v11f1e_sd15_tile": MISSING},
    "ipadapter": {"ip-adapter_sd15": MISSING, "ip-adapter_sdxl_vit-h": MISSING},
    # Image encoders are found by the adapters themselves.
    "clip_vision": {"clip-vision_vit-h.safetensors": BUILT_IN},
    "loras": {"Hyper-SD15-8steps-CFG-lora": MISSING, "Hyper-SDXL-8steps-CFG-lora": MISSING},
    "upscale_models": {
        "4x_NMKD-Superscale-SP_178000_G.pth": BUILT_IN,
        "OmniSR_X2_DIV2K.safetensors": BUILT_IN,
        "OmniSR_X3_DIV2K.safetensors": BUILT_IN,
        "OmniSR_X4_DIV2K.safetensors": BUILT_IN,
    },
    "inpaint": {
        "fooocus_inpaint_head.pth": BUILT_IN,
        "inpaint_v26.fooocus": BUILT_IN,
        "MAT_Places512_G_fp16": BUILT_IN,
    },
    # Text encoders and VAEs of networks are parts of the checkpoints that this server lists.
    "text_encoders": dict.fromkeys(
        ("clip_l", "clip_g", "t5xxl_fp16", "qwen_2.5_vl_7b", "qwen_3_4b", "qwen_3_8b", "qwen_3_06b", "ministral-3-3b"),
        BUILT_IN,
    )
    | {"qwen3vl_4b": BUILT_IN},
    "vae": dict.fromkeys(("flux2-vae", "flux1-vae", "qwen_image_vae"), BUILT_IN),
}
STAND_IN_FOLDERS = tuple(_REQUIRED)


def add_stand_ins(folder: str, installed: Iterable[str]) -> list[str]:
    """Return the names of the files of a folder, with stand-ins for required files that are not installed."""
    names = list(installed)
    lowered = [name.lower() for name in names]
    return names + [
        f"{kind} ({required})"
        for required, kind in _REQUIRED.get(folder, {}).items()
        if not any(_remove_suffix(required) in name for name in lowered)
    ]


def _remove_suffix(name: str) -> str:
    """Return the name of a file in lower case, without the suffix of a weight file."""
    return name.lower().removesuffix(".pth").removesuffix(".safetensors")


def is_built_in(name: str) -> bool:
    """Return True if the program itself does the work of the named file."""
    return name.startswith(f"{BUILT_IN} (")


def upscaling_factor_in(name: str) -> int:
    """Return the factor that the name of a stand-in for an upscaler contains."""
    found = re.search(r"(\d)x_|_x(\d)_", name.lower())
    return int(found[1] or found[2]) if found is not None else 2


def check_installed(name: str, input_name: str) -> None:
    """Raise NodeError if an input names a required file that is missing."""
    if name.startswith(f"{MISSING} ("):
        required = name[len(MISSING) + 2 : -1]
        sentence = f"{required} is not installed; add the file to the models folder, or do without it."
        raise NodeError(sentence, input_name=input_name)
