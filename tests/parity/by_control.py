"""Reference latents of diffusers for small control models and InstructPix2Pix, from prompt to last latents, in fp32.

    pip install .[parity] && python -m tests.parity.by_control

writes tests/data/parity/control.npz: the latents after the last step of each case in control.py, and the output of a
U-Net in SDXL's layout with a T2I-Adapter.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from importlib.metadata import version
from typing import Any

import diffusers
import numpy as np
import torch

from tests.helpers import tiny_stable
from tests.parity import by_pipelines
from tests.parity.control import CASES, FILE, MODE, UNION_MODES, XL_CHANNELS, XL_IMAGE, XL_WIDTHS, Case
from tests.parity.pipelines import GUIDANCE, NEGATIVE, PROMPT, SIDE, STEPS, drawing
from tests.parity.weights import inputs, weights

PLAIN, CROSS = "DownBlock2D", "CrossAttnDownBlock2D"


def main() -> None:
    found = {name: _latents(case).numpy() for name, case in CASES.items()}
    packages = ("diffusers", "transformers", "torch")
    about = {"versions": {name: version(name) for name in packages}, "cases": {n: asdict(c) for n, c in CASES.items()}}
    np.savez_compressed(FILE, about=np.array(json.dumps(about)), **found, xl_adapter=_xl_adapter().numpy())


@torch.no_grad()
def _latents(case: Case) -> torch.Tensor:
    scheduler = by_pipelines.SCHEDULERS["ddim", "leading_1"](prediction_type=case.prediction)
    parts = {n: part for n, part in by_pipelines._pipeline(case.kind, scheduler).components.items() if part is not None}
    unchecked: dict[str, Any] = {"safety_checker": None, "feature_extractor": None, "requires_safety_checker": False}
    picture = torch.from_numpy(drawing()).permute(2, 0, 1)[None].float() / 255
    asked: dict[str, Any] = {"num_inference_steps": STEPS, "guidance_scale": GUIDANCE, "output_type": "latent"}
    asked |= {"prompt": PROMPT, "negative_prompt": NEGATIVE}
    asked |= {"latents": inputs(f"pipeline {case.kind}", 1, 4, SIDE // 8, SIDE // 8).float()}
    if not case.control:
        asked |= {"image": 2 * picture - 1, "image_guidance_scale": case.image_guidance}
        if case.kind == "editing":
            return _run(diffusers.StableDiffusionInstructPix2PixPipeline(**parts, **unchecked), asked)
        pipeline = diffusers.StableDiffusionXLInstructPix2PixPipeline(**parts, add_watermarker=False)
        return _run(pipeline, asked | {"height": SIDE, "width": SIDE})
    asked |= {"image": picture, "height": SIDE, "width": SIDE}
    if case.control == "T2I-Adapter":
        adapter = diffusers.T2IAdapter(channels=[64, 128])
        by_pipelines._fill(adapter, tiny_stable.t2i_adapter("diffusers"))
        pipeline = diffusers.StableDiffusionAdapterPipeline(**parts, adapter=adapter, **unchecked)
        return _run(pipeline, asked | {"adapter_conditioning_scale": case.weight})
    if case.control == "Union":
        union = diffusers.StableDiffusionXLControlNetUnionPipeline(**parts, controlnet=_union(), add_watermarker=False)
        asked |= {"control_image": asked.pop("image"), "control_mode": MODE}
        return _run(union, asked | {"controlnet_conditioning_scale": case.weight})
    control = _control_net(case.kind)
    asked |= {"controlnet_conditioning_scale": case.weight}
    asked |= {"control_guidance_start": case.start, "control_guidance_end": case.end}
    if case.kind == "sdxl":
        pipeline = diffusers.StableDiffusionXLControlNetPipeline(**parts, controlnet=control, add_watermarker=False)
    else:
        pipeline = diffusers.StableDiffusionControlNetPipeline(**parts, controlnet=control, **unchecked)
    return _run(pipeline, asked)


def _run(pipeline: Any, asked: dict[str, Any]) -> torch.Tensor:
    pipeline.set_progress_bar_config(disable=True)
    latents: torch.Tensor = pipeline(**asked).images
    return latents


def _union() -> diffusers.ControlNetUnionModel:
    network = diffusers.ControlNetUnionModel(
        layers_per_block=1, block_out_channels=(64, 128), cross_attention_dim=2048, down_block_types=(CROSS, PLAIN),
        attention_head_dim=(1, 2), use_linear_projection=True, num_control_type=UNION_MODES, num_trans_channel=64,
        num_proj_channel=64, conditioning_embedding_out_channels=tiny_stable.UNION_HINT, **by_pipelines.XL,
    )  # fmt: skip
    by_pipelines._fill(network, tiny_stable.control_net("sdxl", "diffusers", UNION_MODES))
    return network


def _control_net(kind: str) -> diffusers.ControlNetModel:
    made = tiny_stable.KINDS[kind]
    network = diffusers.ControlNetModel(
        layers_per_block=1, block_out_channels=(64, 128), cross_attention_dim=made.unet.context,
        down_block_types=(CROSS, PLAIN), attention_head_dim=made.unet.heads or (1, 2), use_linear_projection=True,
        **(by_pipelines.XL if kind == "sdxl" else {}),
    )  # fmt: skip
    by_pipelines._fill(network, tiny_stable.control_net(kind, "diffusers"))
    return network


@torch.no_grad()
def _xl_adapter() -> torch.Tensor:
    unet = diffusers.UNet2DConditionModel(
        layers_per_block=1, block_out_channels=XL_WIDTHS, cross_attention_dim=2048,
        down_block_types=(PLAIN, CROSS, CROSS), up_block_types=("CrossAttnUpBlock2D",) * 2 + ("UpBlock2D",),
        attention_head_dim=(1, 1, 2), use_linear_projection=True,
    )  # fmt: skip
    adapter = diffusers.T2IAdapter(channels=list(XL_CHANNELS), downscale_factor=16, adapter_type="full_adapter_xl")
    for network in (unet, adapter):
        made = weights({name: tuple(weight.shape) for name, weight in network.named_parameters()})
        network.load_state_dict({name: weight.float() for name, weight in made.items()})
    height, width = XL_IMAGE
    features = adapter(inputs("image", 1, 3, height, width).float().sigmoid())
    x = inputs("x", 1, 4, height // 8, width // 8).float()
    scaled = [0.7 * feature for feature in features]
    context = inputs("context", 1, 77, 2048).float()
    found: torch.Tensor = unet.eval()(x, 500.0, context, down_intrablock_additional_residuals=scaled).sample
    return found


if __name__ == "__main__":
    main()
