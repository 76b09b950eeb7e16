"""Conversion of weight names from various checkpoint layouts to the names in this program's networks.

Our U-Net and autoencoder use the names in single-file checkpoints, and our CLIP uses those in transformers. Names are
never split at underscores.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from gdm_studio.networks.stable_diffusion.configurations import HINT_LAYERS

if TYPE_CHECKING:
    from torch import Tensor

Shape = tuple[int, ...]
Rule = tuple[re.Pattern[str], Callable[[re.Match[str]], str]]
_FUSED = re.compile(r"(.*\.)to_q?kv\.(weight|bias)")


def unet_from_diffusers(names: Iterable[str]) -> dict[str, str]:
    """Map the weight names of a diffusers U-Net to the names of this program's U-Net. Unknown names are omitted."""
    names = list(names)
    blocks = 1 + max((int(found[1]) for name in names if (found := _FIRST_BLOCKS.match(name))), default=0)
    attends = {int(found[1]) for name in names if (found := _ATTENDING.match(name))}
    rules = [*_UNET_ENDS, *(_compile_rule(pattern, partial(place, blocks, attends)) for pattern, place in _UNET_BLOCKS)]
    return _rename(names, [*rules, *_UNET_MIDDLE])


def without_fused_copies(names: Iterable[str]) -> list[str]:
    """Return the weight names of a diffusers network without the fused layers whose separate parts are stored, too.

    A pipeline that was saved after `fuse_qkv_projections` has both. diffusers itself reads the parts.
    """
    names = list(names)
    known = set(names)

    def is_copy(name: str) -> bool:
        at = _FUSED.fullmatch(name)
        return at is not None and f"{at[1]}to_k.{at[2]}" in known

    return [name for name in names if not is_copy(name)]


def unet_to_diffusers(names: Iterable[str]) -> dict[str, str]:
    """Map the weight names of this program's U-Net to those of diffusers, for example to find the layers of a LoRA."""
    names = list(names)
    period = min((int(found[1]) for name in names if (found := _COARSER.match(name))), default=len(names))
    places = ((re.compile(pattern), partial(place, period)) for pattern, place in _LDM_BLOCKS)
    return _rename(names, [*_LDM_ENDS, *places])


def control_net_from_diffusers(names: Iterable[str]) -> dict[str, str]:
    """Map the weight names of a diffusers ControlNet to the names of this program's network. Unknown names are
    omitted.
    """
    names = list(names)
    return unet_from_diffusers(names) | _rename(names, _CONTROL_NET)


def t2i_adapter_from_original(names: Iterable[str]) -> dict[str, str]:
    """Map the weight names of a T2I-Adapter in its original format to the names of this program's network, which are
    the names in diffusers without the prefix "adapter.".
    """
    names = list(names)
    # Full adapters number the residual blocks of all features, two of each. Light ones number the features.
    each = 2 if "conv_in.weight" in names else 1
    first = _compile_rule(r"body\.(\d+)\.in_conv\.(.+)", lambda at: f"body.{int(at[1]) // each}.in_conv.{at[2]}")
    return _rename(names, [first, *_T2I_ADAPTER])


def vae_from_diffusers(names: Iterable[str]) -> dict[str, str]:
    """Map the weight names of a diffusers autoencoder, including older releases, to the names of this program's
    network.
    """
    names = without_fused_copies(names)
    levels = 1 + max((int(found[1]) for name in names if (found := _UP_BLOCK.match(name))), default=0)

    def up(at: re.Match[str]) -> str:
        place = f"decoder.up.{levels - 1 - int(at[1])}"  # diffusers counts from coarse to fine
        return f"{place}.block.{at[2]}.{_rename_vae_part(at[3])}" if at[2] else f"{place}.upsample.{at[3]}"

    block = _compile_rule(r"decoder\.up_blocks\.(\d+)\.(?:resnets\.(\d+)|upsamplers\.0)\.(.+)", up)
    return _rename(names, [block, *_VAE])


def ip_adapter_from_original(names: Iterable[str]) -> dict[str, str]:
    """Map the weight names of an IP-Adapter, whose layers have odd numbers, to the names of this program's network."""
    layer = re.compile(r"ip_adapter\.(\d{1,4})\.to_([kv])_ip\.weight")
    found = {}
    for name in names:
        if (at := layer.fullmatch(name)) and int(at[1]) % 2:
            found[name] = f"layers.{int(at[1]) // 2}.to_{at[2]}.weight"
        elif name.startswith("image_proj."):
            found[name] = name
    return found


def clip_from_transformers(names: Iterable[str]) -> dict[str, str]:
    """Map the weight names of a CLIP text encoder from transformers, including older releases, to the names of this
    program's network.
    """
    return _rename(list(names), _CLIP)


# Axes of the weight of a convolution over time, rows and columns.
CONVOLUTION_OVER_TIME = 5


class TensorSource(NamedTuple):
    """Location of a network's weight in a file: a whole tensor or one third of its rows, possibly transposed, or the
    last time slice of a video network's weight.
    """

    # Name of the tensor in the file.
    name: str
    # Index of the third of its rows, or -1 for the whole tensor.
    third: int = -1
    turned: bool = False
    # True for the weight of a video network that is applied to single images.
    still: bool = False

    def shape(self, theirs: Shape) -> Shape:
        """Return the shape that the network's weight has, given the shape of the file's tensor.

        Raises ValueError if the tensor is not divisible by three.
        """
        if self.still:
            theirs = _remove_time_axis(theirs)
        if self.third >= 0:
            if not theirs or theirs[0] % 3:
                raise ValueError(f"{self.name} has the shape {theirs}")
            return theirs[0] // 3, *theirs[1:]
        return theirs[::-1] if self.turned else theirs

    @property
    def is_whole(self) -> bool:
        """True if the weight is the complete tensor of the file, neither split nor transposed."""
        return self.third < 0 and not self.turned and not self.still

    def of(self, weight: Tensor) -> Tensor:
        """Extract the network's weight from the tensor in the file: the whole tensor or a third of its rows, possibly
        transposed. The result is a view.
        """
        if self.still:
            weight = weight[:, :, -1] if weight.ndim == CONVOLUTION_OVER_TIME else weight
            weight = weight.reshape(_remove_time_axis(tuple(weight.shape)))
        if self.third >= 0:
            return weight.chunk(3)[self.third]
        return weight.T if self.turned else weight


def _remove_time_axis(shape: Shape) -> Shape:
    """Return the shape of a video network's weight without the axis of time, and of a scale without trailing axes of
    one element.
    """
    if len(shape) == CONVOLUTION_OVER_TIME:
        return *shape[:2], *shape[3:]
    return shape[:1] if all(size == 1 for size in shape[1:]) else shape


def tensors_from_openclip(names: Iterable[str]) -> dict[str, TensorSource]:
    """Return the source of each weight of a text encoder in an OpenCLIP file, which stores queries, keys and values in
    one tensor.
    """
    found: dict[str, TensorSource] = {}
    for name in names:
        if name == "text_projection":
            found["text_projection.weight"] = TensorSource(name, turned=True)
        elif at := _OPENCLIP_TOGETHER.fullmatch(name):
            for third, part in enumerate(("q_proj", "k_proj", "v_proj")):
                found[f"layers.{at[1]}.self_attn.{part}.{at[2]}"] = TensorSource(name, third)
        else:
            found |= {ours: TensorSource(name) for ours in _rename([name], _OPENCLIP).values()}
    return found


def linear_shape(name: str, shape: Shape) -> Shape:
    """Return the shape of a network's weight, given its shape in the file. Some files contain 1 × 1 convolutions in
    place of linear layers.
    """
    return shape[:2] if len(shape) == 4 and _LINEAR.search(name) else shape


def convolution_shape(name: str, shape: Shape) -> Shape:
    """Return the shape (outputs, inputs, height, width) of a convolution whose file contains it as a matrix of
    (outputs, inputs · height · width), as optimum-quanto's int4 does. Other shapes are unchanged.

    The size of the kernel follows from the name.
    """
    at = _CONVOLUTION.search(name) if len(shape) == 2 else None
    side = 1 if at is not None and at["single"] else 3
    if at is None or shape[1] % side**2:
        return shape
    return shape[0], shape[1] // side**2, side, side


def _compile_rule(pattern: str, ours: Callable[[re.Match[str]], str] | str) -> Rule:
    return re.compile(pattern), (ours if callable(ours) else lambda at: at.expand(ours))


def _rename(names: Iterable[str], rules: Iterable[Rule]) -> dict[str, str]:
    rules = list(rules)
    found = {}
    for name in names:
        for pattern, ours in rules:
            if at := pattern.fullmatch(name):
                found[name] = ours(at)
                break
    return found


_FIRST_BLOCKS = re.compile(r"down_blocks\.\d+\.resnets\.(\d+)\.")
_ATTENDING = re.compile(r"up_blocks\.(\d+)\.attentions\.")
_COARSER = re.compile(r"input_blocks\.(\d+)\.0\.op\.")
_UP_BLOCK = re.compile(r"decoder\.up_blocks\.(\d+)\.")
_OPENCLIP_TOGETHER = re.compile(r"transformer\.resblocks\.(\d+)\.attn\.in_proj_(weight|bias)")
_LINEAR = re.compile(r"\.(?:proj_in|proj_out|attn_1\.[qkv])\.weight$")
# Convolutions of 3 × 3 and 1 × 1 pixels with many inputs, in the U-Net, the autoencoder and control models.
_CONVOLUTION = re.compile(
    r"(?:^|\.)(?:in_layers\.2|out_layers\.3|op|conv|conv[12]|conv_in|conv_out|input_hint_block\.\d+|out\.2"
    r"|(?P<single>skip_connection|nin_shortcut|zero_convs\.\d+\.0|middle_block_out\.0))\.weight$"
)

_RES_PARTS = {
    "norm1": "in_layers.0",
    "conv1": "in_layers.2",
    "time_emb_proj": "emb_layers.1",
    "norm2": "out_layers.0",
    "conv2": "out_layers.3",
    "conv_shortcut": "skip_connection",
}


def _rename_residual_part(name: str) -> str:
    part, _, kind = name.rpartition(".")
    return f"{_RES_PARTS.get(part, part)}.{kind}"


def _down_block_name(blocks: int, attends: set[int], at: re.Match[str]) -> str:
    first = 1 + int(at[1]) * (blocks + 1)
    if at[2] is None:
        return f"input_blocks.{first + blocks}.0.op.{at[4]}"
    is_attention = at[2] == "attentions"
    part = at[4] if is_attention else _rename_residual_part(at[4])
    return f"input_blocks.{first + int(at[3])}.{int(is_attention)}.{part}"


def _up_block_name(blocks: int, attends: set[int], at: re.Match[str]) -> str:
    first = int(at[1]) * (blocks + 1)
    if at[2] is None:
        return f"output_blocks.{first + blocks}.{2 if int(at[1]) in attends else 1}.conv.{at[4]}"
    is_attention = at[2] == "attentions"
    part = at[4] if is_attention else _rename_residual_part(at[4])
    return f"output_blocks.{first + int(at[3])}.{int(is_attention)}.{part}"


_UNET_ENDS = [
    _compile_rule(r"conv_in\.(.+)", r"input_blocks.0.0.\1"),
    _compile_rule(r"time_embedding\.linear_([12])\.(.+)", lambda at: f"time_embed.{2 * int(at[1]) - 2}.{at[2]}"),
    _compile_rule(r"time_embedding\.cond_proj\.(.+)", r"guidance_proj.\1"),
    _compile_rule(r"add_embedding\.linear_([12])\.(.+)", lambda at: f"label_emb.0.{2 * int(at[1]) - 2}.{at[2]}"),
    _compile_rule(r"conv_norm_out\.(.+)", r"out.0.\1"),
    _compile_rule(r"conv_out\.(.+)", r"out.2.\1"),
]
_UNET_BLOCKS = (
    (r"down_blocks\.(\d+)\.(?:(resnets|attentions)\.(\d+)|downsamplers\.0\.conv)\.(.+)", _down_block_name),
    (r"up_blocks\.(\d+)\.(?:(resnets|attentions)\.(\d+)|upsamplers\.0\.conv)\.(.+)", _up_block_name),
)
_UNET_MIDDLE = [
    _compile_rule(
        r"mid_block\.resnets\.([01])\.(.+)", lambda at: f"middle_block.{2 * int(at[1])}.{_rename_residual_part(at[2])}"
    ),
    _compile_rule(r"mid_block\.attentions\.0\.(.+)", r"middle_block.1.\1"),
]

_CONTROL_NET = [
    _compile_rule(r"controlnet_cond_embedding\.conv_in\.(.+)", r"input_hint_block.0.\1"),
    _compile_rule(
        r"controlnet_cond_embedding\.blocks\.(\d+)\.(.+)",
        lambda at: f"input_hint_block.{2 * int(at[1]) + 2}.{at[2]}",
    ),
    _compile_rule(r"controlnet_cond_embedding\.conv_out\.(.+)", f"input_hint_block.{2 * HINT_LAYERS}.\\1"),
    _compile_rule(r"controlnet_down_blocks\.(\d+)\.(.+)", r"zero_convs.\1.0.\2"),
    _compile_rule(r"controlnet_mid_block\.(.+)", r"middle_block_out.0.\1"),
    # Additional weights of a union model.
    _compile_rule(
        r"control_add_embedding\.linear_([12])\.(.+)", lambda at: f"control_add_embedding.{2 * int(at[1]) - 2}.{at[2]}"
    ),
    _compile_rule(r"(task_embedding|spatial_ch_projs\..+|transformer_layes\..+)", r"\1"),
]

_T2I_ADAPTER = [
    _compile_rule(r"(conv_in\.\w+)", r"\1"),
    _compile_rule(r"(body\.\d+)\.body\.(\d+)\.(.+)", r"\1.resnets.\2.\3"),
    _compile_rule(r"(body\.\d+\.out_conv\..+)", r"\1"),
    _compile_rule(
        r"body\.(\d+)\.(block[12]\..+)", lambda at: f"body.{int(at[1]) // 2}.resnets.{int(at[1]) % 2}.{at[2]}"
    ),
]

_DIFFUSERS_PARTS = {ours: theirs for theirs, ours in _RES_PARTS.items()}


def _block_name(name: str, is_attention: bool, index: int, rest: str) -> str:
    if is_attention:
        return f"{name}.attentions.{index}.{rest}"
    part, _, kind = rest.rpartition(".")
    return f"{name}.resnets.{index}.{_DIFFUSERS_PARTS.get(part, part)}.{kind}"


def _input_block_name(period: int, at: re.Match[str]) -> str:
    level, place = divmod(int(at[1]) - 1, period)
    return _block_name(f"down_blocks.{level}", at[2] == "1", place, at[3])


def _output_block_name(period: int, at: re.Match[str]) -> str:
    level, place = divmod(int(at[1]), period)
    return _block_name(f"up_blocks.{level}", at[2] == "1", place, at[3])


def _downsampler_name(period: int, at: re.Match[str]) -> str:
    return f"down_blocks.{int(at[1]) // period - 1}.downsamplers.0.conv.{at[2]}"


def _upsampler_name(period: int, at: re.Match[str]) -> str:
    return f"up_blocks.{int(at[1]) // period}.upsamplers.0.conv.{at[2]}"


_LDM_ENDS = [
    _compile_rule(r"input_blocks\.0\.0\.(.+)", r"conv_in.\1"),
    _compile_rule(r"time_embed\.([02])\.(.+)", lambda at: f"time_embedding.linear_{int(at[1]) // 2 + 1}.{at[2]}"),
    _compile_rule(r"guidance_proj\.(.+)", r"time_embedding.cond_proj.\1"),
    _compile_rule(r"label_emb\.0\.([02])\.(.+)", lambda at: f"add_embedding.linear_{int(at[1]) // 2 + 1}.{at[2]}"),
    _compile_rule(r"out\.0\.(.+)", r"conv_norm_out.\1"),
    _compile_rule(r"out\.2\.(.+)", r"conv_out.\1"),
    _compile_rule(r"middle_block\.1\.(.+)", r"mid_block.attentions.0.\1"),
    _compile_rule(r"middle_block\.([02])\.(.+)", lambda at: _block_name("mid_block", False, int(at[1]) // 2, at[2])),
]
_LDM_BLOCKS = (
    (r"input_blocks\.(\d+)\.0\.op\.(.+)", _downsampler_name),
    (r"output_blocks\.(\d+)\.[12]\.conv\.(.+)", _upsampler_name),
    (r"input_blocks\.(\d+)\.([01])\.(.+)", _input_block_name),
    (r"output_blocks\.(\d+)\.([01])\.(.+)", _output_block_name),
)

_VAE_PARTS = {
    "conv_shortcut": "nin_shortcut", "conv_norm_out": "norm_out", "group_norm": "norm",
    "to_q": "q", "to_k": "k", "to_v": "v", "to_out.0": "proj_out",
    "query": "q", "key": "k", "value": "v", "proj_attn": "proj_out",
}  # fmt: skip


def _rename_vae_part(name: str) -> str:
    part, _, kind = name.rpartition(".")
    return f"{_VAE_PARTS.get(part, part)}.{kind}"


_VAE = [
    _compile_rule(
        r"encoder\.down_blocks\.(\d+)\.(?:resnets\.(\d+)|downsamplers\.0)\.(.+)",
        lambda at: f"encoder.down.{at[1]}." + (f"block.{at[2]}." if at[2] else "downsample.") + _rename_vae_part(at[3]),
    ),
    _compile_rule(
        r"(encoder|decoder)\.mid_block\.resnets\.([01])\.(.+)",
        lambda at: f"{at[1]}.mid.block_{int(at[2]) + 1}.{_rename_vae_part(at[3])}",
    ),
    _compile_rule(
        r"(encoder|decoder)\.mid_block\.attentions\.0\.(.+)", lambda at: f"{at[1]}.mid.attn_1.{_rename_vae_part(at[2])}"
    ),
    _compile_rule(r"(encoder|decoder)\.(conv_\w+\.\w+)", lambda at: f"{at[1]}.{_rename_vae_part(at[2])}"),
    _compile_rule(r"((?:post_)?quant_conv\..+)", r"\1"),
]

_CLIP = [
    _compile_rule(r"(?:text_model\.)?embeddings\.((?:token|position)_embedding\..+)", r"\1"),
    _compile_rule(r"(?:text_model\.)?encoder\.(layers\..+)", r"\1"),
    _compile_rule(r"(?:text_model\.)?(final_layer_norm\..+)", r"\1"),
    _compile_rule(r"(text_projection\.weight)", r"\1"),
]
_OPENCLIP = [
    _compile_rule(r"(token_embedding\.weight)", r"\1"),
    _compile_rule(r"positional_embedding", "position_embedding.weight"),
    _compile_rule(r"ln_final\.(.+)", r"final_layer_norm.\1"),
    _compile_rule(r"transformer\.resblocks\.(\d+)\.ln_([12])\.(.+)", r"layers.\1.layer_norm\2.\3"),
    _compile_rule(r"transformer\.resblocks\.(\d+)\.attn\.out_proj\.(.+)", r"layers.\1.self_attn.out_proj.\2"),
    _compile_rule(r"transformer\.resblocks\.(\d+)\.mlp\.c_fc\.(.+)", r"layers.\1.mlp.fc1.\2"),
    _compile_rule(r"transformer\.resblocks\.(\d+)\.mlp\.c_proj\.(.+)", r"layers.\1.mlp.fc2.\2"),
]
