"""Files of optimum-quanto and torchao, and the weights that they restore from them.

    pip install .[parity]
    pip install --no-deps optimum-quanto==0.2.7 torchao==0.18.0
    pip download --no-deps mslk-cuda==1.1.0 && python -m tests.parity.by_quantizers mslk_cuda-*.whl

writes tests/data/parity/quantizers.npz: the bytes of each file, and its restored weights in fp32.

torchao quantises to int4 with functions of mslk, a package for CUDA. They need no GPU and are read from its wheel. No
package restores torchao's int4: its kernels compute level · scale + zero point, here in fp64.
"""

from __future__ import annotations

import io
import json
import sys
import types
import zipfile
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch
from optimum.quanto import freeze, qfloat8_e4m3fn, qfloat8_e5m2, qint2, qint4, qint8
from optimum.quanto import quantize as quanto
from safetensors.torch import save, save_file
from torch import Tensor, nn
from torchao.prototype.safetensors.safetensors_support import flatten_tensor_state_dict
from torchao.quantization import (
    Float8WeightOnlyConfig,
    Int4WeightOnlyConfig,
    Int8WeightOnlyConfig,
    IntxWeightOnlyConfig,
    PerGroup,
    PerTensor,
    quantize_,
)
from torchao.quantization.quantize_.workflows.int4 import int4_tensor

from tests.parity.numbers import FOLDER

FILE = FOLDER / "quantizers.npz"
QUANTO = {"int8": qint8, "e4m3": qfloat8_e4m3fn, "e5m2": qfloat8_e5m2, "int4": qint4}
TORCHAO = {
    "int8": Int8WeightOnlyConfig(),
    "int8 by tensor": Int8WeightOnlyConfig(granularity=PerTensor(), version=2),
    "int8 by group": Int8WeightOnlyConfig(granularity=PerGroup(16), version=2),
    "fp8": Float8WeightOnlyConfig(),
    "intx": IntxWeightOnlyConfig(weight_dtype=torch.int4, granularity=PerGroup(16)),
}
DTYPES = (torch.float32, torch.bfloat16)
HALVES = (torch.float16, torch.bfloat16)


class Layers(nn.Module):
    """Layers that both packages quantise, and a norm that stays as it is."""

    def __init__(self, *, convolution: bool) -> None:
        super().__init__()
        self.linear = nn.Linear(32, 12)
        self.norm = nn.LayerNorm(4)
        if convolution:
            self.conv = nn.Conv2d(4, 6, 3)


class WideLayer(nn.Module):
    """Layer whose rows consist of several groups."""

    def __init__(self, columns: int) -> None:
        super().__init__()
        self.wide = nn.Linear(columns, 5)


def main() -> None:
    torch.manual_seed(0)
    about: dict[str, Any] = {"versions": {name: version(name) for name in ("optimum-quanto", "torchao", "torch")}}
    found: dict[str, np.ndarray] = {}
    for name, data, restored in (*_quanto(), *_torchao(), *_quanto_groups(), *_torchao_int4(sys.argv[1])):
        found[name] = np.frombuffer(data, dtype=np.uint8)
        for weight, values in restored.items():
            found[f"{name}:{weight}"] = values.detach().float().numpy()
    np.savez_compressed(FILE, about=np.array(json.dumps(about)), **found)


def _quanto() -> Iterator[tuple[str, bytes, dict[str, Tensor]]]:
    for kind, qtype in QUANTO.items():
        for dtype in DTYPES:
            layers = Layers(convolution=True).to(dtype)
            quanto(layers, weights=qtype)
            freeze(layers)
            name = f"quanto {kind} {dtype}.safetensors"
            restored = {f"{each}.weight": getattr(layers, each).weight.dequantize() for each in ("linear", "conv")}
            yield name, save(dict(layers.state_dict())), restored


def _torchao() -> Iterator[tuple[str, bytes, dict[str, Tensor]]]:
    for kind, config in TORCHAO.items():
        for dtype in DTYPES:
            layers = Layers(convolution=False).to(dtype)
            quantize_(layers, config)
            restored = {"linear.weight": layers.linear.weight.dequantize()}
            for suffix, data in _torchao_files(layers).items():
                yield f"torchao {kind} {dtype}{suffix}", data, restored


def _torchao_files(layers: nn.Module) -> dict[str, bytes]:
    """Return the bytes of a safetensors file and of a torch checkpoint, by suffix."""
    tensors, metadata = flatten_tensor_state_dict(layers.state_dict())
    checkpoint = io.BytesIO()
    torch.save(layers.state_dict(), checkpoint)
    with TemporaryDirectory() as folder:
        save_file(tensors, Path(folder) / "a", metadata)
        return {".safetensors": (Path(folder) / "a").read_bytes(), ".pt": checkpoint.getvalue()}


def _quanto_groups() -> Iterator[tuple[str, bytes, dict[str, Tensor]]]:
    """Yield files with groups of 32 columns, and one with groups of 128, which kernels on some devices order."""
    cases = [(qint4, 160, dtype) for dtype in (torch.float32, *HALVES)]
    for qtype, columns, dtype in (*cases, (qint2, 160, torch.float32), (qint4, 256, torch.float32)):
        layers = WideLayer(columns).to(dtype)
        quanto(layers, weights=qtype)
        freeze(layers)
        name = f"quanto groups {columns} {qtype.name} {dtype}.safetensors"
        yield name, save(dict(layers.state_dict())), {"wide.weight": layers.wide.weight.dequantize()}


def _torchao_int4(wheel: str) -> Iterator[tuple[str, bytes, dict[str, Tensor]]]:
    mslk = _load_mslk(wheel)
    int4_tensor.int4_row_quantize_zp, int4_tensor.pack_int4 = mslk.int4_row_quantize_zp, mslk.pack_int4
    for dtype, suffixes in zip(HALVES, ((".safetensors",), (".safetensors", ".pt")), strict=True):
        layers = WideLayer(160).to(dtype)
        levels, *others = mslk.int4_row_quantize_zp(layers.wide.weight.detach(), 32)
        scale, zero = (each.to(dtype).double().t().repeat_interleave(32, 1) for each in others)
        quantize_(layers, Int4WeightOnlyConfig(group_size=32))
        files = _torchao_files(layers)
        for suffix in suffixes:
            yield f"torchao groups 160 int4 {dtype}{suffix}", files[suffix], {"wide.weight": levels * scale + zero}


def _load_mslk(wheel: str) -> types.ModuleType:
    """Load the functions of mslk that quantise to int4 from its wheel, without its libraries for CUDA."""
    with zipfile.ZipFile(wheel) as archive:
        source = archive.read("mslk/quantize/shuffle.py").decode()
    found = types.ModuleType("shuffle")
    exec(source.replace("from mslk.quantize.triton.fp8_quantize import quantize_fp8_row", ""), found.__dict__)
    return found


if __name__ == "__main__":
    main()
