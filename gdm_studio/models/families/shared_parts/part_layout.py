"""Text encoders and autoencoders in a file or folder, found by tensor names and shapes. Does not import torch.

File names are irrelevant. A part is a separate file, a component of a diffusers folder, or inside a file with the whole
model.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Literal

from gdm_studio.common.errors import ModelError
from gdm_studio.common.translation_markers import translatable
from gdm_studio.models.families.shared_parts import weight_names
from gdm_studio.models.families.stable_diffusion.checkpoint_layout import Network, Places, network_of, places_from
from gdm_studio.models.families.stable_diffusion.weight_names import (
    TensorSource,
    clip_from_transformers,
    tensors_from_openclip,
)
from gdm_studio.models.files.checkpoints import Entry, read_entry
from gdm_studio.models.required_parts import FoundPart, RequiredPart, wrong_part_error

Shape = tuple[int, ...]
Shapes = Mapping[str, Shape]
Kind = Literal["vae", "t5", "umt5", "qwen3", "gemma2", "clip"]

# Maximum number of parts in one file or folder. Stable Diffusion 3 has the most, four.
MOST = 8

# A weight of CLIP in the layout of OpenCLIP.
OPENCLIP = "transformer.resblocks.0.attn.in_proj_weight"
# The weight whose last axis is a part's width, and whose first axis is a text encoder's number of tokens.
WIDTH_OF: Mapping[Kind, str] = {
    "vae": "decoder.conv_in.weight",
    "t5": "tokens.weight",
    "umt5": "tokens.weight",
    "qwen3": "embed_tokens.weight",
    "gemma2": "embed_tokens.weight",
    "clip": "token_embedding.weight",
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
    # Component of a folder ("text_encoder_2"), or "".
    component: str = ""

    @property
    def found(self) -> FoundPart:
        """Summary of this text encoder or VAE: only its kind and width, without the location of its tensors."""
        return FoundPart(self.kind, self.width)


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
    groups: dict[str, dict[str, tuple[str, str]]] = {}
    for file, header in entry.headers.items():
        component = file[: file.rfind("/") + 1]
        for name in header.shapes:
            prefix, rest = _split(component + name)
            groups.setdefault(prefix, {}).setdefault(rest, (file, name))
    return tuple(islice(_parts(entry, groups), MOST))


def _split(name: str) -> tuple[str, str]:
    """Split a tensor name into the prefix of its network and the name within that network."""
    at = _PREFIX.match(name)
    prefix = at[0] if at else ""
    return prefix, name[len(prefix) :]


def _parts(entry: Entry, groups: Mapping[str, Mapping[str, tuple[str, str]]]) -> Iterator[Part]:
    for prefix, where in groups.items():
        if (kind := _kind(where)) is None:
            continue
        try:
            network = network_of(entry, {ours: ("", place) for ours, place in _PLACES[kind](where).items()}, where)
            width = network.shapes[WIDTH_OF[kind]][-1]
            if kind == "vae":
                width = network.shapes.get("bn.running_mean", network.shapes["decoder.conv_in.weight"][1:])[0]
        except (LookupError, ValueError) as error:
            raise ModelError(
                translatable("{name} is damaged; copy or download it again.", name=entry.path.name)
            ) from error
        component = prefix.partition("/")[0] if "/" in prefix else ""
        yield Part(kind, width, entry.path, network, component)


def _kind(names: Mapping[str, object]) -> Kind | None:
    for kind, *marks in _MARKS:
        if any(mark in names for mark in marks) and not (kind == "qwen3" and any(map(_is_vision, names))):
            return kind
    return None


def _is_vision(name: str) -> bool:
    return name.startswith("visual.")


def _clip(names: Iterable[str]) -> Mapping[str, TensorSource]:
    every = list(names)
    return tensors_from_openclip(every) if OPENCLIP in every else places_from(clip_from_transformers)(every)


# A component of a folder, or a prefix within a single file.
_PREFIX = re.compile(
    r"(?:(?:vae|text_encoder(?:_\d)?)/|(?:vae|first_stage_model|(?:text_encoders\.)?\w+\.transformer)\.)?"
    r"(?:model\.(?!diffusion_model\.))?"
)
_BIAS = "encoder.block.1.layer.0.SelfAttention.relative_attention_bias.weight"
# Kinds of parts, each with tensors of which one must exist. The order matters.
_MARKS: tuple[tuple[Kind, *tuple[str, ...]], ...] = (
    ("vae", "decoder.mid.block_1.conv1.weight", "decoder.mid_block.resnets.0.conv1.weight"),
    ("umt5", _BIAS, "enc.blk.1.attn_rel_b.weight"),
    ("t5", "encoder.block.0.layer.0.SelfAttention.q.weight", "enc.blk.0.attn_q.weight"),
    ("qwen3", "layers.0.self_attn.q_norm.weight", "blk.0.attn_q_norm.weight"),
    ("gemma2", "layers.0.post_feedforward_layernorm.weight"),
    ("clip", "text_model.embeddings.token_embedding.weight", OPENCLIP),
)
_PLACES: Mapping[Kind, Places] = {
    "vae": places_from(weight_names.vae),
    "t5": places_from(weight_names.t5),
    "umt5": places_from(weight_names.t5),
    "qwen3": places_from(weight_names.decoder),
    "gemma2": places_from(weight_names.decoder),
    "clip": _clip,
}
