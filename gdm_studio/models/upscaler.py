"""The upscaler that is shipped: a file of weights beside the models, loaded when a larger picture is first wanted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from gdm_studio import paths
from gdm_studio.errors import ModelError
from gdm_studio.models.header import read_header

if TYPE_CHECKING:
    import torch

    from gdm_studio.networks.upscaler import Upscaler

FORMAT = "gdm-studio-upscaler"
WEIGHTS, CARD = "upscaler.safetensors", "card.json"


def load(device: torch.device, path: Path | None = None) -> Upscaler:
    """The network in fp32, ready to use, from `path` or the shipped file; raises ModelError."""
    import torch
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    from gdm_studio.networks.layers import channels_last
    from gdm_studio.networks.upscaler import Upscaler, UpscalerConfig

    path = path or Path(str(paths.resources())) / "models" / "upscaler" / WEIGHTS
    header = read_header(path)
    if header.metadata.get("format") != FORMAT:
        raise ModelError(f"{path.name} is not an upscaler; install GDM Studio again to have its own back.")
    try:
        network = Upscaler(UpscalerConfig(**json.loads(header.metadata["config"])))
        network.load_state_dict({name: weight.to(torch.float32) for name, weight in load_file(path).items()})
    except (SafetensorError, KeyError, TypeError, ValueError, RuntimeError, OSError) as error:
        raise ModelError(f"{path.name} is damaged; install GDM Studio again to have it back.") from error
    return channels_last(network.to(device)).eval().requires_grad_(False)
