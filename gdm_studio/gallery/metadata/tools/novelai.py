"""Reader for NovelAI, which stores the same texts as PNG chunks, in the EXIF of a WebP, or hidden in the pixels."""

from __future__ import annotations

from typing import Any

from gdm_studio.gallery.metadata.containers import EmbeddedTexts
from gdm_studio.gallery.metadata.conversion import build_metadata, flatten, parse_object, split_names
from gdm_studio.gallery.metadata.generation_settings import Metadata
from gdm_studio.gallery.metadata.tools.base import Tool

# {entry: field}
_NAMES = {
    "prompt": "prompt",
    "Description": "prompt",
    "uc": "negative_prompt",
    "seed": "seed",
    "steps": "steps",
    "sampler": "sampler",
    "noise_schedule": "scheduler",
    "scale": "guidance_scale",
    "width": "width",
    "height": "height",
    "strength": "denoising_strength",
    "Source": "model",
}
# Entries that are recognised but have no counterpart here.
_UNUSED_KEYS = split_names("""
    Software Title version n_samples signed_hash request_type uncond_scale cfg_rescale legacy legacy_v3_extend sm sm_dyn
    dynamic_thresholding dynamic_thresholding_percentile dynamic_thresholding_mimic_scale controlnet_strength
    controlnet_model skip_cfg_above_sigma skip_cfg_below_sigma lora_unet_weights lora_clip_weights noise
    deliberate_euler_ancestral_bug prefer_brownian cfg_sched_eligibility explike_fine_detail minimize_sigma_inf
    uncond_per_vibe wonky_vibe_correlation stream hide_debug_overlay add_original_image extra_noise_seed
""")
_KNOWN_GROUPS = ("v4_", "reference_", "director_", "extra_passthrough")


def _matches(embedded: EmbeddedTexts) -> bool:
    return "NovelAI" in embedded.text("Software", "Title", "exif:Software", "Source") or _is_in_exif(embedded)


def _is_in_exif(embedded: EmbeddedTexts) -> bool:
    comment = embedded.text("exif:UserComment")
    return '"Comment"' in comment and "NovelAI" in comment


def _read(embedded: EmbeddedTexts) -> Metadata | None:
    chunks: dict[str, Any] = dict(embedded.texts) if "Comment" in embedded.texts else {}
    chunks = chunks or parse_object(embedded.text("exif:UserComment")) or {}
    inner = chunks.get("Comment")
    comment = inner if isinstance(inner, dict) else (isinstance(inner, str) and parse_object(inner)) or {}
    if not {"prompt", "steps", "uc"} & comment.keys() and not isinstance(chunks.get("Description"), str):
        return None
    source = chunks.get("Source") or embedded.text("exif:Software")
    # Files of the first model have the prompt only in their description.
    described = None if isinstance(comment.get("prompt"), str) else chunks.get("Description")
    outside = (("Description", described), ("Source", source), ("Software", chunks.get("Software")))
    entries = [*flatten(comment), *((name, value) for name, value in outside if value)]
    known = _UNUSED_KEYS | {name for name, _ in entries if name.startswith(_KNOWN_GROUPS)}
    return build_metadata(embedded.size, "NovelAI", entries, _NAMES, known=known, more=_read_character_prompts(comment))


def _read_character_prompts(comment: dict[str, Any]) -> dict[str, Any]:
    """Return the separate prompts for individual characters, which NovelAI 4 stores beside the main prompt, as a
    metadata field. Returns {} if there are none.
    """
    try:
        captions = comment["v4_prompt"]["caption"]["char_captions"]
        found = [each["char_caption"] for each in captions[:32]]
    except (KeyError, TypeError, IndexError):
        return {}
    return {"characters": found} if found and all(isinstance(each, str) for each in found) else {}


TOOL = Tool("NovelAI", _matches, _read)
