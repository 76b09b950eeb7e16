"""Detection of adapter files by the names and shapes of their tensors, without torch."""

from __future__ import annotations

import re
from collections.abc import Collection, Container, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from gdm_studio.common.errors import ModelError
from gdm_studio.common.translation_markers import translatable
from gdm_studio.models.adapters.peft_configuration import PeftConfiguration, damaged_error, read_peft_config
from gdm_studio.models.files.header import Header, integer_error
from gdm_studio.models.files.recognition import adapter_base

Shapes = Mapping[str, tuple[int, ...]]

# Names of LoRA's two factors in files of kohya, PEFT and three versions of diffusers.
_PAIRS = (
    (".lora_down.weight", ".lora_up.weight"),
    (".lora_A.weight", ".lora_B.weight"),
    (".lora_A.default.weight", ".lora_B.default.weight"),
    (".lora.down.weight", ".lora.up.weight"),
    ("_lora.down.weight", "_lora.up.weight"),
    (".lora_linear_layer.down.weight", ".lora_linear_layer.up.weight"),
)
# Tensors of XLabs' adapters, whose layers are numbered by the stream that they change.
_XLABS = re.compile(r"(.+\.processor\.(?:qkv|proj)_lora[12]?)\.(down|up)\.weight")
_HADAMARD = ("hada_w1_a", "hada_w1_b", "hada_w2_a", "hada_w2_b", "hada_t1", "hada_t2")
_KRONECKER = ("lokr_w1", "lokr_w1_a", "lokr_w1_b", "lokr_w2", "lokr_w2_a", "lokr_w2_b", "lokr_t2")
_GENERALISED = ("a1", "a2", "b1", "b2")
_CENTRED_PARTS = ("q_layer", "p_layer")
# Part of an IA3 adapter, whose tensor has the name of the layer's weight.
_SCALES = "scales"
# LyCORIS gives the tensors of BOFT the names of those of OFT, but they have four axes.
_BUTTERFLY = "oft_blocks of four axes"
# Parts that are single numbers.
SCALARS = ("alpha", "on_input")
# Suffix of a tensor's name -> part of the layer's delta.
PARTS = {
    **{ending: part for pair in _PAIRS for ending, part in zip(pair, ("down", "up"), strict=True)},
    **{f"{up.removesuffix('weight')}bias": "up_bias" for _, up in _PAIRS},
    ".lora_mid.weight": "mid",
    ".alpha": "alpha",
    ".dora_scale": "dora_scale",
    **{f".lora_magnitude_vector{rest}": "magnitude" for rest in ("", ".weight", ".default", ".default.weight")},
    **{f".{part}": part for part in (*_HADAMARD, *_KRONECKER, "diff", "diff_b")},
    **{f".{part}": part for part in ("oft_blocks", "rescale", "on_input", "lambda_layer")},
    **{f".{part}.weight": part for part in (*_GENERALISED, "bm", *_CENTRED_PARTS)},
    ".w_norm": "diff",
    ".b_norm": "diff_b",
    ".weight": _SCALES,
}
# Parts whose names are common, and the ends of other tensors that their layer must have.
_REQUIRED_PARTS = {
    **dict.fromkeys((*_GENERALISED, "bm"), tuple(f".{part}.weight" for part in _GENERALISED)),
    **dict.fromkeys(_CENTRED_PARTS, (".lambda_layer",)),
    "rescale": (".oft_blocks",),
    _SCALES: (".on_input",),
}
# Suffixes of tensors that PEFT saves whole beside a LoRA, which replace those of the model (`modules_to_save`, and
# `bias` for "lora_only" or "all"), the part of each, and the parts that cannot be in the same layer.
_WHOLE_PARTS = {
    ".weight": ("whole", ()),
    ".base_layer.bias": ("whole_bias", ("up_bias", "diff_b")),
    ".bias": ("whole_bias", ("up_bias", "diff_b")),
}
# Parts, and the kind of adapter that each reveals, in the order in which kinds are listed.
_KINDS = {
    "up": "LoRA", "mid": "LoCon", "hada_w1_a": "LoHa", "lokr_w1": "LoKr", "lokr_w1_a": "LoKr",
    "a1": "GLoRA", "oft_blocks": "OFT", _BUTTERFLY: "BOFT", "on_input": "IA3", "lambda_layer": "T-LoRA",
    "dora_scale": "DoRA", "magnitude": "DoRA", "diff": "differences", "diff_b": "differences",
}  # fmt: skip
# Kinds of adapters that are not supported, by a part of a tensor's name in LyCORIS and PEFT.
_UNSUPPORTED_KINDS = {
    "oft_diag": "OFT of early LyCORIS", "oft_r": "OFT of PEFT", "oft_R": "OFT of PEFT", "boft_R": "BOFT of PEFT",
    "ia3_l": "IA3 of PEFT", "vera_lambda_b": "VeRA", "vera_lambda_d": "VeRA", "bone_block": "Bone",
    "miss_block": "MiSS", "hra_u": "HRA", "fourierft_spectrum": "FourierFT", "vblora_logits": "VB-LoRA",
    "lora_diag": "KaSA of PEFT", "randlora_lambda": "RandLoRA", "shira_weight": "SHiRA", "c3a_kernel": "C3A",
}  # fmt: skip
# Kinds in PEFT's configurations that can be read.
_SUPPORTED_PEFT_KINDS = ("LORA", "LOHA", "LOKR")
# Models for which adapters can be used, by the width of the text embeddings in their cross-attention.
BASES = {768: "Stable Diffusion 1", 1024: "Stable Diffusion 2", 2048: "SDXL", 1280: "SDXL refiner"}
# Families of diffusion transformers for which adapters can be used, as named by `files.recognition.adapter_base`, by
# the start of a model's base. FLUX.1's adapters can be used for all its versions and for Chroma.
FAMILIES = {
    "FLUX.1": "FLUX.1", "Chroma": "FLUX.1", "FLUX.2 Klein 4B": "FLUX.2 Klein 4B", "FLUX.2 Klein 9B": "FLUX.2 Klein 9B",
    "FLUX.2 Klein": "FLUX.2", "FLUX.2 dev": "FLUX.2 dev",
    "Stable Diffusion 3": "Stable Diffusion 3", "Z-Image": "Z-Image", "Lumina 2": "Lumina 2",
    "Qwen-Image": "Qwen-Image", "Krea 2": "Krea 2", "ERNIE-Image": "ERNIE-Image", "Anima": "Anima",
    "Ideogram 4": "Ideogram 4",
}  # fmt: skip
# Starts of the names of layers in diffusion transformers. Anima's attention to the text has the names and the width of
# Stable Diffusion 2's in diffusers, and its text encoder those in kohya's files.
_OF_TRANSFORMERS = ("lora_unet_blocks_", "diffusion_model.blocks.", "transformer.", "transformer_blocks.")
_RANKED_PARTS = ("down", "hada_w1_b", "lokr_w1_b", "lokr_w2_b", "a2", "q_layer")
# Starts of the names of layers in text encoders.
_OF_TEXT_ENCODERS = ("lora_te", "text_encoder")


@dataclass(frozen=True)
class AdapterCard:
    """Properties of a LoRA or other adapter that can be read from the file's header, without reading the tensors."""

    path: Path
    # Tensor names, by layer (as named in the file) and part.
    layers: Mapping[str, Mapping[str, str]]
    # Tensors that are not part of any adapter.
    unknown: tuple[str, ...]
    # One or more of the values of _KINDS, such as LoRA and differences.
    kinds: tuple[str, ...]
    # Kind of the models that the adapter is for, or "" if its layer widths do not reveal it.
    base: str
    # The highest rank of all layers, or 0 if no layer has factors.
    rank: int
    # Alphas, by layer, that are stored in the header instead of a tensor.
    alphas: Mapping[str, float]
    # Scales of LoHa and LoKr layers, alpha / rank, that PEFT's configuration states.
    scales: Mapping[str, float]

    @property
    def name(self) -> str:
        return self.path.name


def adapter_family(base: str) -> str:
    """Return the model kind, such as "SDXL", under which adapters for models of the kind `base` are listed. Some
    diffusion transformers share one kind, because their adapters are interchangeable.
    """
    return next((family for start, family in FAMILIES.items() if base.startswith(start)), base)


def is_adapter(header: Header) -> bool:
    """Return True if a file contains a LoRA or other adapter, judging by its tensor names."""
    return any(is_adapter_tensor(name, header) for name in header.shapes) or unsupported_kind(header) != ""


def unsupported_kind(header: Header) -> str:
    """Return the unsupported kind of adapter that a file contains, such as "VeRA", or "" for other files."""
    # The part is followed by PEFT's name of the adapter, or by "weight".
    parts = (part for name in header.shapes for part in name.split(".")[-3:])
    return next((_UNSUPPORTED_KINDS[part] for part in parts if part in _UNSUPPORTED_KINDS), "")


def is_adapter_tensor(name: str, header: Header) -> bool:
    """Return True if a tensor with this name in a file with this header is part of a LoRA or other adapter."""
    return _split_name(name, header.shapes) is not None


def fits(header: Header, widths: Mapping[str, Collection[int]]) -> bool:
    """Return True if a model has layers that an adapter changes, judging by their names and input widths.

    `widths` contains the possible input widths of the model's layers, see `layer_names.layer_widths`.
    """
    shapes: dict[str, dict[str, tuple[int, ...]]] = {}
    for name, shape in header.shapes.items():
        if (found := _split_name(name, header.shapes)) is not None and found[0] in widths:
            shapes.setdefault(found[0], {})[found[1]] = shape
    # Adapters of normalisation layers and biases have no width.
    return bool(shapes) and all(_input_width(parts) in (0, *widths[layer]) for layer, parts in shapes.items())


def adapter_card(path: Path, header: Header) -> AdapterCard:
    """Read the properties of an adapter from the header of its file. Raises ModelError if the file is not an adapter,
    or has empty or duplicate tensors.
    """
    # Layers of an unsupported kind would otherwise be ignored silently.
    if kind := unsupported_kind(header):
        raise unsupported_error(path, kind)
    layers: dict[str, dict[str, str]] = {}
    unknown = []
    for name, shape in header.shapes.items():
        if (found := _split_name(name, header.shapes)) is None:
            unknown.append(name)
        elif found[1] not in SCALARS and header.is_integer(name):
            raise integer_error(path.name, name)
        elif 0 in shape or layers.setdefault(found[0], {}).setdefault(found[1], name) != name:
            raise damaged_error(path, name)
    _join_magnitudes(layers)
    if not layers:
        raise ModelError(
            translatable(
                "{name} is not a supported LoRA; choose a LoRA, LoCon, LoHa, LoKr, GLoRA or DoRA, or an OFT, BOFT, "
                "IA3 or T-LoRA of LyCORIS.",
                name=path.name,
            )
        )
    shapes = {layer: {part: header.shapes[name] for part, name in parts.items()} for layer, parts in layers.items()}
    unknown = _add_whole_parts(layers, unknown, header)
    stated = PeftConfiguration(path, header)
    return AdapterCard(
        path=path,
        layers=layers,
        unknown=tuple(unknown),
        kinds=_detect_kinds(shapes),
        base=_detect_base(shapes) or adapter_base(shapes),
        rank=max((parts[part][0] for parts in shapes.values() for part in _RANKED_PARTS if parts.get(part)), default=0),
        alphas=stated.alphas(shapes),
        scales=stated.scales(shapes),
    )


def _join_magnitudes(layers: dict[str, dict[str, str]]) -> None:
    """Add the magnitudes of a DoRA to the layers of their factors. Where diffusers 0.42.1 converts names to kohya's, it
    replaces all dots in the names of the factors' layers, and all but the last in those of the magnitudes.
    """
    for layer in [layer for layer, parts in layers.items() if parts.keys() == {"magnitude"}]:
        factors = layers.get(layer.replace(".", "_"), {})
        if "up" in factors and "magnitude" not in factors:
            factors |= layers.pop(layer)


def unsupported_error(path: Path, kind: str) -> ModelError:
    """Return the error for an adapter of an unsupported kind, such as "VeRA"."""
    return ModelError(
        translatable(
            "{name} is an adapter of the kind {kind}, which is not supported; choose a LoRA, LoCon, LoHa, LoKr, "
            "GLoRA or DoRA, or an OFT, BOFT, IA3 or T-LoRA of LyCORIS.",
            name=path.name,
            kind=kind,
        )
    )


def stated_kind(path: Path) -> str:
    """Return the unsupported kind of an adapter that PEFT's configuration beside it states, such as "ADALORA of PEFT",
    or "" if it states none or a supported kind. Raises ModelError if the configuration is damaged.
    """
    kind = read_peft_config(path).get("peft_type")
    is_kind = isinstance(kind, str) and bool(re.fullmatch(r"[A-Z][A-Z0-9_]{0,40}", kind))
    return f"{kind} of PEFT" if is_kind and kind not in _SUPPORTED_PEFT_KINDS else ""


def _split_name(name: str, names: Container[str]) -> tuple[str, str] | None:
    """Split the name of an adapter's tensor into the layer to be changed and the tensor's role, such as "up". Returns
    None for other tensors. `names` are those of all tensors in the file.
    """
    if at := _XLABS.fullmatch(name):
        return at[1], at[2]
    for end, part in PARTS.items():
        layer = name.removesuffix(end)
        if layer != name and all(f"{layer}{other}" in names for other in _REQUIRED_PARTS.get(part, ())):
            return layer, part
    return None


def _add_whole_parts(layers: dict[str, dict[str, str]], names: Iterable[str], header: Header) -> list[str]:
    """Add the whole weights and biases among the other tensors of an adapter file to its layers, and return the names
    of the rest.
    """
    rest = []
    for name in names:
        end = next((end for end in _WHOLE_PARTS if name.endswith(end) and name != end), "")
        layer = name.removesuffix(end)
        part, others = _WHOLE_PARTS.get(end, ("", ()))
        present = layers.get(layer, {})
        # A whole weight beside factors for the same weight is not from PEFT.
        is_taken = part in present or any(each in present for each in others)
        is_taken = is_taken or (part == "whole" and bool(present.keys() - {"whole_bias"}))
        if end and not is_taken and not header.is_integer(name) and 0 not in header.shapes[name]:
            layers.setdefault(layer, {})[part] = name
        else:
            rest.append(name)
    return rest


def _detect_kinds(shapes: Mapping[str, Shapes]) -> tuple[str, ...]:
    present = {
        _BUTTERFLY if part == "oft_blocks" and len(shape) == 4 else part
        for parts in shapes.values()
        for part, shape in parts.items()
    }
    if any(len(parts.get("down", ())) == 4 and parts["down"][2:] != (1, 1) for parts in shapes.values()):
        present.add("mid")  # LoCon extends LoRA to convolutions larger than 1x1, with a core or without
    return tuple(dict.fromkeys(kind for part, kind in _KINDS.items() if part in present))


def _detect_base(shapes: Mapping[str, Shapes]) -> str:
    """Return the kind of model that a Stable Diffusion adapter is for, judging by the widths of its layers, or "" for
    other adapters.
    """
    if any(layer.startswith(_OF_TRANSFORMERS) for layer in shapes):
        return ""
    for layer, parts in shapes.items():
        if "attn2" in layer and layer.endswith(("to_k", "to_v")) and (width := _input_width(parts)) in BASES:
            return BASES[width]
    if any(layer.startswith(("lora_te2_", "text_encoder_2.")) for layer in shapes):
        # Stable Diffusion 3 has the same text encoders.
        return "" if all(layer.startswith(_OF_TEXT_ENCODERS) for layer in shapes) else BASES[2048]
    for layer, parts in shapes.items():
        alone = layer.startswith("lora_te_")  # kohya's name where a model has one text encoder
        if (alone or layer.startswith("text_encoder.")) and layer.endswith(("q_proj", "k_proj", "v_proj")):
            width = _input_width(parts)
            return BASES.get(width, "") if alone or width == 1024 else ""
    return ""


def _input_width(parts: Shapes) -> int:
    """Return the input width of a layer that a LoRA or other adapter changes, or 0 if the shapes of its tensors do not
    reveal it.
    """
    for part in ("down", "hada_w1_b", "diff", "b2", "q_layer"):
        if len(parts.get(part, ())) > 1:
            return parts[part][1]
    left, right = (parts.get(f"lokr_w{side}") or parts.get(f"lokr_w{side}_b") or () for side in (1, 2))
    return left[1] * right[1] if len(left) > 1 and len(right) > 1 else 0
