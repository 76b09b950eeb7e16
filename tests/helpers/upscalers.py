"""Small upscalers with the names of published files and weights that depend on the names alone."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor

from gdm_studio.networks.upscalers.configurations import CompactConfig, RRDBConfig, UpscalerConfig

DENSE = re.compile(r"blocks\.(\d+)\.(\d)\.convolutions\.(\d)")
DOUBLING = re.compile(r"doublings\.(\d)")
# Names of the outer convolutions, by layout.
OUTER = {
    "Real-ESRGAN": {"head": "conv_first", "body": "conv_body", "last": "conv_hr", "tail": "conv_last"},
    "ESRGAN": {"head": "conv_first", "body": "trunk_conv", "last": "HRconv", "tail": "conv_last"},
}
# Case name: configuration and layout. The growth is that of every published file.
CASES: dict[str, tuple[UpscalerConfig, str]] = {
    "Real-ESRGAN 4x": (RRDBConfig(width=8, blocks=2), "Real-ESRGAN"),
    "Real-ESRGAN 2x": (RRDBConfig(width=8, blocks=1, unshuffle=2), "Real-ESRGAN"),
    "Real-ESRGAN 1x": (RRDBConfig(width=8, blocks=1, unshuffle=4), "Real-ESRGAN"),
    "ESRGAN 4x, new names": (RRDBConfig(width=8, blocks=1), "ESRGAN"),
    "ESRGAN 2x, new names": (RRDBConfig(width=8, blocks=1, doublings=1), "ESRGAN"),
    "ESRGAN 4x, old names": (RRDBConfig(width=8, blocks=2), "old"),
    "ESRGAN 8x, old names": (RRDBConfig(width=8, blocks=1, doublings=3), "old"),
    "ESRGAN 1x, old names": (RRDBConfig(width=8, blocks=1, doublings=0), "old"),
    "Compact 4x": (CompactConfig(width=8, depth=2), "compact"),
    "Compact 2x": (CompactConfig(width=8, depth=3, scale=2), "compact"),
    "Compact 1x": (CompactConfig(width=8, depth=1, scale=1), "compact"),
    "Compact 2x, grey": (CompactConfig(channels=1, width=8, depth=2, scale=2), "compact"),
}


def weights_of(config: UpscalerConfig, layout: str) -> dict[str, Tensor]:
    """Return the weights of a small upscaler, under the names that a program gives them.

    `layout` is "Real-ESRGAN", "ESRGAN", "old" or "compact".
    """
    named = _naming(config, layout)
    return {named(name): _weight(name, shape) for name, shape in config.shapes().items()}


def write_upscaler(path: Path, config: UpscalerConfig, layout: str) -> Path:
    """Write a small upscaler as a .safetensors file, or as a .pth file of torch with the prefix of Real-ESRGAN."""
    path.parent.mkdir(parents=True, exist_ok=True)
    weights = weights_of(config, layout)
    if path.suffix == ".safetensors":
        save_file(weights, path)
    else:
        torch.save({"params_ema": weights}, path)
    return path


def photo(height: int, width: int) -> np.ndarray:
    """Create a smooth, colourful, opaque image (H, W, 4) with one hard edge, as an input for upscalers."""
    y, x = np.mgrid[0:height, 0:width]
    waves = [128 + 100 * np.sin(x / a + y / b) for a, b in ((5, 9), (11, 4), (7, 13))]
    rgba = np.stack([*waves, np.full((height, width), 255.0)], axis=-1)
    rgba[:, width // 2 :, 0] = 20
    return rgba.round().astype(np.uint8)


def _naming(config: UpscalerConfig, layout: str) -> Callable[[str], str]:
    if isinstance(config, CompactConfig):
        return str
    if layout != "old":
        old = layout == "ESRGAN"
        dense, up = ("RRDB_trunk.{}.RDB{}.conv{}", "upconv{}") if old else ("body.{}.rdb{}.conv{}", "conv_up{}")
        outer = OUTER[layout]
    else:
        dense, up = "model.1.sub.{}.RDB{}.conv{}.0", ""
        first = 3 * config.doublings + 2
        outer = {"head": "model.0", "body": f"model.1.sub.{config.blocks}"}
        outer |= {"last": f"model.{first}", "tail": f"model.{first + 2}"}

    def named(name: str) -> str:
        layer, _, kind = name.rpartition(".")
        if match := DENSE.fullmatch(layer):
            layer = dense.format(match[1], int(match[2]) + 1, int(match[3]) + 1)
        elif match := DOUBLING.fullmatch(layer):
            place = int(match[1]) + 1
            layer = up.format(place) if up else f"model.{3 * place}"
        else:
            layer = outer[layer]
        return f"{layer}.{kind}"

    return named


def _weight(name: str, shape: tuple[int, ...]) -> Tensor:
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    scale = 1.0 / np.sqrt(np.prod(shape[1:])) if len(shape) > 1 else 0.1
    return torch.from_numpy(rng.standard_normal(shape) * scale).float()
