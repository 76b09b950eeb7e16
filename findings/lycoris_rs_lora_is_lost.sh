#!/bin/sh
# lycoris-lora 4.1.3: GLoRA, and LoKr of two whole matrices, forget `rs_lora` when they are saved. Rank stabilisation
# multiplies their change by √rank in training; LoRA and LoHa save an alpha that contains it. GLoRA saves the plain
# alpha, and the alpha of two whole matrices is ignored when they are read. The file therefore acts at 1/√rank of the
# trained strength, here a half, in LyCORIS too. Seen: "glora 0.50, lokr 0.50, lora 1.00 of the trained change". Exits
# with 1 if a later version behaves otherwise.
set -e
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q torch==2.13.0 numpy einops==0.8.2 toml==0.10.2 safetensors==0.8.0 tqdm==4.70.1
"$folder/venv/bin/pip" install -q --no-deps lycoris-lora==4.1.3
"$folder/venv/bin/python" - <<'PYTHON'
import logging
import sys

import torch
from lycoris import LycorisNetwork, create_lycoris, create_lycoris_from_weights

logging.disable(logging.CRITICAL)

found = {}
for kind in ("glora", "lokr", "lora"):
    torch.manual_seed(0)
    layers = torch.nn.ModuleDict({"linear": torch.nn.Linear(8, 8, bias=False)}).requires_grad_(False)
    own = layers["linear"].weight.clone()
    LycorisNetwork.apply_preset({"target_name": ["linear"], "name_algo_map": {"linear": {"rs_lora": True}}})
    network = create_lycoris(layers, 1.0, linear_dim=4, linear_alpha=2, algo=kind)
    network.apply_to()
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(torch.randn_like(parameter))
        changes = [layers["linear"](torch.eye(8)).T - own]
        saved = {name: weight.clone() for name, weight in network.state_dict().items()}
        network.restore()
        again, _ = create_lycoris_from_weights(1.0, None, layers, saved)
        again.apply_to()
        changes.append(layers["linear"](torch.eye(8)).T - own)
    found[kind] = float((changes[1] / changes[0]).median())
print("{} of the trained change".format(", ".join(f"{kind} {share:.2f}" for kind, share in found.items())))
sys.exit([round(share, 2) for share in found.values()] != [0.5, 0.5, 1.0])
PYTHON
