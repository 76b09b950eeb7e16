#!/bin/sh
# diffusers 0.42.1: `convert_state_dict_to_kohya` writes files with which other programs make other images. Its alpha
# is always the rank, whatever `lora_alpha` of PEFT was, and the lengths of a DoRA keep PEFT's name with a dot inside
# the name of the layer, so that they belong to no layer. A reader that skips unknown names applies a plain LoRA of
# another strength. Seen: "alpha 4 for 16, lora_unet_mid_attn.to_q.lora_magnitude_vector". Exits with 1 if a later
# version behaves otherwise.
set -e
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q torch==2.13.0 diffusers==0.42.1 peft==0.21.2 transformers==5.23.0
"$folder/venv/bin/python" - <<'PYTHON'
import sys

import diffusers
import peft
import torch
from diffusers.utils import convert_state_dict_to_kohya

layers = torch.nn.ModuleDict({"mid_attn": torch.nn.ModuleDict({"to_q": torch.nn.Linear(8, 8)})})
config = peft.LoraConfig(r=4, lora_alpha=16, use_dora=True, target_modules=["to_q"])
state = peft.get_peft_model_state_dict(peft.get_peft_model(layers, config))
state = {name.replace("base_model.model.", "unet."): weight for name, weight in state.items()}
kohya = convert_state_dict_to_kohya(state)
(alpha,) = (int(weight) for name, weight in kohya.items() if name.endswith(".alpha"))
(lengths,) = (name for name in kohya if "magnitude" in name)
print("diffusers", diffusers.__version__, "peft", peft.__version__)
print(f"alpha {alpha} for {config.lora_alpha}, {lengths}")
sys.exit((alpha, lengths) != (4, "lora_unet_mid_attn.to_q.lora_magnitude_vector"))
PYTHON
