"""Text encoders, autoencoders and second transformers in a file or folder, found by tensor names and shapes. Does not
import torch.

File names are irrelevant. A part is a separate file, a component of a diffusers folder, or inside a file with the whole
model.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Literal

from gdm_studio.common.errors import ModelError
from gdm_studio.common.translation_markers import translatable
from gdm_studio.models.families.shared_parts import weight_names
from gdm_studio.models.families.shared_parts.wan_vae_names import find_wan_vae_weights
from gdm_studio.models.families.stable_diffusion.checkpoint_layout import Network, Places, network_of, places_from
from gdm_studio.models.families.stable_diffusion.weight_names import (
    TensorSource,
    clip_from_transformers,
    tensors_from_openclip,
)
from gdm_studio.models.files.checkpoints import Entry, read_entry
from gdm_studio.models.files.gguf import ARCHITECTURE
from gdm_studio.models.files.network_prefixes import find_prefixes, names_below, root_of
from gdm_studio.models.files.stated_configuration import check_stated_configuration, check_stated_rope_base
from gdm_studio.models.files.text_encoder import (
    OPENCLIP,
    clip_prefixes,
    clip_vision_prefixes,
    siglip_vision_prefixes,
)
from gdm_studio.models.files.weight_file_names import name_of
from gdm_studio.models.required_parts import UNCONDITIONAL, FoundPart, RequiredPart, wrong_part_error
from gdm_studio.networks.diffusion_transformers.redux_configuration import SIDE as SIGLIP_SIDE

Shape = tuple[int, ...]
# File and name of a tensor.
Place = tuple[str, str]
Shapes = Mapping[str, Shape]
Kind = Literal[
    "vae",
    "wan_vae",
    "t5",
    "umt5",
    "qwen3",
    "qwen3vl",
    "qwen25vl",
    "gemma2",
    "mistral",
    "ministral3",
    "clip",
    "qwen25vl_vision",
    "ideogram4",
    "clip_vision",
    "siglip_vision",
]

# Maximum number of parts in one file or folder. Stable Diffusion 3 has the most, four.
MOST = 8

# Axes of the convolutions in autoencoders for videos, whose names are the same.
AXES_OF_VIDEO = 5
COLOURS = 3
# Number of tokens of Mistral's language models.
TEKKEN = 131072
# Number of layers of Ministral 3 3B, whose tensors have the names of larger models.
MINISTRAL_LAYERS = 26
# Widths of the perceptrons of Mistral's language models by the width of their tokens. Mistral Nemo and Ministral 3 14B
# have tokens of the same width as Mistral Small 3.
PERCEPTRONS = {5120: 32768, 3072: 9216}
# Weight whose last axis is the width of a part. For a text encoder, its first axis is the number of tokens.
WIDTH_OF: Mapping[Kind, str] = {
    "vae": "decoder.conv_in.weight",
    "wan_vae": "decoder.conv_in.weight",
    "t5": "tokens.weight",
    "umt5": "tokens.weight",
    "qwen3": "embed_tokens.weight",
    "gemma2": "embed_tokens.weight",
    "mistral": "embed_tokens.weight",
    "ministral3": "embed_tokens.weight",
    "clip": "token_embedding.weight",
    "qwen25vl": "embed_tokens.weight",
    "qwen3vl": "embed_tokens.weight",
    "qwen25vl_vision": "merger.mlp.2.bias",
    "ideogram4": "embed_image_indicator.weight",
    "clip_vision": "position_embedding.weight",
    "siglip_vision": "position_embedding.weight",
}


@dataclass(frozen=True)
class Part:
    """Text encoder or autoencoder in a file or folder, with the location and the shape of each weight."""

    kind: Kind
    # Channels of a text encoder's hidden states, or of a VAE's latents as the denoiser sees them.
    width: int
    # The file or folder.
    path: Path
    network: Network
    is_in_folder: bool = False
    # Prefix of its tensors' names, which starts with the component of a folder ("text_encoder_2/").
    prefix: str = ""

    @property
    def component(self) -> str:
        """Return the component of a folder that contains this text encoder or VAE, such as "text_encoder_2", or ""."""
        return self.prefix.partition("/")[0] if "/" in self.prefix else ""

    @property
    def found(self) -> FoundPart:
        """Summary of this text encoder or VAE: its kind, its width and its files in a folder, without the location of
        its tensors.
        """
        files = self.network.files if self.is_in_folder else ()
        return FoundPart(self.kind, self.width, tuple(file.relative_to(self.path).as_posix() for file in files))


def part_in(path: Path, wanted: RequiredPart) -> Part:
    """Locate the required text encoder or VAE in a file or folder. Raises ModelError if it is missing."""
    for part in parts_of(read_entry(path)):
        if part.found == wanted.found:
            return part
    raise wrong_part_error(path.name, wanted)


def parts_of(entry: Entry) -> tuple[Part, ...]:
    """Locate all text encoders and VAEs in a file or folder, by tensor names and shapes. Raises ModelError for
    impossible shapes.
    """
    where: dict[str, Place] = {}
    for file, header in entry.headers.items():
        component = file[: file.rfind("/") + 1]
        for name in header.shapes:
            where.setdefault(component + name, (file, name))
    return tuple(islice(_iter_parts(entry, where), MOST))


def _iter_parts(entry: Entry, where: Mapping[str, Place]) -> Iterator[Part]:
    candidates = [(kind, prefix) for kind, prefixes in _PREFIX_FINDERS.items() for prefix in prefixes(where)]
    groups = names_below((prefix for _, prefix in candidates), where)
    multimodal = {root_of(at[1]) for name in where if (at := _VISION.fullmatch(name))}
    architectures = {header.metadata.get(ARCHITECTURE, "") for header in entry.headers.values()}
    is_multimodal_file = not architectures.isdisjoint(_MULTIMODAL_ARCHITECTURES)
    taken: set[str] = set()
    for kind, prefix in candidates:
        group = groups[prefix]
        found = _WEIGHT_FINDERS[kind](group)
        is_multimodal = is_multimodal_file or root_of(prefix) in multimodal
        is_other = kind in (_DECODERS if is_multimodal else _MULTIMODAL_DECODERS)
        if prefix in taken or is_other or not _has_only_known_weights(group, found):
            continue
        if kind == "ideogram4" and not is_unconditional(entry, prefix):
            continue
        try:
            network = network_of(entry, {ours: ("", place) for ours, place in found.items()}, group)
            shape = network.shapes[WIDTH_OF[kind]]
            # Llama 3 has the same names, and another number of tokens.
            if kind in ("mistral", "ministral3") and (shape[0] != TEKKEN or not _has_known_sizes(network.shapes)):
                continue
            if kind == "ministral3" and not _has_layers(network.shapes, MINISTRAL_LAYERS):
                continue
            if kind == "vae" and len(shape) == AXES_OF_VIDEO:
                continue
            # Autoencoders for images with transparency have a fourth channel.
            if kind == "wan_vae" and network.shapes["encoder.conv_in.weight"][1] != COLOURS:
                continue
            # Other versions of SigLIP encode images of other sizes.
            if kind == "siglip_vision" and not _is_for_side(network.shapes, SIGLIP_SIDE):
                continue
            width = shape[1] if kind == "wan_vae" else shape[-1]
            if kind == "vae":
                width = network.shapes.get("bn.running_mean", shape[1:])[0]
        except (LookupError, ValueError) as error:
            raise ModelError(
                translatable("{name} is damaged; copy or download it again.", name=entry.path.name)
            ) from error
        taken.add(prefix)
        check_stated_configuration(network.files)
        for file, header in entry.headers.items():
            check_stated_rope_base(file, header.metadata)
        yield Part(kind, width, entry.path, network, entry.kind == "folder", prefix)


def is_unconditional(entry: Entry, prefix: str) -> bool:
    """Return True if the transformer below a prefix of tensor names is the unconditional one of two with the same
    tensors, according to the component, the metadata or the file name.
    """
    component, slash, _ = prefix.partition("/")
    if slash:
        return component == UNCONDITIONAL
    stated = entry.metadata.get(_MODEL_TYPE, "").casefold()
    return "uncond" in (stated or name_of(entry.path).casefold())


def has_only_parts(entry: Entry, parts: Iterable[Part]) -> bool:
    """Return True if a file or folder contains the given text encoders and VAEs and nothing else, except their output
    layers and other towers.
    """
    roots = tuple(root_of(part.prefix) for part in parts)
    names = (file[: file.rfind("/") + 1] + name for file, header in entry.headers.items() for name in header.shapes)
    return bool(roots) and all(name.startswith(roots) for name in names)


def _has_only_known_weights(group: Iterable[str], found: Mapping[str, TensorSource]) -> bool:
    """Return True if all weights of the first layer in a file belong to a network of this kind.

    Other kinds of networks share most names, but not all: Gemma 3 has the names of Qwen3 and two more norms.
    """
    known = {place.name for place in found.values()}
    return all(name in known for name in group if _FIRST_LAYER.match(name))


def _has_known_sizes(shapes: Shapes) -> bool:
    """Return False for a language model of Mistral's that has the token width of a supported one, but other
    perceptrons.
    """
    hidden, width = shapes["layers.0.mlp.up_proj.weight"]
    return PERCEPTRONS.get(width, hidden) == hidden


def _is_for_side(shapes: Shapes, side: int) -> bool:
    """Return True if an image encoder is for images with this side in pixels."""
    patch = shapes["patch_embedding.weight"][-1]
    return patch > 0 and shapes["position_embedding.weight"][0] == (side // patch) ** 2


def _has_layers(shapes: Shapes, count: int) -> bool:
    """Return True if a language model has this number of layers."""
    name = "layers.{}.self_attn.q_proj.weight"
    return name.format(count - 1) in shapes and name.format(count) not in shapes


def _find_clip_weights(names: Iterable[str]) -> Mapping[str, TensorSource]:
    every = list(names)
    return tensors_from_openclip(every) if OPENCLIP in every else places_from(clip_from_transformers)(every)


_Q, _Q_GGUF = "encoder.block.0.layer.0.SelfAttention.q.weight", "enc.blk.0.attn_q.weight"
_BIAS, _BIAS_GGUF = (
    "encoder.block.1.layer.0.SelfAttention.relative_attention_bias.weight",
    "enc.blk.1.attn_rel_b.weight",
)
_DECODERS = ("qwen3", "gemma2")
# Language models that were trained with an image encoder. Some have the shapes of one that was trained without.
# ERNIE-Image's prompt enhancer has the shapes of its text encoder Ministral 3, and no image encoder.
_MULTIMODAL_DECODERS = ("qwen25vl", "qwen3vl", "ministral3")
# Their names in the files of llama.cpp, which has the image encoder in another file.
_MULTIMODAL_ARCHITECTURES = ("qwen2vl", "qwen3vl")
_FIRST_LAYER = re.compile(
    r"(?:enc(?:oder)?\.|transformer\.)?(?:layers|blk|block|resblocks)\.0\.(?:.+\.)?(?:weight|bias)"
)
# Weights of an image encoder. A language model beside one was trained further, and encodes prompts differently.
_VISION = re.compile(r"((?:.*?[./])??)vis(?:ual|ion_\w+)\..+")


def _create_prefix_finder(*layouts: tuple[str, ...]) -> Callable[[Collection[str]], Iterable[str]]:
    """Return a function that finds the prefixes of all networks of a kind, which has all tensors of one of the
    layouts.
    """
    return lambda names: dict.fromkeys(prefix for marks in layouts for prefix in find_prefixes(names, *marks))


_find_qwen3 = _create_prefix_finder(
    ("layers.0.self_attn.q_norm.weight", "embed_tokens.weight"), ("blk.0.attn_q_norm.weight", "token_embd.weight")
)
# Key of the metadata in which Ideogram 4's files state "ideogram4_cond" or "ideogram4_uncond".
_MODEL_TYPE = "model_type"
_find_mistral = _create_prefix_finder(("layers.0.self_attn.q_proj.weight", "embed_tokens.weight"))
# Functions that find networks of each kind. A network that matches several kinds is of the first kind.
_PREFIX_FINDERS: Mapping[Kind, Callable[[Collection[str]], Iterable[str]]] = {
    "vae": _create_prefix_finder(("decoder.mid.block_1.conv1.weight",), ("decoder.mid_block.resnets.0.conv1.weight",)),
    "wan_vae": _create_prefix_finder(
        ("decoder.middle.0.residual.0.gamma", "decoder.upsamples.0.residual.0.gamma"),
        ("decoder.mid_block.resnets.0.norm1.gamma", "decoder.up_blocks.0.resnets.0.norm1.gamma"),
    ),
    "umt5": _create_prefix_finder((_Q, _BIAS), (_Q_GGUF, _BIAS_GGUF)),
    "t5": _create_prefix_finder((_Q,), (_Q_GGUF,)),
    "qwen3": _find_qwen3,
    "qwen3vl": _find_qwen3,
    "qwen25vl": _create_prefix_finder(
        ("layers.0.self_attn.k_proj.bias", "embed_tokens.weight"), ("blk.0.attn_k.bias", "token_embd.weight")
    ),
    "qwen25vl_vision": _create_prefix_finder(("blocks.0.mlp.gate_proj.bias", "merger.ln_q.weight")),
    "gemma2": _create_prefix_finder(("layers.0.post_feedforward_layernorm.weight", "embed_tokens.weight")),
    "ministral3": _find_mistral,
    "mistral": _find_mistral,
    "clip": clip_prefixes,
    "ideogram4": _create_prefix_finder(("embed_image_indicator.weight", "llm_cond_proj.weight")),
    "clip_vision": clip_vision_prefixes,
    "siglip_vision": siglip_vision_prefixes,
}
_WEIGHT_FINDERS: Mapping[Kind, Places] = {
    "vae": places_from(weight_names.rename_vae_weights),
    "wan_vae": find_wan_vae_weights,
    "t5": places_from(weight_names.rename_t5_weights),
    "umt5": places_from(weight_names.rename_t5_weights),
    "qwen3": places_from(weight_names.rename_qwen3_weights),
    "qwen3vl": places_from(weight_names.rename_qwen3_weights),
    "qwen25vl": places_from(weight_names.rename_qwen25_weights),
    "qwen25vl_vision": places_from(weight_names.rename_qwen25_vision_weights),
    "gemma2": places_from(weight_names.rename_gemma2_weights),
    "mistral": places_from(weight_names.rename_mistral_weights),
    "ministral3": places_from(weight_names.rename_mistral_weights),
    "clip": _find_clip_weights,
    "ideogram4": places_from(lambda names: {name: name for name in names}),
    "clip_vision": places_from(weight_names.rename_clip_vision_weights),
    "siglip_vision": places_from(weight_names.rename_siglip_vision_weights),
}
