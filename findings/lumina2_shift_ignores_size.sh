#!/bin/sh
# diffusers 0.42.1: with a scheduler that shifts by the image's size, Lumina 2 takes the same sigmas for every size.
# FlowMatchEulerDiscreteScheduler with use_dynamic_shifting expects `mu`, which grows with the number of image tokens.
# FLUX's pipeline packs the latents into (batch, tokens, channels) before it reads that number from axis 1. Lumina 2's
# pipeline reads the same axis, but its latents are (batch, channels, height, width): the number is 16 for every size,
# below the base of 256, and the shift is weaker than the weakest that the configuration names (mu 0.4594 instead of 0.5
# or more). Nothing is raised. The released checkpoint has a fixed shift and is not affected; a fine-tune, or a scheduler
# that was taken over from FLUX, is. Seen, at 128 x 128 and 1024 x 1024 pixels: mu 0.4594 and 0.4594, the second sigma
# 0.76 and 0.76; by the number of tokens, mu would be 0.4675 and 1.15. Exits with 1 if a later version differs.
set -e
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q torch==2.13.0 diffusers==0.42.1 transformers==5.24.0
"$folder/venv/bin/python" - <<'PYTHON'
import sys

import diffusers
import torch
from diffusers import AutoencoderKL, FlowMatchEulerDiscreteScheduler, Lumina2Pipeline, Lumina2Transformer2DModel

torch.manual_seed(0)
transformer = Lumina2Transformer2DModel(
    hidden_size=24, num_layers=1, num_refiner_layers=1, num_attention_heads=3, num_kv_heads=1, multiple_of=2,
    axes_dim_rope=(4, 2, 2), axes_lens=(128, 128, 128), cap_feat_dim=8,
)
vae = AutoencoderKL(block_out_channels=(8,), norm_num_groups=4, latent_channels=16)
scheduler = FlowMatchEulerDiscreteScheduler(use_dynamic_shifting=True)
pipeline = Lumina2Pipeline(transformer, scheduler, vae, text_encoder=None, tokenizer=None)
pipeline.set_progress_bar_config(disable=True)
given = []
time_shift = scheduler.time_shift
scheduler.time_shift = lambda mu, *values: given.append(mu) or time_shift(mu, *values)
found = []
for side in (128, 1024):
    pipeline(
        prompt_embeds=torch.randn(1, 4, 8), prompt_attention_mask=torch.ones(1, 4, dtype=torch.bool),
        guidance_scale=1.0, num_inference_steps=3, height=side, width=side, output_type="latent",
    )
    tokens = (side // 16) ** 2
    expected = 0.5 + (tokens - 256) * (1.15 - 0.5) / (4096 - 256)
    found.append((round(given[-1], 4), round(scheduler.sigmas[1].item(), 4)))
    print(f"{side} px: mu {found[-1][0]}, second sigma {found[-1][1]}; by its {tokens} tokens mu would be {expected:.4f}")
print("diffusers", diffusers.__version__)
sys.exit(found != [(0.4594, found[0][1])] * 2)
PYTHON
