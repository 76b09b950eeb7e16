#!/bin/sh
# torch 2.13.0 on a CPU: infinity becomes 448 in float8_e4m3fn, and so does every number above it. Earlier versions gave
# NaN, and so does ml_dtypes, which has the float8 types of JAX and ONNX for NumPy: a conversion of the same weights
# gives other values there. The three related types of torch do not saturate: float8_e5m2 overflows to infinity,
# float8_e4m3fnuz and float8_e5m2fnuz to NaN. A check for NaN and infinity after the cast, the usual one for layers that
# are stored in float8, sees an overflow in these three and misses it in the most common type. Seen for 1000, 1e6 and
# infinity: e4m3fn 448, 448, 448; e5m2 1024, inf, inf; e4m3fnuz NaN, NaN, NaN; e5m2fnuz 1024, NaN, NaN; ml_dtypes'
# e4m3fn NaN, NaN, NaN. Exits with 1 if a later version behaves otherwise.
set -e
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q torch==2.13.0 ml_dtypes==0.6.0
"$folder/venv/bin/python" - <<'PYTHON'
import sys

import ml_dtypes
import numpy as np
import torch

VALUES = [1000.0, 1e6, float("inf")]
found = {}
for name in ("float8_e4m3fn", "float8_e5m2", "float8_e4m3fnuz", "float8_e5m2fnuz"):
    found[name] = torch.tensor(VALUES).to(getattr(torch, name)).float().tolist()
found["ml_dtypes"] = np.array(VALUES, np.float32).astype(ml_dtypes.float8_e4m3fn).astype(np.float32).tolist()
print("torch", torch.__version__, "ml_dtypes", ml_dtypes.__version__)
for name, values in found.items():
    print(f"{name}: {values}")
saturated, *others = found.values()
sys.exit(saturated != [448.0] * 3 or any(np.isfinite(values[2]) for values in others))
PYTHON
