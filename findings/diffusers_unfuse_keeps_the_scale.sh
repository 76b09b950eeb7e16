#!/bin/sh
# diffusers 0.42.1 with peft 0.21.2: `fuse_lora(lora_scale=0.5)` changes the strength of a LoRA for good. It multiplies
# the scale of the active adapters by lora_scale, adds them to the weights, and `unfuse_lora` only subtracts them
# again: the LoRA then acts at half its strength, and the same fuse_lora again gives a quarter. The scale goes to the
# active adapters even if `adapter_names` has others: fuse_lora(adapter_names=["b"], lora_scale=0.5) with "a" active
# adds "b" at its full strength, and "a", which it does not fuse, is at half after unfuse_lora. Nothing is raised or
# logged, and the weights of the model are restored. The argument `scale` of a call is undone after it, as one expects;
# set_adapters after every unfuse_lora avoids it, and so does setting strengths with set_adapters alone. Seen, as
# strength in a layer: before 1, fused 0.5, unfused 0.5, fused again 0.25, after set_adapters 1; "b" alone, fused at
# 0.5 while "a" is active 1, then "a" unfused 0.5. Exits with 1 if a later version behaves otherwise.
set -e
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q torch==2.13.0 diffusers==0.42.1 peft==0.21.2 transformers==5.24.0 numpy==2.4.6
cd "$folder"
HF_HOME="$folder/cache" TRANSFORMERS_VERBOSITY=error "$folder/venv/bin/python" -W ignore - <<'PYTHON'
import sys

import diffusers
import peft
import torch
from diffusers import FlowMatchEulerDiscreteScheduler, FluxPipeline, FluxTransformer2DModel

sizes = {"num_layers": 1, "num_single_layers": 1, "attention_head_dim": 16, "num_attention_heads": 2}
dims = {"joint_attention_dim": 8, "pooled_projection_dim": 8, "axes_dims_rope": (4, 4, 8)}
parts = dict.fromkeys(("vae", "text_encoder", "tokenizer", "text_encoder_2", "tokenizer_2"))
transformer = FluxTransformer2DModel(in_channels=4, **sizes, **dims)
pipe = FluxPipeline(scheduler=FlowMatchEulerDiscreteScheduler(), transformer=transformer, **parts)
inputs = torch.randn(16, 32)


@torch.no_grad()
def output():
    return transformer.transformer_blocks[0].attn.to_q(inputs)


base = output()
effects = {}
for name in ("a", "b"):
    config = peft.LoraConfig(r=4, lora_alpha=4, target_modules=["to_q"], init_lora_weights=False)
    transformer.add_adapter(config, adapter_name=name)
    pipe.set_adapters([name], [1.0])
    effects[name] = (output() - base).flatten()


def strength(name):
    """Return how much of an adapter the output contains."""
    shares = torch.linalg.lstsq(torch.stack([*effects.values()], dim=1), (output() - base).flatten()[:, None]).solution
    return round(dict(zip(effects, shares.flatten().tolist(), strict=True))[name], 3)


pipe.set_adapters(["a"], [1.0])
found = {"before": strength("a")}
for time in ("once", "twice"):
    pipe.fuse_lora(lora_scale=0.5)
    found[f"fused at 0.5 {time}"] = strength("a")
    pipe.unfuse_lora()
    found[f"unfused {time}"] = strength("a")
pipe.set_adapters(["a"], [1.0])
found["after set_adapters"] = strength("a")
pipe.fuse_lora(adapter_names=["b"], lora_scale=0.5)
found["b, fused at 0.5 while a is active"] = strength("b")
pipe.unfuse_lora()
found["a, after b is unfused"] = strength("a")
print("diffusers", diffusers.__version__, "peft", peft.__version__)
for name, value in found.items():
    print(f"{name}: {value}")
expected = [1, 0.5, 0.5, 0.25, 0.25, 1, 1, 0.5]
sys.exit(any(abs(value - want) > 0.01 for value, want in zip(found.values(), expected, strict=True)))
PYTHON
