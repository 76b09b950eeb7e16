"""Reader for AUTOMATIC1111's web UI and other tools that write its `parameters` text: forks, SD.Next, Krita, …"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from gdm_studio.gallery.metadata.a1111_parameters import CHUNK, OWN, Infotext, parse_sparse_text, parse_text
from gdm_studio.gallery.metadata.containers import EmbeddedTexts
from gdm_studio.gallery.metadata.conversion import build_metadata, find_loras, lora_entry
from gdm_studio.gallery.metadata.generation_settings import Metadata
from gdm_studio.gallery.metadata.regional_prompter import CALC_MODE, USED, read_regions
from gdm_studio.gallery.metadata.tools.base import Tool

# {entry in lower case: field}, as tools differ in capitals.
_NAMES = {setting.title.lower(): setting.name for setting in OWN} | {
    "steps": "steps",
    "sampler": "sampler",
    "schedule type": "scheduler",
    "scheduler": "scheduler",
    "sampler sigma": "scheduler",
    "cfg scale": "guidance_scale",
    "distilled cfg scale": "distilled_guidance",
    "guidance": "distilled_guidance",
    "seed": "seed",
    "size": "size",
    "model": "model",
    "model hash": "model_hash",
    "clip skip": "clip_skip",
    "denoising strength": "denoising_strength",
    "denoise": "denoising_strength",
    "vae": "vae",
    "vae hash": "vae_hash",
    "refiner": "refiner",
    "refiner switch at": "refiner_switch",
    "hires upscale": "hires_upscale",
    "hires upscaler": "hires_upscaler",
    "hires steps": "hires_steps",
    "lora hashes": "loras",
    "lora weights": "loras",
    "ti hashes": "embeddings",
    "temperature": "temperature",
    "style": "style",
    "class": "class",
    "inpaint area": "inpaint_area",
    "masked area padding": "inpaint_padding",
    "tile": "tile",
    "tile overlap": "tile_overlap",
    "eta": "eta",
    "eta ddim": "eta",
    "version": "version",
}
_RATIOS = "RP Ratios"
_PROMPTS = {"Prompt": "prompt", "Negative prompt": "negative_prompt"}
# First words of entries that are recognised but not used: "hires" includes "Hires steps".
_KNOWN_WORDS = """
    adetailer, addnet, adm guidance, adaptive cfg, app, backend, beta schedule, cfg mode, cfg rescale, civitai,
    conditional mask, controlnet, created date, diffusion in low bits, downcast, dynamic thresholding, emphasis, ensd,
    eta, face restoration, first pass, fooocus, fp8, freeu, guidance, hashes, hidiffusion, hires, hypernet, image cfg,
    init image, inpaint, kohya, lora, mask, masked, mimic, mode, module, negative template, ngms, operations,
    overwrite switch, pag, parser, performance, perturbed, pipeline, postprocess, raw, refine, refiner, rng, rp,
    sampler rng, schedule, sdcpp, seed resize, sharpness, shift, skip layers, slg, styles, te, template, text encoder,
    ti, ti hashes, tiling, token merging, towards, unet, upscale, user, vae, variation, wildcard
"""
# Entries that are recognised but have no counterpart here.
_UNUSED_KEYS = tuple(f"{' '.join(words.split())} " for words in _KNOWN_WORDS.split(","))
# (pattern of the entries "App" and "Version", tool)
_WRITERS = (
    (r"GDM Studio", "GDM Studio"),
    (r"SD\.Next", "SD.Next"),
    (r"ComfyUI", "ComfyUI"),
    (r"stable-diffusion\.cpp", "stable-diffusion.cpp"),
    (r"FooocusPlus", "FooocusPlus"),
    (r"Fooocus", "Fooocus"),
    (r"f\d.*RC-latest|f1\.", "reForge"),
    (r"classic", "Forge Classic"),
    (r"neo", "Forge Neo"),
    (r"f\d", "Forge"),
)


def _matches(embedded: EmbeddedTexts) -> bool:
    text = embedded.settings.strip()
    return ":" in text and not (text.startswith("{") and text.endswith("}"))


def _read(embedded: EmbeddedTexts) -> Metadata | None:
    found = parse_text(embedded.settings)
    return None if found is None else _convert(embedded, found)


def _is_sparse(embedded: EmbeddedTexts) -> bool:
    text = embedded.settings.strip()
    return bool(text) and not text.startswith(("{", "["))


def _read_sparse(embedded: EmbeddedTexts) -> Metadata | None:
    """Read a text with few settings or none. Without settings, it must have the name under which the web UI writes a
    prompt, since other texts may be any comment.
    """
    found = parse_sparse_text(embedded.settings)
    if found is None or not (len(found.entries) > 1 or embedded.text(CHUNK)):
        return None
    return _convert(embedded, found)


def _convert(embedded: EmbeddedTexts, found: Infotext) -> Metadata:
    tool = _recognise_tool(found.entries, embedded)
    prompt = found.prompt.removeprefix("Prompt: ") if tool == "Krita AI Diffusion" else found.prompt
    regional = read_regions(prompt, found.negative_prompt, found.entries)
    entries = list(_list_entries(found, prompt))
    if regional is not None:
        parts = {"Prompt": regional.prompt, "Negative prompt": regional.negative_prompt, _RATIOS: regional.regions}
        parts[CALC_MODE] = regional.mode
        entries = [(name, parts.get(name, value)) for name, value in entries]
    names = {name: _NAMES.get(name.lower(), "") for name, _ in entries} | _PROMPTS
    if tool == "stable-diffusion.cpp" and not found.entries.get("Sampler", "").startswith("ddim"):
        # "Eta" is written for every sampler, but only DDIM uses it.
        names["Eta"] = ""
    known = {name for name, _ in entries if f"{name.lower()} ".startswith(_UNUSED_KEYS)}
    lists = {"loras": _find_loras(found), "embeddings": _find_embeddings(found)}
    more = _find_resource_model(found.entries) | {name: listed for name, listed in lists.items() if listed}
    if regional is None:
        return build_metadata(embedded.size, tool, entries, names, known=known, more=more)
    metadata = build_metadata(
        embedded.size, tool, entries, names | {_RATIOS: "regions", CALC_MODE: "region_mode"}, known=known, more=more
    )
    if _RATIOS in metadata.used:
        metadata.used.update({name: metadata.ignored.pop(name) for name in USED if name in metadata.ignored})
    return metadata


def _list_entries(found: Infotext, prompt: str) -> Iterator[tuple[str, Any]]:
    """Yield the (name, value) entries of an A1111 text, with the prompts first.

    Fooocus's original prompts, without its styles, are separate entries.
    """
    yield "Prompt", prompt
    yield "Negative prompt", found.negative_prompt
    yield from ((name, value) for name, value in found.entries.items() if name not in _PROMPTS)


def _recognise_tool(entries: dict[str, str], embedded: EmbeddedTexts) -> str:
    """Return the name of the tool that wrote an A1111 text, recognised by the version and other entries in the text."""
    version = f"{entries.get('App', '')} {entries.get('Version', '')}".strip()
    if tool := next((tool for mark, tool in _WRITERS if re.match(mark, version, re.IGNORECASE)), ""):
        return tool
    if "Civitai resources" in entries or "Civitai metadata" in entries:
        return "Civitai"
    if entries.get("Model hash") == "unknown":
        return "Krita AI Diffusion"
    if embedded.text("fooocus_scheme") or "Raw prompt" in entries:
        return "Fooocus"
    drawn = '"class_type"' in embedded.text("prompt") or '"nodes"' in embedded.text("workflow")
    return "ComfyUI" if drawn else "AUTOMATIC1111"


def _find_loras(found: Infotext) -> list[dict[str, Any]]:
    """Return the LoRAs that an A1111 text names in the prompt or in Fooocus's list, with their hashes if given."""
    hashes = dict(_parse_pairs(found.entries.get("Lora hashes", "")))
    if weights := found.entries.get("Lora weights"):
        listed = [lora_entry(name, weight) for name, weight in _parse_pairs(weights)]
    else:
        listed = find_loras(found.prompt)
    return [each | ({"hash": hashes[each["name"]]} if each["name"] in hashes else {}) for each in listed]


def _find_embeddings(found: Infotext) -> list[dict[str, Any]]:
    """Return the textual inversion embeddings that an A1111 text lists, with their hashes."""
    return [{"name": name, "hash": digits} for name, digits in _parse_pairs(found.entries.get("TI hashes", ""))]


def _parse_pairs(text: str) -> list[tuple[str, str]]:
    """Parse a list in an A1111 text of the form "name: value, name: value"."""
    parts = (entry.rpartition(": ") for entry in text.split(", ")[:64])
    return [(name, value) for name, _, value in parts if name]


def _find_resource_model(entries: dict[str, str]) -> dict[str, Any]:
    """Return {"model": name} from the list of resources that Civitai adds to an A1111 text, or {} if the list is
    missing or names no model.
    """
    try:
        resources = json.loads(entries.get("Civitai resources", "[]"))
    except (ValueError, RecursionError):
        return {}
    listed = [each for each in resources if isinstance(each, dict)] if isinstance(resources, list) else []
    models = (each for each in listed if each.get("type") in ("checkpoint", "model"))
    name = next((each.get("modelName") for each in models), None)
    return {"model": name} if isinstance(name, str) else {}


TOOL = Tool("AUTOMATIC1111", _matches, _read)
# For texts with fewer settings than others are recognised by.
SPARSE = Tool("AUTOMATIC1111", _is_sparse, _read_sparse)
