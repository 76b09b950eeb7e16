#!/bin/sh
# optimum-quanto 0.2.7 with torch 2.13.0: neither a saved qint4 or qint2 layer nor its quantization map contains its
# shape. Rows of more than 128 columns are cut into groups of 128, and the groups are stored as rows. Layers of 256 x 8,
# 512 x 4 and 128 x 16 therefore write the same names and shapes, and only a bias or the program that loads them tells
# them apart. Where torch refuses a weight of another shape, `requantize` takes it without an error: a layer of 512 x 4
# loads the file of one of 256 x 8, and computes with its numbers in rows of 512. qint8 stores the matrix as it is.
# Seen: one layout for three qint4 layers and for three qint2 layers, three for qint8; 512 x 4 loads 256 x 8, with the
# same numbers in order. Exits with 1 if a later version behaves otherwise.
set -e
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q torch==2.13.0 optimum-quanto==0.2.7
cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import sys
from importlib.metadata import version

import torch
from optimum.quanto import freeze, qint2, qint4, qint8, quantization_map, quantize, requantize
from safetensors.torch import load_file, save_file
from torch import nn

SHAPES = ((256, 8), (512, 4), (128, 16))


def model(columns, rows):
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(columns, rows, bias=False))


def stored(shape, qtype):
    """Return a quantised model, its quantization map, and its tensors from a file."""
    layers = model(*shape)
    quantize(layers, weights=qtype)
    freeze(layers)
    save_file(layers.state_dict(), "layers.safetensors")
    return layers, quantization_map(layers), load_file("layers.safetensors")


print("optimum-quanto", version("optimum-quanto"), "torch", torch.__version__)
layouts = {}
for qtype in (qint8, qint4, qint2):
    found = set()
    for shape in SHAPES:
        _, names, tensors = stored(shape, qtype)
        found.add((str(names), *((name, tuple(each.shape)) for name, each in sorted(tensors.items()))))
    layouts[qtype.name] = len(found)
print("layouts of", len(SHAPES), "shapes:", layouts)
layers, names, tensors = stored(SHAPES[0], qint4)
other = model(*SHAPES[1])
requantize(other, tensors, names)
weight, loaded = (each[0].weight.dequantize() for each in (layers, other))
same = torch.equal(weight.flatten(), loaded.flatten())
size = tuple(other(torch.ones(1, SHAPES[1][0])).shape)
print("saved", tuple(weight.shape), "loaded", tuple(loaded.shape), "output", size, "same numbers in order:", same)
as_seen = layouts == {"qint8": 3, "qint4": 1, "qint2": 1} and loaded.shape == (4, 512) and size == (1, 4)
sys.exit(not (as_seen and same))
PYTHON
