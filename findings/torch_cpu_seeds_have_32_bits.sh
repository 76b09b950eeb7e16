#!/bin/sh
# torch 2.13.0: on a CPU, seeds that differ by a multiple of 2 ** 32 give the same noise. `manual_seed` takes 64 bits
# and `initial_seed` returns them all, but the Mersenne Twister of the CPU is initialised with the lower 32. Programs
# that draw seeds of 64 bits, and noise on the CPU so that it is the same for every GPU, have 2 ** 32 images of a prompt
# and not 2 ** 64. A counter in the upper bits of a seed changes nothing, and of 77,000 random seeds two agree with a
# chance of one half. The generator of a GPU (Philox) and NumPy's use all 64 bits. Seen for seeds of 5, 5 + 2 ** 32 and
# 5 + 2 ** 63: three values of initial_seed, one noise, three of NumPy; -1 and 2 ** 32 - 1 have the same noise. Exits
# with 1 if a later version behaves otherwise.
set -e
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q torch==2.13.0 numpy==2.4.6
"$folder/venv/bin/python" - <<'PYTHON'
import sys

import numpy as np
import torch

SEEDS = (5, 5 + 2**32, 5 + 2**63)


def noise(seed):
    generator = torch.Generator("cpu").manual_seed(seed)
    return tuple(torch.randn(4, 64, 64, generator=generator).flatten().tolist())


of_torch = len({noise(seed) for seed in SEEDS})
of_numpy = len({tuple(np.random.default_rng(seed).standard_normal(64)) for seed in SEEDS})
stated = len({torch.Generator().manual_seed(seed).initial_seed() for seed in SEEDS})
negative = noise(-1) == noise(2**32 - 1)
print("torch", torch.__version__, "numpy", np.__version__)
print(f"values of initial_seed: {stated}; noises: {of_torch}; NumPy: {of_numpy}; -1 like 2 ** 32 - 1: {negative}")
sys.exit((stated, of_torch, of_numpy, negative) != (3, 1, 3, True))
PYTHON
