"""ControlNets of a run, whose residuals are added to the image tokens of a diffusion transformer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from gdm_studio.common.errors import ModelError
from gdm_studio.models.families.diffusion_transformers.variants import DEV_GUIDANCE
from gdm_studio.models.files.recognition import FLUX_1_MODES, MODE_OF
from gdm_studio.models.loaded_model import LoadedControlImage
from gdm_studio.networks.diffusion_transformers.control_residuals import ControlResiduals

# Sizes that a ControlNet has in common with the transformer.
_COMMON = ("width", "heads", "context", "pooled", "outputs", "channels")


@dataclass(frozen=True)
class Control:
    """ControlNet together with the latents (1, C, H, W) of its control image, which are used in all rows and steps."""

    network: nn.Module
    image: LoadedControlImage
    latents: Tensor

    def __call__(self, inputs: Mapping[str, Any]) -> ControlResiduals:
        """Evaluate the ControlNet on the inputs of the transformer, by their names."""
        x = inputs["x"]
        more = {name: inputs[name] for name in ("pooled", "guidance") if name in inputs}
        # FLUX.1 schnell has no guidance, which most ControlNets take as an input.
        more.setdefault("guidance", torch.full((len(x),), DEV_GUIDANCE, device=x.device))
        latents = self.latents.expand(len(x), -1, -1, -1)
        found: ControlResiduals = self.network(
            x, inputs["timesteps"], inputs["context"], latents, mode=self.mode, **more
        )
        return found * self.image.weight

    @property
    def mode(self) -> int:
        """Index of the mode of a union, or 0 for other ControlNets."""
        return FLUX_1_MODES.index(self.image.kind.rpartition(MODE_OF)[2]) if is_union(self.network) else 0

    def residual_bytes(self, tokens: int) -> int:
        """Return the memory of the residuals for one row of this number of image tokens, in bytes."""
        config: Any = self.network.config
        blocks = config.depth if hasattr(config, "depth") else config.double + config.single
        return int(blocks * tokens * config.width * self.latents.element_size())


def is_union(network: nn.Module) -> bool:
    """Return True if a ControlNet is a union, which has to know the kind of its control image (the mode)."""
    return getattr(network, "modes", None) is not None


def check_fits(name: str, network: nn.Module, transformer: nn.Module) -> None:
    """Raise ModelError if a ControlNet was made for a transformer of other sizes."""
    ours, theirs = (
        (type(each.config), *(getattr(each.config, size, 0) for size in _COMMON)) for each in (network, transformer)
    )
    if ours != theirs:
        raise ModelError(f"{name} has other sizes than this model; choose a control model that was made for it.")


def acting_controls(controls: Sequence[Control], step: int, steps: int) -> list[Control]:
    """Return the ControlNets that guide step `step` (counted from 1) of `steps`."""
    return [control for control in controls if control.image.acts_in(step, steps)]
