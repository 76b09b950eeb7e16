"""The networks of a checkpoint of Stable Diffusion read from its files, all of each or none."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
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
from gdm_studio.models.families.stable_diffusion.staged import Draws
from gdm_studio.models.families.stable_diffusion.whole import check_network
from gdm_studio.models.store import Store, free_on, key_of, total_on
from gdm_studio.models.weights import Weights
from gdm_studio.networks.stable_diffusion.autoencoder import Autoencoder
from gdm_studio.networks.stable_diffusion.clip import ClipText
from gdm_studio.networks.stable_diffusion.tokenizer import END
from gdm_studio.networks.stable_diffusion.unet import UNet

M = TypeVar("M", bound=nn.Module)

SHORT = 0.25  # of all memory: less than that free is short
ROOM = 2  # times what a network takes has to be free on a device for it to be put there
PART = 64  # rows of a weight whose type is changed at a time


@dataclass(frozen=True)
class Networks:
    """Those of one model; the U-Net in the model's number type, the others in fp32."""

    unet: UNet
    vae: Autoencoder
    texts: Texts
    refiner: Draws | None = None  # a whole model for the last steps


class Texts(Mapping[Text, ClipText]):
    """The text encoders, read when they are asked for, and let go where memory is short once they have answered.

    Where a device has no room for them beside the rest they are on the CPU.
    """

    def __init__(
        self, read: Callable[[Text, torch.device], ClipText], sizes: Mapping[Text, int], on: torch.device
    ) -> None:
        self._read, self._sizes, self._device = read, sizes, on
        self.held: dict[Text, ClipText] = {}

    def __getitem__(self, which: Text) -> ClipText:
        if which not in self.held:
            self.held[which] = self._read(which, self._place(self._sizes[which]))
        return self.held[which]

    def __iter__(self) -> Iterator[Text]:
        return iter(self._sizes)

    def __len__(self) -> int:
        return len(self._sizes)

    def rest(self) -> None:
        """Lets them go, if memory is short: they are read again when they are next asked for."""
        if is_short(self._device):
            self.held.clear()

    def _place(self, size: int) -> torch.device:
        free = free_on(self._device)
        return self._device if free is None or free > ROOM * size else torch.device("cpu")


def networks(name: str, layout: Layout, kind: Kind, device: torch.device, dtype: torch.dtype, store: Store) -> Networks:
    """Those of the checkpoint called so that are not in the store; raises ModelError.

    Weights that are stored in the wanted type stay on the disk until they are used. Memory running out is raised as it
    comes, for the engine to find a remedy.
    """

    def size(which: Part, of: torch.dtype) -> int:
        return layout.networks[which].parameters * of.itemsize

    def part(which: Part, make: Callable[[Mapping[str, Shape]], M], of: torch.dtype, place: torch.device = device) -> M:
        network, called = layout.networks[which], layout.from_elsewhere.get(which, name)
        key = key_of(f"stable diffusion {which}", network.files, place, of)
        try:
            return store.part(key, size(which, of), lambda: _laid_out(_filled(called, which, network, make), place, of))
        except (LookupError, TypeError, ValueError, OSError) as error:
            raise ModelError(f"{called} is damaged or not whole; copy or download it again.") from error

    def text(which: Text, place: torch.device) -> ClipText:
        return part(which, lambda shapes: ClipText(sizes.clip_config(shapes)), torch.float32, place)

    found = Networks(
        part("unet", lambda shapes: UNet(sizes.unet_config(shapes)), dtype),
        part("vae", lambda shapes: Autoencoder(sizes.autoencoder_config(shapes)), torch.float32),
        Texts(text, {which: size(which, torch.float32) for which in kind.texts}, device),
    )
    if any(text.config.vocabulary <= END for text in found.texts.values()):
        raise ModelError(f"{name} knows fewer words than prompts have; copy or download it again.")
    return found


def is_short(device: torch.device) -> bool:
    """Whether less is free than a run may well need."""
    free, total = free_on(device), total_on(device)
    return free is not None and total is not None and free < SHORT * total


def _laid_out(network: M, device: torch.device, dtype: torch.dtype) -> M:
    """The network there in that type, convolutions with their channels together, in which they are quicker.

    A network whose weights are the very pages of its files stays as it is, but for an autoencoder, whose are few. Each
    weight of another is written once, type and order together: fresh memory costs more than reading does.
    """
    on_cpu = device.type == "cpu"
    is_there = on_cpu and all(weight.dtype == dtype for weight in network.parameters())
    if is_there and not isinstance(network, Autoencoder):
        return network
    for weight in network.parameters() if on_cpu and dtype == torch.bfloat16 else ():
        weight.data = _rounded(weight.data)
    laid_out: M = network.to(device, dtype, memory_format=torch.channels_last)  # type: ignore[call-overload]
    return laid_out


def _rounded(weight: Tensor) -> Tensor:
    """Fp16 as bf16, by way of fp32 in parts that stay in the cache: on a CPU torch's own way takes thrice as long."""
    if weight.dtype != torch.float16:
        return weight
    found = torch.empty_like(weight, dtype=torch.bfloat16)
    for ours, theirs in zip(found.split(PART), weight.split(PART), strict=True):
        ours.copy_(theirs.float())
    return found


def _filled(name: str, which: Part, network: Network, make: Callable[[Mapping[str, Shape]], M]) -> M:
    """The network with its weights; raises ModelError unless it has them all, and no others."""
    check_network(name, which, network.shapes)
    with torch.device("meta"):
        made = make(network.shapes)
    made.load_state_dict(_read(network), assign=True)
    return made.eval().requires_grad_(False)


def _read(network: Network) -> dict[str, Tensor]:
    """By our names, in the memory of the files where they are mapped."""
    found = {}
    files = {file: Weights(read_entry(file)) for file in network.files}
    for file, place in network.weights.values():
        files[file].expect(place.name)
    for ours, (file, place) in network.weights.items():
        weight = files[file][place.name]
        if not weight.is_floating_point():
            raise ValueError(f"{ours} has no fractions")
        if weight.itemsize == 1:  # fp8 is how it is stored; nothing is computed in it
            weight = files[file].read(place.name, torch.bfloat16)
        found[ours] = place.of(weight).reshape(network.shapes[ours]).contiguous()
    return found
