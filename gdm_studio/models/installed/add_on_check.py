"""Check of add-ons before they are imported. It uses the same code as the generation of images."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import torch

from gdm_studio.models.adapters.adapter_file import read_adapter
from gdm_studio.models.adapters.embedding import read_embedding
from gdm_studio.models.families.diffusion_transformers.control_layout import is_transformer_control
from gdm_studio.models.families.diffusion_transformers.loader import load_control
from gdm_studio.models.families.shared_parts.loader import load_part
from gdm_studio.models.families.shared_parts.part_layout import parts_of
from gdm_studio.models.families.stable_diffusion.loader import load_control_alone
from gdm_studio.models.files.checkpoints import read_entry
from gdm_studio.models.files.recognition import CONTROLS, UPSCALER, VISION
from gdm_studio.models.installed.description import ADAPTERS
from gdm_studio.models.memory.loaded_model_cache import Placement, Store
from gdm_studio.models.upscalers.network import load_upscaler

_CPU = torch.device("cpu")


def check_add_on(path: Path, kind: str) -> None:
    """Load an add-on of this kind, such as "LoRA", and discard it. Raises ModelError if it cannot be used."""
    if (load := _LOADERS.get(kind)) is not None:
        load(path)
    for part in parts_of(read_entry(path)) if kind in ("VAE", "Text encoder", VISION) else ():
        if part.found.is_usable:
            load_part(part, Placement(_CPU, torch.float32, Store()))


def _load_control(path: Path) -> object:
    load = load_control if is_transformer_control(read_entry(path)) else load_control_alone
    return load(path, Placement(_CPU, torch.float32, Store()))


_LOADERS: Mapping[str, Callable[[Path], object]] = {
    **dict.fromkeys(ADAPTERS, read_adapter),
    "Embedding": read_embedding,
    UPSCALER: lambda path: load_upscaler(path, _CPU),
    **dict.fromkeys(CONTROLS, _load_control),
}
