"""Configurations that diffusers and transformers write beside weights, and the values in them that no shape shows."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

from gdm_studio.common.errors import ModelError, StorageError
from gdm_studio.models.files.checkpoints import read_json_object
from gdm_studio.models.files.gguf import ARCHITECTURE, ROPE_BASE

CONFIG = "config.json"
# Configuration of the scheduler in a diffusers folder.
SCHEDULER = "scheduler/scheduler_config.json"
# Names that these libraries give to the weights beside a configuration, without the suffix.
_WEIGHTS = re.compile(r"(?:diffusion_pytorch_model|pytorch_model|model)(?:[.-].+)?")
# Channels per attention head of U-Nets whose heads are not eight in every layer, and the width of the text of those.
_HEAD, _EIGHT_HEADS_TEXT = 64, 768
# Largest relative difference of equal numbers, which may have been rounded to 32 bits.
_TOLERANCE = 1e-6
# Width of OpenAI's text encoder, the only one with quick GELU.
_QUICK_WIDTH = 768
_DECODER = {"hidden_act": "silu", "rms_norm_eps": 1e-6, "attention_bias": False, "use_sliding_window": False}
_RESNETS = {"act_fn": "silu", "norm_num_groups": 32}
_UNET = {
    **_RESNETS,
    "norm_eps": 1e-5,
    "flip_sin_to_cos": True,
    "freq_shift": 0,
    "downsample_padding": 1,
    "resnet_time_scale_shift": "default",
    "mid_block_scale_factor": 1,
}
_CONTROL_NET = {**_UNET, "controlnet_conditioning_channel_order": "rgb", "global_pool_conditions": False}
_UNETS = ("UNet2DConditionModel", "ControlNetModel", "ControlNetUnionModel")
_FLUX_1 = {"axes_dims_rope": [16, 56, 56], "patch_size": 1}
_QWEN_IMAGE = {"axes_dims_rope": [16, 56, 56], "patch_size": 2}
_QWEN_2_5_VL = {"hidden_act": "silu", "rms_norm_eps": 1e-6, "rope_theta": 1e6}
_QWEN_3_VL = {**_DECODER, "rope_theta": 5e6}
_MISTRAL = {**_DECODER, "rms_norm_eps": 1e-5}
# What the networks of this program compute, by the class or the kind that a configuration names. Values that are absent
# or null are not checked.
_COMPUTED: Mapping[str, Mapping[str, Any]] = {
    "UNet2DConditionModel": {
        **_UNET,
        "center_input_sample": False,
        "resnet_skip_time_act": False,
        "resnet_out_scale_factor": 1.0,
        "time_embedding_type": "positional",
        "attention_type": "default",
        "dual_cross_attention": False,
        "only_cross_attention": False,
        "conv_in_kernel": 3,
        "conv_out_kernel": 3,
    },
    "ControlNetModel": _CONTROL_NET,
    "ControlNetUnionModel": {**_CONTROL_NET, "num_trans_head": 8},
    "AutoencoderKL": _RESNETS,
    "AutoencoderKLFlux2": {**_RESNETS, "patch_size": [2, 2]},
    "FluxTransformer2DModel": _FLUX_1,
    "FluxControlNetModel": _FLUX_1,
    "ChromaTransformer2DModel": _FLUX_1,
    "Flux2Transformer2DModel": {"axes_dims_rope": [32, 32, 32, 32], "rope_theta": 2000, "eps": 1e-6, "patch_size": 1},
    "Krea2Transformer2DModel": {"axes_dims_rope": [32, 48, 48], "rope_theta": 1000.0, "norm_eps": 1e-5},
    "ErnieImageTransformer2DModel": {
        "rope_axes_dim": [32, 48, 48],
        "rope_theta": 256,
        "eps": 1e-6,
        "qk_layernorm": True,
        "patch_size": 1,
    },
    "Ideogram4Transformer2DModel": {"mrope_section": [24, 20, 20], "rope_theta": 5e6, "norm_eps": 1e-5},
    "SD3Transformer2DModel": {"patch_size": 2, "attention_head_dim": 64},
    "ZImageTransformer2DModel": {
        "axes_dims": [32, 48, 48],
        "norm_eps": 1e-5,
        "qk_norm": True,
        "rope_theta": 256.0,
        "t_scale": 1000.0,
    },
    "Lumina2Transformer2DModel": {"axes_dim_rope": [32, 32, 32], "norm_eps": 1e-5, "scaling_factor": 1.0},
    "ZImageControlNetModel": {"norm_eps": 1e-5, "qk_norm": True},
    "QwenImageTransformer2DModel": {**_QWEN_IMAGE, "use_layer3d_rope": False},
    "QwenImageControlNetModel": _QWEN_IMAGE,
    "clip_text_model": {"layer_norm_eps": 1e-5},
    "t5": {"feed_forward_proj": "gated-gelu", "layer_norm_epsilon": 1e-6, "relative_attention_max_distance": 128},
    "qwen3": {**_DECODER, "rope_theta": 1e6, "rope_type": "default"},
    "qwen2_5_vl": _QWEN_2_5_VL,
    "qwen2_5_vl_text": _QWEN_2_5_VL,
    "qwen3_vl": _QWEN_3_VL,
    "qwen3_vl_text": _QWEN_3_VL,
    "mistral": {**_MISTRAL, "rope_theta": 1e9},
    "ministral3": {**_MISTRAL, "rope_theta": 1e6},
    "gemma2": {
        "hidden_activation": "gelu_pytorch_tanh",
        "rms_norm_eps": 1e-6,
        "rope_theta": 1e4,
        "rope_type": "default",
        "attn_logit_softcapping": 50.0,
        "query_pre_attn_scalar": 256,
    },
}
# Classes of diffusers whose networks are opened here. A file of another class is named by it, since its tensors may
# have the names of one of these.
_OPENED = frozenset(
    {
        *("UNet2DConditionModel", "ControlNetModel", "ControlNetUnionModel", "T2IAdapter", "MultiAdapter"),
        *("AutoencoderKL", "AutoencoderTiny", "AutoencoderKLFlux2", "AutoencoderKLQwenImage", "AutoencoderKLWan"),
        *("FluxTransformer2DModel", "Flux2Transformer2DModel", "ChromaTransformer2DModel", "SD3Transformer2DModel"),
        *("ZImageTransformer2DModel", "Lumina2Transformer2DModel", "QwenImageTransformer2DModel"),
        *("Krea2Transformer2DModel", "ErnieImageTransformer2DModel", "Ideogram4Transformer2DModel"),
        *("CosmosTransformer3DModel", "AnimaTextConditioner"),
        *("FluxControlNetModel", "QwenImageControlNetModel", "ZImageControlNetModel"),
    }
)
_CLASS = re.compile(r"[A-Z]\w{1,60}")
# Layers of Z-Image, among which those of its ControlNets are spread evenly.
_Z_IMAGE_LAYERS = 30
# Bases of the rotary frequencies by the architecture that GGUF files name.
_ROPE_BASES = {"qwen3": 1e6}


class StatedValueError(ModelError):
    """Error for a value that the program's own network does not implement, such as another activation function, so that
    its images would be wrong.
    """


def configuration_paths(files: Iterable[Path]) -> list[Path]:
    """Return the paths at which these libraries save the configurations of weight files. They need not exist."""
    return list(dict.fromkeys(file.parent / CONFIG for file in files if _WEIGHTS.fullmatch(file.stem)))


def read_stated_configuration(files: Collection[Path]) -> dict[str, Any]:
    """Read the configuration beside the weight files of a network, or return {} if there is none.

    A configuration belongs to weights of the names that diffusers and transformers use, because other programs keep
    many weight files in one folder. Raises ModelError if it is damaged.
    """
    folders = {file.parent for file in files}
    if len(folders) != 1 or not all(_WEIGHTS.fullmatch(file.stem) for file in files):
        return {}
    path = folders.pop() / CONFIG
    try:
        return read_json_object(path) if path.is_file() else {}
    except (StorageError, OSError, ValueError, TypeError, RecursionError) as error:
        raise ModelError(f"{CONFIG} of {path.parent.name} is damaged; copy or download the model again.") from error


def foreign_class(files: Collection[Path]) -> str:
    """Return the class of diffusers that the configuration beside the weight files of a network names, or "" if it
    names none or one that the program supports. Raises ModelError if the configuration is damaged.
    """
    named = read_stated_configuration(files).get("_class_name") if files else None
    is_foreign = isinstance(named, str) and bool(_CLASS.fullmatch(named)) and named not in _OPENED
    return str(named) if is_foreign else ""


def check_stated_configuration(files: Collection[Path]) -> None:
    """Raise StatedValueError if the configuration beside the weight files of a network states a value that the
    program's own network does not implement. Raises ModelError if the configuration is damaged.
    """
    whole = read_stated_configuration(files)
    # Language models with an image encoder have a configuration for each.
    text = whole.get("text_config")
    for stated in (whole, text if isinstance(text, dict) else {}):
        for key, value, computed in _compared_values(stated):
            if value is not None and not _is_same(value, computed):
                name = "/".join((next(iter(files)).parent / CONFIG).parts[-3:])
                raise StatedValueError(
                    f"{name} states {key} {str(value)[:40]}, which is not supported: models of its kind have "
                    f"{str(computed)[:40]}; choose another model."
                )


def _compared_values(stated: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    """Return the names of the values in the configuration of a network, the stated and the computed values."""
    kind = str(stated.get("_class_name") or stated.get("model_type"))
    values = {**stated, **_rope_of(stated)}
    expected = {**_COMPUTED.get(kind, {}), **_activation_of(kind, stated)}
    found = ((key, values.get(key), computed) for key, computed in expected.items())
    return [*found, *_heads_of(kind, stated), *_places_of(stated)]


def check_stated_rope_base(name: str, metadata: Mapping[str, str]) -> None:
    """Raise StatedValueError if a GGUF file states another base of the rotary frequencies than the program uses."""
    stated, computed = metadata.get(ROPE_BASE), _ROPE_BASES.get(metadata.get(ARCHITECTURE, ""))
    if stated is not None and computed is not None and not _is_same(float(stated), computed):
        raise StatedValueError(
            f"{name} states the base {float(stated):g} of the rotary frequencies, which is not supported: models of "
            f"its kind have {computed:g}; choose another model."
        )


def _rope_of(stated: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the kind and the base of the rotary frequencies. transformers 5 states both in an object of its own, and
    version 4 the kind alone.
    """
    for key in ("rope_parameters", "rope_scaling"):
        rope = stated.get(key)
        if isinstance(rope, dict):
            base = rope.get("rope_theta", stated.get("rope_theta"))
            return {"rope_theta": base, "rope_type": rope.get("rope_type", rope.get("type"))}
    return {}


def _activation_of(kind: str, stated: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the activation function of CLIP's text encoder, which depends on its width."""
    width = stated.get("hidden_size")
    if kind != "clip_text_model" or width is None:
        return {}
    return {"hidden_act": "quick_gelu" if width == _QUICK_WIDTH else "gelu"}


def _heads_of(kind: str, stated: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    """Return the stated and the computed number of heads of the levels of a U-Net that have attention. diffusers calls
    this number the width of a head.
    """
    widths, blocks = stated.get("block_out_channels"), stated.get("down_block_types")
    key = "num_attention_heads" if stated.get("num_attention_heads") is not None else "attention_head_dim"
    heads = stated.get(key)
    if kind not in _UNETS or not (isinstance(widths, list) and isinstance(blocks, list)):
        return []
    if not isinstance(heads, list):
        heads = [heads] * len(widths)
    has_eight = stated.get("cross_attention_dim") == _EIGHT_HEADS_TEXT
    return [
        (key, number, 8 if has_eight else width // _HEAD)
        for block, width, number in zip(blocks, widths, heads, strict=False)
        if "CrossAttn" in str(block) and isinstance(width, int)
    ]


def _places_of(stated: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    """Return the stated and the computed layers of Z-Image on which the layers of a ControlNet act."""
    places, refiners = (stated.get(f"control_{each}_places") for each in ("layers", "refiner_layers"))
    found: list[tuple[str, Any, Any]] = []
    if isinstance(places, list) and places:
        stride = max(1, round(_Z_IMAGE_LAYERS / len(places)))
        found.append(("control_layers_places", places, [stride * number for number in range(len(places))]))
    if isinstance(refiners, list):
        found.append(("control_refiner_layers_places", refiners, list(range(len(refiners)))))
    return found


def _is_same(value: Any, computed: Any) -> bool:
    if isinstance(computed, float | int) and not isinstance(computed, bool):
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        # An integer that is too large for a float can be compared, but not subtracted from one.
        low, high = sorted(((1 - _TOLERANCE) * computed, (1 + _TOLERANCE) * computed))
        return is_number and low <= value <= high
    if isinstance(computed, list | tuple) and isinstance(value, list):
        return len(value) == len(computed) and all(map(_is_same, value, computed))
    return bool(value == computed or (value, computed) == ("swish", "silu"))
