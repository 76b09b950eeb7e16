"""Fooocus' own scheme, an object; its other one is the A1111 text. Fooocus-MRE and FooocusPlus have it in the comment.

FooocusPlus writes every name as a title: "Base Model" for "base_model".
"""

from __future__ import annotations

from typing import Any

from gdm_studio.gallery.metadata.containers import Carried
from gdm_studio.gallery.metadata.facts import Metadata
from gdm_studio.gallery.metadata.telling import flat, known_names, lora, object_in, told
from gdm_studio.gallery.metadata.tools.base import Tool

_NAMES = {
    "prompt": "prompt",
    "real_prompt": "prompt",
    "negative_prompt": "negative_prompt",
    "real_negative_prompt": "negative_prompt",
    "seed": "seed",
    "steps": "steps",
    "sampler": "sampler",
    "scheduler": "scheduler",
    "guidance_scale": "guidance_scale",
    "cfg": "guidance_scale",
    "resolution": "size",
    "width": "width",
    "height": "height",
    "base_model": "model",
    "base_model_name": "model",
    "base_model_hash": "model_hash",
    "clip_skip": "clip_skip",
    "denoise": "denoising_strength",
    "vae": "vae",
    "version": "version",
    "software": "version",
}
_KNOWN = known_names("""
    styles performance sharpness adm_guidance refiner_model refiner_model_hash refiner_switch refiner_swap_method loras
    metadata_scheme created_by full_prompt full_negative_prompt adaptive_cfg overwrite_switch freeu
    inpaint_engine_version inpaint_mode style style_selection base_clip_skip refiner_clip_skip
    backend_engine fooocus_v2_expansion prompt_expansion styles_definition user workflow image_quantity
""")


def _matches(carried: Carried) -> bool:
    scheme = carried.text("fooocus_scheme", "exif:MakerNote")
    return scheme == "fooocus" or "Fooocus" in carried.text("exif:Software") or any(
        mark in carried.settings for mark in ('"base_model', '"FooocusPlus')
    )


def _read(carried: Carried) -> Metadata | None:
    found = object_in(carried.settings)
    plain = {_plain(name): value for name, value in (found or {}).items()}
    if found is None or not {"base_model", "base_model_name", "performance", "metadata_scheme"} & plain.keys():
        return None
    entries = flat(found)
    names = {name: _NAMES.get(_plain(name), "") for name, _ in entries}
    known = {name for name, _ in entries if _plain(name) in _KNOWN or _plain(name).startswith("lora_")}
    tool = "FooocusPlus" if str(plain.get("version")).startswith("FooocusPlus") else TOOL.name
    return told(carried.size, tool, entries, names, known=known, more=_loras(plain))


TOOL = Tool("Fooocus", _matches, _read)


def _plain(name: str) -> str:
    return name.lower().replace(" ", "_")


def _loras(found: dict[str, Any]) -> dict[str, Any]:
    """As lists of name, weight and hash, or one by one as "name : weight"."""
    listed = found.get("loras")
    if isinstance(listed, list):
        pairs = [(each[0], each[1]) for each in listed[:64] if isinstance(each, list) and len(each) >= 2]
    else:
        combined = [value for name, value in found.items() if name.startswith("lora_combined_")][:64]
        parts = [value.rpartition(" : ") for value in combined if isinstance(value, str)]
        pairs = [(name, weight) for name, _, weight in parts]
    return {"loras": [lora(*pair) for pair in pairs]} if pairs else {}
