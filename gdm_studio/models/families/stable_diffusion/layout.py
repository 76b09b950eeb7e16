"""Where the networks of Stable Diffusion lie in a checkpoint, told by names and shapes: no torch, no file name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from math import prod
from pathlib import Path
from typing import Literal

from gdm_studio.errors import ModelError
from gdm_studio.models.checkpoints import Entry
from gdm_studio.models.families.stable_diffusion.names import (
    Shape,
    Taken,
    clip_from_transformers,
    flat,
    places_in_openclip,
    unet_from_diffusers,
    vae_from_diffusers,
)

Text = Literal["text_encoder", "text_encoder_2"]  # as diffusers calls the networks of a model
Part = Literal["unet", "vae"] | Text
Places = Callable[[Iterable[str]], Mapping[str, Taken]]  # names in a file -> by ours, what of them it is

FIRST = ("model.diffusion_model.input_blocks.0.0.weight", "unet/conv_in.weight")  # in every file, in every folder
ATTENDS = "attn2.to_k.weight"
LATENTS = (4,), 4  # of every autoencoder of Stable Diffusion: channels, and levels of its decoder


@dataclass(frozen=True)
class Network:
    """One network: by our name of each weight the file it lies in, what of it is ours, and the shape that has."""

    weights: Mapping[str, tuple[Path, Taken]]
    shapes: Mapping[str, Shape]

    @property
    def files(self) -> tuple[Path, ...]:
        return tuple(dict.fromkeys(file for file, _ in self.weights.values()))

    @property
    def parameters(self) -> int:
        return sum(prod(shape) for shape in self.shapes.values())


@dataclass(frozen=True)
class Layout:
    """The networks of an entry, and the names of weights that are in none of them."""

    networks: Mapping[Part, Network]
    left: tuple[str, ...]
    from_elsewhere: Mapping[Part, str] = field(default_factory=dict)  # those of another file, by its name

    @cached_property
    def unet(self) -> Mapping[str, Shape]:
        """The shapes of the U-Net's weights."""
        return self.networks["unet"].shapes

    @property
    def context(self) -> int:
        """Width of the text that the U-Net attends to."""
        return next(shape[1] for name, shape in self.unet.items() if name.endswith(ATTENDS))

    @property
    def channels(self) -> int:
        """That the U-Net sees: 4, or 9 with a mask and what is masked."""
        return self.unet["input_blocks.0.0.weight"][1]

    @property
    def vector(self) -> int:
        """Numbers that the U-Net is told beside its timestep; 0 for none."""
        return self.unet.get("label_emb.0.0.weight", (0, 0))[1]


def is_stable_diffusion(entry: Entry) -> bool:
    """Whether the entry has a U-Net that attends to something, in either layout."""
    names = [name for name, _, _ in _names(entry)]
    return any(first in names for first in FIRST) and any(name.endswith(ATTENDS) for name in names)


def is_pipeline(entry: Entry) -> bool:
    """Whether each network has a folder of its own, with its configuration, as diffusers writes them."""
    return any("/" in file for file in entry.headers)


def layout_of(entry: Entry) -> Layout:
    """Its networks; raises ModelError where a name is there twice, or a shape cannot be what it says."""
    where: dict[str, tuple[str, str]] = {}
    for name, file, own in _names(entry):
        if where.setdefault(name, (file, own)) != (file, own):
            raise ModelError(f"{entry.path.name} has {name[:80]!r} twice; copy or download it again.")
    networks: dict[Part, Network] = {}
    taken: set[str] = set()
    for part, prefix, places in _PARTS:
        found = places(name.removeprefix(prefix) for name in where if name.startswith(prefix))
        if found and part not in networks:
            networks[part] = _network(entry, {ours: (prefix, place) for ours, place in found.items()}, where)
            taken.update(prefix + place.name for place in found.values())
    prefixes = tuple(prefix for _, prefix, _ in _PARTS)
    beside = (name for name in where if entry.kind == "file" or name.startswith(prefixes))
    return Layout(networks, tuple(name for name in beside if name not in taken and not _NEEDLESS.search(name)))


def with_vae(layout: Layout, entry: Entry) -> Layout:
    """The same with the autoencoder in a file of its own; raises ModelError where there is none, or none that fits."""
    own = layout.networks.get("vae")
    latents = latents_of(own.shapes) if own is not None else LATENTS
    header = next(iter(entry.headers.values()))
    path = entry.path
    where = {name: (path.name, name) for name in header.shapes}
    for prefix in ("", "first_stage_model.", "vae."):
        names = [name.removeprefix(prefix) for name in where if name.startswith(prefix)]
        for places in (_autoencoder, _renamed(vae_from_diffusers)):
            found = {ours: (prefix, place) for ours, place in places(names).items()}
            if not {"encoder.down.0.block.0.conv1.weight", "decoder.conv_in.weight"} <= found.keys():
                continue
            vae = _network(entry, found, where)
            if latents_of(vae.shapes) != latents:
                raise ModelError(f"{path.name} is a VAE for models of another kind; choose another, or none.")
            return Layout({**layout.networks, "vae": vae}, layout.left, {"vae": path.name})
    raise ModelError(f"{path.name} holds no VAE of Stable Diffusion; choose another, or none.")


def latents_of(vae: Mapping[str, Shape]) -> tuple[Shape, int]:
    """Numbers of a latent of that autoencoder, 4 where it does not tell, and the levels of its decoder."""
    levels = {name.split(".")[2] for name in vae if name.startswith("decoder.up.")}
    return vae.get("decoder.conv_in.weight", (0, 4))[1:2], len(levels)


def _names(entry: Entry) -> Iterator[tuple[str, str, str]]:
    """Of every weight its name with that of its component before it, its file, and its name in there."""
    for file, header in entry.headers.items():
        component = file[: file.rfind("/") + 1]
        for name in header.shapes:
            yield component + name, file, name


def _network(entry: Entry, found: Mapping[str, tuple[str, Taken]], where: Mapping[str, tuple[str, str]]) -> Network:
    weights, shapes = {}, {}
    for ours, (prefix, place) in found.items():
        file, name = where[prefix + place.name]
        try:
            shapes[ours] = flat(ours, place.shape(entry.headers[file].shapes[name]))
        except ValueError as error:
            raise ModelError(f"{entry.path.name} is damaged at {name[:80]!r}; copy or download it again.") from error
        weights[ours] = entry.folder / file, place._replace(name=name)
    return Network(weights, shapes)


def _renamed(rename: Callable[[Iterable[str]], Mapping[str, str]]) -> Places:
    return lambda names: {ours: Taken(theirs) for theirs, ours in rename(names).items()}


def _as_they_are(names: Iterable[str]) -> Mapping[str, Taken]:
    return {name: Taken(name) for name in names if not _NEEDLESS.search(name)}


def _autoencoder(names: Iterable[str]) -> Mapping[str, Taken]:
    """Those of an autoencoder, whatever lay beside it in training left out."""
    return {name: place for name, place in _as_they_are(names).items() if name.startswith(_AUTOENCODER)}


_AUTOENCODER = ("encoder.", "decoder.", "quant_conv.", "post_quant_conv.")
_CLIP = _renamed(clip_from_transformers)
_PARTS: tuple[tuple[Part, str, Places], ...] = (
    ("unet", "model.diffusion_model.", _as_they_are),
    ("vae", "first_stage_model.", _as_they_are),
    ("vae", "vae.", _as_they_are),
    ("text_encoder", "cond_stage_model.transformer.", _CLIP),
    ("text_encoder", "cond_stage_model.model.", places_in_openclip),
    ("text_encoder", "conditioner.embedders.0.transformer.", _CLIP),
    ("text_encoder_2", "conditioner.embedders.1.model.", places_in_openclip),
    ("text_encoder_2", "conditioner.embedders.0.model.", places_in_openclip),  # the refiner's only one
    ("unet", "unet/", _renamed(unet_from_diffusers)),
    ("vae", "vae/", _renamed(vae_from_diffusers)),
    ("text_encoder", "text_encoder/", _CLIP),
    ("text_encoder_2", "text_encoder_2/", _CLIP),
)
_NEEDLESS = re.compile(
    r"^[^.]+$|^(?:model_ema|loss|denoiser|embedding_manager)\.|(?:^|\.)(?:loss|model_ema)\."
    r"|(?:^|\.)(?:position_ids|logit_scale|attn_mask|num_updates|decay)$"
    r"|^(?:cond_stage_model|conditioner\.embedders\.\d+)\.(?:.+\.)?(?:text_projection|visual)(?:\.|$)"
)
