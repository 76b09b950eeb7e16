"""Names that adapter files use for the layers of a model's networks.

All possible names are generated from the layer names. The names in a file cannot be parsed, because underscores occur
both inside and between their parts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import prod
from typing import Literal, NamedTuple

from gdm_studio.models.families.stable_diffusion.weight_names import unet_to_diffusers
from gdm_studio.networks.diffusion_transformers.configurations import Weight

# Names of a model's networks, as in diffusers.
Part = Literal["unet", "transformer", "text_encoder", "text_encoder_2", "text_encoder_3"]


class AdaptedLayer(NamedTuple):
    """Layer of a model that an adapter changes. If the adapter fuses several layers into one matrix, this also gives
    the range of the layer's rows.
    """

    layer: str
    # Index of the first row.
    begin: int = 0
    # Number of rows of the adapter's fused weight, or 0 if its weight has only the rows of this layer.
    rows: int = 0


_KOHYA: dict[Part, tuple[str, ...]] = {
    "unet": ("lora_unet", "lycoris"),
    "text_encoder": ("lora_te", "lora_te1"),
    "text_encoder_2": ("lora_te2", "lora_te3"),
    "text_encoder_3": ("lora_te3",),
}
# Names of text encoders in ComfyUI's files.
_COMFY: dict[Part, tuple[str, ...]] = {
    "unet": (),
    "text_encoder": (
        "clip_l",
        "t5xxl",
        "qwen3_06b",
        "qwen3_4b",
        "qwen3_8b",
        "gemma2_2b",
        "qwen25_7b",
        "qwen3vl_4b",
        "qwen3vl_8b",
        "mistral3_24b",
        "ministral3_3b",
    ),  # fmt: skip
    "text_encoder_2": ("clip_g", "t5xxl"),
    "text_encoder_3": ("t5xxl",),
}
# Prefixes of a transformer's layers, with dots and with underscores in place of dots: those of diffusers, PEFT, ComfyUI
# and ai-toolkit; kohya, musubi-tuner, OneTrainer and lycoris.
_DOTTED_PREFIXES = (
    *("", "transformer.", "conditional_transformer.", "diffusion_model.", "model.diffusion_model."),
    *("base_model.model.", "transformer.base_model.model.", "base_model.model.transformer."),
)
_UNDERSCORED_PREFIXES = ("lora_unet_", "lora_unet__", "lora_transformer_", "lycoris_")
_FIRST_ATTENTION = {"q_proj": "to_q", "k_proj": "to_k", "v_proj": "to_v", "out_proj": "to_out"}
# Layers of T5's encoder, and their names in transformers.
_T5 = {
    re.compile(r"layers\.(\d+)\.attention\.([qkvo])"): r"encoder.block.\1.layer.0.SelfAttention.\2",
    re.compile(r"layers\.(\d+)\.mlp\.gate_proj"): r"encoder.block.\1.layer.1.DenseReluDense.wi_0",
    re.compile(r"layers\.(\d+)\.mlp\.up_proj"): r"encoder.block.\1.layer.1.DenseReluDense.wi_1",
    re.compile(r"layers\.(\d+)\.mlp\.down_proj"): r"encoder.block.\1.layer.1.DenseReluDense.wo",
}


def layer_name_spellings(part: Part, layers: Iterable[str]) -> dict[str, str]:
    """Return a mapping from layer names in adapter files, in all known spellings, to the names of layers of a U-Net or
    text encoder.
    """
    found: dict[str, str] = {}
    for layer, dotted in (_iter_unet_names if part == "unet" else _iter_text_encoder_names)(layers):
        found |= {f"{prefix}_{dotted.replace('.', '_')}": layer for prefix in _KOHYA[part]}
        found |= {f"{prefix}.{dotted}": layer for prefix in (part, f"{part}.base_model.model")}
        found |= {f"text_encoders.{name}.transformer.{dotted}": layer for name in _COMFY[part]}
        if part == "unet":
            found |= {f"{prefix}{dotted}": layer for prefix in ("", "base_model.model.", "diffusion_model.")}
    return found


def layer_widths(part: Part, shapes: Mapping[str, Sequence[int]]) -> dict[str, tuple[int, ...]]:
    """Return the possible input widths of the layers of a U-Net or text encoder, by the names of the layers in adapter
    files: the number of columns, alone and times the kernel size. `shapes` contains the shapes of the network's
    weights.
    """
    layers = {name.removesuffix(".weight"): shape[1:] for name, shape in shapes.items() if name.endswith(".weight")}
    widths = {layer: (inner[0], prod(inner)) if inner else () for layer, inner in layers.items()}
    return {spelling: widths[layer] for spelling, layer in layer_name_spellings(part, layers).items()}


def transformer_spellings(weights: Iterable[Weight]) -> dict[str, list[AdaptedLayer]]:
    """Return a mapping from layer names in adapter files, in all known spellings, to layers of a diffusion transformer.

    The names are those of the original layout and of diffusers. A fused layer is mapped to several places.
    """
    by_layer: dict[str, list[AdaptedLayer]] = {}
    for weight in weights:
        layer, _, kind = weight.name.rpartition(".")
        for source in weight.sources if kind == "weight" else ():
            theirs = source.name.rpartition(".")[0]
            for name in dict.fromkeys((theirs, theirs.replace(".to_", ".to."))):
                by_layer.setdefault(name, []).append(AdaptedLayer(layer, source.begin, source.rows))
    for name, places in list(by_layer.items()):
        if xlabs := _xlabs_name(name):
            # XLabs changes only the attention of the fused first layer of a single block: a third of the rows each.
            rows = places[3].begin if name.endswith(".linear1") else places[0].rows
            by_layer[xlabs] = [place._replace(rows=rows) for place in places[:3]]
    found: dict[str, list[AdaptedLayer]] = {}
    for name, places in by_layer.items():
        # A layer may have the same name in the original layout and in diffusers.
        distinct = list(dict.fromkeys(places))
        found |= {f"{prefix}{name}": distinct for prefix in _DOTTED_PREFIXES}
        found |= {f"{prefix}{name.replace('.', '_')}": distinct for prefix in _UNDERSCORED_PREFIXES}
    return found


def _xlabs_name(name: str) -> str:
    """Return the name by which XLabs' adapters refer to a layer of FLUX.1, or "" if they have no such layer. `name` is
    the layer's name in the original release.
    """
    if at := re.fullmatch(r"(double_blocks\.\d+)\.(img|txt)_attn\.(qkv|proj)", name):
        return f"{at[1]}.processor.{at[3]}_lora{1 if at[2] == 'img' else 2}"
    if at := re.fullmatch(r"(single_blocks\.\d+)\.linear([12])", name):
        return f"{at[1]}.processor.{'qkv' if at[2] == '1' else 'proj'}_lora"
    return ""


def _iter_unet_names(layers: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield pairs (layer, dotted name in adapter files) for the layers of a U-Net, in the naming of single-file
    checkpoints, SDXL and diffusers.
    """
    weights = {f"{layer}.weight": layer for layer in layers}
    theirs = unet_to_diffusers(weights)
    for weight, layer in weights.items():
        yield layer, layer
        if weight in theirs:
            dotted = theirs[weight].removesuffix(".weight")
            yield layer, dotted
            block, _, rest = dotted.rpartition(".to_")
            if block.endswith((".attn1", ".attn2")):
                yield layer, f"{block}.processor.to_{rest.removesuffix('.0')}"


def _iter_text_encoder_names(layers: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield pairs (layer, dotted name in adapter files) for the layers of a text encoder, in the naming of transformers
    and diffusers.
    """
    for layer in layers:
        if layer.startswith("layers."):
            yield layer, layer
            yield layer, f"model.{layer}"
            for pattern, theirs in _T5.items():
                if at := pattern.fullmatch(layer):
                    yield layer, at.expand(theirs)
        inside = f"encoder.{layer}" if layer.startswith("layers.") else layer
        outside = inside if layer == "text_projection" else f"text_model.{inside}"
        yield layer, inside
        yield layer, outside
        block, _, last = outside.rpartition(".")
        if last in _FIRST_ATTENTION:
            yield layer, f"{block}.{_FIRST_ATTENTION[last]}"
