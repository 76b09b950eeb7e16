"""Write image_prompts.npz: what diffusers and transformers make of image prompts with IP-Adapters.

It contains the latents after the last step of each case in image_prompts.py, and for each picture the pixels that the
image encoder is given, and what it returns.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from importlib.metadata import version
from typing import Any

import numpy as np
import torch
import transformers
from PIL import Image

from tests.helpers import tiny_stable
from tests.parity import by_pipelines
from tests.parity.image_prompts import CASES, EVERY, FILE, SHAPES, Case, picture
from tests.parity.pipelines import GUIDANCE, NEGATIVE, PROMPT, SIDE, STEPS
from tests.parity.weights import inputs

PROCESSOR = transformers.CLIPImageProcessor()


@torch.no_grad()
def main() -> None:
    found = {name: _latents(case).numpy() for name, case in CASES.items()}
    encoder = _encoder()
    for number in range(len(SHAPES)):
        pixels = PROCESSOR(Image.fromarray(picture(number)), return_tensors="pt").pixel_values
        output = encoder(pixels, output_hidden_states=True)
        mean, deviation = (np.array(each)[:, None, None] for each in (PROCESSOR.image_mean, PROCESSOR.image_std))
        levels = 255 * (pixels[0].numpy() * deviation + mean)
        found[f"levels {number}"] = levels[:, ::EVERY, ::EVERY].round(2).astype(np.float32)
        found[f"pooled {number}"] = output.image_embeds.numpy()
        found[f"hidden {number}"] = output.hidden_states[-2].numpy()
    packages = ("diffusers", "transformers", "torch")
    about = {"versions": {name: version(name) for name in packages}, "cases": {n: asdict(c) for n, c in CASES.items()}}
    np.savez_compressed(FILE, about=np.array(json.dumps(about)), **found)


def _latents(case: Case) -> torch.Tensor:
    scheduler = by_pipelines.SCHEDULERS["ddim", "leading_1"](prediction_type="epsilon")
    pipeline = by_pipelines._pipeline(case.kind, scheduler)
    pipeline.register_modules(image_encoder=_encoder(), feature_extractor=PROCESSOR)
    adapters = [_nested(tiny_stable.ip_adapter(case.kind, plus=plus)) for plus, _, _ in case.adapters]
    names = [""] * len(adapters)
    pipeline.load_ip_adapter(adapters, subfolder=names, weight_name=names, low_cpu_mem_usage=False)
    pipeline.set_ip_adapter_scale([weight for _, weight, _ in case.adapters])
    pictures = [[Image.fromarray(picture(number)) for number in numbers] for _, _, numbers in case.adapters]
    pipeline.set_progress_bar_config(disable=True)
    latents: torch.Tensor = pipeline(
        prompt=PROMPT,
        negative_prompt=NEGATIVE,
        num_inference_steps=STEPS,
        guidance_scale=GUIDANCE,
        output_type="latent",
        latents=inputs(f"pipeline {case.kind}", 1, 4, SIDE // 8, SIDE // 8).float(),
        height=SIDE,
        width=SIDE,
        ip_adapter_image=pictures,
    ).images
    return latents


def _nested(weights: dict[str, torch.Tensor]) -> dict[str, dict[str, torch.Tensor]]:
    found: dict[str, dict[str, torch.Tensor]] = {"image_proj": {}, "ip_adapter": {}}
    for name, weight in weights.items():
        part, _, rest = name.partition(".")
        found[part][rest] = weight.float()
    return found


def _encoder() -> Any:
    made = tiny_stable.VISION
    config = transformers.CLIPVisionConfig(
        hidden_size=made.width, intermediate_size=made.hidden, num_hidden_layers=made.layers,
        num_attention_heads=made.heads, image_size=224, patch_size=made.patch, projection_dim=made.projection,
        hidden_act="gelu",
    )  # fmt: skip
    encoder = transformers.CLIPVisionModelWithProjection(config)
    by_pipelines._fill(encoder, tiny_stable.image_encoder())
    return encoder


if __name__ == "__main__":
    main()
