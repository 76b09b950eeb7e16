"""Layout of a checkpoint: the assignment of tensors to networks, by name and shape. Does not import torch."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from math import prod
from pathlib import Path
from typing import Literal

from gdm_studio.common.errors import ModelError
from gdm_studio.models.families.stable_diffusion.weight_names import (
    Shape,
    TensorSource,
    clip_from_transformers,
    control_net_from_diffusers,
    convolution_shape,
    ip_adapter_from_original,
    linear_shape,
    t2i_adapter_from_original,
    tensors_from_openclip,
    unet_from_diffusers,
    vae_from_diffusers,
    without_fused_copies,
)
from gdm_studio.models.files.checkpoints import Entry, read_entry
from gdm_studio.models.files.header import integer_error, unreadable_error
from gdm_studio.models.files.network_prefixes import find_prefixes, names_below
from gdm_studio.models.files.stated_configuration import check_stated_configuration
from gdm_studio.models.files.text_encoder import clip_prefixes
from gdm_studio.models.model_card import ModelCard

# Names of a model's text encoders, as in diffusers.
Text = Literal["text_encoder", "text_encoder_2"]
TEXTS: tuple[Text, ...] = ("text_encoder", "text_encoder_2")
Control = Literal["ControlNet", "Difference ControlNet", "Control-LoRA", "T2I-Adapter", "IP-Adapter"]
DIFFERENCE: Control = "Difference ControlNet"
# Tensor that marks a file whose ControlNet contains the differences from a U-Net (webui and ComfyUI).
DIFFERENCE_MARK = "difference"
Part = Literal["unet", "vae"] | Text | Control
# Function from the tensor names in a file to the source of each weight, by our name of the weight.
Places = Callable[[Iterable[str]], Mapping[str, TensorSource]]

# Tensor names by which models are recognised: one that every single file contains, one of every diffusers folder, and
# those of a file with only a U-Net in both layouts.
FIRST = (
    ("model.diffusion_model.input_blocks.0.0.weight",),
    ("unet/conv_in.weight",),
    ("input_blocks.0.0.weight", "output_blocks.0.0.in_layers.0.weight"),
    ("conv_in.weight", "up_blocks.0.resnets.0.conv1.weight"),
)
ATTENDS = "attn2.to_k.weight"
# Tensors that every autoencoder has, in both layouts.
VAE_MARKS = ("encoder.conv_in.weight", "decoder.conv_in.weight")
TOKENS = "token_embedding.weight"
# Widths of the text encoders of each variant, by the part of the model.
CLIP: Mapping[str, Mapping[Text, int]] = {
    "Stable Diffusion 1": {"text_encoder": 768},
    "Stable Diffusion 2": {"text_encoder": 1024},
    "SDXL": {"text_encoder": 768, "text_encoder_2": 1280},
    "SDXL refiner": {"text_encoder_2": 1280},
}
# Latent channels and decoder levels of all autoencoders of Stable Diffusion.
LATENTS = (4,), 4


@dataclass(frozen=True)
class Network:
    """Location of all weights of one network: for each weight, the file, the tensor in that file, and the shape."""

    weights: Mapping[str, tuple[Path, TensorSource]]
    shapes: Mapping[str, Shape]
    # Bytes of the weights that are quantised in the files, by our name.
    quantized: Mapping[str, int] = field(default_factory=dict)

    @property
    def files(self) -> tuple[Path, ...]:
        return tuple(dict.fromkeys(file for file, _ in self.weights.values()))

    @property
    def parameters(self) -> int:
        return sum(prod(shape) for shape in self.shapes.values())

    def bytes_in(self, itemsize: int) -> int:
        """Return the memory of the network's weights, in bytes, with `itemsize` bytes per number that is not
        quantised.
        """
        return sum(self.quantized.get(name) or itemsize * prod(shape) for name, shape in self.shapes.items())


@dataclass(frozen=True)
class Layout:
    """The networks in a model file or folder, and the tensors that are not part of any network."""

    networks: Mapping[Part, Network]
    left: tuple[str, ...]
    # Names of the other files from which networks were taken.
    from_elsewhere: Mapping[Part, str] = field(default_factory=dict)

    @cached_property
    def unet(self) -> Mapping[str, Shape]:
        """Shape of every weight of the model's U-Net, by name."""
        return self.networks["unet"].shapes

    @property
    def context(self) -> int:
        """Width of the encoded text in the U-Net's cross-attention, which identifies the version of Stable
        Diffusion.
        """
        return next(shape[1] for name, shape in self.unet.items() if name.endswith(ATTENDS))

    @property
    def channels(self) -> int:
        """The U-Net's number of input channels: 4, or 9 with a mask and a masked image (inpainting), or 8 with an image
        to edit.
        """
        return self.unet["input_blocks.0.0.weight"][1]

    @property
    def vector(self) -> int:
        """Length of the conditioning vector (pooled text and sizes) that the U-Net takes besides the timestep, or 0 if
        it takes none.
        """
        return self.unet.get("label_emb.0.0.weight", (0, 0))[1]


def is_stable_diffusion(entry: Entry) -> bool:
    """Return True if a file or diffusers folder contains a Stable Diffusion model, which is recognised by a U-Net with
    cross-attention.
    """
    names = {name for name, _, _ in _iter_names(entry)}
    return any(names.issuperset(marks) for marks in FIRST) and any(name.endswith(ATTENDS) for name in names)


def is_pipeline(entry: Entry) -> bool:
    """Return True if the model is a diffusers folder, in which each network has a subfolder with a
    configuration file.
    """
    return any("/" in file for file in entry.headers)


def layout_of(entry: Entry) -> Layout:
    """Locate the networks in a model file or folder by tensor names. Raises ModelError for a duplicate name or an
    impossible shape.
    """
    where: dict[str, tuple[str, str]] = {}
    for name, file, own in _iter_names(entry):
        if where.setdefault(name, (file, own)) != (file, own):
            raise ModelError(f"{entry.path.name} contains {name[:80]!r} twice; copy or download it again.")
    where = {name: where[name] for name in without_fused_copies(where)}
    networks: dict[Part, Network] = {}
    taken: set[str] = set()
    for part, prefix, places in _PARTS:
        if part in networks:
            continue
        if found := places(name.removeprefix(prefix) for name in where if name.startswith(prefix)):
            networks[part] = network_of(entry, {ours: (prefix, place) for ours, place in found.items()}, where)
            taken.update(prefix + place.name for place in found.values())
    for network in _iter_text_encoders(entry, where):
        names = {place.name for _, place in network.weights.values()}
        part = "text_encoder_2" if network.shapes[TOKENS][1:] == (CLIP["SDXL"]["text_encoder_2"],) else "text_encoder"
        if part not in networks and not names <= taken:
            networks[part] = network
            taken |= names
    prefixes = tuple(prefix for _, prefix, _ in _PARTS if prefix)
    beside = (name for name in where if entry.kind == "file" or name.startswith(prefixes))
    return Layout(networks, tuple(name for name in beside if name not in taken and not _UNUSED_TENSORS.search(name)))


def layout_with_parts(card: ModelCard) -> Layout:
    """Locate the networks of a model, including the text encoders and the autoencoder that its card takes from other
    files. Raises ModelError.
    """
    assert card.path is not None
    layout = layout_of(read_entry(card.path))
    for part in TEXTS:
        if (file := card.beside.get(part)) is not None:
            layout = with_text_encoder(layout, part, read_entry(file), CLIP[card.base][part])
    if (vae := card.beside.get("vae")) is not None:
        layout = with_vae(layout, read_entry(vae))
    return layout


def with_vae(layout: Layout, entry: Entry) -> Layout:
    """Return a copy of a model's layout in which the autoencoder comes from another file.

    Raises ModelError if that file has no autoencoder, or one with incompatible latents.
    """
    own = layout.networks.get("vae")
    latents = latent_shape(own.shapes) if own is not None else LATENTS
    header = next(iter(entry.headers.values()))
    path = entry.path
    where = {name: (path.name, name) for name in header.shapes}
    for prefix in find_prefixes(where, *VAE_MARKS):
        names = [name.removeprefix(prefix) for name in where if name.startswith(prefix)]
        for places in (_find_autoencoder, places_from(vae_from_diffusers)):
            found = {ours: (prefix, place) for ours, place in places(names).items()}
            if not {"encoder.down.0.block.0.conv1.weight", "decoder.conv_in.weight"} <= found.keys():
                continue
            vae = network_of(entry, found, where)
            if latent_shape(vae.shapes) != latents:
                raise ModelError(f"{path.name} is a VAE for another kind of model; choose another, or none.")
            check_stated_configuration(vae.files)
            elsewhere: dict[Part, str] = {**layout.from_elsewhere, "vae": path.name}
            return Layout({**layout.networks, "vae": vae}, layout.left, elsewhere)
    raise ModelError(f"{path.name} is not a VAE for Stable Diffusion; choose another, or none.")


def with_text_encoder(layout: Layout, part: Text, entry: Entry, width: int) -> Layout:
    """Return a copy of a model's layout in which a text encoder of a width comes from another file or folder. Raises
    ModelError if that file has none.
    """
    where = {name: (file, own) for name, file, own in _iter_names(entry)}
    for network in _iter_text_encoders(entry, where):
        if network.shapes[TOKENS][1:] == (width,):
            check_stated_configuration(network.files)
            elsewhere = {**layout.from_elsewhere, part: entry.path.name}
            return Layout({**layout.networks, part: network}, layout.left, elsewhere)
    raise ModelError(f"{entry.path.name} is not a text encoder of CLIP; choose another file.")


def _iter_text_encoders(entry: Entry, where: Mapping[str, tuple[str, str]]) -> Iterator[Network]:
    """Yield the CLIP text encoders in a file or folder, under any prefix."""
    prefixes = clip_prefixes(where)
    for prefix, names in names_below(prefixes, where).items():
        for places in (_CLIP, tensors_from_openclip):
            found = {ours: (prefix, place) for ours, place in places(names).items()}
            if {TOKENS, "layers.0.mlp.fc1.weight"} <= found.keys():
                yield network_of(entry, found, where)
                break


def control_of(entry: Entry) -> tuple[Control, Network]:
    """Recognise the control model in a file, such as a ControlNet. Returns its kind and the location of its weights.

    Raises ModelError if there is none or its kind is not supported.
    """
    where = {name: (file, name) for file, header in entry.headers.items() for name in header.shapes}
    for part, mark, prefix, places in _CONTROLS:
        names = [name.removeprefix(prefix) for name in where if name.startswith(prefix)]
        found = {ours: (prefix, place) for ours, place in places(names).items()}
        if mark not in found:
            continue
        taken = {place.name for _, place in found.values()}
        if any(name not in taken and not _UNUSED_TENSORS.search(name) for name in names):
            raise ModelError(f"{entry.path.name} is an unsupported variant of {part}; choose another one.")
        is_difference = part == "ControlNet" and (DIFFERENCE_MARK in where or prefix + DIFFERENCE_MARK in where)
        return DIFFERENCE if is_difference else part, network_of(entry, found, where)
    raise ModelError(f"{entry.path.name} is not a complete control model for Stable Diffusion; choose another one.")


def latent_shape(vae: Mapping[str, Shape]) -> tuple[Shape, int]:
    """Return the properties by which autoencoders with compatible latents are recognised: the number of latent channels
    (or 4 if it is unknown), as a tuple of one, and the number of decoder levels.
    """
    levels = {name.split(".")[2] for name in vae if name.startswith("decoder.up.")}
    return vae.get("decoder.conv_in.weight", (0, 4))[1:2], len(levels)


def _iter_names(entry: Entry) -> Iterator[tuple[str, str, str]]:
    """Yield a tuple for each weight of a model: the name with the component as prefix, the file, and the name in that
    file.
    """
    for file, header in entry.headers.items():
        component = file[: file.rfind("/") + 1]
        for name in header.shapes:
            yield component + name, file, name


def network_of(
    entry: Entry, found: Mapping[str, tuple[str, TensorSource]], where: Mapping[str, tuple[str, str]]
) -> Network:
    """Create the description of a network from the source of each weight. `found` maps the network's weight names to
    the prefix and source of the tensor.

    `where` maps a prefixed name to (file, name in that file). Raises ModelError.
    """
    weights = {}
    shapes = {}
    quantized = {}
    for ours, (prefix, place) in found.items():
        file, name = where[prefix + place.name]
        header = entry.headers[file]
        if name in header.unreadable:
            raise unreadable_error(file, header.unreadable[name])
        if header.is_integer(name):
            raise integer_error(file, name)
        if size := header.quantized_bytes(name):
            quantized[ours] = size
        try:
            shapes[ours] = convolution_shape(ours, linear_shape(ours, place.shape(header.shapes[name])))
        except ValueError as error:
            raise ModelError(f"{entry.path.name} is damaged at {name[:80]!r}; copy or download it again.") from error
        weights[ours] = entry.folder / file, place._replace(name=name)
    return Network(weights, shapes, quantized)


def places_from(rename: Callable[[Iterable[str]], Mapping[str, str]]) -> Places:
    """Return a function that finds a network's weights among tensor names, where `rename` maps the file's names to the
    network's.
    """
    return lambda names: {ours: TensorSource(theirs) for theirs, ours in rename(names).items()}


def _keep_names(names: Iterable[str]) -> Mapping[str, TensorSource]:
    return {name: TensorSource(name) for name in names if not _UNUSED_TENSORS.search(name)}


def _find_lone_unet(names: Iterable[str]) -> Mapping[str, TensorSource]:
    """Find the weights of a U-Net in a file that contains nothing else, where its names have no prefix."""
    return {name: place for name, place in _keep_names(names).items() if name.startswith(_UNET)}


def _find_autoencoder(names: Iterable[str]) -> Mapping[str, TensorSource]:
    """Find the weights of an autoencoder among tensor names, except parts that are only used in training."""
    return {name: place for name, place in _keep_names(names).items() if name.startswith(_AUTOENCODER)}


_UNET = ("input_blocks.", "middle_block.", "output_blocks.", "out.", "time_embed.", "label_emb.", "guidance_proj.")
_AUTOENCODER = ("encoder.", "decoder.", "quant_conv.", "post_quant_conv.")
_CLIP = places_from(clip_from_transformers)
_PARTS: tuple[tuple[Part, str, Places], ...] = (
    ("unet", "model.diffusion_model.", _keep_names),
    ("vae", "first_stage_model.", _keep_names),
    ("vae", "vae.", _keep_names),
    ("text_encoder", "cond_stage_model.transformer.", _CLIP),
    ("text_encoder", "cond_stage_model.model.", tensors_from_openclip),
    ("text_encoder", "conditioner.embedders.0.transformer.", _CLIP),
    ("text_encoder_2", "conditioner.embedders.1.model.", tensors_from_openclip),
    ("text_encoder_2", "conditioner.embedders.0.model.", tensors_from_openclip),  # the refiner's only encoder
    ("unet", "unet/", places_from(unet_from_diffusers)),
    ("vae", "vae/", places_from(vae_from_diffusers)),
    ("text_encoder", "text_encoder/", _CLIP),
    ("text_encoder_2", "text_encoder_2/", _CLIP),
    # Names that stable-diffusion.cpp gives to SDXL's second text encoder.
    ("text_encoder_2", "cond_stage_model.1.transformer.", _CLIP),
    ("unet", "", _find_lone_unet),
    ("unet", "", places_from(unet_from_diffusers)),
)
# Kind, a weight that all networks of this kind have, prefix in the file, and names.
_CONTROLS: tuple[tuple[Control, str, str, Places], ...] = (
    ("Control-LoRA", "input_blocks.0.0.up", "", _keep_names),
    ("ControlNet", "middle_block_out.0.weight", "control_model.", _keep_names),
    ("ControlNet", "middle_block_out.0.weight", "", _keep_names),
    ("ControlNet", "middle_block_out.0.weight", "", places_from(control_net_from_diffusers)),
    ("T2I-Adapter", "body.0.resnets.0.block1.weight", "adapter.", _keep_names),
    ("T2I-Adapter", "body.0.resnets.0.block1.weight", "", places_from(t2i_adapter_from_original)),
    ("IP-Adapter", "layers.0.to_k.weight", "", places_from(ip_adapter_from_original)),
)
_UNUSED_TENSORS = re.compile(
    r"^[^.]+$|^(?:model_ema|loss|denoiser|embedding_manager)\.|(?:^|\.)(?:loss|model_ema)\."
    r"|(?:^|\.)(?:position_ids|logit_scale|attn_mask|num_updates|decay)$"
    r"|^(?:cond_stage_model|conditioner\.embedders\.\d+)\.(?:.+\.)?(?:text_projection|visual)(?:\.|$)"
)
