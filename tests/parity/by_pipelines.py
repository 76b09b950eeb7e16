"""Reference images of diffusers' Stable Diffusion pipelines for small checkpoints, from prompt to image, in fp32.

    pip install .[parity] && python -m tests.parity.by_pipelines

writes tests/data/parity/pipelines.npz: for each case in pipelines.py the latents after the last step and some pixels of
the image. Prompts, settings and weights of a case are the same for diffusers and for this program.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import partial
from importlib.metadata import version
from typing import Any

import diffusers
import numpy as np
import torch
import transformers
from peft.tuners.lora import LoraLayer

from gdm_studio.networks.stable_diffusion.clip import ClipConfig
from tests.helpers import tiny_stable
from tests.parity.by_tokenizer import clip_tokenizer
from tests.parity.pipelines import (
    ALPHA,
    CASES,
    EVERY,
    FILE,
    GUIDANCE,
    NEGATIVE,
    PROMPT,
    RANK,
    SIDE,
    STEPS,
    Case,
    adapter,
    drawing,
    mask,
)
from tests.parity.weights import inputs

STABLE = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear"}
XL = {"addition_embed_type": "text_time", "addition_time_embed_dim": 256, "projection_class_embeddings_input_dim": 2816}


class _ExactTimes(diffusers.DPMSolverMultistepScheduler):
    """Scheduler whose timesteps of Karras' sigmas are not rounded, as in diffusers' Euler and in k-diffusion."""

    def set_timesteps(self, *asked: Any, **told: Any) -> None:
        super().set_timesteps(*asked, **told)
        known = ((1 - self.alphas_cumprod) / self.alphas_cumprod).sqrt().log().numpy()
        times = [self._sigma_to_t(sigma, known) for sigma in self.sigmas[:-1].numpy()]
        self.timesteps = torch.tensor(np.array(times), dtype=torch.float32)


SCHEDULERS: Mapping[tuple[str, str], Callable[..., Any]] = {  # by our names of the sampler and of the spacing
    ("ddim", "leading_1"): partial(
        diffusers.DDIMScheduler, **STABLE, clip_sample=False, set_alpha_to_one=True, steps_offset=1
    ),
    ("euler", "karras"): partial(diffusers.EulerDiscreteScheduler, **STABLE, use_karras_sigmas=True),
    ("dpmpp_2m", "trailing"): partial(
        diffusers.DPMSolverMultistepScheduler, **STABLE, timestep_spacing="trailing", final_sigmas_type="zero"
    ),
    ("dpmpp_2m", "karras"): partial(_ExactTimes, **STABLE, use_karras_sigmas=True, final_sigmas_type="zero"),
}


def main() -> None:
    found: dict[str, np.ndarray] = {}
    for name, case in CASES.items():
        latents, decoded = _made(case)
        picture = decoded[..., ::EVERY, ::EVERY].contiguous()
        found |= {f"{name}.latents": latents.numpy(), f"{name}.picture": picture.numpy()}
    packages = ("diffusers", "transformers", "peft", "torch")
    about = {"versions": {name: version(name) for name in packages}, "cases": {n: asdict(c) for n, c in CASES.items()}}
    np.savez_compressed(FILE, about=np.array(json.dumps(about)), **found)


@torch.no_grad()
def _made(case: Case) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the latents after the last step, and the image in about −1 … 1, not clipped."""
    pipeline = _pipeline(case.kind, SCHEDULERS[case.sampler, case.spacing](prediction_type=case.prediction))
    pipeline.set_progress_bar_config(disable=True)
    if case.adapter:
        own = {name: weight.clone() for name, weight in pipeline.text_encoder.state_dict().items()}
        pipeline.load_lora_weights(adapter(case.kind), adapter_name="it")
        now = pipeline.text_encoder.state_dict()
        assert all(torch.equal(now[each if each in now else _inside(each)], weight) for each, weight in own.items())
        pipeline.set_adapters(["it"], [case.adapter])
        scales = _scales(pipeline)
        assert 3 * len(scales) == len(adapter(case.kind)) and set(scales) == {case.adapter * ALPHA / RANK}
    x = inputs(f"pipeline {case.kind}", 1, 4, SIDE // 8, SIDE // 8).float()
    if case.sampler == "euler":  # which begins with noise alone, without room for what a picture would have added
        pipeline.scheduler.set_timesteps(STEPS)
        x *= math.hypot(1, 1 / float(pipeline.scheduler.init_noise_sigma))
    asked: dict[str, Any] = {"num_inference_steps": STEPS, "guidance_scale": GUIDANCE, "latents": x}
    asked |= {"height": SIDE, "width": SIDE, "output_type": "latent"}
    asked |= {"prompt": PROMPT, "negative_prompt": NEGATIVE} if case.clip_skip == 1 else _skipping(pipeline, case)
    if case.kind == "inpainting":
        asked |= _painted_on(pipeline.vae)
    latents = pipeline(**asked).images
    return latents, pipeline.vae.decode(latents / pipeline.vae.config.scaling_factor).sample


def _skipping(pipeline: Any, case: Case) -> dict[str, Any]:
    """Encode both prompts with CLIP skip. The pipeline itself would encode the negative prompt with all layers."""
    text = pipeline.text_encoder
    if not hasattr(text, "text_model"):  # which diffusers asks for the last norm, as in older releases of transformers
        object.__setattr__(text, "text_model", text)
    told, left = pipeline.encode_prompt, case.clip_skip - 1
    parts = ("prompt_embeds", PROMPT), ("negative_prompt_embeds", NEGATIVE)
    return {part: told(said, "cpu", 1, False, clip_skip=left)[0] for part, said in parts}


def _scales(pipeline: Any) -> list[float]:
    """Return the scale of every layer that the adapter changes."""
    networks = [part for part in pipeline.components.values() if isinstance(part, torch.nn.Module)]
    layers = (each for network in networks for each in network.modules() if isinstance(each, LoraLayer))
    return [layer.scaling["it"] for layer in layers]


def _inside(name: str) -> str:
    """Return the name of a layer's own weight when the layer has an adapter."""
    layer, _, kind = name.rpartition(".")
    return f"{layer}.base_layer.{kind}"


def _painted_on(vae: Any) -> dict[str, Any]:
    """Return the inpainting arguments with the mean latents of the image, which the pipeline would otherwise sample."""
    picture = torch.from_numpy(drawing()).permute(2, 0, 1)[None] / 127.5 - 1
    anew = torch.from_numpy(mask() / 255).float()[None, None]
    stays = vae.encode(picture * (anew < 0.5)).latent_dist.mode() * vae.config.scaling_factor
    return {"image": picture, "mask_image": anew, "masked_image_latents": stays, "strength": 1.0}


def _pipeline(kind: str, scheduler: Any) -> Any:
    made, parts = tiny_stable.KINDS[kind], tiny_stable.components(kind)
    is_xl = kind.startswith("sdxl")
    unet = diffusers.UNet2DConditionModel(
        sample_size=8, in_channels=made.unet.in_channels, layers_per_block=1, block_out_channels=(64, 128),
        cross_attention_dim=made.unet.context,
        down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"), up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"),
        attention_head_dim=made.unet.heads or (1, 2), use_linear_projection=True, **(XL if is_xl else {}),
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
    kind_of = diffusers.StableDiffusionInpaintPipeline if kind == "inpainting" else diffusers.StableDiffusionPipeline
    return kind_of(
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
    """Load all weights of a network. Names in transformers' text encoders differ between its versions."""
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
