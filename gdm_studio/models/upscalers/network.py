"""Loaded upscaling networks, from this program or from the package `spandrel`."""

from __future__ import annotations

import math
from pathlib import Path

import torch
from torch import Tensor, nn

from gdm_studio.common.errors import ModelError
from gdm_studio.models.files.checkpoints import Entry, read_entry
from gdm_studio.models.files.weights import Weights
from gdm_studio.models.memory.loaded_model_cache import Store, key_of
from gdm_studio.models.upscalers import built_in_upscaler
from gdm_studio.models.upscalers.architecture_detection import (
    CHANNELS,
    PACKAGE,
    UpscalerLayout,
    check_numbers,
    has_package,
    upscaler_layout,
    without_package,
)
from gdm_studio.networks.bounded_construction import at_most
from gdm_studio.networks.layers import channels_last
from gdm_studio.networks.upscalers.compact import Compact
from gdm_studio.networks.upscalers.configurations import CompactConfig, UpscalerConfig
from gdm_studio.networks.upscalers.rrdb import RRDB

# Assumed memory in bytes for one pixel of an image, for networks whose architecture this program does not know.
UNKNOWN_BYTES = 24 * 2**10
# The built-in network depends on the 21 × 21 pixels around a pixel, and its alpha on one pixel more.
BUILT_IN_REACH = 11
_BUILT_IN_FACTOR = 2
# The largest published upscalers have about 600 million weights.
MOST_PARAMETERS = 2**30


class UpscalingNetwork(nn.Module):
    """Network that enlarges images (1, C, H, W) with values 0 … 1 by an integer factor, to (1, C, scale·H, scale·W)."""

    def __init__(
        self,
        network: nn.Module,
        scale: int,
        channels: int,
        *,
        reach: int | None = None,
        multiple: int = 1,
        bytes_per_pixel: int = UNKNOWN_BYTES,
        is_premultiplied: bool = False,
    ) -> None:
        super().__init__()
        self.network = network
        self.scale = scale
        # 1 for grey, 3 for RGB and 4 for RGBA.
        self.channels = channels
        # The distance in pixels within which other pixels affect a result, or None if every pixel depends on all
        # others.
        self.reach = reach
        # Tiles begin at multiples of this number of pixels.
        self.multiple = multiple
        self.bytes_per_pixel = bytes_per_pixel
        # True if the colours of RGBA images are multiplied by alpha.
        self.is_premultiplied = is_premultiplied

    @property
    def device(self) -> torch.device:
        return next(self.parameters()).device

    def forward(self, x: Tensor) -> Tensor:
        found: Tensor = self.network(x)
        return found


def load_upscaler(path: Path, device: torch.device, store: Store | None = None) -> UpscalingNetwork:
    """Load the upscaling network in a file in fp32, or return it from the store if it is already loaded. Raises
    ModelError.
    """
    entry = read_entry(path)

    def load() -> UpscalingNetwork:
        found = _load_built_in(path) if entry.metadata.get("format") == built_in_upscaler.FORMAT else _load(entry)
        return channels_last(found.to(device)).eval().requires_grad_(False)

    if store is None:
        return load()
    size = sum(weights.stat().st_size for weights in entry.weights)
    return store.part(key_of("upscaler", entry.weights, device, torch.float32), size, load)


def upscaling_factor(path: Path) -> int:
    """Return the factor by which the network in a file enlarges images. Raises ModelError."""
    entry = read_entry(path)
    if entry.metadata.get("format") == built_in_upscaler.FORMAT:
        return _BUILT_IN_FACTOR
    layout = upscaler_layout(Weights(entry).shapes, entry.path.name)
    return _load(entry).scale if layout.config is None else layout.config.scale


def _load_built_in(path: Path) -> UpscalingNetwork:
    network = built_in_upscaler.load(torch.device("cpu"), path)
    cost = 3 * 4 * 4 * network.config.width
    return UpscalingNetwork(
        network, _BUILT_IN_FACTOR, 4, reach=BUILT_IN_REACH, bytes_per_pixel=cost, is_premultiplied=True
    )


def _load(entry: Entry) -> UpscalingNetwork:
    file = entry.path.name
    weights = Weights(entry)
    layout = upscaler_layout(weights.shapes, file)
    if sum(math.prod(weights.shapes[name]) for name in layout.names.values()) > MOST_PARAMETERS:
        raise ModelError(f"{file} is too large for an upscaler; choose another file.")
    check_numbers(entry.headers.items(), layout)
    state = {own: weights.read(there, torch.float32) for own, there in layout.names.items()}
    if not all(tensor.isfinite().all() for tensor in state.values()):
        raise ModelError(f"{file} is damaged: its weights contain NaN or infinity; download it again.")
    if layout.config is None:
        return _load_by_package(layout, state, file)
    with at_most(len(state)), torch.device("meta"):
        network = _create_network(layout)
    network.load_state_dict(state, assign=True)
    config: UpscalerConfig = layout.config
    return UpscalingNetwork(
        network,
        config.scale,
        config.channels,
        reach=config.reach,
        multiple=config.unshuffle,
        bytes_per_pixel=config.bytes_per_pixel,
    )


def _create_network(layout: UpscalerLayout) -> RRDB | Compact:
    config = layout.config
    assert config is not None
    return Compact(config) if isinstance(config, CompactConfig) else RRDB(config)


def _load_by_package(layout: UpscalerLayout, state: dict[str, Tensor], file: str) -> UpscalingNetwork:
    """Create an upscaling network with the package spandrel from tensors that were read safely, so that spandrel never
    opens the file. Raises ModelError.
    """
    if not has_package():
        raise ModelError(without_package(file, layout.architecture))
    try:
        import spandrel
    except Exception as error:  # it imports torchvision, which fails if it was built for another torch
        remedy = "install torchvision of the same build as torch"
        raise ModelError(f"{file} needs {PACKAGE}, which cannot be loaded; {remedy}.") from error
    try:
        # Its networks have some weights that are computed and not stored.
        with at_most(2 * len(state)):
            found = spandrel.ModelLoader("cpu").load_from_state_dict(state)
    except Exception as error:  # the package has no common error for tensors that do not fit
        sentence = f"{file} is {layout.architecture}, an upscaler that is damaged or of a form that {PACKAGE} lacks"
        raise ModelError(f"{sentence}; copy it again, or choose another.") from error
    if not isinstance(found, spandrel.ImageModelDescriptor) or found.purpose not in ("SR", "Restoration"):
        raise ModelError(f"{file} is a network for faces or gaps, not an upscaler; choose another file.")
    if found.input_channels != found.output_channels or found.input_channels not in CHANNELS:
        raise ModelError(f"{file} enlarges images of {found.input_channels} channels; choose another upscaler.")
    return UpscalingNetwork(
        _SpandrelNetwork(found),
        found.scale,
        found.input_channels,
        # Attention windows are usually 8 or 16 pixels wide. With this multiple, tiles have the same windows as the
        # whole image.
        multiple=max(16, found.size_requirements.multiple_of),
    )


class _SpandrelNetwork(nn.Module):
    """Wrapper of an upscaling network from the package spandrel. Images are padded to the sizes that the network
    requires.
    """

    def __init__(self, found: object) -> None:
        super().__init__()
        self.model = found.model  # type: ignore[attr-defined]
        self._call = found

    def forward(self, x: Tensor) -> Tensor:
        return self._call(x)  # type: ignore[operator]
