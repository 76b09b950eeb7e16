"""Reader for Easy Diffusion, which writes one PNG chunk per setting, or a JSON object into the user comment."""

from __future__ import annotations

from typing import Any

from gdm_studio.gallery.metadata.containers import EmbeddedTexts
from gdm_studio.gallery.metadata.conversion import build_metadata, flatten, parse_object, split_names
from gdm_studio.gallery.metadata.generation_settings import Metadata
from gdm_studio.gallery.metadata.tools.base import Tool

_MARKS = ("use_stable_diffusion_model", "stable_diffusion_model")
# {entry: field}
_NAMES = {
    "prompt": "prompt",
    "negative_prompt": "negative_prompt",
    "seed": "seed",
    "num_inference_steps": "steps",
    "steps": "steps",
    "sampler_name": "sampler",
    "sampler": "sampler",
    "scheduler_name": "scheduler",
    "guidance_scale": "guidance_scale",
    "distilled_guidance_scale": "distilled_guidance",
    "width": "width",
    "height": "height",
    "use_stable_diffusion_model": "model",
    "stable_diffusion_model": "model",
    "clip_skip": "clip_skip",
    "prompt_strength": "denoising_strength",
    "use_vae_model": "vae",
    "vae_model": "vae",
}
# Entries that are recognised but have no counterpart here.
_UNUSED_KEYS = split_names("""
    use_lora_model lora_model lora_alpha lora_strength use_hypernetwork_model hypernetwork_model hypernetwork_strength
    tiling seamless_tiling use_face_correction use_upscale upscale_amount latent_upscaler_steps use_controlnet_model
    controlnet_model controlnet_alpha control_filter_to_apply use_embeddings_model
    use_text_encoder_model preserve_init_image_color_profile strict_mask_border
""")


def _matches(embedded: EmbeddedTexts) -> bool:
    return any(_normalise_name(name) in _MARKS for name in embedded.texts) or any(
        mark in embedded.settings for mark in _MARKS
    )


def _read(embedded: EmbeddedTexts) -> Metadata | None:
    found = parse_object(embedded.settings) or embedded.texts
    settings: dict[str, Any] = {name: value for name, value in found.items() if value not in ("None", "none")}
    if not any(_normalise_name(name) in _MARKS for name in settings):
        return None
    entries = flatten(settings)
    names = {name: _NAMES.get(_normalise_name(name), "") for name, _ in entries}
    known = {name for name, _ in entries if _normalise_name(name) in _UNUSED_KEYS}
    return build_metadata(embedded.size, TOOL.name, entries, names, known=known)


def _normalise_name(name: str) -> str:
    """Normalise the two spellings of a setting's name in Easy Diffusion's files, such as "use_vae_model" and "VAE
    model".
    """
    return name.lower().replace(" ", "_").replace("-", "_")


TOOL = Tool("Easy Diffusion", _matches, _read)
