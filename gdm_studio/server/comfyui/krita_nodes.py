"""Nodes of comfyui-tooling-nodes, comfyui-inpaint-nodes and others that Krita AI Diffusion uses."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gdm_studio.request.conditioning import MAX_CONTROL_IMAGES
from gdm_studio.server.comfyui.errors import NodeError
from gdm_studio.server.comfyui.graph import Input
from gdm_studio.server.comfyui.image_operations import (
    KERNELS,
    blur,
    dilate,
    erode,
    falling_mask,
    fill_smoothly,
    match_colours,
    mix,
    scale,
)
from gdm_studio.server.comfyui.node_registry import (
    CONDITIONING,
    IMAGE,
    LATENT,
    MASK,
    MODEL,
    OUTPUT_IMAGES,
    VAE,
    Files,
    check_same_size,
    check_side,
    only_frame,
    read_image,
    refused_node,
    register_node,
)
from gdm_studio.server.comfyui.nodes import condition_inpainting
from gdm_studio.server.comfyui.stand_ins import check_installed, is_built_in
from gdm_studio.server.comfyui.values import (
    Conditioning,
    Control,
    Generated,
    Latent,
    Mask,
    Model,
    Output,
    OutputImages,
    Pixels,
    Vae,
)

_INPAINT, _TOOLING, _TILES = "inpaint", "external_tooling", "external_tooling/tiles"
# Largest radius and kernel of the operations on masks, in pixels.
_MOST_RADIUS = 2047
_FILE_FORMAT = Input("COMBO", "PNG", options=("PNG", "JPEG"), is_required=False)
_RADIUS = Input("INT", 16, 0, _MOST_RADIUS)
_LANGUAGE = re.compile(r"lang:\w+")
_PERCENT = Input("FLOAT", 0.0, 0.0, 1.0, facts={"step": 0.001})


# Images that clients cache


@register_node("ETN_LoadImageCache", "Load Image from Cache", _TOOLING, ("IMAGE", "MASK"), id=Input("STRING"))
def _load_cached(files: Files, node: str, id: str) -> tuple[Any, ...]:
    """Load an image that the client has sent, with its mask: the alpha channel, or the brightness."""
    rgba, levels = read_image(files.load_cached, id, "id")
    return Pixels((rgba,)), Mask(levels)


@register_node(
    "ETN_SaveImageCache",
    "Save Image to Cache",
    _TOOLING,
    (),
    is_output=True,
    images=OUTPUT_IMAGES,
    format=_FILE_FORMAT,
)
def _save_cached(files: Files, node: str, images: Generated | Pixels, format: str) -> tuple[Any, ...]:
    """Keep the images until the client fetches them."""
    return (OutputImages(Output(node, "cache", file_format=format), images),)


@register_node("ETN_ApplyMaskToImage", "Apply Mask to Image", _TOOLING, ("IMAGE",), image=IMAGE, mask=MASK)
def _apply_mask(files: Files, node: str, image: Pixels, mask: Mask) -> tuple[Any, ...]:
    """Make an image transparent where a mask is black."""
    check_same_size(image.size, mask.size, "mask")
    return (image.each(lambda frame: np.concatenate([frame[..., :3], mask.levels[..., None]], axis=-1)),)


@register_node("ETN_Translate", "Translate Text", _TOOLING, ("STRING",), text=Input("STRING"))
def _translate(files: Files, node: str, text: str) -> tuple[Any, ...]:
    """Pass on a text without a marker of its language."""
    if _LANGUAGE.search(text):
        raise NodeError("This server translates no prompts; write them in the model's language.", input_name="text")
    return (text,)


# Masks and fills


def _read_levels(values: np.ndarray) -> np.ndarray:
    """Return a mask, uint8, of values from 0 to 1."""
    found: np.ndarray = np.rint(255 * values.clip(0, 1)).astype(np.uint8)
    return found


def _round_up_to_odd(size: int) -> int:
    return size + 1 if size > 0 and size % 2 == 0 else size


def _resize_mask(
    mask: Mask, radius: int, blur_size: int, kernel: str, resize: Callable[[np.ndarray, int], np.ndarray]
) -> tuple[Any, ...]:
    levels = resize(mask.levels, radius) if radius else mask.levels
    if blur_size:
        levels = _read_levels(blur(levels.astype(np.float32) / 255, _round_up_to_odd(blur_size), kernel))
    return (Mask(levels),)


_KERNEL = Input("COMBO", "gaussian", options=KERNELS)


@register_node(
    "INPAINT_ExpandMask", "Expand Mask", _INPAINT, ("MASK",), mask=MASK, grow=_RADIUS, blur=_RADIUS, blur_type=_KERNEL
)
def _expand_mask(files: Files, node: str, mask: Mask, grow: int, blur: int, blur_type: str) -> tuple[Any, ...]:
    """Let a mask grow, and blur it."""
    return _resize_mask(mask, grow, blur, blur_type, dilate)


@register_node(
    "INPAINT_ShrinkMask", "Shrink Mask", _INPAINT, ("MASK",), mask=MASK, shrink=_RADIUS, blur=_RADIUS, blur_type=_KERNEL
)
def _shrink_mask(files: Files, node: str, mask: Mask, shrink: int, blur: int, blur_type: str) -> tuple[Any, ...]:
    """Let a mask shrink, and blur it."""
    return _resize_mask(mask, shrink, blur, blur_type, erode)


@register_node(
    "INPAINT_StabilizeMask", "Stabilize Mask", _INPAINT, ("MASK",), mask=MASK, epsilon=Input("FLOAT", 0.01, 0.0, 1.0)
)
def _stabilize_mask(files: Files, node: str, mask: Mask, epsilon: float) -> tuple[Any, ...]:
    """Make a mask white where it is nearly white."""
    return (Mask(np.where(mask.levels > 255 * (1 - epsilon), 255, mask.levels).astype(np.uint8)),)


@register_node(
    "INPAINT_MaskedFill",
    "Fill Masked Area",
    _INPAINT,
    ("IMAGE",),
    image=IMAGE,
    mask=MASK,
    fill=Input("COMBO", options=("neutral", "telea", "navier-stokes")),
    falloff=_RADIUS,
)
def _fill_mask(files: Files, node: str, image: Pixels, mask: Mask, fill: str, falloff: int) -> tuple[Any, ...]:
    """Fill a mask with grey, or continue the colours around it smoothly."""
    check_same_size(image.size, mask.size, "mask")
    share = falling_mask(mask.levels, _round_up_to_odd(falloff))

    def filled(frame: np.ndarray) -> np.ndarray:
        grey = np.full((*frame.shape[:2], 3), 127.5, np.float32)
        return mix(frame, grey if fill == "neutral" else fill_smoothly(frame, mask.levels), share)

    return (image.each(filled),)


@register_node(
    "INPAINT_MaskedBlur",
    "Blur Masked Area",
    _INPAINT,
    ("IMAGE",),
    image=IMAGE,
    mask=MASK,
    blur=Input("INT", 255, 3, _MOST_RADIUS),
    falloff=_RADIUS,
)
def _blur_mask(files: Files, node: str, image: Pixels, mask: Mask, blur: int, falloff: int) -> tuple[Any, ...]:
    """Blur an image within a mask."""
    check_same_size(image.size, mask.size, "mask")
    size = _round_up_to_odd(blur)
    share = falling_mask(mask.levels, max(0, min(_round_up_to_odd(falloff), size - 2)))
    return (image.each(lambda frame: mix(frame, _blur_frame(frame, size), share)),)


def _blur_frame(frame: np.ndarray, size: int) -> np.ndarray:
    return blur(frame[..., :3].astype(np.float32), size)


@register_node(
    "INPAINT_ColorMatch",
    "Color Match (Masked)",
    _INPAINT,
    ("IMAGE",),
    target=IMAGE,
    reference=IMAGE,
    exclude_mask=replace(MASK, is_required=False),
    strength=Input("FLOAT", 1.0, 0.0, 1.0),
)
def _match_colours(
    files: Files, node: str, target: Pixels, reference: Pixels, exclude_mask: Mask | None, strength: float
) -> tuple[Any, ...]:
    """Give an image the colours of another one."""
    if strength == 0:
        return (target,)
    excluded = None if exclude_mask is None else exclude_mask.levels
    model = only_frame(reference, "reference")
    return (target.each(lambda frame: match_colours(frame, model, excluded, strength)),)


@register_node(
    "HintImageEnchance",
    "Enhance And Resize Hint Images",
    "ControlNet Preprocessors",
    ("IMAGE",),
    hint_image=IMAGE,
    image_gen_width=Input("INT", 512, 64, 16384),
    image_gen_height=Input("INT", 512, 64, 16384),
    resize_mode=Input("COMBO", options=("Just Resize",)),
)
def _resize_hint(
    files: Files, node: str, hint_image: Pixels, image_gen_width: int, image_gen_height: int, resize_mode: str
) -> tuple[Any, ...]:
    """Resize a control image."""
    check_side(image_gen_width, image_gen_height)
    return (hint_image.each(lambda frame: scale(frame, (image_gen_width, image_gen_height), "lanczos")),)


# Inpainting models

_INPAINT_FILE = Input("COMBO", names="inpaint")


@register_node("INPAINT_LoadInpaintModel", "Load Inpaint Model", _INPAINT, ("INPAINT_MODEL",), model_name=_INPAINT_FILE)
def _load_inpainting(files: Files, node: str, model_name: str) -> tuple[Any, ...]:
    """Choose the smooth fill that this program has instead of MAT and LaMa."""
    return (model_name,)


@register_node(
    "INPAINT_InpaintWithModel",
    "Inpaint (using Model)",
    _INPAINT,
    ("IMAGE",),
    inpaint_model=Input("INPAINT_MODEL"),
    image=IMAGE,
    mask=MASK,
    seed=Input("INT", 0, 0, 2**64 - 1),
)
def _inpaint(files: Files, node: str, inpaint_model: str, image: Pixels, mask: Mask, seed: int) -> tuple[Any, ...]:
    """Continue the colours around a mask smoothly."""
    return _fill_mask(files, node, image, mask, "telea", 0)


@register_node(
    "INPAINT_LoadFooocusInpaint",
    "Load Fooocus Inpaint",
    _INPAINT,
    ("INPAINT_PATCH",),
    head=_INPAINT_FILE,
    patch=_INPAINT_FILE,
)
def _load_fooocus(files: Files, node: str, head: str, patch: str) -> tuple[Any, ...]:
    """Choose the engine's own inpainting instead of Fooocus's patch."""
    return (patch,)


@register_node(
    "INPAINT_ApplyFooocusInpaint",
    "Apply Fooocus Inpaint",
    _INPAINT,
    ("MODEL",),
    model=MODEL,
    patch=Input("INPAINT_PATCH"),
    latent=LATENT,
)
def _apply_fooocus(files: Files, node: str, model: Model, patch: str, latent: Latent) -> tuple[Any, ...]:
    """Use the engine's own inpainting."""
    return (model,)


@register_node(
    "INPAINT_VAEEncodeInpaintConditioning",
    "VAE Encode & Inpaint Conditioning",
    _INPAINT,
    ("CONDITIONING", "CONDITIONING", "LATENT", "LATENT"),
    positive=CONDITIONING,
    negative=CONDITIONING,
    vae=VAE,
    pixels=IMAGE,
    mask=MASK,
)
def _condition(
    files: Files, node: str, positive: Conditioning, negative: Conditioning, vae: Vae, pixels: Pixels, mask: Mask
) -> tuple[Any, ...]:
    """Redraw the mask of an image, which an inpainting model sees outside the mask."""
    check_same_size(pixels.size, mask.size, "mask")
    first, second, latent = condition_inpainting(node, positive, negative, vae, pixels, mask)
    return first, second, latent, latent


# Control models


@register_node(
    "ControlNetLoader",
    "Load ControlNet Model",
    "loaders",
    ("CONTROL_NET",),
    control_net_name=Input("COMBO", names="controlnet"),
)
def _load_control(files: Files, node: str, control_net_name: str) -> tuple[Any, ...]:
    """Choose a control model."""
    check_installed(control_net_name, "control_net_name")
    return (control_net_name,)


@register_node(
    "InpaintPreprocessor",
    "Inpaint Preprocessor",
    "ControlNet Preprocessors/others",
    ("IMAGE",),
    image=IMAGE,
    mask=MASK,
    black_pixel_for_xinsir_cn=Input("BOOLEAN", False, is_required=False),
)
def _mark_inpainting(
    files: Files, node: str, image: Pixels, mask: Mask, black_pixel_for_xinsir_cn: bool
) -> tuple[Any, ...]:
    """Pass on an image for the built-in inpainting, which gets its mask from the latents."""
    check_same_size(image.size, mask.size, "mask")
    return (Pixels(image.frames),)


_STRENGTH = Input("FLOAT", 1.0, 0.0, 10.0, facts={"step": 0.01})


@register_node(
    "ControlNetApplyAdvanced",
    "Apply ControlNet",
    "conditioning/controlnet",
    ("CONDITIONING", "CONDITIONING"),
    positive=CONDITIONING,
    negative=CONDITIONING,
    control_net=Input("CONTROL_NET"),
    image=IMAGE,
    strength=_STRENGTH,
    start_percent=_PERCENT,
    end_percent=replace(_PERCENT, default=1.0),
    vae=replace(VAE, is_required=False),
)
def _apply_control(
    files: Files,
    node: str,
    positive: Conditioning,
    negative: Conditioning,
    control_net: str,
    image: Pixels,
    strength: float,
    start_percent: float,
    end_percent: float,
    vae: Vae | None,
) -> tuple[Any, ...]:
    """Guide the generation by a control image. The built-in inpainting needs none."""
    if is_built_in(control_net):
        return positive, negative
    only_frame(image, "image")
    control = Control(control_net, image, strength, start_percent, end_percent, node)
    return tuple(replace(each, controls=(*each.controls, control)) for each in (positive, negative))


@register_node("ConditioningZeroOut", "ConditioningZeroOut", "advanced/conditioning", ("CONDITIONING",),
               conditioning=CONDITIONING)  # fmt: skip
def _zero_out(files: Files, node: str, conditioning: Conditioning) -> tuple[Any, ...]:
    """Pass on an empty prompt, which the model encodes in its own way."""
    if conditioning.text.strip():
        raise NodeError("Only an empty prompt can be set to zero.", input_name="conditioning")
    return (conditioning,)


# Image prompts


@register_node(
    "IPAdapterModelLoader",
    "IPAdapter Model Loader",
    "ipadapter/loaders",
    ("IPADAPTER",),
    ipadapter_file=Input("COMBO", names="ipadapter"),
)
def _load_image_prompts(files: Files, node: str, ipadapter_file: str) -> tuple[Any, ...]:
    """Choose an IP-Adapter."""
    check_installed(ipadapter_file, "ipadapter_file")
    return (ipadapter_file,)


@register_node(
    "CLIPVisionLoader",
    "Load CLIP Vision",
    "loaders",
    ("CLIP_VISION",),
    clip_name=Input("COMBO", names="clip_vision"),
)
def _load_vision(files: Files, node: str, clip_name: str) -> tuple[Any, ...]:
    """Use the image encoder that belongs to the IP-Adapter."""
    return (clip_name,)


@dataclass(frozen=True, eq=False)
class _ImagePrompt:
    image: Pixels
    weight: float


@register_node(
    "IPAdapterEncoder",
    "IPAdapter Encoder",
    "ipadapter/embeds",
    ("EMBEDS", "EMBEDS"),
    ipadapter=Input("IPADAPTER"),
    image=IMAGE,
    weight=Input("FLOAT", 1.0, -1.0, 3.0),
    mask=replace(MASK, is_required=False),
    clip_vision=Input("CLIP_VISION", is_required=False),
)
def _encode_image_prompt(
    files: Files, node: str, ipadapter: str, image: Pixels, weight: float, mask: Mask | None, clip_vision: str | None
) -> tuple[Any, ...]:
    """Prompt by an image."""
    if mask is not None:
        raise NodeError("Image prompts have no masks here; leave it out.", input_name="mask")
    only_frame(image, "image")
    prompt = (_ImagePrompt(image, weight),)
    return prompt, ()


@register_node(
    "IPAdapterCombineEmbeds",
    "IPAdapter Combine Embeds",
    "ipadapter/embeds",
    ("EMBEDS",),
    shared={f"embed{number}": Input("EMBEDS", is_required=number == 1) for number in range(1, 6)},
    method=Input("COMBO", options=("concat",)),
)
def _combine_image_prompts(files: Files, node: str, method: str, **embeds: Any) -> tuple[Any, ...]:
    """Prompt by several images."""
    found = [each for each in embeds.values() if each]
    # A chain of such nodes could multiply them without end.
    if sum(map(len, found)) > MAX_CONTROL_IMAGES:
        raise NodeError(f"A request can have at most {MAX_CONTROL_IMAGES} control images.")
    return (tuple(image for images in found for image in images),)


@register_node(
    "IPAdapterEmbeds",
    "IPAdapter Embeds",
    "ipadapter/embeds",
    ("MODEL",),
    model=MODEL,
    ipadapter=Input("IPADAPTER"),
    pos_embed=Input("EMBEDS"),
    weight=Input("FLOAT", 1.0, -1.0, 3.0),
    weight_type=Input("COMBO", options=("linear",)),
    start_at=_PERCENT,
    end_at=replace(_PERCENT, default=1.0),
    embeds_scaling=Input("COMBO", options=("V only", "K+V", "K+V w/ C penalty", "K+mean(V) w/ C penalty")),
    neg_embed=Input("EMBEDS", is_required=False),
    attn_mask=replace(MASK, is_required=False),
    clip_vision=Input("CLIP_VISION", is_required=False),
)
def _apply_image_prompts(
    files: Files,
    node: str,
    model: Model,
    ipadapter: str,
    pos_embed: tuple[_ImagePrompt, ...],
    weight: float,
    start_at: float,
    end_at: float,
    attn_mask: Mask | None,
    neg_embed: Any,
    **others: Any,
) -> tuple[Any, ...]:
    """Let an IP-Adapter guide the generation by images."""
    if attn_mask is not None or neg_embed:
        raise NodeError("Image prompts act on the whole image here; leave out attn_mask and neg_embed.")
    controls = [Control(ipadapter, each.image, weight * each.weight, start_at, end_at, node) for each in pos_embed]
    return (replace(model, controls=(*model.controls, *controls)),)


# Tiles


@dataclass(frozen=True)
class TileLayout:
    """Division of an image of `size` (height, width) into overlapping tiles, numbered down the columns."""

    size: tuple[int, int]
    tile: tuple[int, int]
    count: tuple[int, int]
    padding: int
    blending: int

    @classmethod
    def of(cls, size: tuple[int, int], least: int, padding: int, blending: int, multiple: int) -> TileLayout:
        """Return the layout whose tiles have at least `least` pixels a side, and overlap by twice `padding`. Raises
        NodeError.
        """
        if any(side % multiple for side in (*size, least)) or blending > padding or least <= 2 * padding:
            sentence = f"Tiles and image must be multiples of {multiple}, and wider than the overlap."
            raise NodeError(sentence, input_name="min_tile_size")
        counts = [max(1, side // (least - 2 * padding)) for side in size]
        sides = [
            math.ceil(math.ceil((side + (count - 1) * 2 * padding) / count) / multiple) * multiple
            for side, count in zip(size, counts, strict=True)
        ]
        return cls(size, (sides[0], sides[1]), (counts[0], counts[1]), padding, blending)

    def bounds(self, index: int, inset: int = 0) -> tuple[slice, slice]:
        """Return the rows and columns of a tile, without `inset` pixels at its inner edges. Raises NodeError."""
        if not 0 <= index < self.count[0] * self.count[1]:
            sentence = f"index must be below {self.count[0] * self.count[1]}, the number of tiles."
            raise NodeError(sentence, input_name="index")
        slices = []
        for axis, place in enumerate((index % self.count[0], index // self.count[0])):
            start = place * (self.tile[axis] - 2 * self.padding)
            end = start + self.tile[axis] - (inset if place < self.count[axis] - 1 else 0)
            slices.append(slice(start + (inset if place else 0), min(end, self.size[axis])))
        return slices[0], slices[1]

    def mask(self, index: int, *, blend: bool) -> np.ndarray:
        """Return the mask of a tile, uint8, which is black where the next tiles count, and fades there if it blends."""
        rows, columns = self.bounds(index)
        inner = self.bounds(index, self.padding if blend else self.padding - self.blending)
        levels = np.zeros((rows.stop - rows.start, columns.stop - columns.start), np.float32)
        levels[
            inner[0].start - rows.start : inner[0].stop - rows.start,
            inner[1].start - columns.start : inner[1].stop - columns.start,
        ] = 1
        return _read_levels(blur(levels, self.blending, "box") if blend else levels)


_LAYOUT, _INDEX = Input("TILE_LAYOUT"), Input("INT", 0, 0, 4096)


@register_node(
    "ETN_TileLayout",
    "Create Tile Layout",
    _TILES,
    ("TILE_LAYOUT",),
    image=IMAGE,
    min_tile_size=Input("INT", 512, 64, 8192),
    padding=Input("INT", 32, 0, 8192),
    blending=Input("INT", 8, 0, 256),
    multiple=Input("INT", 8, 1, 1024),
)
def _lay_out(
    files: Files, node: str, image: Pixels, min_tile_size: int, padding: int, blending: int, multiple: int
) -> tuple[Any, ...]:
    """Divide an image into overlapping tiles."""
    return (TileLayout.of((image.size[1], image.size[0]), min_tile_size, padding, blending, multiple),)


def _cut(levels: np.ndarray, layout: TileLayout, index: int, input_name: str) -> np.ndarray:
    check_same_size((levels.shape[1], levels.shape[0]), layout.size[::-1], input_name)
    found: np.ndarray = levels[layout.bounds(index)].copy()
    return found


@register_node(
    "ETN_ExtractImageTile", "Extract Image Tile", _TILES, ("IMAGE",), image=IMAGE, layout=_LAYOUT, index=_INDEX
)
def _cut_image(files: Files, node: str, image: Pixels, layout: TileLayout, index: int) -> tuple[Any, ...]:
    """Cut out a tile of an image."""
    return (image.each(lambda frame: _cut(frame, layout, index, "image")),)


@register_node("ETN_ExtractMaskTile", "Extract Mask Tile", _TILES, ("MASK",), mask=MASK, layout=_LAYOUT, index=_INDEX)
def _cut_mask(files: Files, node: str, mask: Mask, layout: TileLayout, index: int) -> tuple[Any, ...]:
    """Cut out a tile of a mask."""
    return (Mask(_cut(mask.levels, layout, index, "mask")),)


@register_node(
    "ETN_GenerateTileMask",
    "Generate Tile Mask",
    _TILES,
    ("MASK",),
    layout=_LAYOUT,
    index=_INDEX,
    blend=Input("BOOLEAN", False, is_required=False),
)
def _mask_tile(files: Files, node: str, layout: TileLayout, index: int, blend: bool) -> tuple[Any, ...]:
    """Mark the part of a tile that counts."""
    return (Mask(layout.mask(index, blend=blend)),)


@register_node(
    "ETN_MergeImageTile",
    "Merge Image Tile",
    _TILES,
    ("IMAGE",),
    image=IMAGE,
    layout=_LAYOUT,
    index=_INDEX,
    tile=IMAGE,
)
def _merge_tile(
    files: Files, node: str, image: Pixels, layout: TileLayout, index: int, tile: Pixels
) -> tuple[Any, ...]:
    """Draw a tile over its place in an image."""
    whole, drawn = only_frame(image, "image"), only_frame(tile, "tile")
    check_same_size(image.size, layout.size[::-1], "image")
    share = layout.mask(index, blend=True).astype(np.float32) / 255
    check_same_size(tile.size, (share.shape[1], share.shape[0]), "tile")
    if files.is_rehearsal:
        return (image,)
    merged = whole.copy()
    place = layout.bounds(index)
    merged[place] = mix(whole[place], drawn[..., :3].astype(np.float32), share)
    return (Pixels((merged,)),)


# Nodes that the plugin looks for, or whose options it reads, and parts that every checkpoint has here

refused_node(
    "DepthAnythingV2Preprocessor",
    "Depth Anything V2",
    "ControlNet Preprocessors/Normal and Depth Estimators",
    ("IMAGE",),
    "This server estimates no depth; use a finished depth map as the control layer.",
    image=IMAGE,
    ckpt_name=Input("COMBO"),
    resolution=Input("INT", 512, 64, 16384, is_required=False),
)
refused_node(
    "IPAdapter",
    "IPAdapter",
    "ipadapter",
    ("MODEL",),
    "Use IPAdapterEmbeds instead.",
    model=MODEL,
    ipadapter=Input("IPADAPTER"),
    image=IMAGE,
)
_TEXT_ENCODER = Input("COMBO", names="text_encoders")
refused_node(
    "DualCLIPLoader",
    "DualCLIPLoader",
    "advanced/loaders",
    ("CLIP",),
    "Every model is loaded with its text encoders by CheckpointLoaderSimple.",
    clip_name1=_TEXT_ENCODER,
    clip_name2=_TEXT_ENCODER,
    type=Input("COMBO", options=("sdxl", "sd3", "flux")),
)
