"""Reading of adapters, and their deltas for the networks of a model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from gdm_studio.common.errors import ModelError
from gdm_studio.models.adapters.card import AdapterCard, adapter_card, damaged_error
from gdm_studio.models.adapters.layer_names import Part, spellings
from gdm_studio.models.adapters.lora import Delta, delta_of, difference
from gdm_studio.models.files.checkpoints import read_entry
from gdm_studio.models.files.weights import Weights

CHANGEABLE = (nn.Linear, nn.Conv2d, nn.LayerNorm, nn.GroupNorm)


@dataclass(frozen=True)
class Adapter:
    """Adapter in memory: its card and its tensors by name."""

    card: AdapterCard
    tensors: Mapping[str, Tensor]


@dataclass(frozen=True)
class AdapterDeltas:
    """Deltas of an adapter for the networks of a model, and the layers of the adapter that do not apply."""

    adapter: AdapterCard
    # Deltas by network and by the name of the weight or bias.
    deltas: Mapping[Part, Mapping[str, Delta]]
    # Layers, as named in the file, that no network has or that occur twice.
    left: tuple[str, ...]

    @property
    def report(self) -> str:
        """Sentence about ignored layers, or "" if there are none."""
        left = len(self.left) + len(self.adapter.unknown)
        if not left:
            return ""
        example = (*self.left, *self.adapter.unknown)[0][:80]
        whole = len(self.adapter.layers) + len(self.adapter.unknown)
        return f"{self.adapter.name}: {left} of {whole} layers do not exist in this model, such as {example!r}."


def read_adapter(path: Path) -> Adapter:
    """Read an adapter from a file, with its tensors on the CPU. Raises ModelError."""
    entry = read_entry(path)
    card = adapter_card(path, entry.headers[path.name])
    tensors = {name: tensor.clone() for name, tensor in Weights(entry).items()}
    for name in (name for parts in card.layers.values() for name in parts.values()):
        if not tensors[name].is_floating_point() or not tensors[name].float().isfinite().all():
            raise damaged_error(path, name)
    return Adapter(card, tensors)


def adapter_deltas(adapter: Adapter, networks: Mapping[Part, nn.Module], base: str = "") -> AdapterDeltas:
    """Return the deltas of an adapter for the networks of a model of the kind `base`.

    They are on the device of the weights, in fp32 or wider. Raises ModelError if the adapter is damaged, if a
    layer has another shape than in the model, or if no layer matches.
    """
    card = adapter.card
    places = {
        spelling: (part, layer)
        for part, network in networks.items()
        for spelling, layer in spellings(part, _changeable(network)).items()
    }
    deltas: dict[Part, dict[str, Delta]] = {network: {} for network in networks}
    left = []
    for spelling, parts in card.layers.items():
        if (place := places.get(spelling)) is None:
            left.append(spelling)
            continue
        network, name = place
        layer = networks[network].get_submodule(name)
        tensors = {part: adapter.tensors[tensor] for part, tensor in parts.items()}
        if "alpha" not in tensors and spelling in card.alphas:
            tensors["alpha"] = torch.tensor(card.alphas[spelling])
        layer_deltas = _layer_deltas(card, spelling, tensors, layer, base)
        if deltas[network].keys() & {f"{name}.{kind}" for kind in layer_deltas}:
            left.append(spelling)
        else:
            deltas[network] |= {f"{name}.{kind}": delta for kind, delta in layer_deltas.items()}
    if not any(deltas.values()):
        raise _mismatch_error(card, base, f"the model has none of its {len(card.layers)} layers")
    return AdapterDeltas(card, deltas, tuple(left))


def _changeable(network: nn.Module) -> Iterator[str]:
    return (name for name, module in network.named_modules() if isinstance(module, CHANGEABLE))


def _layer_deltas(
    card: AdapterCard, spelling: str, parts: dict[str, Tensor], layer: nn.Module, base: str
) -> dict[str, Delta]:
    """Return the deltas of one layer's weight and bias, by "weight" and "bias"."""
    own = {kind: getattr(layer, kind) for kind in ("weight", "bias") if getattr(layer, kind) is not None}
    like = own["weight"]
    parts = {part: t.to(like.device, torch.promote_types(like.dtype, torch.float32)) for part, t in parts.items()}
    deltas: dict[str, Delta] = {}
    try:
        if "diff_b" in parts:
            deltas["bias"] = difference(parts.pop("diff_b"))
        if parts:
            deltas["weight"] = delta_of(parts)
    except (ValueError, KeyError, TypeError, IndexError, RuntimeError) as error:
        raise damaged_error(card.path, spelling) from error
    for kind, delta in deltas.items():
        if kind not in own or delta.size != (len(own[kind]), own[kind].numel() // len(own[kind])):
            raise _mismatch_error(card, base, f"its layer {spelling[:80]!r} does not fit")
    return deltas


def _mismatch_error(card: AdapterCard, base: str, why: str) -> ModelError:
    if card.base and base and card.base != base:
        sentence = f"is a LoRA for {card.base}, and this model is one of {base}; choose a LoRA for {base}."
        return ModelError(f"{card.name} {sentence}")
    return ModelError(f"{card.name} cannot be used with this model: {why}. Choose another LoRA.")
