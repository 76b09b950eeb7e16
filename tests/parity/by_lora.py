"""Gradients and one step of LoRA training by PEFT on diffusers' U-Nets with made-up weights, in double precision.

    pip install .[parity] && python -m tests.parity.by_lora

writes tests/data/parity/lora_training.npz: for each case the loss, and for each factor the norm and a projection of its
gradient and of its weights after one step of AdamW.
"""

from __future__ import annotations

import json
from importlib.metadata import version
from typing import Any

import diffusers
import numpy as np
import torch
from peft import LoraConfig, get_peft_model_state_dict, set_peft_model_state_dict

from tests.parity.by_peft import ATTENTION
from tests.parity.by_transformers import POOLED, UNETS, _filled
from tests.parity.numbers import FOLDER
from tests.parity.weights import inputs, weights

FILE = FOLDER / "lora_training.npz"
RANK, ALPHA = 4, 6
RATE, MOST_NORM = 1e-3, 1.0
TIMESTEPS = (3, 641)
ALL = [*ATTENTION, "conv1", "conv2", "conv_shortcut", "time_emb_proj", "conv"]
# For each case the U-Net, the prediction, and the layers with a LoRA.
CASES = {"sd1": ("sd1", "epsilon", ALL), "sdxl": ("sdxl", "v_prediction", ATTENTION)}


def main() -> None:
    about: dict[str, Any] = {"versions": {name: version(name) for name in ("peft", "diffusers", "torch")}, "cases": {}}
    numbers = {}
    for name, (kind, prediction, targets) in CASES.items():
        about["cases"][name], numbers[name] = _case(name, kind, prediction, targets)
    np.savez_compressed(FILE, about=np.array(json.dumps(about)), **numbers)


def _case(name: str, kind: str, prediction: str, targets: list[str]) -> tuple[dict[str, Any], np.ndarray]:
    """Return the facts of a case and its numbers (factors, 4)."""
    unet = diffusers.UNet2DConditionModel(sample_size=8, layers_per_block=2, **UNETS[kind])
    _filled(unet)
    unet.requires_grad_(False)
    unet.add_adapter(LoraConfig(r=RANK, lora_alpha=ALPHA, target_modules=targets))
    unet.double()
    shapes = {each: tuple(values.shape) for each, values in get_peft_model_state_dict(unet).items()}
    given = dict(
        zip(shapes, weights({f"{name}.{each}": shape for each, shape in shapes.items()}).values(), strict=True)
    )
    set_peft_model_state_dict(unet, given)
    scheduler = diffusers.DDPMScheduler(
        beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", prediction_type=prediction
    )
    x0, noise = inputs("x", 2, 4, 12, 8), inputs("noise", 2, 4, 12, 8)
    timesteps = torch.tensor(TIMESTEPS)
    context = inputs("context", 2, 7, UNETS[kind]["cross_attention_dim"])
    sizes = 100 * inputs("sizes", 2, 6).abs()
    told = {"text_embeds": inputs("pooled", 2, POOLED), "time_ids": sizes} if kind == "sdxl" else {}
    noisy = scheduler.add_noise(x0, noise, timesteps)
    target = noise if prediction == "epsilon" else scheduler.get_velocity(x0, noise, timesteps)
    found = unet(noisy, timesteps, context, added_cond_kwargs=told).sample
    loss = torch.nn.functional.mse_loss(found, target)
    loss.backward()
    learned = [parameter for parameter in unet.parameters() if parameter.requires_grad]
    order = {id(parameter): place for place, parameter in enumerate(learned)}
    gradients = [parameter.grad.clone() for parameter in learned]
    torch.nn.utils.clip_grad_norm_(learned, MOST_NORM)
    torch.optim.AdamW(learned, RATE, betas=(0.9, 0.99), weight_decay=0.01).step()
    named = {each.replace(".default.", "."): parameter for each, parameter in unet.named_parameters()}
    rows = []
    for each in shapes:
        parameter = named[each]
        gradient = gradients[order[id(parameter)]]
        rows.append([*projected(each, gradient), *projected(each, parameter.detach())])
    return {"kind": kind, "prediction": prediction, "loss": loss.item(), "factors": list(shapes)}, np.float32(rows)


def projected(name: str, values: torch.Tensor) -> tuple[float, float]:
    """Return the norm of a tensor, and its product with numbers that depend on its name."""
    flat = values.double().flatten()
    return float(flat.norm()), float(flat @ inputs(f"projection {name}", len(flat)))


if __name__ == "__main__":
    main()
