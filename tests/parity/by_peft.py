"""Reference outputs of diffusers' U-Nets with PEFT's adapters and made-up weights, in double precision.

    pip install .[parity] && python -m tests.parity.by_peft

writes tests/data/parity/adapters.npz: for every case the names and shapes of the adapters' tensors in PEFT, their names
in kohya's scripts by diffusers' own conversion, and the outputs of the U-Net.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.metadata import version
from typing import Any

import diffusers
import numpy as np
import torch
from diffusers.utils.state_dict_utils import convert_state_dict_to_kohya
from peft import LoHaConfig, LoKrConfig, LoraConfig, PeftConfig, get_peft_model_state_dict, set_peft_model_state_dict

from tests.parity.by_transformers import POOLED, UNETS, _filled
from tests.parity.numbers import FOLDER
from tests.parity.weights import inputs, weights

FILE = FOLDER / "adapters.npz"
ATTENTION = ["to_q", "to_k", "to_v", "to_out.0", "proj_in", "proj_out", "ff.net.0.proj", "ff.net.2"]
CONVOLUTIONS = [
    "conv_in", "conv1", "conv2", "conv_shortcut", "time_emb_proj", "conv", "conv_out", "time_embedding.linear_1",
    "add_embedding.linear_2",
]  # fmt: skip
LYCORIS = {"target_modules": ["to_q", "to_v", "ff.net.2", "conv1", "conv_shortcut"]}
CASES: dict[str, tuple[str, list[tuple[PeftConfig, float]]]] = {  # the U-Net, and adapters with their strengths
    "lora": ("sd1", [(LoraConfig(r=4, lora_alpha=6, target_modules=ATTENTION), 1.0)]),
    "locon": ("sdxl", [(LoraConfig(r=3, lora_alpha=5, target_modules=CONVOLUTIONS), 1.0)]),
    "dora": ("sd1", [(LoraConfig(r=2, lora_alpha=3, use_dora=True, target_modules=["to_q", "conv1", "proj_in"]), 1.0)]),
    "loha": ("sd1", [(LoHaConfig(r=3, alpha=90, **LYCORIS), 1.0)]),
    "loha_tucker": ("sd1", [(LoHaConfig(r=3, alpha=900, use_effective_conv2d=True, **LYCORIS), 1.0)]),
    "lokr": ("sdxl", [(LoKrConfig(r=2, alpha=30, **LYCORIS), 1.0)]),
    "lokr_both": ("sdxl", [(LoKrConfig(r=1, alpha=90, decompose_both=True, decompose_factor=16, **LYCORIS), 1.0)]),
    "lokr_tucker": ("sdxl", [(LoKrConfig(r=2, alpha=90, use_effective_conv2d=True, **LYCORIS), 1.0)]),
    "stacked": (
        "sd1",
        [
            (LoraConfig(r=4, lora_alpha=6, target_modules=ATTENTION), 0.7),
            (LoraConfig(r=2, lora_alpha=2, target_modules=["to_k", "conv2"]), -1.4),
        ],
    ),
}


def main() -> None:
    about: dict[str, Any] = {"versions": {name: version(name) for name in ("peft", "diffusers", "torch")}, "cases": {}}
    answers: dict[str, np.ndarray] = {}
    with torch.no_grad():
        for name, facts, answer in _cases():
            about["cases"][name], answers[name] = facts, answer.numpy()
    np.savez_compressed(FILE, about=np.array(json.dumps(about)), **answers)


def _cases() -> Iterator[tuple[str, dict[str, Any], torch.Tensor]]:
    for name, (kind, adapters) in CASES.items():
        unet = diffusers.UNet2DConditionModel(sample_size=8, layers_per_block=2, **UNETS[kind])
        _filled(unet)
        told = []
        for place, (config, strength) in enumerate(adapters):
            unet.add_adapter(config, f"adapter{place}")
            unet.double()
            shapes = {
                tensor: tuple(values.shape)
                for tensor, values in get_peft_model_state_dict(unet, adapter_name=f"adapter{place}").items()
            }
            given = {tensor: weights({f"{name}.{place}.{tensor}": shape}) for tensor, shape in shapes.items()}
            given = {tensor: next(iter(values.values())) for tensor, values in given.items()}
            set_peft_model_state_dict(unet, given, adapter_name=f"adapter{place}")
            alpha = config.lora_alpha if isinstance(config, LoraConfig) else config.alpha
            facts = {"strength": strength, "shapes": shapes, "alpha": alpha}
            if name in ("lora", "locon"):
                kohya = convert_state_dict_to_kohya({f"unet.{tensor}": values for tensor, values in given.items()})
                facts["kohya"] = [tensor for tensor in kohya if not tensor.endswith(".alpha")]
            told.append(facts)
        if len(adapters) > 1:
            unet.set_adapters([f"adapter{n}" for n in range(len(adapters))], [strength for _, strength in adapters])
        yield name, {"unet": kind, "adapters": told}, _answer(unet, kind)


def _answer(unet: Any, kind: str) -> torch.Tensor:
    x, context = inputs("x", 2, 4, 12, 8), inputs("context", 2, 7, UNETS[kind]["cross_attention_dim"])
    sizes = 100 * inputs("sizes", 2, 6).abs()
    told = {"text_embeds": inputs("pooled", 2, POOLED), "time_ids": sizes} if kind == "sdxl" else {}
    timesteps = torch.tensor([3.0, 641.5], dtype=torch.float64)
    answer: torch.Tensor = unet.eval()(x, timesteps, context, added_cond_kwargs=told).sample
    return answer


if __name__ == "__main__":
    main()
