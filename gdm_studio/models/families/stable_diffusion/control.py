"""Control models of one run, applied to the U-Net in the steps in which they act."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from gdm_studio.models.loaded_model import LoadedControlImage
from gdm_studio.networks.stable_diffusion.control_net import ControlNet
from gdm_studio.networks.stable_diffusion.unet import ControlSignal


@dataclass(frozen=True)
class Control:
    """A control model with the features of its image, which are the same for all rows and steps."""

    network: ControlNet
    image: LoadedControlImage
    features: Tensor

    def __call__(self, x: Tensor, timesteps: Tensor, context: Tensor, vector: Tensor | None = None) -> ControlSignal:
        return self.network(self.features, x, timesteps, context, vector) * self.image.weight


@torch.no_grad()
def encode_controls(
    networks: Mapping[str, ControlNet],
    images: Sequence[LoadedControlImage],
    size: Sequence[int],
    device: torch.device,
    dtype: torch.dtype,
) -> list[Control]:
    """Encode the control images of a run for this height and width in pixels. Images without effect are left out."""
    used = [image for image in images if image.weight]
    found = []
    for image in used:
        network = networks[image.kind]
        levels = _on_black(image.rgba.to(device), size).to(dtype)
        found.append(Control(network, image, network.features(levels)))
    return found


def with_controls(network: Callable[..., Tensor], controls: Sequence[Control]) -> Callable[..., Tensor]:
    """Return the U-Net with control models. Without any it is unchanged."""
    if not controls:
        return network

    def answer(x: Tensor, *cond: Tensor) -> Tensor:
        first, *others = (control(x, *cond) for control in controls)
        return network(x, *cond, control=sum(others, first))

    return answer


def _on_black(rgba: Tensor, size: Sequence[int]) -> Tensor:
    """Convert uint8 images (1, H, W, 4) to (1, 3, h, w) in 0 … 1, resized for a pass at another size."""
    levels = rgba.permute(0, 3, 1, 2).float() / 255
    levels = levels[:, :3] * levels[:, 3:]
    if list(levels.shape[-2:]) == list(size):
        return levels
    return F.interpolate(levels, list(size), mode="bilinear", antialias=True)
