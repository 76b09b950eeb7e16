"""The networks of a checkpoint of Stable Diffusion read from its files, all of each or none."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import torch
from torch import Tensor, nn

from gdm_studio.errors import ModelError
from gdm_studio.models.checkpoints import read_entry
from gdm_studio.models.families.stable_diffusion import sizes
from gdm_studio.models.families.stable_diffusion.kinds import Kind
from gdm_studio.models.families.stable_diffusion.layout import Layout, Network, Part, Text
from gdm_studio.models.families.stable_diffusion.names import Shape
from gdm_studio.models.store import Store, key_of
from gdm_studio.models.weights import Weights
from gdm_studio.networks.stable_diffusion.autoencoder import Autoencoder
from gdm_studio.networks.stable_diffusion.clip import ClipText
from gdm_studio.networks.stable_diffusion.tokenizer import END
from gdm_studio.networks.stable_diffusion.unet import UNet

M = TypeVar("M", bound=nn.Module)


@dataclass(frozen=True)
class Networks:
    """Those of one model; the U-Net in the model's number type, the others in fp32."""

    unet: UNet
    vae: Autoencoder
    texts: Mapping[Text, ClipText]


def networks(
    name: str, layout: Layout, kind: Kind, device: torch.device, dtype: torch.dtype, store: Store
) -> Networks:
    """Those of the checkpoint called so that are not in the store; raises ModelError.

    Weights that are stored in the wanted type stay on the disk until they are used. Memory running out is raised as it
    comes, for the engine to find a remedy.
    """

    def part(which: Part, make: Callable[[Mapping[str, Shape]], M], of: torch.dtype) -> M:
        network = layout.networks[which]
        size = sum(math.prod(shape) for shape in network.shapes.values()) * of.itemsize
        key = key_of(f"stable diffusion {which}", network.files, device, of)
        return store.part(key, size, lambda: _filled(name, which, network, make).to(device, of))

    try:
        found = Networks(
            part("unet", lambda shapes: UNet(sizes.unet_config(shapes)), dtype),
            part("vae", lambda shapes: Autoencoder(sizes.autoencoder_config(shapes)), torch.float32),
            {which: part(which, lambda shapes: ClipText(sizes.clip_config(shapes)), torch.float32)
             for which in kind.texts},
        )
        if any(text.config.vocabulary <= END for text in found.texts.values()):
            raise ValueError("a text encoder knows fewer words than its tokenizer")
        return found
    except (LookupError, TypeError, ValueError, OSError) as error:
        raise ModelError(f"{name} is damaged or not whole; copy or download it again.") from error


def _filled(name: str, which: Part, network: Network, make: Callable[[Mapping[str, Shape]], M]) -> M:
    """The network with its weights; raises ModelError unless it has them all, and no others."""
    with torch.device("meta"):
        made = make(network.shapes)
    wanted = {each: tuple(weight.shape) for each, weight in made.state_dict().items()}
    for each in sorted(wanted.keys() | network.shapes.keys()):
        if each not in network.shapes:
            raise ModelError(f"{name} is not whole: its {which} lacks {each!r}; copy or download it again.")
        if each not in wanted:
            raise ModelError(f"{name} has {each[:80]!r} in its {which}, which is not known here; choose another model.")
        if wanted[each] != network.shapes[each]:
            raise ModelError(f"{name} has a weight of another shape at {each[:80]!r}; copy or download it again.")
    made.load_state_dict(_read(network), assign=True)
    return made.eval().requires_grad_(False)


def _read(network: Network) -> dict[str, Tensor]:
    """By our names, in the memory of the files where they are mapped."""
    found = {}
    files = {file: Weights(read_entry(file)) for file in network.files}
    for ours, (file, place) in network.weights.items():
        weight = files[file][place.name]
        if not weight.is_floating_point():
            raise ValueError(f"{ours} has no fractions")
        if weight.itemsize == 1:  # fp8 is how it is stored; nothing is computed in it
            weight = files[file].read(place.name, torch.bfloat16)
        found[ours] = place.of(weight).reshape(network.shapes[ours]).contiguous()
    return found
