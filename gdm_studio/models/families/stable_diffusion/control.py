"""Control models of a run, applied to the U-Net during the steps that the request selects."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from gdm_studio.common.errors import ModelError
from gdm_studio.models.families.shared_parts.control_images import composite_on_black
from gdm_studio.models.families.stable_diffusion.loader import ControlNetwork
from gdm_studio.models.files.recognition import MODE_OF, MODES
from gdm_studio.models.loaded_model import LoadedControlImage
from gdm_studio.networks.stable_diffusion.configurations import XL_UNSHUFFLE
from gdm_studio.networks.stable_diffusion.control_net import ControlNet
from gdm_studio.networks.stable_diffusion.ip_adapter import IPAdapter
from gdm_studio.networks.stable_diffusion.unet import ControlSignal, Downsample, UNet


@dataclass(frozen=True)
class Control:
    """Control model (such as a ControlNet) together with the features of its control image, which are computed once and
    used in all rows and steps.
    """

    network: ControlNetwork
    image: LoadedControlImage
    # The result of the network's `features`.
    features: Any

    def __call__(self, x: Tensor, *cond: Tensor) -> ControlSignal:
        signal: ControlSignal = self.network(self.features, x, *cond)
        return signal * self.image.weight


@torch.no_grad()
def encode_controls(
    networks: Mapping[str, ControlNetwork],
    images: Sequence[LoadedControlImage],
    size: Sequence[int],
    device: torch.device,
    dtype: torch.dtype,
) -> list[Control]:
    """Compute the features of a run's control images at a given height and width in pixels. Images of weight 0 are
    skipped.
    """
    used = [image for image in images if image.weight]
    found = []
    for image in used:
        network = networks[image.kind]
        levels = composite_on_black(image.rgba.to(device), size).to(dtype)
        mode = MODES.index(image.kind.rpartition(MODE_OF)[2]) if is_union(network) else -1
        features = network.features(levels, mode) if isinstance(network, ControlNet) else network.features(levels)
        found.append(Control(network, image, features))
    return found


def is_union(network: ControlNetwork) -> bool:
    """Return True if a ControlNet is a union model, which supports several kinds of control images (modes)."""
    return isinstance(network, ControlNet) and hasattr(network, "task_embedding")


def check_fits(name: str, network: ControlNetwork | IPAdapter, unet: UNet) -> None:
    """Raise ModelError if a control model was made for another kind of U-Net, so that the shapes of their features do
    not match.
    """
    if isinstance(network, ControlNet):
        fits = network.skip_channels == unet.skip_channels
        fits = fits and (network.config.context, network.config.vector) == (unet.config.context, unet.config.vector)
    elif isinstance(network, IPAdapter):
        widths = tuple(layer.to_k.out_features for layer in unet.cross_attentions())
        fits = (network.config.context, network.config.widths) == (unet.config.context, widths)
    else:
        halvings = int(network.config.unshuffle == XL_UNSHUFFLE)
        wanted = []
        for channels, shrinks in zip(network.config.channels, network.config.shrinks, strict=True):
            halvings += shrinks
            wanted.append((channels, halvings))
        fits = wanted == _feature_shapes(unet)[: len(wanted)]
    if not fits:
        raise ModelError(f"{name} has other sizes than this model; choose a control model that was made for it.")


def _feature_shapes(unet: UNet) -> list[tuple[int, int]]:
    """Return a pair (channels, number of times the resolution is halved) for each U-Net layer to whose output a
    T2I-Adapter adds features.
    """
    halvings = 0
    found = []
    for place, block in enumerate(unet.input_blocks):
        halvings += any(isinstance(part, Downsample) for part in block.children())
        if place in unet.level_ends:
            found.append((unet.skip_channels[place], halvings))
    return [*found, (unet.skip_channels[-1], halvings)]


def with_controls(network: Callable[..., Tensor], controls: Sequence[Control]) -> Callable[..., Tensor]:
    """Return a function that evaluates the U-Net with the features of the control models added. Without control models,
    it is the U-Net itself.
    """
    if not controls:
        return network

    def answer(x: Tensor, *cond: Tensor, **more: Any) -> Tensor:
        first, *others = (control(x, *cond) for control in controls)
        return network(x, *cond, control=sum(others, first), **more)

    return answer
