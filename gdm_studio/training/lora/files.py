"""LoRA files in the layouts of kohya's scripts and of PEFT."""

from __future__ import annotations

import json
from pathlib import Path

import torch
from safetensors.torch import save
from torch import Tensor, nn

from gdm_studio.common.atomic_files import make_folder, write
from gdm_studio.models.families.stable_diffusion.weight_names import linear_shape, unet_to_diffusers
from gdm_studio.training.lora.layers import LoraNetwork

LAYOUTS = ("kohya", "peft")
# Names of the files in a folder in PEFT's layout.
PEFT_WEIGHTS = "adapter_model.safetensors"
PEFT_CONFIG = "adapter_config.json"
# The base of Stable Diffusion 1, whose projections are 1 x 1 convolutions in other programs.
_CONVOLUTIONS = "Stable Diffusion 1"
# kohya's names of base models, by ours.
_KOHYA_BASES = {"Stable Diffusion 1": "sd_v1", "Stable Diffusion 2": "sd_v2", "SDXL": "sdxl_base_v1-0"}


def product_path(out: Path, name: str, layout: str) -> Path:
    """Return the path of a finished LoRA called `name` in the folder `out`: a file, or a folder in PEFT's layout."""
    return out / (f"{name}.safetensors" if layout == "kohya" else name)


def write_lora(
    out: Path,
    name: str,
    lora: LoraNetwork,
    network: nn.Module,
    *,
    base: str,
    model: str,
    layout: str,
) -> Path:
    """Write a trained LoRA in the layout "kohya" or "peft", and return the path of its file or folder.

    `base` is the kind of model, such as "SDXL", or "". `model` is the name of the model. Raises StorageError.
    """
    path = product_path(out, name, layout)
    public = _map_public_names(network)
    shaped = {public[layer]: _reshape(layer, *pair, base) for layer, pair in lora.factors().items()}
    tensors: dict[str, Tensor] = {}
    if layout == "kohya":
        for layer, (down, up) in shaped.items():
            prefix = f"lora_unet_{layer.replace('.', '_')}"
            tensors |= {f"{prefix}.lora_down.weight": down, f"{prefix}.lora_up.weight": up}
            tensors[f"{prefix}.alpha"] = torch.tensor(float(lora.alpha))
        about = {
            "ss_network_module": "networks.lora",
            "ss_network_dim": str(lora.rank),
            "ss_network_alpha": str(float(lora.alpha)),
            "ss_sd_model_name": model,
            "ss_base_model_version": _KOHYA_BASES.get(base, base or model),
            "modelspec.title": name,
        }
        write(path, save(tensors, about))
        return path
    make_folder(path)
    for layer, (down, up) in shaped.items():
        tensors |= {f"base_model.model.{layer}.lora_A.weight": down, f"base_model.model.{layer}.lora_B.weight": up}
    config = {
        "peft_type": "LORA",
        "base_model_name_or_path": model,
        "r": lora.rank,
        "lora_alpha": lora.alpha,
        "lora_dropout": 0.0,
        "bias": "none",
        "target_modules": sorted(shaped),
    }
    # The weights come last, so that a folder with weights is complete.
    write(path / PEFT_CONFIG, json.dumps(config, indent=1).encode())
    write(path / PEFT_WEIGHTS, save(tensors, {"format": "pt"}))
    return path


def _map_public_names(network: nn.Module) -> dict[str, str]:
    """Return the public names of a network's layers, as used in LoRA files, keyed by the names in this program. They
    are diffusers' names for Stable Diffusion's U-Net.
    """
    weights = [f"{name}.weight" for name, _ in network.named_modules() if name]
    theirs = unet_to_diffusers(weights)
    return {weight.removesuffix(".weight"): theirs.get(weight, weight).removesuffix(".weight") for weight in weights}


def _reshape(layer: str, down: Tensor, up: Tensor, base: str) -> tuple[Tensor, Tensor]:
    """Return the two factors of a LoRA layer on the CPU, in the shapes that other programs expect."""
    pair = (down.float().cpu().contiguous(), up.float().cpu().contiguous())
    weight = f"{layer}.weight"
    is_projection = linear_shape(weight, (1, 1, 1, 1)) != (1, 1, 1, 1)
    if base == _CONVOLUTIONS and is_projection:
        return pair[0][:, :, None, None], pair[1][:, :, None, None]
    return pair
