"""ComfyUI's nodes for FLUX.1 Redux and for the control models that it loads as patches of a network."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from gdm_studio.server.comfyui.errors import NodeError
from gdm_studio.server.comfyui.graph import Input
from gdm_studio.server.comfyui.node_registry import (
    CONDITIONING,
    IMAGE,
    MASK,
    MODEL,
    VAE,
    Files,
    only_frame,
    register_node,
)
from gdm_studio.server.comfyui.values import Conditioning, Control, Mask, Model, Pixels, SeenImage, Vae

_PATCH = Input("MODEL_PATCH")
# ComfyUI accepts negative strengths, too, which the engine refuses.
_STRENGTH = Input("FLOAT", 1.0, -10.0, 10.0, facts={"step": 0.01})
_PERCENT = Input("FLOAT", 0.0, 0.0, 1.0, facts={"step": 0.001})
_OF_LATENTS = "The control model gets the start image and the mask of the latents (SetLatentNoiseMask); leave this out."


# Redux


@register_node(
    "StyleModelLoader",
    "Load Style Model",
    "loaders",
    ("STYLE_MODEL",),
    style_model_name=Input("COMBO", names="style_models"),
)
def _load_style(files: Files, node: str, style_model_name: str) -> tuple[Any, ...]:
    """Choose a Redux adapter."""
    return (style_model_name,)


@register_node(
    "CLIPVisionEncode",
    "CLIP Vision Encode",
    "conditioning",
    ("CLIP_VISION_OUTPUT",),
    clip_vision=Input("CLIP_VISION"),
    image=IMAGE,
    crop=Input("COMBO", "center", options=("center", "none"), is_required=False),
)
def _see_image(files: Files, node: str, clip_vision: str, image: Pixels, crop: str) -> tuple[Any, ...]:
    """Show an image to the image encoder that belongs to the Redux adapter: its middle square, or all of it, squeezed
    into a square.
    """
    only_frame(image, "image")
    if crop == "center":
        width, height = image.size
        side = min(width, height)
        left, top = (width - side) // 2, (height - side) // 2
        image = image.each(lambda frame: frame[top : top + side, left : left + side].copy())
    return (SeenImage(image),)


@register_node(
    "StyleModelApply",
    "Apply Style Model",
    "conditioning/style_model",
    ("CONDITIONING",),
    conditioning=CONDITIONING,
    style_model=Input("STYLE_MODEL"),
    clip_vision_output=Input("CLIP_VISION_OUTPUT"),
    strength=Input("FLOAT", 1.0, 0.0, 10.0, is_required=False, facts={"step": 0.001}),
    strength_type=Input("COMBO", "multiply", options=("multiply", "attn_bias"), is_required=False),
)
def _apply_style(
    files: Files,
    node: str,
    conditioning: Conditioning,
    style_model: str,
    clip_vision_output: SeenImage,
    strength: float,
    strength_type: str,
) -> tuple[Any, ...]:
    """Add the tokens of an image to those of a prompt."""
    if strength_type != "multiply" and strength != 1:
        sentence = "Only multiply has a strength here; choose it, or set the strength to 1."
        raise NodeError(sentence, input_name="strength_type")
    control = Control(style_model, clip_vision_output.image, strength, 0.0, 1.0, node)
    return (replace(conditioning, controls=(*conditioning.controls, control)),)


# Control models that ComfyUI loads as patches


@register_node(
    "ModelPatchLoader",
    "Load Model Patch",
    "advanced/loaders",
    ("MODEL_PATCH",),
    name=Input("COMBO", names="model_patches"),
)
def _load_patch(files: Files, node: str, name: str) -> tuple[Any, ...]:
    """Choose a control model for Z-Image or Anima."""
    return (name,)


def _add_control(
    node: str, model: Model, name: str, image: Pixels, strength: float, start: float = 0.0, end: float = 1.0
) -> tuple[Any, ...]:
    only_frame(image, "image")
    control = Control(name, image, strength, start, end, node)
    return (replace(model, controls=(*model.controls, control)),)


@register_node(
    "ZImageFunControlnet",
    "Apply Z-Image Fun ControlNet",
    "advanced/loaders/zimage",
    ("MODEL",),
    model=MODEL,
    model_patch=_PATCH,
    vae=VAE,
    strength=_STRENGTH,
    image=replace(IMAGE, is_required=False),
    inpaint_image=replace(IMAGE, is_required=False),
    mask=replace(MASK, is_required=False),
)
def _apply_z_image(
    files: Files,
    node: str,
    model: Model,
    model_patch: str,
    vae: Vae,
    strength: float,
    image: Pixels | None,
    inpaint_image: Pixels | None,
    mask: Mask | None,
) -> tuple[Any, ...]:
    """Guide Z-Image by a control image."""
    for name, value in (("inpaint_image", inpaint_image), ("mask", mask)):
        if value is not None:
            raise NodeError(_OF_LATENTS, input_name=name)
    if image is None:
        raise NodeError("A control image is needed here, also for inpainting; connect one.", input_name="image")
    return _add_control(node, model, model_patch, image, strength)


@register_node(
    "QwenImageDiffsynthControlnet",
    "Apply Qwen Image DiffSynth ControlNet",
    "advanced/loaders/qwen",
    ("MODEL",),
    model=MODEL,
    model_patch=_PATCH,
    vae=VAE,
    image=IMAGE,
    strength=_STRENGTH,
    mask=replace(MASK, is_required=False),
)
def _apply_diffsynth(
    files: Files, node: str, model: Model, model_patch: str, vae: Vae, image: Pixels, strength: float, mask: Mask | None
) -> tuple[Any, ...]:
    """Guide Z-Image by a control image, as ComfyUI's first graphs for Z-Image do with this node."""
    return _apply_z_image(files, node, model, model_patch, vae, strength, image, None, mask)


@register_node(
    "AnimaLLLiteApply",
    "Apply Anima LLLite",
    "model/patch/anima",
    ("MODEL",),
    model=MODEL,
    model_patch=_PATCH,
    image=IMAGE,
    strength=_STRENGTH,
    start_percent=_PERCENT,
    end_percent=replace(_PERCENT, default=1.0),
    mask=replace(MASK, is_required=False),
)
def _apply_lllite(
    files: Files,
    node: str,
    model: Model,
    model_patch: str,
    image: Pixels,
    strength: float,
    start_percent: float,
    end_percent: float,
    mask: Mask | None,
) -> tuple[Any, ...]:
    """Guide Anima by a control image."""
    if mask is not None:
        raise NodeError(_OF_LATENTS, input_name="mask")
    return _add_control(node, model, model_patch, image, strength, start_percent, end_percent)
