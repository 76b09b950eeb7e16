"""Files of optimum-quanto and torchao, and the weights that they restore from them.

    pip install .[parity]
    pip install --no-deps optimum-quanto==0.2.7 torchao==0.18.0 && python -m tests.parity.by_quantizers

writes tests/data/parity/quantizers.npz: the bytes of each file, and its restored weights in fp32.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch
from optimum.quanto import freeze, qfloat8_e4m3fn, qfloat8_e5m2, qint4, qint8
from optimum.quanto import quantize as quanto
from safetensors.torch import save, save_file
from torch import Tensor, nn
from torchao.prototype.safetensors.safetensors_support import flatten_tensor_state_dict
from torchao.quantization import (
    Float8WeightOnlyConfig,
    Int8WeightOnlyConfig,
    IntxWeightOnlyConfig,
    PerGroup,
    PerTensor,
    quantize_,
)

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


class Layers(nn.Module):
    """Layers that both packages quantise, and a norm that stays as it is."""

    def __init__(self, *, convolution: bool) -> None:
        super().__init__()
        self.linear = nn.Linear(32, 12)
        self.norm = nn.LayerNorm(4)
        if convolution:
            self.conv = nn.Conv2d(4, 6, 3)


def main() -> None:
    torch.manual_seed(0)
    about: dict[str, Any] = {"versions": {name: version(name) for name in ("optimum-quanto", "torchao", "torch")}}
    found: dict[str, np.ndarray] = {}
    for name, data, restored in (*_quanto(), *_torchao()):
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
            yield name, save(dict(layers.state_dict())), {} if kind == "int4" else restored


def _torchao() -> Iterator[tuple[str, bytes, dict[str, Tensor]]]:
    for kind, config in TORCHAO.items():
        for dtype in DTYPES:
            layers = Layers(convolution=False).to(dtype)
            quantize_(layers, config)
            restored = {"linear.weight": layers.linear.weight.dequantize()}
            tensors, metadata = flatten_tensor_state_dict(layers.state_dict())
            with TemporaryDirectory() as folder:
                save_file(tensors, Path(folder) / "a", metadata)
                yield f"torchao {kind} {dtype}.safetensors", (Path(folder) / "a").read_bytes(), restored
            data = io.BytesIO()
            torch.save(layers.state_dict(), data)
            yield f"torchao {kind} {dtype}.pt", data.getvalue(), restored


if __name__ == "__main__":
    main()
