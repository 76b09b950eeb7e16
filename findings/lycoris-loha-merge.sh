#!/bin/sh
# lycoris-lora 4.1.3: the merged weight of a LoHa layer, and of a LoKr layer with a low-rank factor, has alpha / rank
# twice; the layer that is trained has it once.
#
# get_diff_weight multiplies by the scale what get_weight has already multiplied by it. get_merged_weight, and with it
# merge_to, therefore differ from forward whenever alpha is not the rank. LoCon and GLoRA merge what they train. A reader
# of these files should follow forward.
#
# Seen for alpha / rank = 0.75: "loha 0.75, lokr 0.75, lora 1.00, glora 1.00 of the trained change". Exits with an error
# if the behaviour changes.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet torch==2.13.0 numpy einops==0.8.2 toml==0.10.2 safetensors==0.8.0 tqdm==4.70.1
"$folder/venv/bin/pip" install --quiet --no-deps lycoris-lora==4.1.3
"$folder/venv/bin/python" - <<'PYTHON'
import logging

import torch
from lycoris import LycorisNetwork, create_lycoris

logging.disable(logging.CRITICAL)
found = {}
for kind, rank in (("loha", 4), ("lokr", 1), ("lora", 4), ("glora", 4)):
    torch.manual_seed(0)
    layer = torch.nn.Sequential(torch.nn.Linear(24, 16, bias=False))
    own = layer[0].weight.detach().clone()
    LycorisNetwork.apply_preset({"target_name": [".*"]})
    network = create_lycoris(layer, 1.0, linear_dim=rank, linear_alpha=0.75 * rank, algo=kind)
    network.apply_to()
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(0.3 * torch.randn_like(parameter))
        trained = layer(torch.eye(24)).T - own
        merged = network.loras[0].get_merged_weight(1, own.shape)[0] - own
    found[kind] = round(float((merged / trained).median()), 2)
print("{} of the trained change".format(", ".join(f"{kind} {share:.2f}" for kind, share in found.items())))
assert list(found.values()) == [0.75, 0.75, 1.0, 1.0], found
PYTHON
