"""Reader for AI Runner, which writes one PNG chunk per setting. Its "scheduler" is the sampler."""

from __future__ import annotations

from gdm_studio.gallery.metadata.containers import EmbeddedTexts
from gdm_studio.gallery.metadata.conversion import build_metadata, flatten, split_names
from gdm_studio.gallery.metadata.generation_settings import Metadata
from gdm_studio.gallery.metadata.tools.base import Tool

# {entry: field}
_NAMES = {
    "prompt": "prompt",
    "negative_prompt": "negative_prompt",
    "seed": "seed",
    "steps": "steps",
    "num_inference_steps": "steps",
    "scheduler": "sampler",
    "scale": "guidance_scale",
    "ddim_eta": "eta",
    "width": "width",
    "height": "height",
    "model": "model",
    "clip_skip": "clip_skip",
    "strength": "denoising_strength",
    "version": "version",
}
# Entries that are recognised but have no counterpart here.
_UNUSED_KEYS = split_names("""
    prompt_2 negative_prompt_2 n_samples iterations samples lora embeddings timestamp action tome_sd tome_ratio
    controlnet controlnet_conditioning_scale guess_mode control_guidance_start control_guidance_end latents_seed
""")


def _matches(embedded: EmbeddedTexts) -> bool:
    return "scale" in embedded.texts and bool(
        {"prompt", "seed", "steps", "num_inference_steps"} & embedded.texts.keys()
    )


def _read(embedded: EmbeddedTexts) -> Metadata | None:
    return build_metadata(embedded.size, TOOL.name, flatten(embedded.texts), _NAMES, known=_UNUSED_KEYS)


TOOL = Tool("AI Runner", _matches, _read)
