"""Stable Diffusion checkpoints with few random weights in the real layouts: single files and folders."""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from gdm_studio.models.families.stable_diffusion import weight_names
from gdm_studio.models.families.stable_diffusion.weight_names import unet_to_diffusers
from gdm_studio.networks.stable_diffusion.autoencoder import Autoencoder, AutoencoderConfig
from gdm_studio.networks.stable_diffusion.clip import ClipConfig, ClipText
from gdm_studio.networks.stable_diffusion.clip_vision import ClipVision, ClipVisionConfig
from gdm_studio.networks.stable_diffusion.configurations import ResamplerConfig
from gdm_studio.networks.stable_diffusion.control_net import ControlNet, ControlNetConfig
from gdm_studio.networks.stable_diffusion.ip_adapter import IPAdapter, IPAdapterConfig
from gdm_studio.networks.stable_diffusion.t2i_adapter import AdapterConfig, T2IAdapter
from gdm_studio.networks.stable_diffusion.tiny_autoencoder import WIDTH, Block
from gdm_studio.networks.stable_diffusion.unet import UNet, UNetConfig
from tests.helpers.environment import SHARED_FOLDER
from tests.parity.weights import weights as made_up

SIDE = 64
ROWS = 128
SMALL = UNetConfig(
    channels=64, widths=(1, 2), down=((1,), (0,)), middle=1, up=((1, 1), (0, 0)), context=768, heads=8
)  # fmt: skip
VAE = AutoencoderConfig(channels=32, widths=(1, 1, 1, 1), blocks=1)
# Widths with which unions of ControlNets read the control image.
UNION_HINT = (48, 96, 192, 384)
OPENAI = ClipConfig(layers=2)
VIT_H = ClipConfig(width=1024, layers=3, heads=16, quick=False, projection=1024)
# Image encoder of the IP-Adapters.
VISION = ClipVisionConfig(width=64, layers=3, heads=1, hidden=96, patch=56, patches=16, projection=64)
BIG_G = ClipConfig(width=1280, layers=2, heads=20, quick=False, projection=1280)


@dataclass(frozen=True)
class Parts:
    """Network sizes of one kind of Stable Diffusion checkpoint.

    The keys of `texts` are the name prefixes of the text encoders in a single file.
    """

    unet: UNetConfig
    texts: Mapping[str, ClipConfig]


KINDS = {
    "sd1": Parts(SMALL, {"cond_stage_model.transformer.": OPENAI}),
    "sd2": Parts(replace(SMALL, context=1024, heads=0), {"cond_stage_model.model.": VIT_H}),
    "sdxl": Parts(
        replace(SMALL, context=2048, heads=0, vector=1280 + 6 * 256),
        {"conditioner.embedders.0.transformer.": OPENAI, "conditioner.embedders.1.model.": BIG_G},
    ),
    "refiner": Parts(
        replace(SMALL, context=1280, heads=0, vector=1280 + 5 * 256), {"conditioner.embedders.0.model.": BIG_G}
    ),
    "editing": Parts(replace(SMALL, in_channels=8), {"cond_stage_model.transformer.": OPENAI}),
    "sdxl editing": Parts(
        replace(SMALL, in_channels=8, context=2048, heads=0, vector=1280 + 6 * 256),
        {"conditioner.embedders.0.transformer.": OPENAI, "conditioner.embedders.1.model.": BIG_G},
    ),
    "inpainting": Parts(replace(SMALL, in_channels=9), {"cond_stage_model.transformer.": OPENAI}),
}


def weights(name: str, *, words: int = 49408) -> dict[str, Tensor]:
    """Return random fp16 weights of a Stable Diffusion checkpoint, under the names of a single file.

    They are always the same. A smaller vocabulary is written faster. Such a checkpoint can be described but not given a
    prompt.
    """
    made = KINDS[name]
    found = _random("model.diffusion_model.", UNet, made.unet) | _random("first_stage_model.", Autoencoder, VAE)
    for prefix, config in made.texts.items():
        text = _under(prefix, _random(prefix, ClipText, replace(config, vocabulary=words)))
        if prefix.endswith("transformer."):
            found |= {f"{prefix}text_model.{_name_in_transformers(each)}": weight for each, weight in text.items()}
        else:
            found |= {prefix + each: weight for each, weight in _text_to_openclip(text).items()}
    return found


def write(
    file: Path, name: str = "sd1", *, words: int = 49408, told: Mapping[str, str] | None = None,
    read_only: bool = False, **changes: Tensor | None,
) -> Path:  # fmt: skip
    """Write a small Stable Diffusion checkpoint with random weights as a single file.

    `changes` replaces weights; None removes a weight or all weights with that prefix. `told` are further entries of the
    metadata. A checkpoint that stays as it is can be `read_only`, which takes no space.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    if not told and not changes:
        # A copy takes a third of the time in which 100 MB of weights are created and written.
        put, source = os.link if read_only else shutil.copyfile, _unchanged(name, words)
        try:
            put(source, file)
        except OSError:
            # Another disk has no links to it.
            shutil.copyfile(source, file)
        return file
    missing = tuple(each for each, weight in changes.items() if weight is None)
    whole = weights(name, words=words).items()
    found: dict[str, Any] = {each: weight for each, weight in whole if not each.startswith(missing)} | changes
    _save(found, file, told or {})
    return file


@cache
def _unchanged(name: str, words: int) -> Path:
    """Write a checkpoint without changes, unless it exists, and return its file in the folder of all of them."""
    file = Path(os.environ.get(SHARED_FOLDER) or _own_folder().name) / f"{name} {words}.safetensors"
    if not file.exists():
        # Another process may write the same file.
        part = file.with_suffix(f".{os.getpid()}")
        _save(weights(name, words=words), part, {})
        try:
            part.replace(file)
        except PermissionError:
            # On Windows, another process was faster and reads its file.
            part.unlink()
    return file


@cache
def _own_folder() -> tempfile.TemporaryDirectory[str]:
    """Return a folder that is removed when this process ends."""
    return tempfile.TemporaryDirectory(prefix="gdm-studio-checkpoints-")


def _save(found: Mapping[str, Tensor | None], file: Path, told: Mapping[str, str]) -> None:
    metadata = {"modelspec.resolution": f"{SIDE}x{SIDE}", **told}
    save_file({each: weight.contiguous() for each, weight in found.items() if weight is not None}, file, metadata)


def control_net(name: str, layout: str = "original", modes: int = 0) -> dict[str, Tensor]:
    """Return random fp16 weights of a ControlNet for a kind of Stable Diffusion.

    Their names are those of the original release ("original") or of diffusers. With `modes` it is a union.
    """
    config = ControlNetConfig(replace(KINDS[name].unet, in_channels=4))
    if modes:
        config = replace(config, hint=UNION_HINT, modes=modes, layers=1)
    found = _random(f"control {name}.", ControlNet, config)
    ours = {each.removeprefix(f"control {name}."): weight for each, weight in found.items()}
    if layout == "original":
        return {f"control_model.{each}": weight for each, weight in ours.items()}
    encoder = {each: theirs for each, theirs in unet_to_diffusers(ours).items() if each in ours}
    return {encoder.get(each) or _control_net_to_diffusers(each): weight for each, weight in ours.items()}


def t2i_adapter(layout: str = "original", channels: tuple[int, ...] = (64, 128)) -> dict[str, Tensor]:
    """Return random weights of a T2I-Adapter for Stable Diffusion 1.

    Their names are those of the original release ("original") or of diffusers.
    """
    found = _random("t2i.", T2IAdapter, AdapterConfig(channels=channels))
    ours = {each.removeprefix("t2i."): weight for each, weight in found.items()}
    if layout == "diffusers":
        return {f"adapter.{each}": weight for each, weight in ours.items()}
    flat = {each: re.sub(r"(\d)\.resnets\.(\d)", lambda at: str(2 * int(at[1]) + int(at[2])), each) for each in ours}
    return {re.sub(r"body\.1\.in_conv", "body.2.in_conv", flat[each]): weight for each, weight in ours.items()}


def ip_adapter(name: str, *, plus: bool = False) -> dict[str, Tensor]:
    """Return random fp16 weights of an IP-Adapter or IP-Adapter Plus for a kind of Stable Diffusion, under the names of
    the original release. It was made for the image encoder of `image_encoder`.
    """
    unet = KINDS[name].unet
    resampler = ResamplerConfig(width=96, layers=4, attention=128, hidden=384) if plus else None
    config = IPAdapterConfig(VISION.width, 16 if plus else 4, unet.context, (64, 64, 64, 128), resampler)
    prefix = f"image prompts {name} {plus}."
    found = {}
    for each, weight in _random(prefix, IPAdapter, config).items():
        at = re.fullmatch(r"layers\.(\d)\.to_([kv])\.weight", own := each.removeprefix(prefix))
        found[f"ip_adapter.{2 * int(at[1]) + 1}.to_{at[2]}_ip.weight" if at else own] = weight
    return found


def image_encoder() -> dict[str, Tensor]:
    """Return random fp16 weights of CLIP's image encoder, as transformers' CLIPVisionModelWithProjection saves them."""
    renamed = {}
    for name, weight in _random("image encoder.", ClipVision, VISION).items():
        each = name.removeprefix("image encoder.")
        each = each.replace("pre_layer_norm", "pre_layrnorm").replace("post_layer_norm", "post_layernorm")
        each = re.sub(r"^(?=\w+_embedding)", "embeddings.", re.sub("^layers", "encoder.layers", each))
        renamed["visual_projection.weight" if each == "projection.weight" else f"vision_model.{each}"] = weight
    return renamed


def _control_net_to_diffusers(name: str) -> str:
    """Convert the name of a ControlNet's weight to that of diffusers, for weights that a U-Net does not have."""
    if at := re.fullmatch(r"input_hint_block\.(\d+)\.(.+)", name):
        part = {"0": "conv_in", "14": "conv_out"}.get(at[1], f"blocks.{int(at[1]) // 2 - 1}")
        return f"controlnet_cond_embedding.{part}.{at[2]}"
    if at := re.fullmatch(r"control_add_embedding\.([02])\.(.+)", name):
        return f"control_add_embedding.linear_{int(at[1]) // 2 + 1}.{at[2]}"
    name = re.sub(r"^zero_convs\.(\d+)\.0", r"controlnet_down_blocks.\1", name)
    return name.replace("middle_block_out.0", "controlnet_mid_block")


def components(name: str, *, words: int = 49408) -> dict[str, dict[str, Tensor]]:
    """Return the weights of a Stable Diffusion checkpoint by component, such as "unet", as diffusers names them."""
    whole = weights(name, words=words)
    vae = {vae_to_diffusers(each): weight for each, weight in _under("first_stage_model.", whole).items()}
    parts = {"unet": _unet_to_diffusers(_under("model.diffusion_model.", whole)), "vae": vae}
    for prefix, config in KINDS[name].texts.items():
        part = "text_encoder_2" if config == BIG_G else "text_encoder"
        parts[part] = _text_to_diffusers(prefix, _under(prefix, whole), config)
    return parts


def write_folder(
    folder: Path, name: str = "sd1", *, shards: int = 1, scheduler: Mapping[str, Any] | None = None
) -> Path:
    """Write a small Stable Diffusion checkpoint in the folder layout of diffusers, with the U-Net in `shards` files."""
    parts = components(name)
    for part, found in parts.items():
        place, file = folder / part, "model" if part.startswith("text") else "diffusion_pytorch_model"
        place.mkdir(parents=True)
        if part == "unet" and shards > 1:
            _save_sharded(place, file, found, shards)
        else:
            save_file({each: weight.contiguous() for each, weight in found.items()}, place / f"{file}.safetensors")
    (folder / "scheduler").mkdir()
    told = {"beta_schedule": "scaled_linear", "beta_start": 0.00085, "beta_end": 0.012, **(scheduler or {})}
    (folder / "scheduler" / "scheduler_config.json").write_text(json.dumps(told), "utf-8")
    (folder / "unet" / "config.json").write_text(json.dumps({"sample_size": SIDE // 8}), "utf-8")
    (folder / "model_index.json").write_text(json.dumps({each: ["diffusers", "x"] for each in parts}), "utf-8")
    return folder


def vae_to_diffusers(name: str) -> str:
    """Convert the name of an autoencoder's weight in a single file to its name in diffusers."""
    side, _, rest = name.partition(".")
    if side in ("quant_conv", "post_quant_conv"):
        return name
    if at := re.fullmatch(r"(down|up)\.(\d)\.(block\.(\d)|downsample|upsample)\.(.+)", rest):
        level = at[2] if at[1] == "down" else str(3 - int(at[2]))
        kind = f"resnets.{at[4]}" if at[4] else f"{at[3]}rs.0"
        rest = f"{at[1]}_blocks.{level}.{kind}.{at[5]}"
    rest = re.sub(r"^mid\.block_(\d)", lambda at: f"mid_block.resnets.{int(at[1]) - 1}", rest)
    rest = rest.replace("mid.attn_1", "mid_block.attentions.0").replace("nin_shortcut", "conv_shortcut")
    for ours, theirs in (("q", "to_q"), ("k", "to_k"), ("v", "to_v"), ("proj_out", "to_out.0"), ("norm", "group_norm")):
        rest = rest.replace(f"attentions.0.{ours}.", f"attentions.0.{theirs}.")
    return f"{side}.{rest.replace('norm_out', 'conv_norm_out')}"


class TinyEncoder(nn.Sequential):
    """Encoder that files of TAESD contain besides the decoder.

    It maps images (N, 3, H, W) in 0 … 1 to latents (N, 4, H/8, W/8).
    """

    def __init__(self) -> None:
        layers: list[nn.Module] = [nn.Conv2d(3, WIDTH, 3, padding=1), Block()]
        for _ in range(3):
            down = nn.Conv2d(WIDTH, WIDTH, 3, padding=1, stride=2, bias=False)
            layers += [down, Block(), Block(), Block()]
        super().__init__(*layers, nn.Conv2d(WIDTH, 4, 3, padding=1))


def flattened(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return weights reshaped as linear layers by `names.linear_shape`, without copying."""
    return {
        name: weight.reshape(weight_names.linear_shape(name, tuple(weight.shape))) for name, weight in weights.items()
    }


def _random(prefix: str, network: Callable[[Any], nn.Module], config: Hashable) -> dict[str, Tensor]:
    """Create small random weights of a network, with norms near one.

    Rows after the first ROWS repeat them.
    """
    return {
        name: few.repeat(-(-count // ROWS), *[1] * (few.ndim - 1))[:count]
        for name, (count, few) in _first_rows(prefix, network, config).items()
    }


@cache
def _first_rows(prefix: str, network: Callable[[Any], nn.Module], config: Hashable) -> Mapping[str, tuple[int, Tensor]]:
    """Return the row count and the first random rows of each weight of a network, computed once in a process."""
    with torch.device("meta"):
        shapes = {prefix + name: tuple(weight.shape) for name, weight in network(config).state_dict().items()}
    few = made_up({name: (min(shape[0], ROWS), *shape[1:]) for name, shape in shapes.items()})
    return {name: (shape[0], few[name].half()) for name, shape in shapes.items()}


def _under(prefix: str, found: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): weight for name, weight in found.items() if name.startswith(prefix)}


def _name_in_transformers(name: str) -> str:
    """Convert the name of a text encoder's weight to that of transformers, below `text_model.`."""
    if name.startswith("layers."):
        return f"encoder.{name}"
    return f"embeddings.{name}" if "_embedding." in name else name


def _text_to_openclip(text: Mapping[str, Tensor]) -> dict[str, Tensor]:
    found = {"logit_scale": torch.tensor(4.6)}
    pairs = (("self_attn.", "attn."), ("mlp.fc1", "mlp.c_fc"), ("mlp.fc2", "mlp.c_proj"), ("layer_norm", "ln_"))
    for name, weight in text.items():
        at = re.fullmatch(r"layers\.(\d+)\.(.+)", name)
        if name == "text_projection.weight":
            found["text_projection"] = weight.T
        elif name == "position_embedding.weight":
            found["positional_embedding"] = weight
        elif at is None:
            found[name.replace("final_layer_norm", "ln_final")] = weight
        elif third := re.fullmatch(r"self_attn\.([qkv])_proj\.(.+)", at[2]):
            if third[1] == "q":
                rows = [text[f"layers.{at[1]}.self_attn.{part}_proj.{third[2]}"] for part in "qkv"]
                found[f"transformer.resblocks.{at[1]}.attn.in_proj_{third[2]}"] = torch.cat(rows)
        else:
            rest = at[2]
            for ours, theirs in pairs:
                rest = rest.replace(ours, theirs)
            found[f"transformer.resblocks.{at[1]}.{rest}"] = weight
    return found


def _unet_to_diffusers(found: Mapping[str, Tensor]) -> dict[str, Tensor]:
    theirs = unet_to_diffusers(found)
    return {theirs[name]: weight for name, weight in found.items()}


def _text_to_diffusers(prefix: str, found: Mapping[str, Tensor], config: ClipConfig) -> dict[str, Tensor]:
    if prefix.endswith("transformer."):
        return dict(found)
    # The last layer of ViT-H is unused, and diffusers leaves it out.
    layers = config.layers - (config == VIT_H)
    text: dict[str, Tensor] = {}
    for name, weight in found.items():
        at = re.fullmatch(r"transformer\.resblocks\.(\d+)\.(.+)", name)
        if at is None:
            text |= _text_end_to_diffusers(name, weight)
        elif int(at[1]) < layers and (together := re.fullmatch(r"attn\.in_proj_(.+)", at[2])):
            for part, rows in zip("qkv", weight.chunk(3), strict=True):
                text[f"text_model.encoder.layers.{at[1]}.self_attn.{part}_proj.{together[1]}"] = rows
        elif int(at[1]) < layers:
            rest = at[2].replace("attn.", "self_attn.").replace("mlp.c_fc", "mlp.fc1").replace("mlp.c_proj", "mlp.fc2")
            text[f"text_model.encoder.layers.{at[1]}.{rest.replace('ln_', 'layer_norm')}"] = weight
    return text


def _text_end_to_diffusers(name: str, weight: Tensor) -> dict[str, Tensor]:
    if name == "text_projection":
        return {"text_projection.weight": weight.T}
    if name.startswith("ln_final"):
        return {f"text_model.{name.replace('ln_final', 'final_layer_norm')}": weight}
    theirs = {
        "positional_embedding": "text_model.embeddings.position_embedding.weight",
        "token_embedding.weight": "text_model.embeddings.token_embedding.weight",
    }
    return {theirs[name]: weight} if name in theirs else {}


def _save_sharded(place: Path, file: str, found: Mapping[str, Tensor], shards: int) -> None:
    names = sorted(found)
    where = {name: f"{file}-{number % shards + 1:05d}-of-{shards:05d}.safetensors" for number, name in enumerate(names)}
    for shard in set(where.values()):
        save_file({name: found[name].contiguous() for name in names if where[name] == shard}, place / shard)
    (place / f"{file}.safetensors.index.json").write_text(json.dumps({"weight_map": where}), "utf-8")
