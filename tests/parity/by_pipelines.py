"""What diffusers' pipelines of Stable Diffusion make of small checkpoints, from a prompt to a picture, in fp32.

    pip install .[parity] && python -m tests.parity.by_pipelines

writes tests/data/parity/pipelines.npz: the latents after the last step and the picture of each.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

import diffusers
import numpy as np
import torch
import transformers

from gdm_studio.networks.stable_diffusion.clip import ClipConfig
from tests.helpers import tiny_stable
from tests.parity.by_tokenizer import clip_tokenizer
from tests.parity.numbers import FOLDER
from tests.parity.weights import inputs

FILE = FOLDER / "pipelines.npz"
PROMPT, NEGATIVE = "a photo of an astronaut riding a horse on mars, highly detailed", "blurry"
STEPS, GUIDANCE = 4, 5.0
STABLE = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear"}
SCHEDULERS = {
    "ddim": lambda told: diffusers.DDIMScheduler(
        **STABLE, clip_sample=False, set_alpha_to_one=True, steps_offset=1, **told
    ),
    "euler": lambda told: diffusers.EulerDiscreteScheduler(**STABLE, use_karras_sigmas=True, **told),
}
CASES: Mapping[str, tuple[str, str, str]] = {  # kind, scheduler, what is predicted
    "sd1.ddim": ("sd1", "ddim", "epsilon"),
    "sd1.euler": ("sd1", "euler", "epsilon"),
    "sd2.ddim": ("sd2", "ddim", "v_prediction"),
    "sdxl.ddim": ("sdxl", "ddim", "epsilon"),
}
XL = {"addition_embed_type": "text_time", "addition_time_embed_dim": 256, "projection_class_embeddings_input_dim": 2816}


def main() -> None:
    found: dict[str, np.ndarray] = {}
    for case, (kind, scheduler, prediction) in CASES.items():
        pipeline = _pipeline(kind, SCHEDULERS[scheduler]({"prediction_type": prediction}))
        pipeline.set_progress_bar_config(disable=True)
        x = inputs(f"pipeline {kind}", 1, 4, 8, 8).float()
        if scheduler == "euler":  # which begins with noise alone, without room for what a picture would have added
            pipeline.scheduler.set_timesteps(STEPS)
            x *= math.hypot(1, 1 / float(pipeline.scheduler.init_noise_sigma))
        asked = {"num_inference_steps": STEPS, "guidance_scale": GUIDANCE, "height": 64, "width": 64, "latents": x}
        latents = pipeline(PROMPT, negative_prompt=NEGATIVE, output_type="latent", **asked).images
        with torch.no_grad():
            decoded = pipeline.vae.decode(latents / pipeline.vae.config.scaling_factor).sample
        found |= {f"{case}.latents": latents.numpy(), f"{case}.picture": decoded.numpy()}
    about = {"versions": {name: version(name) for name in ("diffusers", "transformers", "torch")}}
    np.savez_compressed(FILE, about=np.array(json.dumps(about)), **found)


def _pipeline(kind: str, scheduler: Any) -> Any:
    made, parts = tiny_stable.KINDS[kind], tiny_stable.components(kind)
    is_xl = kind == "sdxl"
    unet = diffusers.UNet2DConditionModel(
        sample_size=8, layers_per_block=1, block_out_channels=(64, 128), cross_attention_dim=made.unet.context,
        down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"), up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"),
        attention_head_dim=8 if kind == "sd1" else (1, 2), use_linear_projection=True, **(XL if is_xl else {}),
    )  # fmt: skip
    vae = diffusers.AutoencoderKL(
        block_out_channels=(32,) * 4, down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4, layers_per_block=1, scaling_factor=0.13025 if is_xl else 0.18215,
        sample_size=64,
    )  # fmt: skip
    networks = {"unet": unet, "vae": vae}
    for (_, config), part in zip(made.texts.items(), ("text_encoder", "text_encoder_2"), strict=False):
        networks[part] = _text(config, projects=part == "text_encoder_2", last=kind == "sd2")
    for part, network in networks.items():
        _fill(network, parts[part])
    tokenizers = {"tokenizer": clip_tokenizer(pad="!" if kind == "sd2" else "<|endoftext|>")}
    if is_xl:
        tokenizers["tokenizer_2"] = clip_tokenizer(pad="!")
    for tokenizer in tokenizers.values():
        tokenizer.model_max_length = 77
    if is_xl:
        return diffusers.StableDiffusionXLPipeline(**networks, **tokenizers, scheduler=scheduler, add_watermarker=False)
    return diffusers.StableDiffusionPipeline(
        **networks, **tokenizers, scheduler=scheduler, safety_checker=None, feature_extractor=None,
        requires_safety_checker=False,
    )  # fmt: skip


def _text(config: ClipConfig, *, projects: bool, last: bool) -> Any:
    theirs = transformers.CLIPTextConfig(
        hidden_size=config.width, intermediate_size=4 * config.width, num_hidden_layers=config.layers - last,
        num_attention_heads=config.heads, hidden_act="quick_gelu" if config.quick else "gelu",
        projection_dim=config.projection or config.width, bos_token_id=49406, eos_token_id=49407,
    )  # fmt: skip
    return (transformers.CLIPTextModelWithProjection if projects else transformers.CLIPTextModel)(theirs)


def _fill(network: torch.nn.Module, weights: Mapping[str, torch.Tensor]) -> None:
    """All of its weights; transformers calls those of a text encoder by other names from version to version."""
    wanted = network.state_dict()
    given = {}
    for name, weight in weights.items():
        known = next((each for each in (name, name.removeprefix("text_model.")) if each in wanted), None)
        if known:
            given[known] = weight.float().reshape(wanted[known].shape)
    missing = network.load_state_dict(given, strict=False).missing_keys
    assert all(name.endswith("position_ids") for name in missing), missing
    network.float().eval()


if __name__ == "__main__":
    main()
