"""Loader of Stable Diffusion's networks. Each network is read completely or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

import torch
from torch import Tensor, nn

from gdm_studio.common.errors import ModelError
from gdm_studio.common.translation_markers import translatable
from gdm_studio.models.families.shared_parts.clip_tokenizer import with_words_of_folder
from gdm_studio.models.families.shared_parts.refiner_and_hires import LatentImageModel
from gdm_studio.models.families.stable_diffusion import architecture
from gdm_studio.models.families.stable_diffusion.architecture import check_network
from gdm_studio.models.families.stable_diffusion.checkpoint_layout import (
    DIFFERENCE,
    TEXTS,
    Layout,
    Network,
    Part,
    Text,
    control_of,
)
from gdm_studio.models.families.stable_diffusion.control_lora import control_lora, difference_control_net
from gdm_studio.models.families.stable_diffusion.variants import EDITING, Variant
from gdm_studio.models.families.stable_diffusion.weight_names import Shape
from gdm_studio.models.files.checkpoints import read_entry
from gdm_studio.models.files.clip_words import tokenizer_files
from gdm_studio.models.files.weights import open_weights
from gdm_studio.models.memory.loaded_model_cache import Placement
from gdm_studio.models.memory.memory_limit import chosen_limit, free_memory, total_memory
from gdm_studio.models.memory.residency import place_network
from gdm_studio.models.upscalers.network import UpscalingNetwork
from gdm_studio.networks.bounded_construction import at_most
from gdm_studio.networks.stable_diffusion.autoencoder import Autoencoder
from gdm_studio.networks.stable_diffusion.clip import ClipText
from gdm_studio.networks.stable_diffusion.clip_vision import ClipVision
from gdm_studio.networks.stable_diffusion.control_net import ControlNet
from gdm_studio.networks.stable_diffusion.ip_adapter import IPAdapter
from gdm_studio.networks.stable_diffusion.t2i_adapter import T2IAdapter
from gdm_studio.networks.stable_diffusion.tokenizer import END
from gdm_studio.networks.stable_diffusion.unet import UNet

M = TypeVar("M", bound=nn.Module)
K = TypeVar("K")
ControlNetwork = ControlNet | T2IAdapter

# Memory is considered short if a smaller fraction than this is free.
SHORT = 0.25
# A text encoder is placed on a device if this multiple of its size is free there.
ROOM = 2


@dataclass(frozen=True)
class Networks:
    """Networks of a loaded Stable Diffusion model. The U-Net has the model's number type, and the others are in
    fp32.
    """

    unet: UNet
    vae: Autoencoder
    texts: TextEncoders[Text, ClipText]
    # Whole model that computes the last steps, or None.
    refiner: LatentImageModel | None = None
    # Network that enlarges images for the second pass, or None.
    upscaler: UpscalingNetwork | None = None
    # Control models by name, in the U-Net's number type.
    controls: Mapping[str, ControlNetwork] = field(default_factory=dict)
    # IP-Adapters by name, in the U-Net's number type, and their image encoders in fp32.
    image_adapters: Mapping[str, IPAdapter] = field(default_factory=dict)
    image_encoders: TextEncoders[str, ClipVision] | None = None


class TextEncoders(Mapping[K, M]):
    """Text encoders of a model, or image encoders of its IP-Adapters. They are loaded on first use, and released after
    use if memory is short or limited by the user.

    If the device has no room for them, they run on the CPU, unless their weights are streamed.
    """

    def __init__(self, read: Callable[[K, torch.device], M], sizes: Mapping[K, int], on: torch.device) -> None:
        self._read_weights = read
        self._sizes = sizes
        self._device = on
        self.held: dict[K, M] = {}

    def __getitem__(self, which: K) -> M:
        if which not in self.held:
            self.held[which] = self._read_weights(which, self._choose_device(self._sizes[which]))
        return self.held[which]

    def __iter__(self) -> Iterator[K]:
        return iter(self._sizes)

    def __len__(self) -> int:
        return len(self._sizes)

    def rest(self) -> None:
        """Release the text encoders if memory is short or limited. They are loaded again at the next use."""
        if chosen_limit() or is_short(self._device):
            self.held.clear()

    def _choose_device(self, size: int) -> torch.device:
        free = free_memory(self._device)
        fits = chosen_limit() or free is None or free > ROOM * size
        return self._device if fits else torch.device("cpu")


def load_networks(name: str, layout: Layout, kind: Variant, placement: Placement) -> Networks:
    """Load the networks of a Stable Diffusion checkpoint, except those that are already in the store. `name` is the
    checkpoint's name in error messages. Raises ModelError.

    Weights stored in the requested type are memory-mapped. An out-of-memory error is not converted to ModelError, so
    that the engine can retry.
    """

    wide = placement.in_dtype(torch.float32)

    def part(which: Part, make: Callable[[Mapping[str, Shape]], M], within: Placement) -> M:
        called = layout.from_elsewhere.get(which, name)
        return _load_part(called, which, layout.networks[which], make, within)

    def text(which: Text, device: torch.device) -> ClipText:
        files = layout.networks[which].files
        within = replace(wide, device=device)
        encoder = part(which, lambda shapes: ClipText(architecture.clip_config(shapes)), within)
        return with_words_of_folder(encoder, files, layout.from_elsewhere.get(which, name))

    sizes = {which: layout.networks[which].bytes_in(wide.dtype.itemsize) for which in kind.texts}
    found = Networks(
        part("unet", lambda shapes: UNet(architecture.unet_config(shapes)), placement),
        part("vae", lambda shapes: Autoencoder(architecture.autoencoder_config(shapes)), wide),
        TextEncoders(text, sizes, placement.device),
    )
    if any(text.config.vocabulary <= END for text in found.texts.values()):
        raise ModelError(f"{name} has a text encoder with too few tokens; copy or download it again.")
    return found


def load_control(
    path: Path, placement: Placement, unet: UNet, unet_files: Iterable[Path]
) -> ControlNetwork | IPAdapter:
    """Load a control model, such as a ControlNet, from its file, unless it is in the store. Raises ModelError.

    A Control-LoRA shares the weights of `unet`, which come from `unet_files`, and a difference ControlNet adds them to
    its own.
    """
    part, network = control_of(read_entry(path))
    make_from_changes = {"Control-LoRA": control_lora, DIFFERENCE: difference_control_net}.get(part)
    if make_from_changes is not None:
        check_network(path.name, part, network.shapes)
        size = network.bytes_in(placement.dtype.itemsize)

        def add() -> ControlNet:
            tensors = _read_weights(network, compressed=False, averaged=False)
            return make_from_changes(path.name, tensors, unet, placement.device, placement.dtype)

        with _report_damage(path.name):
            return placement.share(f"stable diffusion {part}", (*network.files, *unet_files), size, add)
    alone = load_control_alone(path, placement)
    assert alone is not None
    return alone


def load_control_alone(path: Path, placement: Placement) -> ControlNetwork | IPAdapter | None:
    """Load a control model from its file, unless it is in the store. Of a Control-LoRA, which needs the weights of a
    U-Net, the weights are only read, and None is returned. Raises ModelError.
    """
    part, network = control_of(read_entry(path))
    if part == "Control-LoRA":
        check_network(path.name, part, network.shapes)
        with _report_damage(path.name):
            _read_weights(network, compressed=False, averaged=False)
        return None

    def make(shapes: Mapping[str, Shape]) -> ControlNetwork | IPAdapter:
        if part == "T2I-Adapter":
            return T2IAdapter(architecture.t2i_adapter_config(shapes))
        if part == "IP-Adapter":
            return IPAdapter(architecture.ip_adapter_config(shapes))
        return ControlNet(architecture.control_net_config(shapes))

    return _load_part(path.name, part, network, make, placement)


def _load_part(
    name: str,
    which: Part,
    network: Network,
    make: Callable[[Mapping[str, Shape]], M],
    placement: Placement,
) -> M:
    """Return one network of a checkpoint from the store, or load it and place it on the device. Raises ModelError."""
    files = (*network.files, *tokenizer_files(network.files))
    device, dtype = placement.device, placement.dtype

    def load() -> M:
        return place_network(_build(name, which, network, make, device), device, dtype)

    with _report_damage(name):
        return placement.share(f"stable diffusion {which}", files, network.bytes_in(dtype.itemsize), load)


@contextmanager
def _report_damage(name: str) -> Iterator[None]:
    """Context manager that converts the errors of building a network from unsuitable weights to ModelError."""
    try:
        yield
    except (LookupError, TypeError, ValueError, OSError) as error:
        raise ModelError(
            translatable("{name} is damaged or not whole; copy or download it again.", name=name)
        ) from error


def is_short(device: torch.device) -> bool:
    """Return True if the device has so little free memory that a run may not fit."""
    free = free_memory(device)
    total = total_memory(device)
    return free is not None and total is not None and free < SHORT * total


def _build(
    name: str, which: Part, network: Network, make: Callable[[Mapping[str, Shape]], M], device: torch.device
) -> M:
    """Create a network and load its weights from the files. Raises ModelError if a weight is missing or unknown."""
    check_network(name, which, network.shapes)
    with at_most(len(network.shapes)), torch.device("meta"):
        module = make(network.shapes)
    averaged = which == "unet" and network.shapes["input_blocks.0.0.weight"][1] == EDITING
    # A text encoder is computed once for a prompt, so that on a CPU its 16-bit weights are converted at each use.
    mapped_on = device if which in TEXTS else None
    weights = _read_weights(network, compressed=which != "vae", averaged=averaged, mapped_on=mapped_on)
    module.load_state_dict(weights, assign=True)
    return module.eval().requires_grad_(False)


def _read_weights(
    network: Network, *, compressed: bool, averaged: bool, mapped_on: torch.device | None = None
) -> dict[str, Tensor]:
    """Read the weights of a network by their names in this program. They are memory-mapped if possible.

    With `compressed`, quantised matrices and convolutions stay compressed in memory. Biases and norms are expanded,
    because they are small and layers may change them in place. With `averaged`, EMA weights are preferred; the released
    editing model contains them beside its last weights. With `mapped_on`, 16-bit weights stay in the file too, if that
    device is a CPU.
    """
    found: dict[str, Tensor] = {}
    files = open_weights(network.files, ema=averaged)
    for file, place in network.weights.values():
        files[file].expect(place.name)
    for ours, (file, place) in network.weights.items():
        shape = network.shapes[ours]
        weight = None
        if compressed and place.is_whole and len(shape) > 1:
            weight = files[file].compressed(place.name)
            if weight is None and mapped_on is not None:
                weight = files[file].compact(place.name, torch.float32, mapped_on)
        if weight is not None:
            found[ours] = weight.reshaped(shape)
            continue
        plain = files[file][place.name]
        if not plain.is_floating_point():
            raise ValueError(f"{ours} has integer weights")
        found[ours] = place.of(plain).reshape(shape).contiguous()
    return found
