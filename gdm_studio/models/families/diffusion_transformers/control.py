"""ControlNets of a run, whose residuals are added to the image tokens of a diffusion transformer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gdm_studio.common.errors import ModelError
from gdm_studio.models.families.diffusion_transformers.variants import DEV_GUIDANCE
from gdm_studio.models.files.recognition import FLUX_1_MODES, MODE_OF
from gdm_studio.models.loaded_model import Conditioning, LoadedControlImage
from gdm_studio.networks.diffusion_transformers.anima_control import AnimaControl, AnimaControlNet
from gdm_studio.networks.diffusion_transformers.anima_control_configuration import AnimaControlConfig
from gdm_studio.networks.diffusion_transformers.control_configuration import ZImageControlConfig
from gdm_studio.networks.diffusion_transformers.control_residuals import ControlResiduals
from gdm_studio.networks.diffusion_transformers.z_image_control import ZImageControl, ZImageControlNet

# Sizes that a ControlNet has in common with the transformer.
_COMMON_SIZES = ("width", "heads", "value_heads", "context", "pooled", "outputs", "channels", "time")


@dataclass(frozen=True)
class Control:
    """ControlNet together with the latents (1, C, H, W) of its control image or, for Anima, its tokens (1, T, C). They
    are used in all rows and steps.
    """

    network: nn.Module
    image: LoadedControlImage
    latents: Tensor

    def __call__(self, inputs: Mapping[str, Any]) -> ControlResiduals | ZImageControl | AnimaControl:
        """Evaluate the ControlNet on the inputs of the transformer, by their names. Those for Z-Image and Anima are
        evaluated inside the transformer.
        """
        x = inputs["x"]
        more = {name: inputs[name] for name in ("pooled", "guidance", "regions") if name in inputs}
        # FLUX.1 schnell has no guidance, which most ControlNets take as an input.
        more.setdefault("guidance", torch.full((len(x),), DEV_GUIDANCE, device=x.device))
        latents = self.latents.expand(len(x), *[-1] * (self.latents.ndim - 1))
        found: ControlResiduals | ZImageControl | AnimaControl = self.network(
            x, inputs["timesteps"], inputs["context"], latents, mode=self.mode, **more
        )
        return found * self.image.weight

    @property
    def mode(self) -> int:
        """Index of the mode of a union, or 0 for other ControlNets."""
        return FLUX_1_MODES.index(self.image.kind.rpartition(MODE_OF)[2]) if is_union(self.network) else 0

    def residual_bytes(self, tokens: int) -> int:
        """Return the memory of the residuals for one row of this number of image tokens, in bytes."""
        network: Any = self.network
        return int(network.residuals * tokens * network.config.width * self.latents.element_size())


def sees_rest(network: nn.Module) -> bool:
    """Return True if a ControlNet takes an inpainting mask and the image outside the mask as inputs."""
    config = getattr(network, "control_config", None)
    return isinstance(config, ZImageControlConfig | AnimaControlConfig) and config.sees_rest


def encode_for_anima(network: AnimaControlNet, levels: Tensor, condition: Conditioning) -> Tensor:
    """Encode a control image (1, 3, H, W) in -1 … 1 for a ControlNet of Anima: tokens (1, T, C).

    A ControlNet for inpainting also gets the mask, or a mask of nothing.
    """
    config = network.control_config
    if config.sees_rest:
        mask = torch.zeros_like(levels[:, :1])
        if condition.pixel_mask is not None:
            mask = (F.interpolate(condition.pixel_mask, levels.shape[-2:]) >= 0.5).to(levels)
        levels = torch.cat([levels * (1 - mask) if config.masked else levels, 2 * mask - 1], dim=1)
    tokens: Tensor = network.encoder(levels.to(network.encoder.out_norm.weight.dtype))
    return tokens


def rest_channels(condition: Conditioning, latents: Tensor) -> Tensor:
    """Return the input channels of a ControlNet that sees the rest of an image (1, 1 + C, h, w), for a control image
    with these latents (1, C, h, w): 1 where the start image is kept, and its latents with grey inside the mask.

    Without an inpainting mask, all are 0.
    """
    if condition.rest is None or condition.pixel_mask is None:
        return torch.cat([torch.zeros_like(latents[:, :1]), torch.zeros_like(latents)], dim=1)
    width, height = condition.size or (condition.pixel_mask.shape[-1], condition.pixel_mask.shape[-2])
    # The mask has the size of the first pass.
    larger = F.interpolate(condition.pixel_mask, (height, width))
    kept = F.interpolate((larger < 0.5).to(latents), latents.shape[-2:])
    return torch.cat([kept, condition.rest.to(latents)], dim=1)


def is_union(network: nn.Module) -> bool:
    """Return True if a ControlNet is a union, which has to know the kind of its control image (the mode)."""
    return getattr(network, "modes", None) is not None


def check_fits(name: str, network: nn.Module, transformer: nn.Module) -> None:
    """Raise ModelError if a ControlNet was made for a transformer of other sizes."""
    ours: Any = network.config
    theirs: Any = transformer.config
    # Sizes of 0 are not in the file of the ControlNet.
    sizes = [size for size in _COMMON_SIZES if getattr(ours, size, 0)]
    fits = type(ours) is type(theirs) and all(getattr(ours, size) == getattr(theirs, size) for size in sizes)
    if isinstance(network, ZImageControlNet | AnimaControlNet):
        fits = fits and ours.depth <= theirs.depth
    if isinstance(network, ZImageControlNet):
        fits = fits and ours.refiners <= theirs.refiners
    if not fits:
        raise ModelError(f"{name} has other sizes than this model; choose a control model that was made for it.")


def acting_controls(controls: Sequence[Control], step: int, steps: int) -> list[Control]:
    """Return the ControlNets that guide step `step` (counted from 1) of `steps`."""
    return [control for control in controls if control.image.acts_in(step, steps)]
