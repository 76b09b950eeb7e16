"""Reference latents of diffusers' pipelines of SDXL and its refiner for small checkpoints, each for half of the steps.

    pip install .[parity] && python -m tests.parity.by_refiner

writes tests/data/parity/refiner.npz: the latents where the refiner begins and where it ends.
"""

from __future__ import annotations

import json
from importlib.metadata import version

import diffusers
import numpy as np
import transformers

from tests.helpers import tiny_stable
from tests.parity import by_pipelines
from tests.parity.by_tokenizer import clip_tokenizer
from tests.parity.numbers import FOLDER
from tests.parity.weights import inputs

FILE = FOLDER / "refiner.npz"
SHARE = 0.5


def main() -> None:
    scheduler = by_pipelines.SCHEDULERS["ddim", "leading_1"]()
    base = by_pipelines._pipeline("sdxl", scheduler)
    refiner = _refiner(scheduler)
    told = {"negative_prompt": by_pipelines.NEGATIVE, "output_type": "latent"}
    told |= {"num_inference_steps": by_pipelines.STEPS, "guidance_scale": by_pipelines.GUIDANCE}
    x = inputs("pipeline sdxl", 1, 4, 8, 8).float()
    between = base(by_pipelines.PROMPT, height=64, width=64, latents=x, denoising_end=SHARE, **told).images
    last = refiner(by_pipelines.PROMPT, image=between, denoising_start=SHARE, **told).images
    about = {"versions": {name: version(name) for name in ("diffusers", "transformers", "torch")}}
    np.savez_compressed(FILE, about=np.array(json.dumps(about)), between=between.numpy(), last=last.numpy())


def _refiner(scheduler: diffusers.DDIMScheduler) -> diffusers.StableDiffusionXLImg2ImgPipeline:
    made, parts = tiny_stable.KINDS["refiner"], tiny_stable.components("refiner")
    unet = diffusers.UNet2DConditionModel(
        sample_size=8, layers_per_block=1, block_out_channels=(64, 128), cross_attention_dim=made.unet.context,
        down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"), up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"),
        attention_head_dim=(1, 2), use_linear_projection=True,
        **(by_pipelines.XL | {"projection_class_embeddings_input_dim": made.unet.vector}),
    )  # fmt: skip
    (config,) = made.texts.values()
    text = by_pipelines._text(config, projects=True, last=False)
    vae = by_pipelines._pipeline("sdxl", scheduler).vae
    assert isinstance(text, transformers.CLIPTextModelWithProjection)
    for part, network in (("unet", unet), ("text_encoder_2", text)):
        by_pipelines._fill(network, parts[part])
    tokenizer = clip_tokenizer(pad="!")
    tokenizer.model_max_length = 77
    return diffusers.StableDiffusionXLImg2ImgPipeline(
        vae=vae, text_encoder=None, text_encoder_2=text, tokenizer=None, tokenizer_2=tokenizer, unet=unet,
        scheduler=scheduler, requires_aesthetics_score=True, add_watermarker=False,
    )  # fmt: skip


if __name__ == "__main__":
    main()
