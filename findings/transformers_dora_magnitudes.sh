#!/bin/sh
# transformers 5.24.0: `load_adapter` loses the magnitudes of a DoRA that PEFT 0.21.2 has saved. It only logs that
# they are missing and unexpected, and they keep the values from which training starts, the norms of the changed
# weights. diffusers 0.42.1 loads adapters of text encoders this way, so that a DoRA of a text encoder acts as another
# adapter; one of a U-Net or a transformer is loaded by PEFT itself, and is right. Seen: logits of a small Llama whose
# magnitudes were doubled differ by 46 % of the largest one; with `PeftModel.from_pretrained` by 0. Exits with 1 if a
# later version behaves otherwise.
set -e
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q torch==2.13.0 transformers==5.24.0 peft==0.21.2
"$folder/venv/bin/python" - "$folder" <<'PYTHON'
import sys

import peft
import torch
import transformers

base, adapter = f"{sys.argv[1]}/base", f"{sys.argv[1]}/adapter"
torch.manual_seed(0)
config = transformers.LlamaConfig(
    vocab_size=64, hidden_size=32, intermediate_size=48, num_hidden_layers=1, num_attention_heads=2,
    num_key_value_heads=2,
)
network = transformers.LlamaForCausalLM(config).eval()
network.save_pretrained(base)
lora = peft.LoraConfig(r=2, target_modules=["q_proj", "down_proj"], use_dora=True, init_lora_weights=False)
trained = peft.get_peft_model(network, lora)
for name, parameter in trained.named_parameters():
    if "magnitude" in name:
        parameter.data *= 2
trained.save_pretrained(adapter)


def plain():
    return transformers.LlamaForCausalLM.from_pretrained(base).eval()


def difference(model):
    return ((model.eval()(ids).logits - wanted).abs().max() / wanted.abs().max()).item()


ids = torch.arange(8)[None]
with torch.no_grad():
    wanted = trained(ids).logits
    by_peft = difference(peft.PeftModel.from_pretrained(plain(), adapter))
    loaded = plain()
    loaded.load_adapter(adapter)
    by_transformers = difference(loaded)
print("transformers", transformers.__version__, "peft", peft.__version__)
print(f"logits differ by {by_transformers:.2f} after load_adapter, by {by_peft:.1e} after PeftModel.from_pretrained")
sys.exit(not (by_transformers > 0.1 and by_peft < 1e-5))
PYTHON
