"""NovelAI: a PNG's chunks, the same in a WebP's EXIF, or hidden in the pixels."""

from __future__ import annotations

from typing import Any

from gdm_studio.gallery.metadata.containers import Carried
from gdm_studio.gallery.metadata.facts import Metadata
from gdm_studio.gallery.metadata.telling import flat, known_names, object_in, told
from gdm_studio.gallery.metadata.tools.base import Tool

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
_KNOWN = known_names("""
    Software Title version n_samples signed_hash request_type uncond_scale cfg_rescale legacy legacy_v3_extend sm sm_dyn
    dynamic_thresholding dynamic_thresholding_percentile dynamic_thresholding_mimic_scale controlnet_strength
    controlnet_model skip_cfg_above_sigma skip_cfg_below_sigma lora_unet_weights lora_clip_weights noise
    deliberate_euler_ancestral_bug prefer_brownian cfg_sched_eligibility explike_fine_detail minimize_sigma_inf
    uncond_per_vibe wonky_vibe_correlation stream hide_debug_overlay add_original_image extra_noise_seed
""")
_KNOWN_GROUPS = ("v4_", "reference_", "director_", "extra_passthrough")


def _matches(carried: Carried) -> bool:
    return "NovelAI" in carried.text("Software", "Title", "exif:Software", "Source") or _in_exif(carried)


def _in_exif(carried: Carried) -> bool:
    comment = carried.text("exif:UserComment")
    return '"Comment"' in comment and "NovelAI" in comment


def _read(carried: Carried) -> Metadata | None:
    chunks: dict[str, Any] = dict(carried.texts) if "Comment" in carried.texts else {}
    chunks = chunks or object_in(carried.text("exif:UserComment")) or {}
    inner = chunks.get("Comment")
    comment = inner if isinstance(inner, dict) else object_in(inner) if isinstance(inner, str) else None
    if comment is None or not {"prompt", "steps", "uc"} & comment.keys():
        return None
    source = chunks.get("Source") or carried.text("exif:Software")
    described = None if "prompt" in comment else chunks.get("Description")  # of its first model, the prompt
    outside = (("Description", described), ("Source", source), ("Software", chunks.get("Software")))
    entries = [*flat(comment), *((name, value) for name, value in outside if value)]
    known = _KNOWN | {name for name, _ in entries if name.startswith(_KNOWN_GROUPS)}
    return told(carried.size, "NovelAI", entries, _NAMES, known=known, more=_characters(comment))


TOOL = Tool("NovelAI", _matches, _read)


def _characters(comment: dict[str, Any]) -> dict[str, Any]:
    """The prompts of single characters, which version 4 has beside the whole one."""
    try:
        captions = comment["v4_prompt"]["caption"]["char_captions"]
        found = [each["char_caption"] for each in captions[:32]]
    except (KeyError, TypeError, IndexError):
        return {}
    return {"characters": found} if found and all(isinstance(each, str) for each in found) else {}
