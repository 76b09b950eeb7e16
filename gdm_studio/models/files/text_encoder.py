"""Recognition of separate CLIP text encoder files, by the names and shapes of their tensors."""

from __future__ import annotations

from collections.abc import Mapping

Shapes = Mapping[str, tuple[int, ...]]

# Prefixes of a text encoder's tensors in files that contain little else.
PREFIXES = (
    "", "text_encoders.clip_l.transformer.", "text_encoders.clip_g.transformer.", "clip_l.transformer.",
    "clip_g.transformer.", "cond_stage_model.transformer.", "cond_stage_model.model.",
)  # fmt: skip
# Names of the text encoders by the width of their tokens.
CLIP_L, CLIP_H, CLIP_G = "CLIP-L", "OpenCLIP H", "OpenCLIP bigG"
_WIDTHS = {768: CLIP_L, 1024: CLIP_H, 1280: CLIP_G}
# Names under which files of each text encoder are usually distributed.
USUAL_FILES = {
    CLIP_L: "clip_l.safetensors",
    CLIP_H: "clip_h.safetensors",
    CLIP_G: "clip_g.safetensors",
}
# Tensors that must exist, in the layouts of transformers and of OpenCLIP. The first has the shape (tokens, width).
_MARKS = (
    ("text_model.embeddings.token_embedding.weight", "text_model.final_layer_norm.weight"),
    ("token_embedding.weight", "transformer.resblocks.0.attn.in_proj_weight"),
)


def clip_name(shapes: Shapes) -> str:
    """Return the name of the CLIP text encoder in a file, judging by its width, or "" if there is none or its width is
    unknown.
    """
    for prefix in PREFIXES:
        for token, mark in _MARKS:
            if prefix + mark in shapes and len(shape := shapes.get(prefix + token, ())) == 2:
                return _WIDTHS.get(shape[1], "")
    return ""
