"""Names for the widget values of ComfyUI nodes, which workflow files mostly list without names."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

# Values of the unnamed widget after a seed, which determines how the seed changes.
_SEED_CONTROLS = ("fixed", "increment", "decrement", "randomize")
_SEEDS = ("seed", "noise_seed")
_SIZE = ("width", "height", "batch_size")
_FILM = ("width", "height", "length", "batch_size")
# {kind of node: names of its first widgets}
_NAMES: dict[str, Sequence[str]] = {
    "KSampler": ("seed", "steps", "cfg", "sampler_name", "scheduler", "denoise"),
    "KSamplerAdvanced": (
        "add_noise", "noise_seed", "steps", "cfg", "sampler_name", "scheduler", "start_at_step", "end_at_step",
        "return_with_leftover_noise",
    ),
    "SamplerCustom": ("add_noise", "noise_seed", "cfg"),
    "RandomNoise": ("noise_seed",),
    "CR Seed": ("seed",),
    "Seed (rgthree)": ("seed",),
    "KSamplerSelect": ("sampler_name",),
    "BasicScheduler": ("scheduler", "steps", "denoise"),
    "KarrasScheduler": ("steps", "sigma_max", "sigma_min", "rho"),
    "ExponentialScheduler": ("steps", "sigma_max", "sigma_min"),
    "PolyexponentialScheduler": ("steps", "sigma_max", "sigma_min", "rho"),
    "SDTurboScheduler": ("steps", "denoise"),
    "BetaSamplingScheduler": ("steps", "alpha", "beta"),
    "LaplaceScheduler": ("steps", "sigma_max", "sigma_min", "mu", "beta"),
    "AlignYourStepsScheduler": ("model_type", "steps", "denoise"),
    "GITSScheduler": ("coeff", "steps", "denoise"),
    "LTXVScheduler": ("steps", "max_shift", "base_shift", "stretch", "terminal"),
    "Flux2Scheduler": ("steps", "width", "height"),
    "CFGGuider": ("cfg",),
    "DualCFGGuider": ("cfg_conds", "cfg_cond2_negative"),
    "FluxGuidance": ("guidance",),
    "CLIPTextEncode": ("text",),
    "CLIPTextEncodeSDXL": ("width", "height", "crop_w", "crop_h", "target_width", "target_height", "text_g", "text_l"),
    "CLIPTextEncodeSDXLRefiner": ("ascore", "width", "height", "text"),
    "CLIPTextEncodeFlux": ("clip_l", "t5xxl", "guidance"),
    "CLIPTextEncodeSD3": ("clip_l", "clip_g", "t5xxl", "empty_padding"),
    "TextEncodeQwenImageEdit": ("prompt",),
    "TextEncodeQwenImageEditPlus": ("prompt",),
    "TextEncodeHunyuanVideo_ImageToVideo": ("prompt", "image_interleave"),
    "GLIGENTextBoxApply": ("text", "width", "height", "x", "y"),
    "Power Prompt (rgthree)": ("prompt", "insert_lora", "insert_embedding"),
    "DF_Text_Box": ("Text",),
    "CLIPSetLastLayer": ("stop_at_clip_layer",),
    "CheckpointLoader": ("config_name", "ckpt_name"),
    "CheckpointLoaderSimple": ("ckpt_name",),
    "ImageOnlyCheckpointLoader": ("ckpt_name",),
    "unCLIPCheckpointLoader": ("ckpt_name",),
    "UNETLoader": ("unet_name", "weight_dtype"),
    "UnetLoaderGGUF": ("unet_name",),
    "VAELoader": ("vae_name",),
    "LoraLoader": ("lora_name", "strength_model", "strength_clip"),
    "LoraLoaderModelOnly": ("lora_name", "strength_model"),
    "EmptyLatentImage": _SIZE,
    "EmptySD3LatentImage": _SIZE,
    "EmptyFlux2LatentImage": _SIZE,
    "StableCascade_EmptyLatentImage": ("width", "height", "compression", "batch_size"),
    "SDXL Empty Latent Image (rgthree)": ("dimensions", "clip_scale", "batch_size"),
    "EmptyHunyuanLatentVideo": _FILM,
    "EmptyLTXVLatentVideo": _FILM,
    "EmptyMochiLatentVideo": _FILM,
    "HunyuanImageToVideo": (*_FILM, "guidance_type"),
    "LTXVImgToVideo": _FILM,
    "WanImageToVideo": _FILM,
    "WanCameraImageToVideo": _FILM,
    "Wan22ImageToVideoLatent": _FILM,
    "SVD_img2vid_Conditioning": ("width", "height", "video_frames", "motion_bucket_id", "fps", "augmentation_level"),
    "StableZero123_Conditioning": ("width", "height", "batch_size", "elevation", "azimuth"),
    "ImageScale": ("upscale_method", "width", "height", "crop"),
    "LatentUpscale": ("upscale_method", "width", "height", "crop"),
    "SaveImage": ("filename_prefix",),
    "PrimitiveNode": ("value",),
    "PrimitiveString": ("value",),
    "PrimitiveStringMultiline": ("value",),
    "PrimitiveInt": ("value",),
    "PrimitiveFloat": ("value",),
    "PrimitiveBoolean": ("value",),
    "StringConcatenate": ("string_a", "string_b", "delimiter"),
    "ComfySwitchNode": ("switch",),
    "SeargeGenerationParameters": (
        "seed", "image_size_preset", "image_width", "image_height", "steps", "cfg", "sampler_preset", "sampler_name",
        "scheduler", "base_vs_refiner_ratio",
    ),
    "SeargeTextInputV2": ("prompt",),
    "SeargeModelSelector": ("base_checkpoint", "refiner_checkpoint", "vae_checkpoint"),
    "SeargeOperatingMode": ("workflow_mode", "prompting_mode", "batch_size"),
    "SeargeImage2ImageAndInpainting": ("denoise", "inpaint_mask_blur", "inpaint_mask_mode"),
    "SeargeLoras": tuple(f"lora_{at}{what}" for at in range(1, 6) for what in ("", "_strength")),
}  # fmt: skip
_COMMENTS = re.compile(r"//|/\*")
_LINE_COMMENT = re.compile("//")
_ENCODERS = re.compile(r"CLIPTextEncode|TextEncode|Power Prompt")
_TEXTS = ("text", "text_g", "text_l", "clip_l", "clip_g", "t5xxl", "prompt")


def read_widget_values(node: Mapping[str, Any], slots: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the values entered in a ComfyUI node as {name: value}, or {} if they cannot be matched to names. The names
    come from the file or are known for the node type. Comments and prompts with random choices such as {a|b} are
    removed.
    """
    kind = str(node.get("type"))
    values = node.get("widgets_values")
    if isinstance(values, dict):
        found = {str(name): value for name, value in values.items()}
    elif isinstance(values, list):
        names = [str(each["widget"].get("name")) for each in slots if isinstance(each.get("widget"), dict)]
        found = _assign_known_names(kind, values) if kind in _NAMES else _assign_names(names, values)
    else:
        return {}
    return _evaluate(found) if _ENCODERS.match(kind) else found


def _assign_known_names(kind: str, values: list[Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    rest = list(reversed(values))
    for name in _NAMES[kind]:
        if not rest:
            break
        found[name] = rest.pop()
        # In old files the seed control is a boolean.
        if rest and name in _SEEDS and (rest[-1] in _SEED_CONTROLS or isinstance(rest[-1], bool)):
            rest.pop()
    return found


def _assign_names(names: list[str], values: list[Any]) -> dict[str, Any]:
    """Assign the values of a ComfyUI node to the names in the file, and return {name: value}. Returns {} if names are
    missing, because the assignment would then be unreliable.
    """
    found: dict[str, Any] = {}
    rest = list(reversed(values))
    for name in names:
        if not rest:
            return {}
        found[name] = rest.pop()
        if rest and rest[-1] in _SEED_CONTROLS and isinstance(found[name], int) and not isinstance(found[name], bool):
            rest.pop()
    return {} if rest else found


def _evaluate(found: dict[str, Any]) -> dict[str, Any]:
    for name in _TEXTS:
        if isinstance(text := found.get(name), str):
            found[name] = _remove_comments(text)
            if re.search(r"(?<!\\)[{}]", found[name]):
                del found[name]
    return found


def _remove_comments(text: str) -> str:
    """Remove /* block */ and // line comments from a prompt in linear time, which a single regular expression would not
    guarantee.
    """
    kept: list[str] = []
    at = 0
    last = text.rfind("*/")
    while mark := (_COMMENTS if at < last else _LINE_COMMENT).search(text, at):
        kept.append(text[at : mark.start()])
        if mark[0] == "//":
            at = text.find("\n", mark.end())
            at = len(text) if at < 0 else at
        elif mark.end() <= last:
            at = text.find("*/", mark.end()) + 2
        else:
            kept.append(mark[0])
            at = mark.end()
    return "".join(kept) + text[at:]
