"""Stability Matrix: an object with names like C#'s, beside the A1111 text and ComfyUI's graph."""

from __future__ import annotations

from gdm_studio.gallery.metadata.containers import Carried
from gdm_studio.gallery.metadata.facts import Metadata
from gdm_studio.gallery.metadata.telling import flat, known_names, object_in, told
from gdm_studio.gallery.metadata.tools.base import Tool

_CHUNK = "parameters-json"
_NAMES = {
    "PositivePrompt": "prompt",
    "NegativePrompt": "negative_prompt",
    "Seed": "seed",
    "Steps": "steps",
    "Sampler": "sampler",
    "CfgScale": "guidance_scale",
    "Width": "width",
    "Height": "height",
    "ModelName": "model",
    "ModelHash": "model_hash",
    "ClipSkip": "clip_skip",
    "DenoisingStrength": "denoising_strength",
}
_KNOWN = known_names("""
    FrameCount MotionBucketId VideoQuality Lossless Fps OutputFps MinCfg AugmentationLevel VideoOutputMethod
    ModelVersionId ExtraNetworkModelVersionIds
""")


def _matches(carried: Carried) -> bool:
    return _CHUNK in carried.texts


def _read(carried: Carried) -> Metadata | None:
    found = object_in(carried.texts[_CHUNK])
    return told(carried.size, TOOL.name, flat(found), _NAMES, known=_KNOWN) if found else None


TOOL = Tool("Stability Matrix", _matches, _read)
