"""Recognition of CLIP encoders in files, by the names and shapes of their tensors."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from gdm_studio.models.files.network_prefixes import find_prefixes
from gdm_studio.models.required_parts import CLIP_G, CLIP_H, CLIP_L

Shapes = Mapping[str, tuple[int, ...]]

# Names of the text encoders by the width of their tokens.
_WIDTHS = {768: CLIP_L, 1024: CLIP_H, 1280: CLIP_G}
# Tensor with the shape (tokens, width), in the layouts of transformers and of OpenCLIP, and a second one of CLIP.
_TOKENS, _OPENCLIP_TOKENS = "embeddings.token_embedding.weight", "token_embedding.weight"
_LAST_NORM, OPENCLIP = "final_layer_norm.weight", "transformer.resblocks.0.attn.in_proj_weight"
# Modules of the encoders in transformers. Version 5 omits them from the names if an encoder is saved alone.
_TEXT_PREFIX, _VISION_PREFIX = "text_model.", "vision_model."
# Tensor that distinguishes text encoders of SigLIP, whose other tensor names are those of CLIP.
_SIGLIP = "head.weight"


def clip_prefixes(names: Collection[str]) -> tuple[str, ...]:
    """Return the prefixes of all CLIP text encoders in a file or folder, without the "text_model." that may follow
    them.
    """
    inner = (prefix for prefix in find_prefixes(names, _TOKENS, _LAST_NORM) if prefix + _SIGLIP not in names)
    plain = (prefix.removesuffix(_TEXT_PREFIX) for prefix in inner)
    return tuple(dict.fromkeys((*plain, *find_prefixes(names, _OPENCLIP_TOKENS, OPENCLIP))))


def clip_vision_prefixes(names: Collection[str]) -> tuple[str, ...]:
    """Return the prefixes of all CLIP image encoders in a file or folder, in the layout of transformers, without the
    "vision_model." that may follow them.
    """
    inner = find_prefixes(names, "embeddings.class_embedding", "embeddings.patch_embedding.weight")
    return tuple(dict.fromkeys(prefix.removesuffix(_VISION_PREFIX) for prefix in inner))


def siglip_vision_prefixes(names: Collection[str]) -> tuple[str, ...]:
    """Return the prefixes of all image encoders of SigLIP in a file or folder, in the layout of transformers, without
    the "vision_model." that may follow them.
    """
    marks = ("position_embedding.weight", "patch_embedding.weight", "patch_embedding.bias")
    inner = find_prefixes(names, *(f"embeddings.{mark}" for mark in marks))
    plain = (prefix for prefix in inner if f"{prefix}embeddings.class_embedding" not in names)
    return tuple(dict.fromkeys(prefix.removesuffix(_VISION_PREFIX) for prefix in plain))


def is_siglip(names: Collection[str]) -> bool:
    """Return True if a file contains a text encoder of SigLIP."""
    return any(prefix + _SIGLIP in names for prefix in find_prefixes(names, _TOKENS, _LAST_NORM))


def clip_name(shapes: Shapes) -> str:
    """Return the name of the CLIP text encoder in a file that contains little else, judging by its width. Returns "" if
    there is none or its width is unknown.
    """
    for prefix in clip_prefixes(shapes):
        width = next(
            (shapes[name][1] for each in (_TEXT_PREFIX + _TOKENS, _TOKENS, _OPENCLIP_TOKENS)
             if len(shapes.get(name := prefix + each, ())) == 2), 0,
        )  # fmt: skip
        if width in _WIDTHS and 2 * sum(name.startswith(prefix) for name in shapes) > len(shapes):
            return _WIDTHS[width]
    return ""
