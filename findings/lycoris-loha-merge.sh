#!/bin/sh
# lycoris-lora 4.1.3: the merged weight of a LoHa layer has alpha / rank twice, the layer that is trained has it once.
#
# LohaModule.get_diff_weight multiplies by the scale what get_weight has already multiplied by it. get_merged_weight,
# and with it merge_to, therefore differ from forward whenever alpha is not the rank: here 0.75 and 0.75 squared. LoCon,
# LoKr and GLoRA merge what they train. A reader of LoHa files should follow forward.
#
# Seen: "trained 0.7500, merged 0.5625". Exits with an error if the behaviour changes.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet torch==2.13.0 numpy einops==0.8.2 toml==0.10.2 safetensors==0.8.0 tqdm==4.70.1
"$folder/venv/bin/pip" install --quiet --no-deps lycoris-lora==4.1.3
"$folder/venv/bin/python" - <<'PYTHON'
import torch
from lycoris import LycorisNetwork, create_lycoris

torch.manual_seed(0)
layer = torch.nn.Sequential(torch.nn.Linear(12, 8, bias=False))
own = layer[0].weight.detach().clone()
LycorisNetwork.apply_preset({"target_name": [".*"]})
network = create_lycoris(layer, 1.0, linear_dim=4, linear_alpha=3, algo="loha")
network.apply_to()
with torch.no_grad():
    for parameter in network.parameters():
        parameter.add_(0.1 * torch.randn_like(parameter))
    (loha,) = network.loras
    product = (loha.hada_w1_a @ loha.hada_w1_b) * (loha.hada_w2_a @ loha.hada_w2_b)
    trained = layer(torch.eye(12)).T - own
    merged = loha.get_merged_weight()[0] - own
factors = [float((change / product).median()) for change in (trained, merged)]
print("trained {:.4f}, merged {:.4f}".format(*factors))
assert abs(factors[0] - 0.75) < 1e-3 and abs(factors[1] - 0.5625) < 1e-3, factors
PYTHON
