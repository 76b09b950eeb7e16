"""SwarmUI: an object in the PNG's `parameters`, or in the user comment."""

from __future__ import annotations

from typing import Any

from gdm_studio.gallery.metadata.containers import Carried
from gdm_studio.gallery.metadata.facts import Metadata
from gdm_studio.gallery.metadata.telling import flat, known_names, lora, object_in, told
from gdm_studio.gallery.metadata.tools.base import Tool

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
_KNOWN = known_names("""
    aspectratio sidelength automaticvae images batchsize nopreviews imageformat wildcardseed variationseed
    variationseedstrength loras loraweights generation_time prep_time date original_prompt original_negativeprompt
    used_wildcards unused_parameters clipskip donotsave personalnote sigmamin sigmamax preferreddtype
""")
_KNOWN_GROUPS = ("refiner", "controlnet", "initimage", "sui_", "freeu", "init", "video", "seedvr")


def _matches(carried: Carried) -> bool:
    return '"sui_image_params"' in _text(carried)


def _read(carried: Carried) -> Metadata | None:
    whole = object_in(_text(carried)) or {}
    settings = whole.pop("sui_image_params", None)
    if not isinstance(settings, dict):
        return None
    models = whole.get("sui_models")
    entries = [*flat(settings), *_hashes(models)]
    extra = whole.get("sui_extra_data")
    entries += flat(extra) if isinstance(extra, dict) else []
    known = _KNOWN | {name for name, _ in entries if name.startswith(_KNOWN_GROUPS)}
    return told(carried.size, "SwarmUI", entries, _NAMES, known=known, more=_loras(settings))


TOOL = Tool("SwarmUI", _matches, _read)


def _text(carried: Carried) -> str:
    """Old versions put it where a camera has its model."""
    return carried.text("parameters", "exif:UserComment", "exif:Model")


def _hashes(models: Any) -> list[tuple[str, Any]]:
    listed = [each for each in models if isinstance(each, dict)] if isinstance(models, list) else []
    found = next((each.get("hash") for each in listed if each.get("param") == "model"), None)
    return [("model hash", found)] if found else []


def _loras(settings: dict[str, Any]) -> dict[str, Any]:
    names, weights = settings.get("loras"), settings.get("loraweights")
    if not isinstance(names, list):
        return {}
    weights = weights if isinstance(weights, list) else []
    return {"loras": [lora(name, dict(enumerate(weights)).get(at)) for at, name in enumerate(names[:64])]}
