"""Names that adapter files use for the layers of Stable Diffusion's networks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

from gdm_studio.models.families.stable_diffusion.weight_names import unet_to_diffusers

# Names of a model's networks, as in diffusers.
Part = Literal["unet", "text_encoder", "text_encoder_2"]

_KOHYA: dict[Part, tuple[str, ...]] = {
    "unet": ("lora_unet", "lycoris"),
    "text_encoder": ("lora_te", "lora_te1"),
    "text_encoder_2": ("lora_te2",),
}
_FIRST_ATTENTION = {"q_proj": "to_q", "k_proj": "to_k", "v_proj": "to_v", "out_proj": "to_out"}


def spellings(part: Part, layers: Iterable[str]) -> dict[str, str]:
    """Return {name in an adapter file: layer} for all layers of a U-Net or a text encoder.

    All possible names are generated from the names of the layers. Parsing a name would not work, because
    underscores occur both in names and between them.
    """
    found: dict[str, str] = {}
    for layer, dotted in (_unet if part == "unet" else _text)(layers):
        found |= {f"{prefix}_{dotted.replace('.', '_')}": layer for prefix in _KOHYA[part]}
        found |= {f"{prefix}.{dotted}": layer for prefix in (part, f"{part}.base_model.model")}
        if part == "unet":
            found |= {f"{prefix}{dotted}": layer for prefix in ("", "base_model.model.", "diffusion_model.")}
    return found


def _unet(layers: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield (layer, name in adapter files) for a U-Net. The names are those of single files, SDXL and diffusers."""
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


def _text(layers: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield (layer, name in adapter files) for a text encoder. The names are those of transformers and diffusers."""
    for layer in layers:
        inside = f"encoder.{layer}" if layer.startswith("layers.") else layer
        outside = inside if layer == "text_projection" else f"text_model.{inside}"
        yield layer, inside
        yield layer, outside
        block, _, last = outside.rpartition(".")
        if last in _FIRST_ATTENTION:
            yield layer, f"{block}.{_FIRST_ATTENTION[last]}"
