#!/bin/sh
# diffusers 0.42.1: ZImageControlNetModel of versions 2 (Fun-Controlnet-Union 2.0, 2.1) computes residuals for the noise
# refiner, but does not return them. It evaluates the transformer's noise refiner itself, adds them there, and drops the
# result after its own layers have used it; the transformer evaluates its noise refiner again without them. The original
# code (VideoX-Fun) and ComfyUI add them in the transformer. So a ControlNet whose layers have no effect has no effect at
# all, although its refiners have weights. Seen: the outputs are equal, and the residuals are as large as 6.6. Exits with
# 1 if a later version behaves otherwise.
set -e
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q torch==2.13.0 diffusers==0.42.1 transformers==5.24.0
"$folder/venv/bin/python" - <<'PYTHON'
import sys

import diffusers
import torch

torch.manual_seed(0)
SIZES = {"dim": 128, "n_refiner_layers": 2, "n_heads": 1, "n_kv_heads": 1}
transformer = diffusers.ZImageTransformer2DModel(n_layers=2, cap_feat_dim=32, axes_dims=[32, 48, 48], **SIZES)
control = diffusers.ZImageControlNetModel(
    control_layers_places=[0],
    control_refiner_layers_places=[0, 1],
    control_in_dim=33,
    add_control_noise_refiner="control_noise_refiner",
    **SIZES,
)
for network in (transformer, control):
    for parameter in network.parameters():
        torch.nn.init.normal_(parameter, std=0.1)
for layer in control.control_layers:
    torch.nn.init.zeros_(layer.after_proj.weight)
    torch.nn.init.zeros_(layer.after_proj.bias)
control = diffusers.ZImageControlNetModel.from_transformer(control, transformer)
residuals = []
control.control_noise_refiner[-1].register_forward_hook(lambda _, __, out: residuals.extend(out.unbind()[:-1]))
x, text, image = [torch.randn(16, 1, 8, 8)], [torch.randn(5, 32)], [torch.randn(33, 1, 8, 8)]
time = torch.tensor([0.5])
with torch.no_grad():
    samples = control(x, time, text, image)
    without, controlled = (
        transformer(x, time, text, controlnet_block_samples=each, return_dict=False)[0][0] for each in (None, samples)
    )
largest = max(each.abs().max().item() for each in residuals)
print("diffusers", diffusers.__version__)
print(f"residuals of the refiners up to {largest:.2f}; outputs equal: {torch.equal(without, controlled)}")
sys.exit(not (largest > 0.01 and torch.equal(without, controlled)))
PYTHON
