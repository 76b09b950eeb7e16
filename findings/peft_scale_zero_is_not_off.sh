#!/bin/sh
# peft 0.21.2: the scale of a LoRA applies to its pairs of factors alone. Weights of `modules_to_save` replace those of
# the model at any scale, and biases trained with bias="lora_only" are changed in the model itself, so that they remain
# when the adapter is disabled. Seen, as the largest difference from the outputs of the model alone: with
# modules_to_save, 2.573 with the adapter, 2.421 at scale 0, 0 when disabled; with trained biases, 4.269, 0.960 and
# 0.960. Exits with 1 if a later version behaves otherwise.
set -e
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q torch==2.13.0 transformers==5.24.0 peft==0.21.2
"$folder/venv/bin/python" - <<'PYTHON'
import copy
import sys
import warnings

import peft
import torch
from peft.helpers import rescale_adapter_scale
from torch import nn

warnings.filterwarnings("ignore")


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.last = nn.Linear(8, 8), nn.Linear(8, 8)

    def forward(self, x):
        return self.last(self.first(x))


def differences(**settings):
    """Return the differences with the adapter, at scale 0 and when it is disabled."""
    torch.manual_seed(0)
    alone = Network()
    adapted = peft.get_peft_model(copy.deepcopy(alone), peft.LoraConfig(r=2, lora_alpha=2, **settings)).eval()
    for parameter in adapted.parameters():
        if parameter.requires_grad:
            nn.init.normal_(parameter, std=0.5)
    x = torch.randn(4, 8)
    with torch.no_grad():
        with_it, without = adapted(x), alone(x)
        with rescale_adapter_scale(adapted, 0.0):
            at_zero = adapted(x)
        with adapted.disable_adapter():
            disabled = adapted(x)
    return [(each - without).abs().max().item() for each in (with_it, at_zero, disabled)]


saved = differences(target_modules=["first"], modules_to_save=["last"])
biases = differences(target_modules=["first", "last"], bias="lora_only")
print("modules_to_save:", *(f"{each:.3f}" for each in saved))
print("lora_only:      ", *(f"{each:.3f}" for each in biases))
sys.exit(0 if saved[1] > 0.1 and saved[2] == 0 and biases[1] > 0.1 and biases[2] > 0.1 else 1)
PYTHON
