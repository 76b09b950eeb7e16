"""Computation of the weight changes ("deltas") that an adapter file, such as a LoRA, makes to a model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from gdm_studio.common.errors import ModelError
from gdm_studio.common.translation_markers import translatable
from gdm_studio.models.adapters.adapter_detection import (
    SCALARS,
    AdapterCard,
    adapter_card,
    adapter_family,
)
from gdm_studio.models.adapters.layer_names import AdaptedLayer, Part, layer_name_spellings, transformer_spellings
from gdm_studio.models.adapters.lora_weight_deltas import (
    Delta,
    delta_of,
    difference,
    lora_scale,
    replacement,
)
from gdm_studio.models.adapters.peft_configuration import damaged_error
from gdm_studio.models.adapters.weight_transforms import Centred, transform_of
from gdm_studio.models.files.checkpoints import read_entry, stamp_of
from gdm_studio.models.files.sidecars import with_sidecars
from gdm_studio.models.files.weights import Weights, is_possible, read_scalar
from gdm_studio.networks.diffusion_transformers.configurations import Weight

CHANGEABLE = (nn.Linear, nn.Conv2d, nn.LayerNorm, nn.GroupNorm, nn.RMSNorm)


@dataclass(frozen=True)
class Adapter:
    """LoRA or other adapter whose tensors have been read into memory, with its card."""

    card: AdapterCard
    tensors: Mapping[str, Tensor]


@dataclass(frozen=True)
class AdapterDeltas:
    """Changes (deltas) that an adapter makes to the weights of a model's networks, and the adapter's layers that match
    no network.
    """

    adapter: AdapterCard
    # Deltas by network and by the name of the weight or bias.
    deltas: Mapping[Part, Mapping[str, Delta]]
    # Layers, as named in the file, that exist in no network or occur twice.
    left: tuple[str, ...]

    @property
    def report(self) -> str:
        """Sentences that tell the user how many of the adapter's layers and tensors have no effect on this model, or ""
        if all of them apply.
        """
        left, layers, unknown = len(self.left), len(self.adapter.layers), self.adapter.unknown
        found = []
        if left:
            found.append(f"{left} of {layers} layers do not exist in this model, such as {self.left[0][:80]!r}.")
        if unknown:
            few = f"{len(unknown)} of its tensors are neither LoRA nor another supported kind and have no effect"
            found.append(f"{few}, such as {unknown[0][:80]!r}.")
        return f"{self.adapter.name}: {' '.join(found)}" if found else ""


class DeltasCache:
    """Cache of the weight changes of the most recently used adapters, so that they are not read again for each
    image.
    """

    def __init__(self) -> None:
        # Keys consist of a file, its stamps, and the devices of the networks.
        self._cached_deltas: dict[Any, AdapterDeltas] = {}

    def deltas_of(
        self, files: Iterable[Path], networks: Mapping[Part, nn.Module], base: str, *, weights: Iterable[Weight] = ()
    ) -> dict[Path, AdapterDeltas]:
        """Return the weight changes of each adapter file for a model's networks, from the cache if the file is
        unchanged. Raises ModelError.
        """
        devices = {part: next(network.parameters()).device for part, network in networks.items()}
        keys = {path: (path, *map(stamp_of, with_sidecars([path])), *devices.items()) for path in files}
        weights = tuple(weights)
        self._cached_deltas = {
            key: self._cached_deltas.get(key) or adapter_deltas(read_adapter(path), networks, base, weights=weights)
            for path, key in keys.items()
        }
        return {path: self._cached_deltas[key] for path, key in keys.items()}


def read_adapter(path: Path) -> Adapter:
    """Read a LoRA or other adapter from a file, with its tensors on the CPU. Raises ModelError if the file is
    damaged.
    """
    entry = read_entry(path)
    card = adapter_card(path, entry.headers[path.name])
    tensors = {name: tensor.clone() for name, tensor in Weights(entry).items()}
    for part, name in (each for parts in card.layers.values() for each in parts.items()):
        if part in SCALARS:
            # Trainers write alpha in any number type.
            try:
                tensors[name] = torch.tensor(read_scalar(tensors[name]))
            except ValueError as error:
                raise damaged_error(path, name) from error
        elif not tensors[name].is_floating_point() or not is_possible(tensors[name]):
            raise damaged_error(path, name)
    return Adapter(card, tensors)


def adapter_deltas(
    adapter: Adapter, networks: Mapping[Part, nn.Module], base: str = "", *, weights: Iterable[Weight] = ()
) -> AdapterDeltas:
    """Compute the changes that an adapter makes to the weights of a model of the kind `base`.

    `weights` are those of a diffusion transformer, if the model has one. The deltas are on the device of the weights,
    in fp32 or wider. Raises ModelError if the adapter is damaged, is for another family of diffusion transformers, has
    a layer whose shape differs from the model's, or matches no layer.
    """
    card = adapter.card
    if "transformer" in networks and base and card.base not in ("", adapter_family(base)):
        raise _mismatch_error(card, base, "it is for another family of models")
    places: dict[str, tuple[Part, Sequence[AdaptedLayer]]] = {
        spelling: (part, (AdaptedLayer(layer),))
        for part, network in networks.items()
        if part != "transformer"
        for spelling, layer in layer_name_spellings(part, _iter_changeable_layers(network)).items()
    }
    places |= {spelling: ("transformer", found) for spelling, found in transformer_spellings(weights).items()}
    deltas: dict[Part, dict[str, Delta]] = {network: {} for network in networks}
    left = []
    for spelling, parts in card.layers.items():
        network, found = places.get(spelling, ("unet", ()))
        tensors = {part: adapter.tensors[tensor] for part, tensor in parts.items()}
        if "alpha" not in tensors and spelling in card.alphas:
            tensors["alpha"] = torch.tensor(card.alphas[spelling])
        if "alpha" not in tensors and spelling in card.scales:
            tensors["scale"] = torch.tensor(card.scales[spelling], dtype=torch.float64)
        new: dict[str, Delta] = {}
        for place in found:
            layer = networks[network].get_submodule(place.layer)
            if not _is_changeable(layer):
                continue
            for kind, delta in _compute_layer_deltas(card, spelling, tensors, layer, place, base).items():
                new[f"{place.layer}.{kind}"] = delta
        if not new or deltas[network].keys() & new.keys():
            left.append(spelling)
        else:
            deltas[network] |= new
    if not any(deltas.values()):
        raise _mismatch_error(card, base, f"the model has none of its {len(card.layers)} layers")
    return AdapterDeltas(card, deltas, tuple(left))


def _iter_changeable_layers(network: nn.Module) -> Iterator[str]:
    return (name for name, module in network.named_modules() if _is_changeable(module))


def _is_changeable(layer: nn.Module) -> bool:
    """Return True if an adapter can change a layer. Norms may have no weight."""
    return isinstance(layer, CHANGEABLE) and layer.weight is not None


def _compute_layer_deltas(
    card: AdapterCard, spelling: str, tensors: Mapping[str, Tensor], layer: nn.Module, place: AdaptedLayer, base: str
) -> dict[str, Delta]:
    """Compute the changes that an adapter makes to one layer, under the keys "weight" and "bias"."""
    like = layer.weight
    assert isinstance(like, Tensor)
    parts = {part: t.to(like.device, torch.promote_types(like.dtype, torch.float32)) for part, t in tensors.items()}
    rows = place.rows or len(like)
    deltas: dict[str, Delta] = {}
    try:
        if "diff_b" in parts:
            deltas["bias"] = difference(parts.pop("diff_b"))
        if "whole_bias" in parts:
            deltas["bias"] = replacement(parts.pop("whole_bias"))
        if "up_bias" in parts:
            deltas["bias"] = difference(parts.pop("up_bias") * lora_scale(parts, len(parts["down"])))
        if parts:
            deltas["weight"] = transform_of(parts, (rows, like.numel() // len(like))) or delta_of(parts)
    except (ValueError, KeyError, TypeError, IndexError, RuntimeError) as error:
        raise damaged_error(card.path, spelling) from error
    for kind, delta in deltas.items():
        # A linear or convolutional layer without a bias gets one.
        fits = kind == "weight" or isinstance(layer, nn.Linear | nn.Conv2d) or getattr(layer, "bias", None) is not None
        if not fits or delta.size != (rows, like.numel() // len(like) if kind == "weight" else 1):
            raise _mismatch_error(card, base, f"its layer {spelling[:80]!r} does not fit")
        if place.rows:
            try:
                deltas[kind] = delta.rows(slice(place.begin, place.begin + len(like)))
            except ValueError as error:
                change = "normalises columns" if "dora_scale" in parts else "mixes rows"
                why = f"its layer {spelling[:80]!r} {change} of joined layers"
                raise _mismatch_error(card, base, why) from error
        if isinstance(delta, Centred):
            try:
                deltas[kind] = delta.around(like.reshape(len(like), -1).to(parts["q_layer"].dtype))
            except ValueError as error:
                why = f"its layer {spelling[:80]!r} was not trained from the weights of this model"
                raise _mismatch_error(card, base, why) from error
    return deltas


def _mismatch_error(card: AdapterCard, base: str, why: str) -> ModelError:
    if card.base and base and card.base != adapter_family(base):
        sentence = translatable(
            "{name} is a LoRA for {other}, and this model is one of {base}; choose a LoRA for {base}.",
            name=card.name,
            other=card.base,
            base=base,
        )
        return ModelError(sentence)
    return ModelError(f"{card.name} cannot be used with this model: {why}. Choose another LoRA.")
