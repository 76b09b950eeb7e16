"""ComfyUI's own nodes: models, prompts, latents, images and results."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from gdm_studio.common.errors import BadRequest
from gdm_studio.models.capabilities import WEB_UI
from gdm_studio.request.generation_request import MAX_SIDE
from gdm_studio.server.comfyui.errors import NodeError
from gdm_studio.server.comfyui.graph import Input
from gdm_studio.server.comfyui.image_operations import METHODS, composite, grey_out, grow, pad, scale
from gdm_studio.server.comfyui.node_registry import (
    CLIP,
    CONDITIONING,
    IMAGE,
    LATENT,
    MASK,
    MODEL,
    MOST_SIDE,
    OUTPUT_IMAGES,
    PLACE,
    VAE,
    Files,
    check_side,
    only_frame,
    read_image,
    register_node,
)
from gdm_studio.server.comfyui.pictures import generated_name
from gdm_studio.server.comfyui.stand_ins import check_installed, is_built_in
from gdm_studio.server.comfyui.values import (
    Clip,
    Conditioning,
    Generated,
    Latent,
    Lora,
    Mask,
    Model,
    Output,
    OutputImages,
    Pixels,
    Sampled,
    Vae,
)

if TYPE_CHECKING:
    from gdm_studio.models.model_card import ModelCard

_MOST_BATCH = 4096
_IMAGE_FACTS = {"image_upload": True}
_CHANNELS = ("alpha", "red", "green", "blue")
_SIDE = Input("INT", 512, 16, MOST_SIDE, facts={"step": 8})
_TEXT = Input("STRING", facts={"multiline": True, "dynamicPrompts": True})
_CROP = Input("INT", 512, 1, MOST_SIDE)
_PREFIX = Input("STRING", "ComfyUI")
_STRENGTH = Input("FLOAT", 1.0, -100.0, 100.0, facts={"step": 0.01})


# Models


@register_node(
    "CheckpointLoaderSimple",
    "Load Checkpoint",
    "loaders",
    ("MODEL", "CLIP", "VAE"),
    ckpt_name=Input("COMBO", names="checkpoints"),
)
def _load_checkpoint(files: Files, node: str, ckpt_name: str) -> tuple[Any, ...]:
    """Load a model of the list of models."""
    card = files.card(ckpt_name)
    return Model(card), Clip(card), Vae(card, node=node)


@register_node(
    "UNETLoader",
    "Load Diffusion Model",
    "advanced/loaders",
    ("MODEL",),
    unet_name=Input("COMBO"),
    weight_dtype=Input("COMBO", options=("default",)),
)
def _load_network(files: Files, node: str, unet_name: str, weight_dtype: str) -> tuple[Any, ...]:
    """Load a network without text encoders: there are none, since every model is loaded by CheckpointLoaderSimple."""
    # SillyTavern reads the names, even if there are none.
    raise NodeError("Load the model by CheckpointLoaderSimple.", input_name="unet_name")


@register_node("VAELoader", "Load VAE", "loaders", ("VAE",), vae_name=Input("COMBO", names="vae"))
def _load_vae(files: Files, node: str, vae_name: str) -> tuple[Any, ...]:
    """Load a VAE that replaces the model's own."""
    if is_built_in(vae_name):
        raise NodeError("Every model has this VAE already; connect that of CheckpointLoaderSimple.")
    return (Vae(None, vae_name, node),)


def _add_lora(loras: tuple[Lora, ...], name: str, weight: float, node: str) -> tuple[Lora, ...]:
    check_installed(name, "lora_name")
    if any(each.name == name for each in loras):
        raise NodeError(f"The LoRA {name} is already loaded; set its strength in one node.", input_name="lora_name")
    return (*loras, Lora(name, weight, node))


@register_node(
    "LoraLoader",
    "Load LoRA",
    "loaders",
    ("MODEL", "CLIP"),
    model=MODEL,
    clip=CLIP,
    lora_name=Input("COMBO", names="loras"),
    strength_model=_STRENGTH,
    strength_clip=_STRENGTH,
)
def _load_lora(
    files: Files, node: str, model: Model, clip: Clip, lora_name: str, strength_model: float, strength_clip: float
) -> tuple[Any, ...]:
    """Add a LoRA to the network and the text encoders."""
    loras = _add_lora(model.loras, lora_name, strength_model, node)
    return replace(model, loras=loras), replace(clip, loras=_add_lora(clip.loras, lora_name, strength_clip, node))


@register_node(
    "LoraLoaderModelOnly",
    "Load LoRA (Model)",
    "loaders",
    ("MODEL",),
    model=MODEL,
    lora_name=Input("COMBO", names="loras"),
    strength_model=_STRENGTH,
)
def _load_model_lora(files: Files, node: str, model: Model, lora_name: str, strength_model: float) -> tuple[Any, ...]:
    """Add a LoRA to the network only."""
    return (replace(model, loras=_add_lora(model.loras, lora_name, strength_model, node)),)


# Prompts


@register_node(
    "CLIPSetLastLayer",
    "CLIP Set Last Layer",
    "conditioning",
    ("CLIP",),
    clip=CLIP,
    stop_at_clip_layer=Input("INT", -1, -24, -1),
)
def _set_last_layer(files: Files, node: str, clip: Clip, stop_at_clip_layer: int) -> tuple[Any, ...]:
    """Leave out the last layers of the text encoder."""
    return (replace(clip, skip=-stop_at_clip_layer, skip_node=node),)


@register_node("CLIPTextEncode", "CLIP Text Encode (Prompt)", "conditioning", ("CONDITIONING",), text=_TEXT, clip=CLIP)
def _encode_text(files: Files, node: str, text: str, clip: Clip) -> tuple[Any, ...]:
    """Encode a prompt."""
    return (Conditioning(clip, text, node),)


# Latents


@register_node(
    "EmptyLatentImage",
    "Empty Latent Image",
    "latent",
    ("LATENT",),
    width=_SIDE,
    height=_SIDE,
    batch_size=Input("INT", 1, 1, _MOST_BATCH),
)
@register_node(
    "EmptySD3LatentImage",
    "Empty SD3 Latent Image",
    "latent/sd3",
    ("LATENT",),
    width=_SIDE,
    height=_SIDE,
    batch_size=Input("INT", 1, 1, _MOST_BATCH),
)
def _start_empty(files: Files, node: str, width: int, height: int, batch_size: int) -> tuple[Any, ...]:
    """Start from noise, in a size that the model makes."""
    return (Latent((width, height), node, batch_size),)


def start_latent(value: Latent | Sampled, input_name: str) -> Latent:
    """Return the latents from which a sampler starts. Raises NodeError for those of another sampler."""
    if not isinstance(value, Latent):
        sentence = "Samplers pass on images here; connect VAEDecode and VAEEncode between them."
        raise NodeError(sentence, input_name=input_name)
    return value


@register_node("VAEEncode", "VAE Encode", "latent", ("LATENT",), pixels=IMAGE, vae=VAE)
def _encode(files: Files, node: str, pixels: Pixels, vae: Vae) -> tuple[Any, ...]:
    """Start from an image, in a size that the model makes."""
    return (Latent(pixels.size, node, pixels=pixels, encoder=vae),)


_TILES = {
    "tile_size": Input("INT", 512, 64, 4096, facts={"step": 64}),
    "overlap": Input("INT", 64, 0, 4096, facts={"step": 32}),
    "temporal_size": Input("INT", 64, 8, 4096, is_required=False),
    "temporal_overlap": Input("INT", 8, 4, 4096, is_required=False),
}


@register_node(
    "VAEEncodeTiled", "VAE Encode (Tiled)", "_for_testing", ("LATENT",), pixels=IMAGE, vae=VAE, shared=_TILES
)
def _encode_in_tiles(files: Files, node: str, pixels: Pixels, vae: Vae, **tiles: int) -> tuple[Any, ...]:
    """Start from an image. The engine chooses tiles itself when memory is short."""
    return _encode(files, node, pixels, vae)


@register_node(
    "VAEEncodeForInpaint",
    "VAE Encode (for Inpainting)",
    "latent/inpaint",
    ("LATENT",),
    pixels=IMAGE,
    vae=VAE,
    mask=MASK,
    grow_mask_by=Input("INT", 6, 0, 64),
)
def _encode_for_inpainting(
    files: Files, node: str, pixels: Pixels, vae: Vae, mask: Mask, grow_mask_by: int
) -> tuple[Any, ...]:
    """Start from an image that is grey where its mask is white, and redraw the mask."""
    levels = scale(mask.levels, pixels.size, "bilinear")
    grey = pixels.each(lambda frame: grey_out(frame, levels))
    return (Latent(pixels.size, node, 1, grey, vae, Mask(grow(levels, grow_mask_by)), node),)


@register_node(
    "InpaintModelConditioning",
    "Inpaint Model Conditioning",
    "conditioning/inpaint",
    ("CONDITIONING", "CONDITIONING", "LATENT"),
    positive=CONDITIONING,
    negative=CONDITIONING,
    vae=VAE,
    pixels=IMAGE,
    mask=MASK,
    noise_mask=Input("BOOLEAN", True),
)
def _condition_inpainting(
    files: Files,
    node: str,
    positive: Conditioning,
    negative: Conditioning,
    vae: Vae,
    pixels: Pixels,
    mask: Mask,
    noise_mask: bool,
) -> tuple[Any, ...]:
    """Redraw the mask of an image, which an inpainting model sees outside the mask."""
    if not noise_mask:
        raise NodeError("noise_mask must be true; only the mask is redrawn here.", input_name="noise_mask")
    return condition_inpainting(node, positive, negative, vae, pixels, mask)


def condition_inpainting(
    node: str, positive: Conditioning, negative: Conditioning, vae: Vae, pixels: Pixels, mask: Mask
) -> tuple[Conditioning, Conditioning, Latent]:
    """Return the prompts and the latents with which a model redraws the mask of an image."""
    part = Mask(scale(mask.levels, pixels.size, "bilinear"))
    latent = Latent(pixels.size, node, pixels=pixels, encoder=vae, mask=part, mask_node=node)
    return replace(positive, rest=part), replace(negative, rest=part), latent


@register_node("SetLatentNoiseMask", "Set Latent Noise Mask", "latent/inpaint", ("LATENT",), samples=LATENT, mask=MASK)
def _set_noise_mask(files: Files, node: str, samples: Latent | Sampled, mask: Mask) -> tuple[Any, ...]:
    """Redraw a part of an image."""
    latent = start_latent(samples, "samples")
    if latent.pixels is None:
        raise NodeError("A mask needs the latents of an image; connect VAEEncode.", input_name="samples")
    return (replace(latent, mask=Mask(scale(mask.levels, latent.size, "bilinear")), mask_node=node),)


@register_node(
    "RepeatLatentBatch",
    "Repeat Latent Batch",
    "latent/batch",
    ("LATENT",),
    samples=LATENT,
    amount=Input("INT", 1, 1, 64),
)
def _repeat(files: Files, node: str, samples: Latent | Sampled, amount: int) -> tuple[Any, ...]:
    """Make several images from the same latents."""
    latent = start_latent(samples, "samples")
    return (replace(latent, count=latent.count * amount),)


# Images


@register_node(
    "LoadImage",
    "Load Image",
    "image",
    ("IMAGE", "MASK"),
    ignored=("upload",),
    image=Input("STRING", facts=_IMAGE_FACTS),
)
def _load_image(files: Files, node: str, image: str) -> tuple[Any, ...]:
    """Load an uploaded image, or a generated one with the ending " [output]"."""
    rgba = read_image(files.load_image, image, "image")
    return Pixels((rgba,)), Mask(255 - rgba[..., 3])


@register_node(
    "LoadImageMask",
    "Load Image (as Mask)",
    "image/mask",
    ("MASK",),
    ignored=("upload",),
    image=Input("STRING", facts=_IMAGE_FACTS),
    channel=Input("COMBO", options=_CHANNELS),
)
def _load_mask(files: Files, node: str, image: str, channel: str) -> tuple[Any, ...]:
    """Load a channel of an image as a mask. Of alpha, the transparent part is redrawn."""
    rgba = read_image(files.load_image, image, "image")
    # A view would keep the other channels in memory, too.
    return (Mask(255 - rgba[..., 3] if channel == "alpha" else rgba[..., _CHANNELS.index(channel) - 1].copy()),)


@register_node(
    "ETN_LoadImageBase64", "Load Image (Base64)", "external_tooling", ("IMAGE", "MASK"), image=Input("STRING")
)
def _load_base64(files: Files, node: str, image: str) -> tuple[Any, ...]:
    """Load an image in base64."""
    rgba = read_image(files.decode_image, image, "image")
    return Pixels((rgba,)), Mask(255 - rgba[..., 3])


@register_node("ETN_LoadMaskBase64", "Load Mask (Base64)", "external_tooling", ("MASK",), mask=Input("STRING"))
def _load_mask_base64(files: Files, node: str, mask: str) -> tuple[Any, ...]:
    """Load a mask in base64, from its first channel."""
    return (Mask(read_image(files.decode_image, mask, "mask")[..., 0].copy()),)


@register_node("InvertMask", "Invert Mask", "mask", ("MASK",), mask=MASK)
def _invert(files: Files, node: str, mask: Mask) -> tuple[Any, ...]:
    """Exchange black and white."""
    return (Mask(255 - mask.levels),)


@register_node(
    "ImageScale",
    "Upscale Image",
    "image/upscaling",
    ("IMAGE",),
    image=IMAGE,
    upscale_method=Input("COMBO", options=METHODS),
    width=Input("INT", 512, 0, MOST_SIDE),
    height=Input("INT", 512, 0, MOST_SIDE),
    crop=Input("COMBO", options=("disabled", "center")),
)
def _scale_image(
    files: Files, node: str, image: Pixels, upscale_method: str, width: int, height: int, crop: str
) -> tuple[Any, ...]:
    """Resize a start image. A side of 0 keeps the proportions."""
    if not width and not height:
        return (image,)
    width = width or max(1, round(image.size[0] * height / image.size[1]))
    height = height or max(1, round(image.size[1] * width / image.size[0]))
    return (_scale_pixels(image, (width, height), upscale_method, crops=crop == "center"),)


@register_node(
    "ImageScaleBy",
    "Upscale Image By",
    "image/upscaling",
    ("IMAGE",),
    image=IMAGE,
    upscale_method=Input("COMBO", options=METHODS),
    scale_by=Input("FLOAT", 1.0, 0.01, 8.0),
)
def _scale_image_by(files: Files, node: str, image: Pixels, upscale_method: str, scale_by: float) -> tuple[Any, ...]:
    """Resize a start image by a factor."""
    width, height = (max(1, round(side * scale_by)) for side in image.size)
    return (_scale_pixels(image, (width, height), upscale_method),)


_PADDING = Input("INT", 0, 0, MAX_SIDE, facts={"step": 8})


@register_node(
    "ImagePadForOutpaint",
    "Pad Image for Outpainting",
    "image",
    ("IMAGE", "MASK"),
    image=IMAGE,
    left=_PADDING,
    top=_PADDING,
    right=_PADDING,
    bottom=_PADDING,
    feathering=Input("INT", 40, 0, MAX_SIDE),
)
def _pad_image(
    files: Files, node: str, image: Pixels, left: int, top: int, right: int, bottom: int, feathering: int
) -> tuple[Any, ...]:
    """Enlarge a start image, and mark the added pixels."""
    check_side(image.size[0] + left + right, image.size[1] + top + bottom)
    padded = [pad(frame, (left, top, right, bottom), feathering) for frame in image.frames]
    return Pixels(tuple(rgba for rgba, _ in padded)), Mask(padded[0][1])


def _scale_pixels(pixels: Pixels, size: tuple[int, int], method: str, *, crops: bool = False) -> Pixels:
    check_side(*size)
    return pixels.each(lambda frame: scale(frame, size, method, crops=crops))


@register_node(
    "ImageCrop", "Image Crop", "image/transform", ("IMAGE",), image=IMAGE, width=_CROP, height=_CROP, x=PLACE, y=PLACE
)
def _crop_image(files: Files, node: str, image: Pixels, width: int, height: int, x: int, y: int) -> tuple[Any, ...]:
    """Cut out a part of an image, which ends where the image ends."""
    x, y = min(x, image.size[0] - 1), min(y, image.size[1] - 1)
    return (image.each(lambda frame: frame[y : y + height, x : x + width].copy()),)


@register_node("CropMask", "Crop Mask", "mask", ("MASK",), mask=MASK, x=PLACE, y=PLACE, width=_CROP, height=_CROP)
def _crop_mask(files: Files, node: str, mask: Mask, x: int, y: int, width: int, height: int) -> tuple[Any, ...]:
    """Cut out a part of a mask, which ends where the mask ends."""
    x, y = min(x, mask.size[0] - 1), min(y, mask.size[1] - 1)
    return (Mask(mask.levels[y : y + height, x : x + width].copy()),)


@register_node("MaskToImage", "Convert Mask to Image", "mask", ("IMAGE",), mask=MASK)
def _show_mask(files: Files, node: str, mask: Mask) -> tuple[Any, ...]:
    """Turn a mask into a grey image."""
    rgba = np.repeat(mask.levels[..., None], 4, axis=-1)
    rgba[..., 3] = 255
    return (Pixels((rgba,)),)


@register_node(
    "ImageToMask",
    "Convert Image to Mask",
    "mask",
    ("MASK",),
    image=IMAGE,
    channel=Input("COMBO", options=(*_CHANNELS[1:], "alpha")),
)
def _image_to_mask(files: Files, node: str, image: Pixels, channel: str) -> tuple[Any, ...]:
    """Turn a channel of an image into a mask."""
    rgba = only_frame(image, "image")
    return (Mask(rgba[..., (*_CHANNELS[1:], "alpha").index(channel)].copy()),)


@register_node(
    "SolidMask",
    "Solid Mask",
    "mask",
    ("MASK",),
    value=Input("FLOAT", 1.0, 0.0, 1.0),
    width=Input("INT", 512, 1, MOST_SIDE),
    height=Input("INT", 512, 1, MOST_SIDE),
)
def _fill_mask(files: Files, node: str, value: float, width: int, height: int) -> tuple[Any, ...]:
    """Make a mask of one level."""
    check_side(width, height)
    return (Mask(np.full((height, width), round(255 * value), np.uint8)),)


@register_node("ThresholdMask", "Threshold Mask", "mask", ("MASK",), mask=MASK, value=Input("FLOAT", 0.5, 0.0, 1.0))
def _threshold_mask(files: Files, node: str, mask: Mask, value: float) -> tuple[Any, ...]:
    """Make a mask white where it is above a level, and black elsewhere."""
    return (Mask(np.where(mask.levels > 255 * value, 255, 0).astype(np.uint8)),)


@register_node(
    "EmptyImage",
    "Empty Image",
    "image",
    ("IMAGE",),
    width=Input("INT", 512, 1, MOST_SIDE),
    height=Input("INT", 512, 1, MOST_SIDE),
    batch_size=Input("INT", 1, 1, 1),
    color=Input("INT", 0, 0, 0xFFFFFF),
)
def _fill_image(files: Files, node: str, width: int, height: int, batch_size: int, color: int) -> tuple[Any, ...]:
    """Make an image of one colour."""
    check_side(width, height)
    return (Pixels((np.full((height, width, 4), (*color.to_bytes(3), 255), np.uint8),)),)


@register_node("ImageInvert", "Invert Image", "image", ("IMAGE",), image=IMAGE)
def _invert_image(files: Files, node: str, image: Pixels) -> tuple[Any, ...]:
    """Exchange light and dark."""
    return (image.each(lambda frame: np.concatenate([255 - frame[..., :3], frame[..., 3:]], axis=-1)),)


@register_node(
    "ImageCompositeMasked",
    "Image Composite Masked",
    "image",
    ("IMAGE",),
    destination=IMAGE,
    source=IMAGE,
    x=PLACE,
    y=PLACE,
    resize_source=Input("BOOLEAN", False),
    mask=replace(MASK, is_required=False),
)
def _composite_images(
    files: Files, node: str, destination: Pixels, source: Pixels, x: int, y: int, resize_source: bool, mask: Mask | None
) -> tuple[Any, ...]:
    """Draw an image over another one, where its mask is white."""
    if resize_source:
        raise NodeError("resize_source must be false; use ImageScale.", input_name="resize_source")
    drawn = only_frame(source, "source")
    levels = None if mask is None else scale(mask.levels, source.size, "bilinear")
    return (destination.each(lambda frame: composite(frame, drawn, (x, y), levels)),)


# Enlarging


@register_node(
    "UpscaleModelLoader",
    "Load Upscale Model",
    "loaders",
    ("UPSCALE_MODEL",),
    model_name=Input("COMBO", names="upscale_models"),
)
def _load_upscaler(files: Files, node: str, model_name: str) -> tuple[Any, ...]:
    """Choose a network that enlarges images."""
    return (model_name,)


@register_node(
    "ImageUpscaleWithModel",
    "Upscale Image (using Model)",
    "image/upscaling",
    ("IMAGE",),
    upscale_model=Input("UPSCALE_MODEL"),
    image=IMAGE,
)
def _upscale(files: Files, node: str, upscale_model: str, image: Pixels) -> tuple[Any, ...]:
    """Enlarge an image by a network."""
    return (image.each(lambda frame: files.upscale(upscale_model, frame)),)


# Results


@register_node("VAEDecode", "VAE Decode", "latent", ("IMAGE",), samples=LATENT, vae=VAE)
def _decode(files: Files, node: str, samples: Latent | Sampled, vae: Vae) -> tuple[Any, ...]:
    """Turn latents into images."""
    if not isinstance(samples, Sampled):
        raise NodeError("There is nothing to generate; connect a sampler.", input_name="samples")
    return (Generated(samples.sampling, vae),)


@register_node(
    "VAEDecodeTiled", "VAE Decode (Tiled)", "_for_testing", ("IMAGE",), samples=LATENT, vae=VAE, shared=_TILES
)
def _decode_in_tiles(files: Files, node: str, samples: Latent | Sampled, vae: Vae, **tiles: int) -> tuple[Any, ...]:
    """Turn latents into images. The engine chooses tiles itself when memory is short."""
    return _decode(files, node, samples, vae)


@register_node(
    "SaveImage",
    "Save Image",
    "image",
    (),
    is_output=True,
    images=OUTPUT_IMAGES,
    filename_prefix=_PREFIX,
)
def _save(files: Files, node: str, images: Generated | Pixels, filename_prefix: str) -> tuple[Any, ...]:
    """Answer with the images, which are in the gallery."""
    try:
        generated_name(filename_prefix, uuid.uuid4().hex, "output")
    except BadRequest as error:
        sentence = "filename_prefix must be the beginning of a name, without control characters or parent folders."
        raise NodeError(sentence, input_name="filename_prefix") from error
    return (OutputImages(Output(node, "output", filename_prefix), images),)


@register_node("PreviewImage", "Preview Image", "image", (), is_output=True, images=OUTPUT_IMAGES)
def _preview(files: Files, node: str, images: Generated | Pixels) -> tuple[Any, ...]:
    """Answer with the images, which are in the gallery."""
    return (OutputImages(Output(node, "temp", "ComfyUI_temp"), images),)


@register_node("SaveImageWebsocket", "Save Image (WebSocket)", "api/image", (), is_output=True, images=OUTPUT_IMAGES)
def _send(files: Files, node: str, images: Generated | Pixels) -> tuple[Any, ...]:
    """Send the images over the WebSocket as PNG."""
    return (OutputImages(Output(node), images),)


@register_node(
    "ETN_SendImageWebSocket",
    "Send Image (WebSocket)",
    "external_tooling",
    (),
    is_output=True,
    images=OUTPUT_IMAGES,
    format=Input("COMBO", "PNG", options=("PNG", "JPEG"), is_required=False),
)
def _send_as(files: Files, node: str, images: Generated | Pixels, format: str) -> tuple[Any, ...]:
    """Send the images over the WebSocket."""
    return (OutputImages(Output(node, file_format=format), images),)


# Values


def _add_primitive(name: str, kind: str, title: str) -> None:
    def read(files: Files, node: str, value: Any) -> tuple[Any, ...]:
        return (value,)

    register_node(name, title, "utils/primitive", (kind,), value=Input(kind))(read)


_add_primitive("PrimitiveInt", "INT", "Int")
_add_primitive("PrimitiveFloat", "FLOAT", "Float")
_add_primitive("PrimitiveString", "STRING", "String")
_add_primitive("PrimitiveStringMultiline", "STRING", "String (Multiline)")


def accepts_loras(card: ModelCard) -> bool:
    """Return True if LoRAs can be added to a model."""
    return card.accepts.prompt == WEB_UI or bool(card.accepts.tags)
