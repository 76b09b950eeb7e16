"""Loader of the built-in upscaler, which doubles the size of images."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from gdm_studio.common import paths
from gdm_studio.common.errors import ModelError
from gdm_studio.models.files.checkpoints import read_header
from gdm_studio.models.files.read_errors import read_error

if TYPE_CHECKING:
    import torch

    from gdm_studio.networks.icons.upscaler import Upscaler

FORMAT = "gdm-studio-upscaler"
WEIGHTS, CARD = "upscaler.safetensors", "card.json"
# The name of the built-in upscaler in lists of upscalers.
NAME = "GDM Studio 2x"


def shipped_file() -> Path:
    """Return the path of the built-in upscaler's weights, which are installed with the program."""
    return Path(str(paths.resources())) / "models" / "upscaler" / WEIGHTS


def load(device: torch.device, path: Path | None = None) -> Upscaler:
    """Load the built-in upscaler in fp32, with weights from `path` or else from the installed file. Raises
    ModelError.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    from gdm_studio.networks.bounded_construction import load_network
    from gdm_studio.networks.icons.upscaler import Upscaler, UpscalerConfig
    from gdm_studio.networks.layers import channels_last

    path = path or shipped_file()
    header = read_header(path)
    if header.metadata.get("format") != FORMAT:
        raise ModelError(f"{path.name} is not an upscaler; install GDM Studio again to have its own back.")
    try:
        config = UpscalerConfig(**json.loads(header.metadata["config"]))
        network = load_network(lambda: Upscaler(config), load_file(path))
    except (SafetensorError, KeyError, TypeError, ValueError, RuntimeError, OSError) as error:
        damaged = f"{path.name} is damaged; install GDM Studio again to have it back."
        raise read_error(path, error, damaged) from error
    return channels_last(network.to(device)).eval().requires_grad_(False)
