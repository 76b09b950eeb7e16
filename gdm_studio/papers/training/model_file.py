"""Model files of the systems: writing networks with their card and parts, and reading single networks again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import Tensor, nn

from gdm_studio.common.atomic_files import make_folder, write
from gdm_studio.common.errors import StorageError
from gdm_studio.models.families.papers import family
from gdm_studio.models.families.papers.system_networks import NETWORKS
from gdm_studio.models.files.checkpoints import read_entry
from gdm_studio.models.weight_storage.int8_channels import SCALE, dequantized, quantize
from gdm_studio.networks.bounded_construction import load_network
from gdm_studio.networks.papers.point_networks import POINT_NETWORKS

# The key, in a model's measurements, of the number of samples that its initial weights had been trained on.
SEEN_BEFORE = "samples_seen_before"


def write_model(path: Path, networks: dict[str, nn.Module], card: dict[str, Any], header: Mapping[str, Any]) -> None:
    """Write the networks and the card of a trained system to a single model file.

    Matrices and kernels are quantised to int8. `header` are further entries of the file's header, such as its parts
    (see `header_of`).
    """
    weights: dict[str, Tensor] = {}
    for part, network in networks.items():
        for key, value in network.state_dict().items():
            name = f"{part}.{key}"
            if isinstance(network, POINT_NETWORKS):
                weights[name] = value.detach().cpu().half().contiguous()
            elif value.ndim > 1 and len(value) > 1:
                weights[name], scale = quantize(value.detach().cpu().contiguous())
                # Half precision moves a weight by a fraction of the error of int8.
                weights[name + SCALE] = scale.half()
            else:
                weights[name] = value.detach().cpu().contiguous().clone()
    count = sum(value.numel() for network in networks.values() for value in network.parameters())
    sizes = {part: asdict(cast(Any, network.config)) for part, network in networks.items()}
    _write(path, weights, {"card": {**card, "parameters": count}, "networks": sizes, **header})


def write_variant(path: Path, base: Path, card: dict[str, Any], header: Mapping[str, Any]) -> None:
    """Write a model file without weights, a variant that uses the networks of the file `base` in the same folder.

    Its card and the other entries of its header differ from the ones in `base`.
    """
    parameters = family.card(read_entry(base)).parameters
    _write(path, {}, {"card": {**card, "parameters": parameters}, "base": base.name, **header})


def _write(path: Path, weights: dict[str, Tensor], config: dict[str, Any]) -> None:
    make_folder(path.parent)
    write(path, save(weights, {"format": "gdm-studio", "family": "systems", "config": json.dumps(config)}))


def saved_denoiser(path: Path) -> nn.Module:
    """Load the denoising network of a system's model file, with its weights as fp32."""
    sizes = family.config_of(read_entry(path).metadata)["networks"]["denoiser"]
    weights = dequantized(load_file(path))
    own = {key.removeprefix("denoiser."): each for key, each in weights.items() if key.startswith("denoiser.")}
    network: nn.Module = load_network(lambda: NETWORKS["denoiser"](sizes), own)
    return network


def card_of(path: Path) -> dict[str, Any]:
    """Read the model card from the header of a system's model file, as a dict."""
    facts: dict[str, Any] = family.config_of(read_entry(path).metadata)["card"]
    return facts


def load_matching_weights(path: Path, model: nn.ModuleDict) -> None:
    """Copy the weights of a model file that match by name and shape into the networks.

    Raises StorageError if the file is not a model, or if none of its weights match.
    """
    try:
        known = dequantized(load_file(path))
    except (SafetensorError, OSError, ValueError, LookupError) as error:
        raise StorageError(f"{path} is not a model file of a system; choose the output of `train`.") from error
    own = model.state_dict()
    fitting = {name: value for name, value in known.items() if name in own and own[name].shape == value.shape}
    if not fitting:
        raise StorageError(f"Nothing in {path} fits these networks; choose a model of the same sizes.")
    model.load_state_dict(fitting, strict=False)
