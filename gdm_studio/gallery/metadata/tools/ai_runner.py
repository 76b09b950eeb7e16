"""AI Runner: a PNG's chunk to a setting; what it calls the scheduler is the sampler."""

from __future__ import annotations

from gdm_studio.gallery.metadata.containers import Carried
from gdm_studio.gallery.metadata.facts import Metadata
from gdm_studio.gallery.metadata.telling import flat, known_names, told
from gdm_studio.gallery.metadata.tools.base import Tool

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
_KNOWN = known_names("""
    prompt_2 negative_prompt_2 n_samples iterations samples lora embeddings timestamp action tome_sd tome_ratio
    controlnet controlnet_conditioning_scale guess_mode control_guidance_start control_guidance_end latents_seed
""")


def _matches(carried: Carried) -> bool:
    return "scale" in carried.texts and bool({"prompt", "seed", "steps", "num_inference_steps"} & carried.texts.keys())


def _read(carried: Carried) -> Metadata | None:
    return told(carried.size, TOOL.name, flat(carried.texts), _NAMES, known=_KNOWN)


TOOL = Tool("AI Runner", _matches, _read)
