"""Weight names of the autoencoder of Wan 2.1 and Qwen-Image, in the original layout and in that of diffusers.

Both number the layers of the encoder from 0 in order; this program numbers levels and blocks. The convolutions over
time between frames are left out, since a single image does not use them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from gdm_studio.models.families.stable_diffusion.weight_names import TensorSource

# Names of the layers of a residual block, in the original layout and in diffusers.
_RESIDUAL = {
    "residual.0.gamma": "norm1.weight",
    "residual.3.gamma": "norm2.weight",
    "norm1.gamma": "norm1.weight",
    "norm2.gamma": "norm2.weight",
    **{
        f"{theirs}.{kind}": f"{ours}.{kind}"
        for theirs, ours in (
            ("residual.2", "conv1"),
            ("residual.6", "conv2"),
            ("shortcut", "nin_shortcut"),
            ("conv1", "conv1"),
            ("conv2", "conv2"),
            ("conv_shortcut", "nin_shortcut"),
        )
        for kind in ("weight", "bias")
    },
}
_ENDS = {
    "conv1": "conv_in",
    "head.2": "conv_out",
    "conv_in": "conv_in",
    "conv_out": "conv_out",
    "head.0": "norm_out",
    "norm_out": "norm_out",
}
_FLAT = re.compile(r"(encoder\.(?:downsamples|down_blocks)|decoder\.upsamples)\.(\d{1,3})\.(.+)")
_NESTED = re.compile(r"decoder\.up_blocks\.(\d{1,3})\.(?:resnets\.(\d{1,3})|upsamplers\.0)\.(.+)")
_MIDDLE = re.compile(r"(encoder|decoder)\.(?:middle\.([02])|mid_block\.resnets\.([01]))\.(.+)")
_ATTENTION = re.compile(r"(encoder|decoder)\.(?:middle\.1|mid_block\.attentions\.0)\.(norm|to_qkv|proj)\.(\w+)")
_END = re.compile(r"(encoder|decoder)\.(conv1|head\.[02]|conv_in|conv_out|norm_out)\.(\w+)")
_QUANT_CONVS = re.compile(r"(conv1|conv2|quant_conv|post_quant_conv)\.(weight|bias)")
_RESAMPLE = re.compile(r"resample\.1\.(weight|bias)")
_QUANT_NAMES = {"conv1": "quant_conv", "conv2": "post_quant_conv"}


def find_wan_vae_weights(names: Iterable[str]) -> Mapping[str, TensorSource]:
    """Map each weight of this program's autoencoder to its source in a file with tensors called `names`."""
    every = list(names)
    places = _number_levels(every)
    levels = 1 + max((level for side, _, level, _ in places if side == "decoder"), default=0)
    nested = [int(at[1]) for name in every if (at := _NESTED.fullmatch(name))]
    levels = max(levels, 1 + max(nested, default=0))
    blocks = {(side, index): (level, block) for side, index, level, block in places}
    found: dict[str, TensorSource] = {}
    for name in every:
        if at := _FLAT.fullmatch(name):
            side = at[1].partition(".")[0]
            level, block = blocks[side, int(at[2])]
            number = level if side == "encoder" else levels - 1 - level
            ours = _name_of_layer(side, number, block, at[3])
        elif at := _NESTED.fullmatch(name):
            block = int(at[2]) if at[2] else 0
            ours = _name_of_layer("decoder", levels - 1 - int(at[1]), block, at[3])
        elif at := _MIDDLE.fullmatch(name):
            number = int(at[2]) // 2 if at[2] else int(at[3])
            ours = f"{at[1]}.mid.block_{number + 1}.{_RESIDUAL[at[4]]}" if at[4] in _RESIDUAL else ""
        elif at := _ATTENTION.fullmatch(name):
            _add_attention(found, name, f"{at[1]}.mid.attn_1", at[2], at[3])
            continue
        elif at := _END.fullmatch(name):
            ours = f"{at[1]}.{_ENDS[at[2]]}.{_rename_kind(at[3])}"
        elif at := _QUANT_CONVS.fullmatch(name):
            ours = f"{_QUANT_NAMES.get(at[1], at[1])}.{at[2]}"
        else:
            continue
        if ours:
            found[ours] = TensorSource(name, still=True)
    return found


def _number_levels(names: Iterable[str]) -> list[tuple[str, int, int, int]]:
    """Return (side, index in the file, level, block) for each layer in a flat list of the encoder or decoder. A layer
    that changes the resolution ends a level.
    """
    resamples: dict[str, dict[int, bool]] = {}
    for name in names:
        if at := _FLAT.fullmatch(name):
            layers = resamples.setdefault(at[1].partition(".")[0], {})
            layers[int(at[2])] = layers.get(int(at[2]), False) or bool(_RESAMPLE.fullmatch(at[3]))
    found = []
    for side, layers in resamples.items():
        level = block = 0
        for index, is_resample in sorted(layers.items()):
            found.append((side, index, level, block))
            level, block = (level + 1, 0) if is_resample else (level, block + 1)
    return found


def _name_of_layer(side: str, level: int, block: int, rest: str) -> str:
    """Return this program's name of a layer's weight, or "" for a weight that single images do not use."""
    place = f"{side}.{'down' if side == 'encoder' else 'up'}.{level}"
    if at := _RESAMPLE.fullmatch(rest):
        return f"{place}.{'downsample' if side == 'encoder' else 'upsample'}.conv.{at[1]}"
    return f"{place}.block.{block}.{_RESIDUAL[rest]}" if rest in _RESIDUAL else ""


def _add_attention(found: dict[str, TensorSource], name: str, place: str, layer: str, kind: str) -> None:
    """Add the sources of an attention layer, whose queries, keys and values are rows of one tensor."""
    if layer == "to_qkv":
        for third, part in enumerate("qkv"):
            found[f"{place}.{part}.{kind}"] = TensorSource(name, third, still=True)
        return
    ours = "norm" if layer == "norm" else "proj_out"
    found[f"{place}.{ours}.{_rename_kind(kind)}"] = TensorSource(name, still=True)


def _rename_kind(kind: str) -> str:
    return "weight" if kind == "gamma" else kind
