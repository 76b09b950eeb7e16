"""Kinds of nodes that graphs may contain, with their inputs and outputs as in ComfyUI."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from gdm_studio.common.errors import BadRequest
from gdm_studio.gallery.metadata.sampler_names import implied_params, sampler_and_spacing
from gdm_studio.models.capabilities import WEB_UI
from gdm_studio.request.generation_request import MAX_SIDE, SEED_LIMIT, SETTINGS
from gdm_studio.server.comfyui.errors import NodeError
from gdm_studio.server.comfyui.graph import Input, NodeKind
from gdm_studio.server.comfyui.pictures import generated_name
from gdm_studio.server.comfyui.pixels import METHODS, grey_out, grow, pad, scale
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
    Sampling,
    Vae,
)

if TYPE_CHECKING:
    from gdm_studio.models.model_card import ModelCard

TOOL = "ComfyUI"
# Samplers and schedulers of ComfyUI, in its order. Those without a counterpart are left out below.
_SAMPLERS = (
    *("euler", "euler_ancestral", "heun", "dpm_2", "dpm_2_ancestral", "lms", "dpmpp_2s_ancestral", "dpmpp_sde"),
    *("dpmpp_sde_gpu", "dpmpp_2m", "dpmpp_2m_sde", "dpmpp_2m_sde_gpu", "dpmpp_3m_sde", "dpmpp_3m_sde_gpu", "ddpm"),
    *("lcm", "deis", "ddim", "uni_pc", "uni_pc_bh2"),
)
_SCHEDULERS = ("simple", "sgm_uniform", "karras", "exponential", "ddim_uniform", "beta", "normal", "kl_optimal")
# Parameters of our samplers that differ from their defaults.
_PARAMS = {"uni_pc": {"variant": 1.0}}
SAMPLERS = tuple(name for name in _SAMPLERS if sampler_and_spacing(name, "normal", TOOL)[0])
SCHEDULERS = tuple(name for name in _SCHEDULERS if sampler_and_spacing("euler", name, TOOL)[1])
# Largest seed, side and batch in ComfyUI. The server's own limits are lower.
_MOST_SEED = 2**64 - 1
_MOST_SIDE = 16384
_MOST_BATCH = 4096
_MOST_STEPS = 10000
# Largest number of steps of a longer run of which a sampler makes the last ones. The server's own limit is lower.
_MOST_LONGER_STEPS = 10**6
_IMAGE_FACTS = {"image_upload": True}
_CHANNELS = ("alpha", "red", "green", "blue")

MODEL, CLIP, VAE = Input("MODEL"), Input("CLIP"), Input("VAE")
CONDITIONING, LATENT, IMAGE, MASK = Input("CONDITIONING"), Input("LATENT"), Input("IMAGE"), Input("MASK")
_SIDE = Input("INT", 512, 16, _MOST_SIDE, facts={"step": 8})
_TEXT = Input("STRING", facts={"multiline": True, "dynamicPrompts": True})
_PREFIX = Input("STRING", "ComfyUI")
_STRENGTH = Input("FLOAT", 1.0, -100.0, 100.0, facts={"step": 0.01})


class Files(Protocol):
    """Models and images that the nodes of a graph name."""

    def card(self, name: str) -> ModelCard: ...

    def load_image(self, name: str) -> np.ndarray:
        """Return an uploaded or generated image, RGBA uint8 (H, W, 4). Raises BadRequest."""
        ...

    def decode_image(self, text: str) -> np.ndarray:
        """Return an image in base64, RGBA uint8 (H, W, 4). Raises BadRequest."""
        ...


NODES: dict[str, NodeKind] = {}


def _node(
    name: str,
    title: str,
    category: str,
    outputs: tuple[str, ...],
    *,
    is_output: bool = False,
    ignored: tuple[str, ...] = (),
    shared: Mapping[str, Input] = MappingProxyType({}),
    **inputs: Input,
) -> Callable[[Callable[..., tuple[Any, ...]]], Callable[..., tuple[Any, ...]]]:
    def register(read: Callable[..., tuple[Any, ...]]) -> Callable[..., tuple[Any, ...]]:
        pairs = tuple((each, each) for each in outputs)
        summary = (read.__doc__ or "").strip().partition("\n")[0]
        NODES[name] = NodeKind(name, title, category, {**shared, **inputs}, pairs, read, is_output, ignored, summary)
        return read

    return register


# Models


@_node(
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


@_node(
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


@_node("VAELoader", "Load VAE", "loaders", ("VAE",), vae_name=Input("COMBO", names="vae"))
def _load_vae(files: Files, node: str, vae_name: str) -> tuple[Any, ...]:
    """Load a VAE that replaces the model's own."""
    return (Vae(None, vae_name, node),)


def _add_lora(loras: tuple[Lora, ...], name: str, weight: float, node: str) -> tuple[Lora, ...]:
    if any(each.name == name for each in loras):
        raise NodeError(f"The LoRA {name} is already loaded; set its strength in one node.", input_name="lora_name")
    return (*loras, Lora(name, weight, node))


@_node(
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


@_node(
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


@_node(
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


@_node("CLIPTextEncode", "CLIP Text Encode (Prompt)", "conditioning", ("CONDITIONING",), text=_TEXT, clip=CLIP)
def _encode_text(files: Files, node: str, text: str, clip: Clip) -> tuple[Any, ...]:
    """Encode a prompt."""
    return (Conditioning(clip, text, node),)


# Latents


@_node(
    "EmptyLatentImage",
    "Empty Latent Image",
    "latent",
    ("LATENT",),
    width=_SIDE,
    height=_SIDE,
    batch_size=Input("INT", 1, 1, _MOST_BATCH),
)
@_node(
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


def _loaded(value: Any, input_name: str) -> Pixels:
    if not isinstance(value, Pixels):
        sentence = "This server can only start from an image that was loaded, not from one of the same graph."
        raise NodeError(sentence, input_name=input_name)
    return value


def _start(value: Any, input_name: str) -> Latent:
    if not isinstance(value, Latent):
        sentence = "This server makes one sampler of a graph; send the result of the first as an image."
        raise NodeError(sentence, input_name=input_name)
    return value


@_node("VAEEncode", "VAE Encode", "latent", ("LATENT",), pixels=IMAGE, vae=VAE)
def _encode(files: Files, node: str, pixels: Any, vae: Vae) -> tuple[Any, ...]:
    """Start from an image, in a size that the model makes."""
    image = _loaded(pixels, "pixels")
    return (Latent(image.size, node, pixels=image, encoder=vae),)


@_node(
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
    files: Files, node: str, pixels: Any, vae: Vae, mask: Mask, grow_mask_by: int
) -> tuple[Any, ...]:
    """Start from an image that is grey where its mask is white, and redraw the mask."""
    image = _loaded(pixels, "pixels")
    levels = scale(mask.levels, image.size, "bilinear")
    grey = Pixels(grey_out(image.rgba, levels))
    return (Latent(image.size, node, 1, grey, vae, Mask(grow(levels, grow_mask_by)), node),)


@_node(
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
    pixels: Any,
    mask: Mask,
    noise_mask: bool,
) -> tuple[Any, ...]:
    """Redraw the mask of an image, which an inpainting model sees outside the mask."""
    image = _loaded(pixels, "pixels")
    if not noise_mask:
        raise NodeError("noise_mask must be true; only the mask is redrawn here.", input_name="noise_mask")
    part = Mask(scale(mask.levels, image.size, "bilinear"))
    latent = Latent(image.size, node, pixels=image, encoder=vae, mask=part, mask_node=node)
    return replace(positive, rest=part), replace(negative, rest=part), latent


@_node("SetLatentNoiseMask", "Set Latent Noise Mask", "latent/inpaint", ("LATENT",), samples=LATENT, mask=MASK)
def _set_noise_mask(files: Files, node: str, samples: Any, mask: Mask) -> tuple[Any, ...]:
    """Redraw a part of an image."""
    latent = _start(samples, "samples")
    if latent.pixels is None:
        raise NodeError("A mask needs the latents of an image; connect VAEEncode.", input_name="samples")
    return (replace(latent, mask=Mask(scale(mask.levels, latent.size, "bilinear")), mask_node=node),)


@_node(
    "RepeatLatentBatch",
    "Repeat Latent Batch",
    "latent/batch",
    ("LATENT",),
    samples=LATENT,
    amount=Input("INT", 1, 1, 64),
)
def _repeat(files: Files, node: str, samples: Any, amount: int) -> tuple[Any, ...]:
    """Make several images from the same latents."""
    latent = _start(samples, "samples")
    return (replace(latent, count=latent.count * amount),)


# Images


def _read_image(load: Callable[[str], np.ndarray], name: str, input_name: str) -> np.ndarray:
    try:
        return load(name)
    except BadRequest as error:
        raise NodeError(str(error), input_name=input_name) from error


@_node(
    "LoadImage",
    "Load Image",
    "image",
    ("IMAGE", "MASK"),
    ignored=("upload",),
    image=Input("STRING", facts=_IMAGE_FACTS),
)
def _load_image(files: Files, node: str, image: str) -> tuple[Any, ...]:
    """Load an uploaded image, or a generated one with the ending " [output]"."""
    rgba = _read_image(files.load_image, image, "image")
    return Pixels(rgba), Mask(255 - rgba[..., 3])


@_node(
    "LoadImageMask",
    "Load Image (as Mask)",
    "image/mask",
    ("MASK",),
    ignored=("upload",),
    image=Input("STRING", facts=_IMAGE_FACTS),
    channel=Input("COMBO", options=_CHANNELS),
)
def _load_mask(files: Files, node: str, image: str, channel: str) -> tuple[Any, ...]:
    """Load a channel of an image as a mask; of alpha, what is transparent is redrawn."""
    rgba = _read_image(files.load_image, image, "image")
    # A view would keep the other channels in memory, too.
    return (Mask(255 - rgba[..., 3] if channel == "alpha" else rgba[..., _CHANNELS.index(channel) - 1].copy()),)


@_node("ETN_LoadImageBase64", "Load Image (Base64)", "external_tooling", ("IMAGE", "MASK"), image=Input("STRING"))
def _load_base64(files: Files, node: str, image: str) -> tuple[Any, ...]:
    """Load an image in base64."""
    rgba = _read_image(files.decode_image, image, "image")
    return Pixels(rgba), Mask(255 - rgba[..., 3])


@_node("ETN_LoadMaskBase64", "Load Mask (Base64)", "external_tooling", ("MASK",), mask=Input("STRING"))
def _load_mask_base64(files: Files, node: str, mask: str) -> tuple[Any, ...]:
    """Load a mask in base64, from its first channel."""
    return (Mask(_read_image(files.decode_image, mask, "mask")[..., 0].copy()),)


@_node("InvertMask", "Invert Mask", "mask", ("MASK",), mask=MASK)
def _invert(files: Files, node: str, mask: Mask) -> tuple[Any, ...]:
    """Exchange black and white."""
    return (Mask(255 - mask.levels),)


@_node(
    "ImageScale",
    "Upscale Image",
    "image/upscaling",
    ("IMAGE",),
    image=IMAGE,
    upscale_method=Input("COMBO", options=METHODS),
    width=Input("INT", 512, 0, _MOST_SIDE),
    height=Input("INT", 512, 0, _MOST_SIDE),
    crop=Input("COMBO", options=("disabled", "center")),
)
def _scale_image(
    files: Files, node: str, image: Any, upscale_method: str, width: int, height: int, crop: str
) -> tuple[Any, ...]:
    """Resize a start image. A side of 0 keeps the proportions."""
    pixels = _loaded(image, "image")
    if not width and not height:
        return (pixels,)
    width = width or max(1, round(pixels.size[0] * height / pixels.size[1]))
    height = height or max(1, round(pixels.size[1] * width / pixels.size[0]))
    return (_scaled(pixels, (width, height), upscale_method, crops=crop == "center"),)


@_node(
    "ImageScaleBy",
    "Upscale Image By",
    "image/upscaling",
    ("IMAGE",),
    image=IMAGE,
    upscale_method=Input("COMBO", options=METHODS),
    scale_by=Input("FLOAT", 1.0, 0.01, 8.0),
)
def _scale_image_by(files: Files, node: str, image: Any, upscale_method: str, scale_by: float) -> tuple[Any, ...]:
    """Resize a start image by a factor."""
    pixels = _loaded(image, "image")
    width, height = (max(1, round(side * scale_by)) for side in pixels.size)
    return (_scaled(pixels, (width, height), upscale_method),)


_PADDING = Input("INT", 0, 0, MAX_SIDE, facts={"step": 8})


@_node(
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
    files: Files, node: str, image: Any, left: int, top: int, right: int, bottom: int, feathering: int
) -> tuple[Any, ...]:
    """Enlarge a start image, and mark what was added."""
    pixels = _loaded(image, "image")
    _check_side(pixels.size[0] + left + right, pixels.size[1] + top + bottom)
    rgba, levels = pad(pixels.rgba, (left, top, right, bottom), feathering)
    return Pixels(rgba), Mask(levels)


def _check_side(*sides: int) -> None:
    if max(sides) > MAX_SIDE:
        raise NodeError(f"A start image can have at most {MAX_SIDE} pixels a side.")


def _scaled(pixels: Pixels, size: tuple[int, int], method: str, *, crops: bool = False) -> Pixels:
    _check_side(*size)
    return Pixels(scale(pixels.rgba, size, method, crops=crops))


# Sampling


def _sampler_inputs(seed: str, **first: Input) -> dict[str, Input]:
    guidance = SETTINGS["guidance_scale"]
    # Clients that convert the window's format read the values in this order.
    return {
        "model": MODEL,
        **first,
        seed: Input("INT", 0, 0, _MOST_SEED, facts={"control_after_generate": True}),
        "steps": Input("INT", 20, 1, _MOST_STEPS),
        "cfg": Input("FLOAT", 8.0, guidance.low, guidance.high, facts={"step": 0.1, "round": 0.01}),
        "sampler_name": Input("COMBO", options=SAMPLERS),
        "scheduler": Input("COMBO", options=SCHEDULERS),
        "positive": CONDITIONING,
        "negative": CONDITIONING,
        "latent_image": LATENT,
    }


def _settings(seed: int, cfg: float, sampler_name: str, scheduler: str) -> dict[str, Any]:
    sampler, spacing = sampler_and_spacing(sampler_name, scheduler, TOOL)
    params = implied_params(sampler, TOOL) | _PARAMS.get(sampler_name, {})
    settings = {"seed": seed % SEED_LIMIT, "guidance_scale": cfg, "sampler": sampler, "spacing": spacing}
    return settings | {"knobs": params}


def _sampled(
    node: str,
    model: Model,
    positive: Conditioning,
    negative: Conditioning,
    latent: Latent,
    steps: int,
    start: int,
    settings: dict[str, Any],
    name: str,
) -> tuple[Any, ...]:
    for each in (positive, negative):
        if each.rest is not None and each.rest is not latent.mask:
            sentence = "The latents of InpaintModelConditioning belong to its prompts; connect them, too."
            raise NodeError(sentence, input_name="latent_image")
    if start and latent.pixels is None:
        sentence = f"{name} must be {1 if name == 'denoise' else 0} for empty latents; there is no image to start from."
        raise NodeError(sentence, input_name=name)
    return (Sampled(Sampling(node, model, positive, negative, latent, steps, start, settings)),)


@_node(
    "KSampler",
    "KSampler",
    "sampling",
    ("LATENT",),
    shared=_sampler_inputs("seed"),
    denoise=Input("FLOAT", 1.0, 0.0, 1.0, facts={"step": 0.01}),
)
def _sample(
    files: Files,
    node: str,
    model: Model,
    seed: int,
    steps: int,
    cfg: float,
    sampler_name: str,
    scheduler: str,
    positive: Conditioning,
    negative: Conditioning,
    latent_image: Any,
    denoise: float,
) -> tuple[Any, ...]:
    """Denoise latents."""
    latent = _start(latent_image, "latent_image")
    if denoise <= 0:
        raise NodeError("denoise must be above 0; nothing would be generated.", input_name="denoise")
    # ComfyUI makes `steps` steps: the last ones of a longer run.
    whole = steps if denoise > 0.9999 else int(min(steps / denoise, _MOST_LONGER_STEPS))
    settings = _settings(seed, cfg, sampler_name, scheduler)
    return _sampled(node, model, positive, negative, latent, whole, whole - steps, settings, "denoise")


_SWITCH = ("enable", "disable")


@_node(
    "KSamplerAdvanced",
    "KSampler (Advanced)",
    "sampling",
    ("LATENT",),
    shared=_sampler_inputs("noise_seed", add_noise=Input("COMBO", options=_SWITCH)),
    start_at_step=Input("INT", 0, 0, _MOST_STEPS),
    end_at_step=Input("INT", _MOST_STEPS, 0, _MOST_STEPS),
    return_with_leftover_noise=Input("COMBO", options=_SWITCH[::-1]),
)
def _sample_part(
    files: Files,
    node: str,
    model: Model,
    noise_seed: int,
    steps: int,
    cfg: float,
    sampler_name: str,
    scheduler: str,
    positive: Conditioning,
    negative: Conditioning,
    latent_image: Any,
    add_noise: str,
    start_at_step: int,
    end_at_step: int,
    return_with_leftover_noise: str,
) -> tuple[Any, ...]:
    """Denoise latents to the end, from any step."""
    latent = _start(latent_image, "latent_image")
    if add_noise != "enable":
        raise NodeError("add_noise must be enable; there is no earlier sampler to continue.", input_name="add_noise")
    if end_at_step < steps:
        raise NodeError(f"end_at_step must be at least {steps}; the run must end here.", input_name="end_at_step")
    if start_at_step >= steps:
        raise NodeError(f"start_at_step must be below {steps}.", input_name="start_at_step")
    settings = _settings(noise_seed, cfg, sampler_name, scheduler)
    return _sampled(node, model, positive, negative, latent, steps, start_at_step, settings, "start_at_step")


# Results


@_node("VAEDecode", "VAE Decode", "latent", ("IMAGE",), samples=LATENT, vae=VAE)
def _decode(files: Files, node: str, samples: Any, vae: Vae) -> tuple[Any, ...]:
    """Turn latents into images."""
    if not isinstance(samples, Sampled):
        raise NodeError("There is nothing to generate; connect a sampler.", input_name="samples")
    return (Generated(samples.sampling, vae),)


def _generated(images: Any) -> Generated:
    if not isinstance(images, Generated):
        raise NodeError("There is nothing to generate; connect a VAEDecode of a sampler.", input_name="images")
    return images


@_node(
    "SaveImage",
    "Save Image",
    "image",
    (),
    is_output=True,
    images=IMAGE,
    filename_prefix=_PREFIX,
)
def _save(files: Files, node: str, images: Any, filename_prefix: str) -> tuple[Any, ...]:
    """Answer with the images, which are in the gallery."""
    try:
        generated_name(filename_prefix, uuid.uuid4().hex, "output")
    except BadRequest as error:
        sentence = "filename_prefix must be the beginning of a name, without control characters or parent folders."
        raise NodeError(sentence, input_name="filename_prefix") from error
    return (OutputImages(Output(node, "output", filename_prefix), _generated(images)),)


@_node("PreviewImage", "Preview Image", "image", (), is_output=True, images=IMAGE)
def _preview(files: Files, node: str, images: Any) -> tuple[Any, ...]:
    """Answer with the images, which are in the gallery."""
    return (OutputImages(Output(node, "temp", "ComfyUI_temp"), _generated(images)),)


@_node("SaveImageWebsocket", "Save Image (WebSocket)", "api/image", (), is_output=True, images=IMAGE)
def _send(files: Files, node: str, images: Any) -> tuple[Any, ...]:
    """Send the images over the WebSocket as PNG."""
    return (OutputImages(Output(node), _generated(images)),)


@_node(
    "ETN_SendImageWebSocket",
    "Send Image (WebSocket)",
    "external_tooling",
    (),
    is_output=True,
    images=IMAGE,
    format=Input("COMBO", "PNG", options=("PNG", "JPEG"), is_required=False),
)
def _send_as(files: Files, node: str, images: Any, format: str) -> tuple[Any, ...]:
    """Send the images over the WebSocket."""
    return (OutputImages(Output(node, file_format=format), _generated(images)),)


# Values


def _add_primitive(name: str, kind: str, title: str) -> None:
    def read(files: Files, node: str, value: Any) -> tuple[Any, ...]:
        return (value,)

    _node(name, title, "utils/primitive", (kind,), value=Input(kind))(read)


_add_primitive("PrimitiveInt", "INT", "Int")
_add_primitive("PrimitiveFloat", "FLOAT", "Float")
_add_primitive("PrimitiveString", "STRING", "String")
_add_primitive("PrimitiveStringMultiline", "STRING", "String (Multiline)")


def accepts_loras(card: ModelCard) -> bool:
    """Return True if LoRAs can be added to a model."""
    return card.accepts.prompt == WEB_UI or bool(card.accepts.tags)
