"""Upscaling of images on a device with the built-in network or one from a file."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path

import numpy as np

from gdm_studio.common.errors import DeviceError, ModelError
from gdm_studio.common.translation_markers import translatable
from gdm_studio.models.memory import devices
from gdm_studio.models.upscalers import built_in_upscaler
from gdm_studio.models.upscalers.network import UpscalingNetwork, load_upscaler
from gdm_studio.models.upscalers.stepwise_upscaling import Enlargement, enlarge, enlarge_to, grid_of


class Upscaler:
    """Neural network that enlarges images by the factor `scale` and is loaded on first use.

    Without a path, it uses the built-in network. Methods raise ModelError and DeviceError.
    """

    def __init__(self, path: Path | None = None, device: str = "auto") -> None:
        self._path = path or built_in_upscaler.shipped_file()
        self._device = device

    @property
    def scale(self) -> int:
        """Upscaling factor of the network for each side of an image."""
        return self._network.scale

    def __call__(self, rgba: np.ndarray) -> np.ndarray:
        """Upscale an image from (H, W, 4) to (scale·H, scale·W, 4), uint8 with straight alpha."""
        return finish_upscaling(self.steps(rgba))

    def steps(self, rgba: np.ndarray) -> Enlargement:
        """Upscale an image (H, W, 4) tile by tile and return it, yielding the finished fraction (0 … 1) after each
        tile. If memory runs out, it starts again with smaller tiles.
        """
        grid = grid_of(self._network)
        while True:
            try:
                return (yield from enlarge(self._network, rgba, grid))
            except (MemoryError, RuntimeError) as error:
                if not devices.is_out_of_memory(error):
                    raise
                smaller = grid.halved(self._network.multiple)
                if smaller is None:
                    side = self.scale * max(rgba.shape[:2])
                    sentence = translatable(
                        "There is too little memory for {side} pixels; choose a smaller size.", side=side
                    )
                    raise DeviceError(sentence) from error
                grid = smaller

    def larger(self, rgba: np.ndarray) -> Enlargement:
        """Upscale an image tile by tile like `steps`, but only if the network really enlarges images.

        Raises ModelError if the network has the factor 1 and only cleans up images.
        """
        if self.scale == 1:
            raise ModelError(f"{self._path.name} does not enlarge images; choose another upscaler.")
        return (yield from self.steps(rgba))

    def steps_to(self, size: tuple[int, int], rgba: np.ndarray) -> Enlargement:
        """Upscale an image until it is at least as large as `size` (width, height), then resample it to that size."""
        return (yield from enlarge_to(size, rgba, self.scale, self.steps))

    @cached_property
    def _network(self) -> UpscalingNetwork:
        return load_upscaler(self._path, devices.resolve(self._device))


def advance(enlargement: Enlargement) -> tuple[float, np.ndarray | None]:
    """Compute the next tile of an upscaling in progress. Returns the finished fraction (0 … 1), and the upscaled image
    after the last tile or None before it.
    """
    try:
        return next(enlargement), None
    except StopIteration as end:
        return 1.0, end.value


def finish_upscaling(enlargement: Enlargement, is_wanted: Callable[[], bool] = lambda: True) -> np.ndarray:
    """Compute all remaining tiles of an upscaling and return the upscaled image.

    `is_wanted` is called before each tile. Raises DeviceError once it returns False.
    """
    while is_wanted():
        if (image := advance(enlargement)[1]) is not None:
            return image
    raise DeviceError("The program is stopping; try again later.")
