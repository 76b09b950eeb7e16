#!/bin/sh
# torchao 0.18.0 with mslk-cuda 1.1.0 and torch 2.13.0: `zero_point` of an Int4Tensor is a weight that is added: a
# weight is level * scale + zero_point, with levels of -8 ... 7. In the same package's IntxUnpackedToInt8Tensor, also of
# four bits and with a tensor of the same name, it is a level that is subtracted: (level - zero_point) * scale. Scales
# are transposed in the first and not in the second. A file has the name of the class and no formula, and an Int4Tensor
# has no `dequantize` that would show it. Seen, as errors relative to the weight's norm: Int4Tensor 0.07 added, 0.75
# subtracted; IntxUnpackedToInt8Tensor 0.07 subtracted, 127 added; dequantize raises NotImplementedError. Exits with 1
# if a later version behaves otherwise.
set -e
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q torch==2.13.0 torchao==0.18.0 numpy
"$folder/venv/bin/pip" install -q --no-deps mslk-cuda==1.1.0
cd "$folder"
MSLK_PYTHON_ONLY=1 "$folder/venv/bin/python" - 2>stderr <<'PYTHON' || { tail -n 5 stderr; exit 1; }
import sys
import types
from importlib.metadata import version

# Its int4 functions are plain torch; the module next to them, for fp8, would import triton.
sys.modules["mslk.quantize.triton.fp8_quantize"] = fp8 = types.ModuleType("fp8_quantize")
fp8.quantize_fp8_row = None
import torch
from torchao.quantization import Int4WeightOnlyConfig, IntxWeightOnlyConfig, MappingType, PerGroup, quantize_

GROUP = 32
torch.manual_seed(0)
own = (0.01 + 0.02 * torch.randn(16, 64)).bfloat16()


def quantised(config):
    layers = torch.nn.Sequential(torch.nn.Linear(64, 16, bias=False, dtype=torch.bfloat16))
    layers[0].weight.data.copy_(own)
    quantize_(layers, config)
    return layers[0].weight


def errors(levels, scale, zero):
    levels, scale, zero = levels.double(), *(each.double().repeat_interleave(GROUP, 1) for each in (scale, zero))
    read = levels * scale + zero, (levels - zero) * scale
    return [((each - own).norm() / own.double().norm()).item() for each in read]


four_bits = {"weight_dtype": torch.int4, "mapping_type": MappingType.ASYMMETRIC}
int4 = quantised(Int4WeightOnlyConfig(group_size=GROUP))
intx = quantised(IntxWeightOnlyConfig(granularity=PerGroup(GROUP), **four_bits))
levels = torch.stack(((int4.qdata << 4) >> 4, int4.qdata >> 4), -1).flatten(1)
found = [errors(levels, int4.scale.t(), int4.zero_point.t()), errors(intx.qdata, intx.scale, intx.zero_point)]
try:
    restored = int4.dequantize() is not None
except NotImplementedError:
    restored = False
print(*(f"{name} {version(name)}" for name in ("torchao", "mslk-cuda", "torch")))
for tensor, (added, subtracted) in zip((int4, intx), found):
    print(f"{type(tensor).__name__}: error {added:.2f} if the zero is added, {subtracted:.2f} if it is subtracted")
print("Int4Tensor.dequantize works:", restored)
sys.exit(restored or not (found[0][0] < 0.1 < 0.5 < found[0][1] and found[1][1] < 0.1 < 0.5 < found[1][0]))
PYTHON
