#!/bin/sh
# diffusers 0.42.1: Ideogram4Pipeline rounds the time of a step to the type of the transformer's weights, and the
# transformer then multiplies it by 10,000 before it takes sines and cosines. So its documented bfloat16 draws with
# other time embeddings than float32: the time is off by up to 0.002, which is 19 radians in the fastest channel. The
# embedding casts its input back to float32, which looks like protection, but the digits are gone by then. Other
# pipelines pass times in 0 ... 1000 or embed them in float32. Seen over the 48 steps of the default schedule at 1024
# x 1024: sines and cosines differ by 0.66 of their norm in the median, by 0.87 at most; with the time kept in float32
# and only the result rounded, by 0.001. Exits with 1 if a later version behaves otherwise.
set -e
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q torch==2.13.0 diffusers==0.42.1 transformers==5.24.0
"$folder/venv/bin/python" - <<'PYTHON'
import inspect
import sys

import diffusers
import torch
from diffusers.models.transformers import transformer_ideogram4 as transformer
from diffusers.pipelines.ideogram4 import pipeline_ideogram4 as pipeline

WIDTH, STEPS, SIDE = 4608, 48, 1024
call = inspect.signature(pipeline.Ideogram4Pipeline.__call__).parameters
mu = pipeline._resolution_aware_mu(SIDE, SIDE, call["mu"].default)
times = 1 - pipeline._logit_normal_sigmas(STEPS, mu, std=call["std"].default)
is_cast = "to(self.transformer.dtype)" in inspect.getsource(pipeline.Ideogram4Pipeline.__call__)
seen = []


def embedded(given):
    layer = transformer.Ideogram4EmbedScalar(WIDTH, (0.0, 1.0)).to(given.dtype)
    with torch.no_grad():
        layer.mlp_in.register_forward_pre_hook(lambda module, inputs: seen.append(inputs[0].float()))
        layer(given)
    return seen.pop()


exact = embedded(times)
norm = exact.norm(dim=-1)
cast = (embedded(times.bfloat16()) - exact).norm(dim=-1) / norm
late = (exact.bfloat16().float() - exact).norm(dim=-1) / norm
radians = 1e4 * (times.bfloat16().float() - times).abs().max().item()
print("diffusers", diffusers.__version__, "| the pipeline casts the time:", is_cast)
print(f"off by {radians:.1f} radians; embeddings differ by {cast.median():.2f} (median), {cast.max():.2f} (most);", end=" ")
print(f"rounded after the embedding, by {late.max():.3f}")
sys.exit(not (is_cast and radians > 5 and cast.median() > 0.3 and late.max() < 0.01))
PYTHON
