#!/bin/sh
# diffusers 0.42.1: after a cancelled run, the next image is another one if the transformer has a cache. TaylorSeer,
# MagCache and PyramidAttentionBroadcast keep outputs of layers and count steps in their hooks. A pipeline clears them
# at the end of its call and not at the beginning. A call that an exception leaves, such as one that a callback raises
# to cancel or one for a lack of memory, hands them to the next call, which may have another prompt and seed. The first
# image after a cancel is off by about what the cache costs by itself or more, the one after that is right again, and
# nothing is raised. FirstBlockCache compares before it reuses, and is not affected; neither is a cancel by
# `pipe._interrupt = True`, which runs to the end of the call. Seen, with a small FLUX and 8 steps, as largest
# differences from the first image with the cache: after `_interrupt` 0; after an exception in the third step 0.035
# (TaylorSeer), 0.060 (MagCache), 0.005 (PyramidAttentionBroadcast), 0 (FirstBlockCache); the image after that 0. Exits
# with 1 if a later version behaves otherwise.
set -e
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q torch==2.13.0 diffusers==0.42.1 transformers==5.24.0 numpy==2.4.6
cd "$folder"
HF_HOME="$folder/cache" TRANSFORMERS_VERBOSITY=error "$folder/venv/bin/python" - <<'PYTHON'
import sys

import diffusers
import torch

sizes = {"num_layers": 2, "num_single_layers": 3, "attention_head_dim": 16, "num_attention_heads": 2}
dims = {"joint_attention_dim": 8, "pooled_projection_dim": 8, "axes_dims_rope": (4, 4, 8)}
parts = dict.fromkeys(("vae", "text_encoder", "tokenizer", "text_encoder_2", "tokenizer_2"))
numbers = torch.randn(1, 5, 8, generator=torch.Generator().manual_seed(1))
prompt = {"prompt_embeds": numbers[:, :4], "pooled_prompt_embeds": numbers[:, 4]}


def small_flux():
    torch.manual_seed(0)
    transformer = diffusers.FluxTransformer2DModel(in_channels=4, **sizes, **dims).eval()
    scheduler = diffusers.FlowMatchEulerDiscreteScheduler()
    pipe = diffusers.FluxPipeline(scheduler=scheduler, transformer=transformer, **parts)
    pipe.set_progress_bar_config(disable=True)
    return pipe


def image(pipe, seed=0, callback=None):
    given = {"height": 64, "width": 64, "num_inference_steps": 8, "callback_on_step_end": callback}
    generator = torch.Generator().manual_seed(seed)
    return pipe(**prompt, **given, generator=generator, output_type="latent").images


def interrupt(pipe, step, time, tensors):
    pipe._interrupt = step == 2
    return tensors


def cancel(pipe, step, time, tensors):
    if step == 2:
        raise InterruptedError
    return tensors


def cache(pipe, name):
    if name == "PyramidAttentionBroadcast":
        return diffusers.PyramidAttentionBroadcastConfig(
            spatial_attention_block_skip_range=2,
            spatial_attention_timestep_skip_range=(100, 950),
            current_timestep_callback=lambda: pipe.current_timestep,
        )
    if name == "MagCache":
        return diffusers.MagCacheConfig(num_inference_steps=8, mag_ratios=torch.full((8,), 0.99))
    return diffusers.FirstBlockCacheConfig(0.3) if name == "FirstBlockCache" else diffusers.TaylorSeerCacheConfig()


right = True
print("diffusers", diffusers.__version__)
for name in ("FirstBlockCache", "TaylorSeer", "MagCache", "PyramidAttentionBroadcast"):
    pipe = small_flux()
    exact = image(pipe)
    pipe.transformer.enable_cache(cache(pipe, name))
    first = image(pipe)
    image(pipe, 5, interrupt)
    images = [exact, image(pipe)]
    try:
        image(pipe, 5, cancel)
    except InterruptedError:
        images += [image(pipe), image(pipe)]
    cost, interrupted, cancelled, later = (f"{(each - first).abs().max():.3f}" for each in images)
    print(f"{name}: costs {cost}; after _interrupt {interrupted}, an exception {cancelled}, the image after it {later}")
    right &= interrupted == later == "0.000" and (float(cancelled) > 0.001) == (name != "FirstBlockCache")
sys.exit(0 if right else 1)
PYTHON
