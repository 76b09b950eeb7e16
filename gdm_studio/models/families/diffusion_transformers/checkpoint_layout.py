"""Location of a diffusion transformer's tensors in a file or folder. Does not import torch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

from gdm_studio.common.errors import ModelError
from gdm_studio.models.families.base import IncompleteModel
from gdm_studio.models.families.diffusion_transformers.variants import (
    DEV,
    EDIT,
    EDIT_2509,
    EDIT_2511,
    KREA_2,
    KREA_2_TURBO,
    QWEN_IMAGE,
    VARIANTS,
    Variant,
)
from gdm_studio.models.families.shared_parts.part_layout import Part, is_unconditional, part_in, parts_of
from gdm_studio.models.families.stable_diffusion.variants import name_some
from gdm_studio.models.files.checkpoints import Entry, read_entry
from gdm_studio.models.files.header import integer_error, unreadable_error
from gdm_studio.models.files.network_prefixes import root_of
from gdm_studio.models.files.recognition import component_prefix, recognise
from gdm_studio.models.files.weight_file_names import name_of
from gdm_studio.models.installed.description import describe_entry
from gdm_studio.models.required_parts import RequiredPart
from gdm_studio.networks.diffusion_transformers.configurations import Shape, Source, Weight

# Minimum number of matrices of a text encoder or VAE. If there are fewer, they are stray tensors.
LEAST_OF_NETWORK = 4


@dataclass(frozen=True)
class TensorLayout:
    """Network as stored in a file or folder: its configuration, and the location of its tensors."""

    config: Any
    # File and name of each tensor, and its shape, by its name without the prefix.
    where: Mapping[str, tuple[str, str]]
    shapes: Mapping[str, Shape]
    # Bytes of the tensors that are quantised in the file.
    quantized: Mapping[str, int]

    @property
    def weights(self) -> Iterator[Weight]:
        """Yield the descriptions of all weights of the network with this configuration."""
        raise NotImplementedError

    @property
    def parameters(self) -> int:
        return sum(prod(weight.shape) for weight in self.weights)

    def bytes_in(self, itemsize: int) -> int:
        """Return the memory of the network's weights, in bytes, with `itemsize` bytes per number that is not
        quantised.
        """
        size = 0
        for weight in self.weights:
            source = self.source_of(weight)
            whole = self.quantized.get(source.name, 0)
            share = weight.shape[0] / (source.rows or weight.shape[0])
            size += round(whole * share) or itemsize * prod(weight.shape)
        return size

    @property
    def quantized_weight_count(self) -> int:
        """Number of the network's weights that are quantised."""
        return sum(prod(weight.shape) for weight in self.weights if self.quantized.get(self.source_of(weight).name))

    def files(self, entry: Entry) -> tuple[Path, ...]:
        """Return the files that contain the tensors of this network, not of a model's text encoders and VAE."""
        return tuple(dict.fromkeys(entry.folder / file for file, _ in self.where.values()))

    def source_of(self, weight: Weight) -> Source:
        """Return the tensor in the file from which a weight is read. Raises KeyError if it is missing, or ValueError if
        its shape is wrong.
        """
        source = weight.source_in(self.shapes)
        shape = self.shapes[source.name]
        # GGUF files leave out axes of one element.
        if prod(shape) != prod(weight.source_shape(source)) or (source.rows and shape[0] != source.rows):
            raise ValueError(f"{source.name} has the shape {shape}")
        return source


@dataclass(frozen=True)
class Layout(TensorLayout):
    """Diffusion transformer as stored in a file or folder: its variant, its configuration, and the location of its
    tensors.
    """

    variant: Variant

    @property
    def weights(self) -> Iterator[Weight]:
        return self.variant.weights(self.config)

    def find_parts(self, entry: Entry, beside: Mapping[str, Any]) -> dict[str, Part]:
        """Return the text encoders, the VAE and the second transformer of the model by name, from its own file or from
        the files in `beside`.

        Raises ModelError if a part is missing.
        """
        own = {part.found for part in parts_of(entry)}
        return {
            name: part_in(beside.get(name, entry.path), wanted)
            for name, wanted in self.variant.list_parts(self.config).items()
            if name in beside or wanted.found in own or not wanted.is_optional
        }


def is_transformer(entry: Entry) -> bool:
    """Return True if a file or folder contains a supported diffusion transformer, such as FLUX.1."""
    found = recognise(entry)
    if found is None or found.name not in VARIANTS:
        return False
    return not (VARIANTS[found.name].has_unconditional and is_unconditional(entry, found.prefix))


def layout_of(entry: Entry) -> Layout:
    """Locate the tensors of a diffusion transformer in a file or folder. Raises ModelError if its network is incomplete
    or of an unsupported size.
    """
    found = recognise(entry)
    assert found is not None
    return _layout_below(entry, found.prefix, VARIANTS[_distinguish_by_name(found.name, entry)])


def unconditional_layout(part: Part, layout: Layout) -> Layout:
    """Locate the tensors of the unconditional transformer that belongs to a transformer. Raises ModelError if it is
    incomplete or has another configuration.
    """
    entry = read_entry(part.path)
    prefix = part.prefix if "/" in part.prefix else found.prefix if (found := recognise(entry)) else ""
    second = _layout_below(entry, prefix, layout.variant)
    if second.config != layout.config:
        raise ModelError(f"{part.path.name} does not belong to this {layout.variant.title}; choose other files.")
    return second


def _layout_below(entry: Entry, prefix: str, variant: Variant) -> Layout:
    where, shapes, quantized = locate_tensors(entry, prefix)
    try:
        config = variant.read_config(entry.path.name, shapes)
        layout = Layout(config, where, shapes, quantized, variant)
        flaws = list(iterate_flaws(layout))
    except (LookupError, ValueError, ArithmeticError) as error:
        sentence = f"{entry.path.name} is nearest to {variant.title}, but damaged or not whole"
        raise IncompleteModel(f"{sentence}; copy or download it again.", variant.title) from error
    if flaws:
        again = "copy or download it again, or choose another model"
        sentence = f"{entry.path.name} is nearest to {variant.title}, but not whole: {' and '.join(flaws)}; {again}."
        raise IncompleteModel(sentence, variant.title)
    return layout


def locate_tensors(entry: Entry, prefix: str) -> tuple[dict[str, tuple[str, str]], dict[str, Shape], dict[str, int]]:
    """Return the location (file, name), the shape, and the quantised bytes of each tensor whose name starts with a
    prefix, by its name without the prefix. Raises ModelError for a duplicate or unreadable tensor.
    """
    where: dict[str, tuple[str, str]] = {}
    shapes: dict[str, Shape] = {}
    quantized: dict[str, int] = {}
    for file, header in entry.headers.items():
        component = component_prefix(file)
        for name, shape in header.shapes.items():
            whole = component + name
            if not whole.startswith(prefix):
                continue
            rest = whole[len(prefix) :]
            if where.setdefault(rest, (file, name)) != (file, name):
                raise ModelError(f"{entry.path.name} contains {rest[:80]!r} twice; copy or download it again.")
            if name in header.unreadable:
                raise unreadable_error(file, header.unreadable[name])
            if header.is_integer(name):
                raise integer_error(file, name)
            shapes[rest] = shape
            quantized[rest] = header.quantized_bytes(name)
    return where, shapes, quantized


def _distinguish_by_name(found: str, entry: Entry) -> str:
    """Return the name of a model's variant, given the name `found` for its tensors. Some variants have the same
    tensors, and can only be distinguished by the name of the file or its title.
    """
    title = f"{name_of(entry.path)} {describe_entry(entry).title}".casefold()
    if found == DEV and "kontext" in title:
        return "FLUX.1 Kontext"
    if found == KREA_2 and "turbo" in title:
        return KREA_2_TURBO
    if found == QWEN_IMAGE and "edit" in title:
        return EDIT_2511 if "2511" in title else EDIT_2509 if "2509" in title or "plus" in title else EDIT
    return found


def missing_parts(entry: Entry, wanted: Mapping[str, RequiredPart], parts: Iterable[Part]) -> dict[str, RequiredPart]:
    """Return the wanted parts that are not among the `parts` of a model, by the names of components in diffusers.

    In a folder with a component of that name, no other component counts.
    """
    own = {(part.component, part.found) for part in parts}
    found = {part for _, part in own}
    return {
        name: each
        for name, each in wanted.items()
        if ((name, each.found) not in own if (entry.folder / name).is_dir() and entry.kind == "folder" else
            each.found not in found)
    }  # fmt: skip


def unknown_weights(entry: Entry, layout: Layout, parts: Iterable[Part]) -> tuple[str, ...]:
    """Return the names of the matrices in a single file that form further networks, besides the transformer and the
    recognised parts. Output layers and other towers of a recognised part do not count.
    """
    if entry.kind != "file":
        return ()
    (header,) = entry.headers.values()
    used = {layout.where[layout.source_of(weight).name][1] for weight in layout.weights}
    known = {name.partition(".")[0] for name in used}
    roots = tuple(root_of(part.prefix) for part in parts)
    groups: dict[str, list[str]] = {}
    for name, shape in header.shapes.items():
        first = name.partition(".")[0]
        if len(shape) > 1 and first not in known and not name.startswith(roots):
            groups.setdefault(first, []).append(name)
    return tuple(name for names in groups.values() if len(names) >= LEAST_OF_NETWORK for name in names)


def iterate_flaws(layout: TensorLayout) -> Iterator[str]:
    """Yield a clause about the missing weights of a network, and one about those of other shapes."""
    missing = []
    unlike = []
    for weight in layout.weights:
        try:
            layout.source_of(weight)
        except KeyError as error:
            missing.append(str(error.args[0]))
        except ValueError:
            unlike.append(weight.source_in(layout.shapes).name)
    if missing:
        yield f"it lacks {name_some(missing)}"
    if unlike:
        yield f"it has another shape of {name_some(dict.fromkeys(unlike))}"
