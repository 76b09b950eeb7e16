"""Names and shapes of the weights in the published Stable Diffusion checkpoints, in both layouts.

    pip install .[parity] && python -m tests.parity.by_keys

writes tests/data/parity/keys.json.xz. Names and shapes in the folder layout come from diffusers' and transformers'
networks of the published configurations, created without memory. Their names in single files come from diffusers'
conversion, which gets numbered weights and must use all of them.
"""

from __future__ import annotations

import json
import lzma
from collections.abc import Callable, Mapping, Set
from importlib.metadata import version
from typing import Any

import diffusers
import torch
import transformers
from diffusers.loaders import single_file_utils
from torch import Tensor

from gdm_studio.models.families.stable_diffusion.weight_names import unet_from_diffusers, vae_from_diffusers
from tests.parity.keys import FILE

Shapes = dict[str, tuple[int, ...]]

CROSS, PLAIN = "CrossAttnDownBlock2D", "DownBlock2D"
XL: dict[str, Any] = {
    "addition_embed_type": "text_time", "addition_time_embed_dim": 256, "use_linear_projection": True,
}  # fmt: skip
SD1: dict[str, Any] = {
    "block_out_channels": (320, 640, 1280, 1280), "down_block_types": (CROSS, CROSS, CROSS, PLAIN),
    "cross_attention_dim": 768, "attention_head_dim": 8,
}  # fmt: skip
SD2 = SD1 | {"cross_attention_dim": 1024, "attention_head_dim": (5, 10, 20, 20), "use_linear_projection": True}
UNETS: dict[str, dict[str, Any]] = {
    "sd1": SD1,
    "sd1-inpainting": SD1 | {"in_channels": 9},
    "sd2": SD2,
    "sd2-inpainting": SD2 | {"in_channels": 9},
    "sdxl": XL | {
        "block_out_channels": (320, 640, 1280), "down_block_types": (PLAIN, CROSS, CROSS),
        "cross_attention_dim": 2048, "attention_head_dim": (5, 10, 20), "transformer_layers_per_block": (1, 2, 10),
        "projection_class_embeddings_input_dim": 2816,
    },
    "refiner": XL | {
        "block_out_channels": (384, 768, 1536, 1536), "down_block_types": (PLAIN, CROSS, CROSS, PLAIN),
        "cross_attention_dim": 1280, "attention_head_dim": (6, 12, 24, 24), "transformer_layers_per_block": 4,
        "projection_class_embeddings_input_dim": 2560,
    },
}  # fmt: skip
TEXTS = {  # width, layers, whether it projects, and what stands before its names in a single file
    "clip_l": (768, 12, False, "cond_stage_model.transformer."),
    "vit_h": (1024, 23, False, "cond_stage_model.model."),
    "big_g": (1280, 32, True, "conditioner.embedders.0.model."),
}
OPENCLIP = {  # what OpenCLIP calls a block's weights; the conversion has to find each of ours by it
    "layer_norm1": "ln_1", "layer_norm2": "ln_2", "self_attn.out_proj": "attn.out_proj", "mlp.fc1": "mlp.c_fc",
    "mlp.fc2": "mlp.c_proj",
}  # fmt: skip


def main() -> None:
    found: dict[str, Any] = {"versions": {name: version(name) for name in ("diffusers", "transformers")}}
    found["unets"] = {name: _unet(config) for name, config in UNETS.items()}
    found["vae"] = _vae()
    found["texts"] = {name: _text(*told) for name, told in TEXTS.items()}
    text = json.dumps(found, separators=(",", ":"))
    FILE.write_bytes(lzma.compress(text.encode(), preset=9 | lzma.PRESET_EXTREME))


def _unet(config: Mapping[str, Any]) -> dict[str, Any]:
    up = tuple(kind.replace("Down", "Up") for kind in reversed(config["down_block_types"]))
    unet = _on_meta(lambda: diffusers.UNet2DConditionModel(**config, up_block_types=up))
    shapes = _shapes(unet)
    ours = unet_from_diffusers(shapes)
    single = {ours[name]: shape for name, shape in shapes.items()}
    return _both(shapes, single, lambda weights: single_file_utils.convert_ldm_unet_checkpoint(
        {f"model.diffusion_model.{name}": weight for name, weight in weights.items()}, dict(unet.config)
    ))  # fmt: skip


def _vae() -> dict[str, Any]:
    vae = _on_meta(lambda: diffusers.AutoencoderKL(
        block_out_channels=(128, 256, 512, 512), down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4, layers_per_block=2,
    ))  # fmt: skip
    shapes = _shapes(vae)
    ours = vae_from_diffusers(shapes)
    single = {}
    for name, shape in shapes.items():
        is_point = ".mid.attn_1." in ours[name] and len(shape) == 2  # a convolution of one pixel in single files
        single[ours[name]] = (*shape, 1, 1) if is_point else shape
    return _both(shapes, single, lambda weights: single_file_utils.convert_ldm_vae_checkpoint(
        {f"first_stage_model.{name}": weight for name, weight in weights.items()}, dict(vae.config)
    ))  # fmt: skip


def _text(width: int, layers: int, projects: bool, prefix: str) -> dict[str, Any]:
    config = transformers.CLIPTextConfig(
        hidden_size=width, intermediate_size=4 * width, num_hidden_layers=layers, num_attention_heads=width // 64,
        projection_dim=width, bos_token_id=49406, eos_token_id=49407,
    )  # fmt: skip
    kind = transformers.CLIPTextModelWithProjection if projects else transformers.CLIPTextModel
    text = _on_meta(lambda: kind(config))
    # as the published folders have them, newer releases of transformers without what stands before
    whole = {_published(name): shape for name, shape in _shapes(text).items()}
    if prefix.endswith("transformer."):
        return _both(whole, whole, lambda weights: single_file_utils.convert_ldm_clip_checkpoint(
            {prefix + name: weight for name, weight in weights.items()}
        ))  # fmt: skip
    left = {name.removeprefix(prefix) for name in single_file_utils.SD_2_TEXT_ENCODER_KEYS_TO_IGNORE}
    single = _openclip(whole)
    if not projects:  # its last block, which nothing sees, and its projection are in single files alone
        alone = _openclip(whole, last=layers) | {"text_projection": (width, width)}
        single |= {name: shape for name, shape in alone.items() if name in left}
    return _both(whole, single, lambda weights: single_file_utils.convert_open_clip_checkpoint(
        text, {prefix + name: weight for name, weight in weights.items()}, prefix
    ), left=set() if projects else left)  # fmt: skip


def _published(name: str) -> str:
    return name if name.startswith(("text_model.", "text_projection.")) else f"text_model.{name}"


def _openclip(whole: Shapes, *, last: int = -1) -> Shapes:
    """Return weights under OpenCLIP's names. With `last`, all blocks get the number of the last block."""
    found: Shapes = {}
    for name, shape in whole.items():
        place, _, rest = name.removeprefix("text_model.encoder.layers.").partition(".")
        layer, _, kind = rest.rpartition(".")
        if not place.isdigit():
            found |= {"text_projection": shape[::-1]} if name.startswith("text_projection") else {}
            continue
        block = f"transformer.resblocks.{place if last < 0 else last}"
        if layer == "self_attn.q_proj":
            found[f"{block}.attn.in_proj_{kind}"] = (3 * shape[0], *shape[1:])
        elif layer in OPENCLIP:
            found[f"{block}.{OPENCLIP[layer]}.{kind}"] = shape
    width = whole["text_model.final_layer_norm.bias"][0]
    ends = {"positional_embedding": (77, width), "token_embedding.weight": (49408, width)}
    return found | ends | {"ln_final.weight": (width,), "ln_final.bias": (width,)}


def _both(
    shapes: Shapes,
    single: Shapes,
    convert: Callable[[dict[str, Tensor]], Mapping[str, Tensor]],
    left: Set[str] = frozenset(),
) -> dict[str, Any]:
    """Return names and shapes in the folder layout and in single files, and the single-file name of each folder name.

    `left` are names that occur only in single files.
    """
    numbered = list(single)
    # each a single number of memory, which says of what a converted one was made
    given = {name: torch.tensor(float(number)).expand(single[name]) for number, name in enumerate(numbered)}
    made = {name: weight for name, weight in convert(given).items() if not name.endswith("position_ids")}
    assert made.keys() == shapes.keys(), made.keys() ^ shapes.keys()
    of = {name: numbered[int(weight.flatten()[0])] for name, weight in made.items()}
    assert {name: tuple(weight.shape) for name, weight in made.items()} == shapes
    assert {*of.values()} | left == single.keys(), ({*of.values()} | left) ^ single.keys()
    return {"folder": shapes, "file": single, "of": of}


def _on_meta(make: Callable[[], Any]) -> Any:
    with torch.device("meta"):
        return make()


def _shapes(network: torch.nn.Module) -> Shapes:
    return {name: tuple(weight.shape) for name, weight in network.named_parameters()}


if __name__ == "__main__":
    main()
