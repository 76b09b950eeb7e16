"""Configurations of the upscaling networks, with the shapes of their weights. This module does not import torch."""

from __future__ import annotations

from dataclasses import dataclass

Shape = tuple[int, ...]
# Dense blocks in a residual-in-residual dense block, and convolutions in a dense block.
DENSE_BLOCKS = 3
DENSE_CONVOLUTIONS = 5
# Bytes of a number in fp32.
_FLOAT = 4


@dataclass(frozen=True)
class RRDBConfig:
    """Hyperparameters of the upscaling network `RRDB` (ESRGAN), such as its layer widths."""

    # Colour channels of the images, 1, 3 or 4.
    channels: int = 3
    width: int = 64
    # Channels that each convolution of a dense block adds.
    growth: int = 32
    blocks: int = 23
    # Number of times that the features are doubled in size.
    doublings: int = 2
    # Side of the squares of pixels that are folded into channels first, which makes the factor smaller.
    unshuffle: int = 1

    @property
    def scale(self) -> int:
        """Upscaling factor of the network for each side of an image."""
        return 2**self.doublings // self.unshuffle

    @property
    def reach(self) -> int:
        """Radius of the receptive field of the upscaling network, in input pixels. Tiles must overlap by this
        distance.
        """
        convolutions = 2 + DENSE_BLOCKS * DENSE_CONVOLUTIONS * self.blocks
        # The convolutions after each doubling and the alignment to squares reach less than four pixels further.
        return (convolutions + 4) * self.unshuffle

    @property
    def bytes_per_pixel(self) -> int:
        """Memory that upscaling needs for each input pixel, in bytes: three feature maps at the largest size."""
        dense = self.width + DENSE_CONVOLUTIONS * self.growth
        return _FLOAT * max(3 * self.width * self.scale**2, 3 * dense // self.unshuffle**2)

    def shapes(self) -> dict[str, Shape]:
        """Return the shape of every weight of the upscaling network RRDB by name, to check that a file is complete."""
        inputs = self.channels * self.unshuffle**2
        found = _convolution_shapes("head", inputs, self.width)
        for block in range(self.blocks):
            for dense in range(DENSE_BLOCKS):
                for place in range(DENSE_CONVOLUTIONS):
                    outputs = self.growth if place < DENSE_CONVOLUTIONS - 1 else self.width
                    name = f"blocks.{block}.{dense}.convolutions.{place}"
                    found |= _convolution_shapes(name, self.width + place * self.growth, outputs)
        for name in ("body", *(f"doublings.{place}" for place in range(self.doublings)), "last"):
            found |= _convolution_shapes(name, self.width, self.width)
        return found | _convolution_shapes("tail", self.width, self.channels)


@dataclass(frozen=True)
class CompactConfig:
    """Hyperparameters of the upscaling network `Compact` (Real-ESRGAN), such as its layer widths."""

    channels: int = 3
    width: int = 64
    # Convolutions between the first and the last one.
    depth: int = 16
    scale: int = 4

    @property
    def reach(self) -> int:
        """Radius of the receptive field of the upscaling network, in input pixels. Tiles must overlap by this
        distance.
        """
        return self.depth + 2

    @property
    def bytes_per_pixel(self) -> int:
        """Memory that upscaling needs for each input pixel, in bytes: three feature maps at the largest size."""
        return _FLOAT * 3 * max(self.width, self.channels * self.scale**2)

    @property
    def unshuffle(self) -> int:
        """Pixel-unshuffle factor of the network's input, which is always 1, because the compact network does not fold
        pixels into channels.
        """
        return 1

    def shapes(self) -> dict[str, Shape]:
        """Return the shape of every weight of the compact upscaling network by name, to check that a file is
        complete.
        """
        found: dict[str, Shape] = {}
        for place in range(self.depth + 1):
            found |= _convolution_shapes(f"body.{2 * place}", self.width if place else self.channels, self.width)
            found[f"body.{2 * place + 1}.weight"] = (self.width,)
        return found | _convolution_shapes(f"body.{2 * self.depth + 2}", self.width, self.channels * self.scale**2)


UpscalerConfig = RRDBConfig | CompactConfig


def _convolution_shapes(name: str, inputs: int, outputs: int) -> dict[str, Shape]:
    return {f"{name}.weight": (outputs, inputs, 3, 3), f"{name}.bias": (outputs,)}
