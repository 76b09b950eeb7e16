"""Reader for Fooocus, Fooocus-MRE and FooocusPlus, which write a JSON object.

The A1111 texts of these programs are read by `webui`. FooocusPlus capitalises the names: "Base Model" for "base_model".
"""

from __future__ import annotations

from typing import Any

from gdm_studio.gallery.metadata.containers import EmbeddedTexts
from gdm_studio.gallery.metadata.conversion import build_metadata, flatten, lora_entry, parse_object, split_names
from gdm_studio.gallery.metadata.generation_settings import Metadata
from gdm_studio.gallery.metadata.tools.base import Tool

# {entry: field}
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
    "refiner_model": "refiner",
    "refiner_switch": "refiner_switch",
    "version": "version",
    "software": "version",
}
# Entries that are recognised but have no counterpart here.
_UNUSED_KEYS = split_names("""
    styles performance sharpness adm_guidance refiner_model_hash refiner_swap_method loras
    metadata_scheme created_by full_prompt full_negative_prompt adaptive_cfg overwrite_switch freeu
    inpaint_engine_version inpaint_mode style style_selection base_clip_skip refiner_clip_skip
    backend_engine fooocus_v2_expansion prompt_expansion styles_definition user workflow image_quantity
""")


def _matches(embedded: EmbeddedTexts) -> bool:
    scheme = embedded.text("fooocus_scheme", "exif:MakerNote")
    return (
        scheme == "fooocus"
        or "Fooocus" in embedded.text("exif:Software")
        or any(mark in embedded.settings for mark in ('"base_model', '"FooocusPlus'))
    )


def _read(embedded: EmbeddedTexts) -> Metadata | None:
    found = parse_object(embedded.settings)
    plain = {_normalise_name(name): value for name, value in (found or {}).items()}
    if found is None or not {"base_model", "base_model_name", "performance", "metadata_scheme"} & plain.keys():
        return None
    entries = flatten(found)
    names = {name: _NAMES.get(_normalise_name(name), "") for name, _ in entries}
    known = {
        name
        for name, _ in entries
        if _normalise_name(name) in _UNUSED_KEYS or _normalise_name(name).startswith("lora_")
    }
    tool = "FooocusPlus" if str(plain.get("version")).startswith("FooocusPlus") else TOOL.name
    return build_metadata(embedded.size, tool, entries, names, known=known, more=_read_loras(plain))


def _normalise_name(name: str) -> str:
    return name.lower().replace(" ", "_")


def _read_loras(found: dict[str, Any]) -> dict[str, Any]:
    """Return the metadata field `loras` of a Fooocus file, which contains either a list of [name, weight, hash] or
    entries with the text "name : weight".
    """
    listed = found.get("loras")
    if isinstance(listed, list):
        pairs = [(each[0], each[1]) for each in listed[:64] if isinstance(each, list) and len(each) >= 2]
    else:
        combined = [value for name, value in found.items() if name.startswith("lora_combined_")][:64]
        parts = [value.rpartition(" : ") for value in combined if isinstance(value, str)]
        pairs = [(name, weight) for name, _, weight in parts]
    return {"loras": [lora_entry(*pair) for pair in pairs]} if pairs else {}


TOOL = Tool("Fooocus", _matches, _read)
