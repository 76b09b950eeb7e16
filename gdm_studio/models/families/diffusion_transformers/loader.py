"""Loader of diffusion transformers from files or folders, which rejects incomplete networks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from gdm_studio.common.errors import ModelError
from gdm_studio.common.translation_markers import translatable
from gdm_studio.models.families.diffusion_transformers.checkpoint_layout import Layout, TensorLayout
from gdm_studio.models.families.diffusion_transformers.control_layout import control_layout_of
from gdm_studio.models.families.diffusion_transformers.variants import Family
from gdm_studio.models.files.checkpoints import Entry, read_entry
from gdm_studio.models.files.recognition import ANIMA, FLUX_1, QWEN_IMAGE, REDUX, Z_IMAGE
from gdm_studio.models.files.weights import open_weights
from gdm_studio.models.memory.loaded_model_cache import Placement
from gdm_studio.models.memory.residency import place_network
from gdm_studio.networks.bounded_construction import at_most
from gdm_studio.networks.diffusion_transformers.anima import Anima
from gdm_studio.networks.diffusion_transformers.anima_control import AnimaControlNet
from gdm_studio.networks.diffusion_transformers.control_configuration import ZImageControlConfig
from gdm_studio.networks.diffusion_transformers.control_nets import Flux1ControlNet, QwenImageControlNet
from gdm_studio.networks.diffusion_transformers.ernie_image import ErnieImage
from gdm_studio.networks.diffusion_transformers.flux1 import Flux1
from gdm_studio.networks.diffusion_transformers.flux2 import Flux2
from gdm_studio.networks.diffusion_transformers.ideogram4 import Ideogram4
from gdm_studio.networks.diffusion_transformers.krea2 import Krea2
from gdm_studio.networks.diffusion_transformers.qwen_image import QwenImage
from gdm_studio.networks.diffusion_transformers.redux import Redux
from gdm_studio.networks.diffusion_transformers.sd3 import SD3
from gdm_studio.networks.diffusion_transformers.z_image import ZImage
from gdm_studio.networks.diffusion_transformers.z_image_control import ZImageControlNet

NETWORKS: Mapping[Family, Callable[[Any], nn.Module]] = {
    "flux1": Flux1,
    "chroma": Flux1,
    "flux2": Flux2,
    "flux2_dev": Flux2,
    "sd3": SD3,
    "z_image": ZImage,
    "lumina": ZImage,
    "krea2": Krea2,
    "ernie_image": ErnieImage,
    "anima": Anima,
    "ideogram4": Ideogram4,
    "qwen_image": QwenImage,
    "qwen_image_edit": QwenImage,
    "qwen_image_edit_plus": QwenImage,
}


# Networks of ControlNets by the models that they are for, as named by `files.recognition`, and of Redux.
CONTROL_NETWORKS: Mapping[str, Callable[[Any], nn.Module]] = {
    ANIMA: AnimaControlNet,
    FLUX_1: Flux1ControlNet,
    QWEN_IMAGE: QwenImageControlNet,
    REDUX: Redux,
    Z_IMAGE: ZImageControlNet,
}


def load_transformer(entry: Entry, layout: Layout, placement: Placement) -> nn.Module:
    """Load the network of a diffusion transformer onto the device, unless it is in the store. Raises ModelError.

    Quantised matrices stay compressed in memory, as do 16-bit matrices on a CPU. Other weights are memory-mapped if
    they are stored as `dtype`.
    """

    kind = f"transformer {layout.variant.name}"
    return _load(kind, NETWORKS[layout.variant.family], entry, layout, placement)


def load_control(path: Path, placement: Placement) -> nn.Module:
    """Load a ControlNet for a diffusion transformer, or Redux, onto the device, unless it is in the store. Raises
    ModelError.
    """
    entry = read_entry(path)
    layout = control_layout_of(entry)
    if isinstance(layout.config, ZImageControlConfig) and not _are_refiners_trained(entry, layout):
        blocks = replace(layout.config.blocks, refiners=0)
        layout = replace(layout, config=replace(layout.config, blocks=blocks, refining="layers"))
    return _load(f"ControlNet {layout.network}", CONTROL_NETWORKS[layout.network], entry, layout, placement)


def _are_refiners_trained(entry: Entry, layout: TensorLayout) -> bool:
    """Return False if the refiners of a ControlNet for Z-Image are those of version 2.0, which were not trained: their
    first layer contains zeros.
    """
    if layout.config.refining != "refiners":
        return True
    file, name = layout.where["control_noise_refiner.0.before_proj.weight"]
    return bool(open_weights([entry.folder / file])[entry.folder / file][name].any())


def _load(
    kind: str,
    make: Callable[[Any], nn.Module],
    entry: Entry,
    layout: TensorLayout,
    placement: Placement,
) -> nn.Module:
    device, dtype = placement.device, placement.dtype

    def load() -> nn.Module:
        with at_most(sum(1 for _ in layout.weights)), torch.device("meta"):
            network = make(layout.config)
        network.load_state_dict(_read_weights(entry, layout, device, dtype), assign=True)
        return place_network(network.eval().requires_grad_(False), device, dtype)

    try:
        return placement.share(kind, layout.files(entry), layout.bytes_in(dtype.itemsize), load)
    except (LookupError, TypeError, ValueError, ArithmeticError, OSError) as error:
        raise ModelError(
            translatable("{name} is damaged or not whole; copy or download it again.", name=entry.path.name)
        ) from error


def _read_weights(entry: Entry, layout: TensorLayout, device: torch.device, dtype: torch.dtype) -> dict[str, Tensor]:
    """Read the weights of a network from its files, and return them by their names in this program."""
    opened = open_weights(entry.folder / file for file, _ in layout.where.values())
    files = {file: opened[entry.folder / file] for file, _ in layout.where.values()}
    for file, name in layout.where.values():
        files[file].expect(name)
    found: dict[str, Tensor] = {}
    for weight in layout.weights:
        source = layout.source_of(weight)
        file, name = layout.where[source.name]
        rows = slice(source.begin, source.begin + weight.shape[0]) if source.rows else slice(None)
        compact = files[file].compact(name, dtype, device) if len(weight.shape) > 1 else None
        if compact is not None and source.rows:
            compact = compact.rows(rows)
        if compact is not None:
            found[weight.name] = compact.reshaped(weight.shape)
            continue
        plain = files[file][name]
        if not plain.is_floating_point():
            raise ValueError(f"{name} has integer weights")
        found[weight.name] = plain[rows].reshape(weight.shape)
    return found
