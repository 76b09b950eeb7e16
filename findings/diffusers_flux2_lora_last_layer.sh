#!/bin/sh
# diffusers 0.42.1: a LoRA of FLUX.2's last modulation in the original layout changes the wrong half. The original
# layer `final_layer.adaLN_modulation.1` gives shift and scale, `norm_out.linear` of diffusers scale and shift. The
# conversion of a model swaps the halves, as does that of FLUX.1's LoRAs; that of FLUX.2's LoRAs does not: what
# was trained for the shift changes the scale. Seen: "rows 0 1 of the model become 1 0, of the LoRA 0 1". Exits with 1
# if a later version behaves otherwise.
set -e
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q torch==2.13.0 diffusers==0.42.1 transformers==5.24.0
"$folder/venv/bin/python" - <<'PYTHON'
import sys

import diffusers
import torch
from diffusers.loaders import lora_conversion_utils, single_file_utils

theirs, ours = "final_layer.adaLN_modulation.1", "norm_out.linear"
# The first half of the rows is 0, the second 1.
halves = torch.tensor([0.0] * 4 + [1.0] * 4)[:, None].repeat(1, 4)


def read(weight):
    return [int(weight[0, 0]), int(weight[4, 0])]


model = single_file_utils.convert_flux2_transformer_checkpoint_to_diffusers({f"{theirs}.weight": halves.clone()})
lora = {f"diffusion_model.{theirs}.lora_A.weight": torch.ones(4, 4), f"diffusion_model.{theirs}.lora_B.weight": halves}
lora = lora_conversion_utils._convert_non_diffusers_flux2_lora_to_diffusers(lora)
(changed,) = (weight for name, weight in lora.items() if name.endswith(f"{ours}.lora_B.weight"))
found = read(model[f"{ours}.weight"]), read(changed)
print("diffusers", diffusers.__version__)
print("rows 0 1 of the model become {} {}, of the LoRA {} {}".format(*found[0], *found[1]))
sys.exit(found != ([1, 0], [0, 1]))
PYTHON
