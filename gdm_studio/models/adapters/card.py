"""What an adapter's file holds, told by the names and shapes of its tensors: no torch, no file name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gdm_studio.errors import ModelError
from gdm_studio.models.header import strict_json
from gdm_studio.models.stored import Header

Shapes = Mapping[str, tuple[int, ...]]

_PAIRS = (  # how those who write LoRA call its two factors: kohya, PEFT, three generations of diffusers
    (".lora_down.weight", ".lora_up.weight"),
    (".lora_A.weight", ".lora_B.weight"),
    (".lora_A.default.weight", ".lora_B.default.weight"),
    (".lora.down.weight", ".lora.up.weight"),
    ("_lora.down.weight", "_lora.up.weight"),
    (".lora_linear_layer.down.weight", ".lora_linear_layer.up.weight"),
)
_HADAMARD = ("hada_w1_a", "hada_w1_b", "hada_w2_a", "hada_w2_b", "hada_t1", "hada_t2")
_KRONECKER = ("lokr_w1", "lokr_w1_a", "lokr_w1_b", "lokr_w2", "lokr_w2_a", "lokr_w2_b", "lokr_t2")
PARTS = {  # what the name of a tensor ends with -> the part of the layer's change that it is
    **{ending: part for pair in _PAIRS for ending, part in zip(pair, ("down", "up"), strict=True)},
    ".lora_mid.weight": "mid",
    ".alpha": "alpha",
    ".dora_scale": "dora_scale",
    **{f".lora_magnitude_vector{rest}": "magnitude" for rest in ("", ".weight", ".default", ".default.weight")},
    **{f".{part}": part for part in (*_HADAMARD, *_KRONECKER, "diff", "diff_b")},
    ".w_norm": "diff",
    ".b_norm": "diff_b",
}
_KINDS = {  # a part that only this kind has, later ones named after earlier ones
    "up": "LoRA", "mid": "LoCon", "hada_w1_a": "LoHa", "lokr_w1": "LoKr", "lokr_w1_a": "LoKr",
    "dora_scale": "DoRA", "magnitude": "DoRA", "diff": "differences", "diff_b": "differences",
}  # fmt: skip
_BY_CONTEXT = {768: "Stable Diffusion 1", 1024: "Stable Diffusion 2", 2048: "SDXL", 1280: "SDXL refiner"}
_PEFT = "lora_adapter_metadata"  # in a header: the configurations that diffusers made the adapter with, as JSON
_CONFIG = ("lora_alpha", "alpha_pattern", "use_rslora")
_RANKED = ("down", "hada_w1_b", "lokr_w1_b", "lokr_w2_b")


@dataclass(frozen=True)
class AdapterCard:
    """What is known of an adapter before its numbers are read."""

    path: Path
    layers: Mapping[str, Mapping[str, str]]  # by the layer as the file spells it: by part, the tensor's name
    unknown: tuple[str, ...]  # the tensors that are no part of any adapter
    kinds: tuple[str, ...]  # of LoRA, LoCon, LoHa, LoKr, DoRA, differences
    base: str  # the models it is for; "" where its widths do not tell
    rank: int  # the highest of all layers; 0 where none has factors
    alphas: Mapping[str, float]  # of layers whose alpha is in the header and not in a tensor

    @property
    def name(self) -> str:
        return self.path.name


def is_adapter(header: Header) -> bool:
    """Whether any tensor is part of an adapter."""
    return any(_split(name) for name in header.shapes)


def adapter_card(path: Path, header: Header) -> AdapterCard:
    """The card of the adapter in that file; raises ModelError where it is none, or one with nothing in a tensor."""
    layers: dict[str, dict[str, str]] = {}
    unknown = []
    for name, shape in header.shapes.items():
        if (found := _split(name)) is None:
            unknown.append(name)
        elif 0 in shape or layers.setdefault(found[0], {}).setdefault(found[1], name) != name:
            raise damaged(path, name)
    if not layers:
        raise ModelError(f"{path.name} is no LoRA that is known; choose a LoRA, LoCon, LoHa, LoKr or DoRA file.")
    shapes = {layer: {part: header.shapes[name] for part, name in parts.items()} for layer, parts in layers.items()}
    return AdapterCard(
        path=path,
        layers=layers,
        unknown=tuple(unknown),
        kinds=_kinds(shapes),
        base=_base(shapes),
        rank=max((parts[part][0] for parts in shapes.values() for part in _RANKED if parts.get(part)), default=0),
        alphas=_alphas(path, header, shapes),
    )


def damaged(path: Path, name: str) -> ModelError:
    """The error of a file in which that tensor or layer cannot be used."""
    return ModelError(f"{path.name} is damaged at {name[:80]!r}; copy or download it again.")


def _split(name: str) -> tuple[str, str] | None:
    """A tensor's layer, as the file spells it, and its part."""
    return next(((name[: -len(end)], part) for end, part in PARTS.items() if name.endswith(end)), None)


def _kinds(shapes: Mapping[str, Shapes]) -> tuple[str, ...]:
    present = {part for parts in shapes.values() for part in parts}
    if any(len(parts.get("down", ())) == 4 and parts["down"][2:] != (1, 1) for parts in shapes.values()):
        present.add("mid")  # what LoCon adds to LoRA: convolutions larger than a point, with a core or without
    return tuple(dict.fromkeys(kind for part, kind in _KINDS.items() if part in present))


def _alphas(path: Path, header: Header, shapes: Mapping[str, Shapes]) -> dict[str, float]:
    """What the configurations in the header say of LoRA's layers, each of which its network's name stands before."""
    try:
        told = strict_json(header.metadata.get(_PEFT, "{}"))
        found = {}
        for layer, parts in shapes.items():
            network = layer.partition(".")[0]
            prefix = f"{network}." if f"{network}.lora_alpha" in told else ""
            if "down" in parts and f"{prefix}lora_alpha" in told:
                found[layer] = _alpha({key: told.get(prefix + key) for key in _CONFIG}, layer, parts["down"][0])
        return found
    except (ValueError, TypeError, AttributeError, RecursionError, OverflowError, IndexError) as error:
        raise damaged(path, _PEFT) from error


def _alpha(config: Mapping[str, Any], layer: str, rank: int) -> float:
    """Of one layer: its own where a pattern names its end, and more by √rank for rank-stabilised ones."""
    own = (alpha for end, alpha in (config["alpha_pattern"] or {}).items() if f".{layer}".endswith(f".{end}"))
    return float(next(own, config["lora_alpha"])) * (rank**0.5 if config["use_rslora"] else 1)


def _base(shapes: Mapping[str, Shapes]) -> str:
    """The models of these widths: of the text that the U-Net attends to, else of the text encoders."""
    for layer, parts in shapes.items():
        if "attn2" in layer and layer.endswith(("to_k", "to_v")) and (width := _width(parts)) in _BY_CONTEXT:
            return _BY_CONTEXT[width]
    if any(layer.startswith(("lora_te2_", "text_encoder_2.")) for layer in shapes):
        return _BY_CONTEXT[2048]
    for layer, parts in shapes.items():
        alone = layer.startswith("lora_te_")  # kohya's name where a model has one text encoder
        if (alone or layer.startswith("text_encoder.")) and layer.endswith(("q_proj", "k_proj", "v_proj")):
            width = _width(parts)
            return _BY_CONTEXT.get(width, "") if alone or width == 1024 else ""
    return ""


def _width(parts: Shapes) -> int:
    """Of the numbers that the layer takes in; 0 where the shapes do not say."""
    for part in ("down", "hada_w1_b", "diff"):
        if len(parts.get(part, ())) > 1:
            return parts[part][1]
    left, right = (parts.get(f"lokr_w{side}") or parts.get(f"lokr_w{side}_b") or () for side in (1, 2))
    return left[1] * right[1] if len(left) > 1 and len(right) > 1 else 0
