"""Reader for SwarmUI, which writes a JSON object into the PNG text `parameters` or the user comment."""

from __future__ import annotations

import re
from typing import Any

from gdm_studio.gallery.metadata.containers import EmbeddedTexts
from gdm_studio.gallery.metadata.conversion import build_metadata, flatten, lora_entry, parse_object, split_names
from gdm_studio.gallery.metadata.generation_settings import Metadata
from gdm_studio.gallery.metadata.tools.base import Tool

# {entry: field}
_NAMES = {
    "prompt": "prompt",
    "negativeprompt": "negative_prompt",
    "seed": "seed",
    "steps": "steps",
    "sampler": "sampler",
    "comfyuisampler": "sampler",
    "scheduler": "scheduler",
    "comfyuischeduler": "scheduler",
    "cfgscale": "guidance_scale",
    "fluxguidancescale": "distilled_guidance",
    "width": "width",
    "height": "height",
    "model": "model",
    "model hash": "model_hash",
    "vae": "vae",
    "clipstopatlayer": "clip_skip",
    "initimagecreativity": "denoising_strength",
    "swarm_version": "version",
}
# Entries that are recognised but have no counterpart here.
_UNUSED_KEYS = split_names("""
    aspectratio sidelength automaticvae images batchsize nopreviews imageformat wildcardseed variationseed
    variationseedstrength loras loraweights generation_time prep_time date original_prompt original_negativeprompt
    used_wildcards unused_parameters clipskip donotsave personalnote sigmamin sigmamax preferreddtype
    segments
""")
# The first part of a prompt that is not the prompt of the image: an area of a word that was generated again.
_SEGMENT = re.compile(r"<segment:", re.IGNORECASE)
_KNOWN_GROUPS = ("refiner", "controlnet", "initimage", "sui_", "freeu", "init", "video", "seedvr")


def _matches(embedded: EmbeddedTexts) -> bool:
    return '"sui_image_params"' in _find_text(embedded)


def _read(embedded: EmbeddedTexts) -> Metadata | None:
    whole = parse_object(_find_text(embedded)) or {}
    settings = whole.pop("sui_image_params", None)
    if not isinstance(settings, dict):
        return None
    models = whole.get("sui_models")
    prompt = settings.get("prompt")
    if isinstance(prompt, str) and (segment := _SEGMENT.search(prompt)) is not None:
        settings |= {"prompt": prompt[: segment.start()].strip(), "segments": prompt[segment.start() :]}
    entries = [*flatten(settings), *_read_hashes(models)]
    extra = whole.get("sui_extra_data")
    entries += flatten(extra) if isinstance(extra, dict) else []
    known = _UNUSED_KEYS | {name for name, _ in entries if name.startswith(_KNOWN_GROUPS)}
    return build_metadata(embedded.size, "SwarmUI", entries, _NAMES, known=known, more=_read_loras(settings))


def _find_text(embedded: EmbeddedTexts) -> str:
    """Return the text in which SwarmUI stored the settings. Old versions wrote it into the EXIF tag of the camera
    model.
    """
    return embedded.text("parameters", "exif:UserComment", "exif:Model")


def _read_hashes(models: Any) -> list[tuple[str, Any]]:
    listed = [each for each in models if isinstance(each, dict)] if isinstance(models, list) else []
    found = next((each.get("hash") for each in listed if each.get("param") == "model"), None)
    return [("model hash", found)] if found else []


def _read_loras(settings: dict[str, Any]) -> dict[str, Any]:
    names = settings.get("loras")
    weights = settings.get("loraweights")
    if not isinstance(names, list):
        return {}
    weights = weights if isinstance(weights, list) else []
    return {"loras": [lora_entry(name, dict(enumerate(weights)).get(at)) for at, name in enumerate(names[:64])]}


TOOL = Tool("SwarmUI", _matches, _read)
