"""Reader for Stability Matrix, which writes a JSON object with C# names, an A1111 text and a ComfyUI graph."""

from __future__ import annotations

from gdm_studio.gallery.metadata.containers import EmbeddedTexts
from gdm_studio.gallery.metadata.conversion import build_metadata, flatten, parse_object, split_names
from gdm_studio.gallery.metadata.generation_settings import Metadata
from gdm_studio.gallery.metadata.tools.base import Tool

_CHUNK = "parameters-json"
# {entry: field}
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
# Entries that are recognised but have no counterpart here.
_UNUSED_KEYS = split_names("""
    FrameCount MotionBucketId VideoQuality Lossless Fps OutputFps MinCfg AugmentationLevel VideoOutputMethod
    ModelVersionId ExtraNetworkModelVersionIds
""")


def _matches(embedded: EmbeddedTexts) -> bool:
    return _CHUNK in embedded.texts


def _read(embedded: EmbeddedTexts) -> Metadata | None:
    found = parse_object(embedded.texts[_CHUNK])
    return build_metadata(embedded.size, TOOL.name, flatten(found), _NAMES, known=_UNUSED_KEYS) if found else None


TOOL = Tool("Stability Matrix", _matches, _read)
