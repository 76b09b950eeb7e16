"""Reference latents of diffusers' pipeline for the full-size checkpoint of tests/drills/full_size.py, in fp32.

    pip install .[parity] && python -m tests.parity.by_full_size

writes tests/data/parity/full_size.npz: the latents after the last step, and some pixels. It takes 8 GB of memory and
2.2 GB on the disk.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import diffusers
import numpy as np
import torch
import transformers
from diffusers.loaders import single_file_utils
from safetensors.torch import load_file
from torch import Tensor

from tests.drills import full_size
from tests.parity import by_pipelines
from tests.parity.by_keys import SD1
from tests.parity.by_tokenizer import clip_tokenizer
from tests.parity.pipelines import GUIDANCE, NEGATIVE, PROMPT
from tests.parity.weights import inputs


@torch.no_grad()
def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        full_size.write(file := Path(folder) / "full.safetensors")
        pipeline = _pipeline(load_file(file))
    pipeline.set_progress_bar_config(disable=True)
    x, side = inputs(full_size.NOISE, *full_size.LATENTS).float(), 8 * full_size.LATENTS[-1]
    latents = pipeline(
        PROMPT, negative_prompt=NEGATIVE, num_inference_steps=full_size.STEPS, guidance_scale=GUIDANCE, latents=x,
        height=side, width=side, output_type="latent",
    ).images  # fmt: skip
    every = full_size.EVERY
    picture = pipeline.vae.decode(latents / pipeline.vae.config.scaling_factor).sample[..., ::every, ::every]
    about = {"versions": {name: version(name) for name in ("diffusers", "transformers", "torch")}}
    about |= {"seed": full_size.SEED}
    np.savez_compressed(
        full_size.NUMBERS, about=np.array(json.dumps(about)), latents=latents.numpy(), picture=picture.numpy()
    )


def _pipeline(weights: Mapping[str, Tensor]) -> Any:
    with torch.device("meta"):
        unet = diffusers.UNet2DConditionModel(**SD1)
        vae = diffusers.AutoencoderKL(
            block_out_channels=(128, 256, 512, 512), down_block_types=("DownEncoderBlock2D",) * 4,
            up_block_types=("UpDecoderBlock2D",) * 4, layers_per_block=2, scaling_factor=0.18215, sample_size=512,
        )  # fmt: skip
    text = transformers.CLIPTextModel(transformers.CLIPTextConfig(
        hidden_size=768, intermediate_size=3072, num_hidden_layers=12, num_attention_heads=12,
        hidden_act="quick_gelu", bos_token_id=49406, eos_token_id=49407,
    ))  # fmt: skip
    _fill(unet, weights, "model.", partial(single_file_utils.convert_ldm_unet_checkpoint, config=dict(unet.config)))
    convert = partial(single_file_utils.convert_ldm_vae_checkpoint, config=dict(vae.config))
    _fill(vae, weights, "first_stage_model.", convert)
    _fill(text, weights, "cond_stage_model.", single_file_utils.convert_ldm_clip_checkpoint)
    tokenizer = clip_tokenizer()
    tokenizer.model_max_length = 77
    return diffusers.StableDiffusionPipeline(
        unet=unet, vae=vae, text_encoder=text, tokenizer=tokenizer,
        scheduler=by_pipelines.SCHEDULERS["ddim", "leading_1"](), safety_checker=None,
        feature_extractor=None, requires_safety_checker=False,
    )  # fmt: skip


def _fill(
    network: torch.nn.Module, weights: Mapping[str, Tensor], prefix: str, convert: Callable[..., Mapping[str, Tensor]]
) -> None:
    """Load a network's part of a single file by diffusers' conversion, in fp32."""
    own = convert({name: weight for name, weight in weights.items() if name.startswith(prefix)})
    wanted = network.state_dict()
    short = {name.removeprefix("text_model.") if name not in wanted else name: weight for name, weight in own.items()}
    missing = network.load_state_dict({name: weight.float() for name, weight in short.items()}, assign=True)
    assert not missing.missing_keys and not missing.unexpected_keys, missing
    network.eval()


if __name__ == "__main__":
    main()
