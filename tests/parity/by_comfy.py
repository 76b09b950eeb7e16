"""Weights that ComfyUI's package of kernels restores from its nvfp4, mxfp8 and W4A8, bit by bit.

pip install --no-deps comfy-kitchen && python -m tests.parity.by_comfy
"""

from __future__ import annotations

import json

import numpy as np
import torch
from safetensors.torch import save
from torch import Tensor

from tests.parity.numbers import FOLDER

# The bytes of a file of each format, as ComfyUI saves layers, and the wanted weights as "FORMAT LAYER".
FILE = FOLDER / "comfy.npz"
# Shapes with padding, with several tiles of scales in both directions, and with neither.
SHAPES = {
    "nvfp4": {"padded": (18, 40), "tiles": (144, 80), "plain": (32, 64)},
    "mxfp8": {"padded": (18, 40), "tiles": (160, 160), "plain": (32, 64)},
    # Instead of padding, this format has other choices: the sizes of the groups and, for "plain", no codebook.
    "asym_w4a8_int8": {"groups": (8, 64), "default": (8, 256), "plain": (8, 32)},
}
# Arguments of the last format's writer, with names as in `comfy_quant`.
CHOICES = {
    "groups": {"group_size": 32, "convrot_groupsize": 64},
    "plain": {"group_size": 16, "convrot_groupsize": 16, "codebook": False},
}


def sparse_weight(shape: tuple[int, ...], seed: int) -> Tensor:
    """Return a weight with few different numbers, which is small in a file, and with scales that differ by group."""
    random = torch.Generator().manual_seed(seed)
    rows, columns = shape
    scales = 2.0 ** torch.randint(-12, -4, (rows, columns // 8), generator=random)
    levels = torch.randint(-5, 6, shape, generator=random) * (torch.rand(shape, generator=random) < 0.15)
    return levels * scales.repeat_interleave(8, 1) * 1.3


def main() -> None:
    from comfy_kitchen.tensor import AsymW4A8Int8Layout, TensorCoreMXFP8Layout, TensorCoreNVFP4Layout

    layouts = {
        "nvfp4": TensorCoreNVFP4Layout,
        "mxfp8": TensorCoreMXFP8Layout,
        "asym_w4a8_int8": AsymW4A8Int8Layout,
    }
    saved = {}
    for kind, layout in layouts.items():
        tensors = {}
        for seed, (name, shape) in enumerate(SHAPES[kind].items()):
            choices = CHOICES.get(name, {}) if kind == "asym_w4a8_int8" else {}
            levels, params = layout.quantize(sparse_weight(shape, seed), **choices)
            stated = {"format": kind, **choices} | ({"orig_shape": list(shape)} if name == "padded" else {})
            for suffix, each in layout.state_dict_tensors(levels, params).items():
                tensors[f"{name}.weight{suffix}"] = each.contiguous()
            tensors[f"{name}.comfy_quant"] = torch.tensor(list(json.dumps(stated).encode()), dtype=torch.uint8)
            saved[f"{kind} {name}"] = layout.dequantize(levels, params)[: shape[0], : shape[1]].numpy()
        saved[kind] = np.frombuffer(save(tensors), np.uint8)
    np.savez_compressed(FILE, **saved)


if __name__ == "__main__":
    main()
