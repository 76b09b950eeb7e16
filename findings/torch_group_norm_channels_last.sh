#!/bin/sh
# torch 2.13.0 on a CPU: GroupNorm in float32 loses up to four digits if its input has the memory layout channels_last.
#
# The variance is then the difference of the mean square and the squared mean, of sums that are added up one by one; in
# the contiguous layout it is computed stably. The layout spreads without being asked for: pixels that come from numpy
# as (H, W, C) and are permuted are channels_last, and so are the outputs of all convolutions after them. Diffusers'
# image processor makes such pixels: the latents of a small random autoencoder had an error of 4e-5, and of 1e-6 from
# the same pixels after `.contiguous()`. Two implementations may therefore differ by 1e-4, although both are in float32.
#
# Seen, for 1 x 128 x 512 x 512 normal numbers with 32 groups and relative to the largest result: mean 0: 1e-7
# contiguous, 3e-5 channels_last; mean 10: 4e-7 and 9e-4; mean 100: 2e-6 and 1e-1. Exits with an error if the behaviour
# changes.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet torch==2.13.0 numpy
"$folder/venv/bin/python" - <<'PYTHON'
import numpy as np
import torch

torch.set_num_threads(1)
pixels = torch.from_numpy(np.zeros((1, 64, 64, 3), np.float32)).permute(0, 3, 1, 2)
after = torch.nn.Conv2d(3, 32, 3, padding=1)(pixels)
is_last = after.is_contiguous(memory_format=torch.channels_last) and not after.is_contiguous()
print(f"a convolution of permuted pixels is channels_last: {is_last}")
assert is_last
noise = torch.randn(1, 128, 512, 512, generator=torch.Generator().manual_seed(0))
for mean in (0, 10, 100):
    x = noise + mean
    exact = torch.nn.functional.group_norm(x.double(), 32)
    errors = [
        float((torch.nn.functional.group_norm(each, 32) - exact).abs().max() / exact.abs().max())
        for each in (x, x.contiguous(memory_format=torch.channels_last))
    ]
    print(f"mean {mean}: error {errors[0]:.0e} contiguous, {errors[1]:.0e} channels_last")
    assert errors[1] > 30 * errors[0]
PYTHON
