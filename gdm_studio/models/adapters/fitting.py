"""An adapter read from its file, and the changes it makes to the networks of a model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from gdm_studio.errors import ModelError
from gdm_studio.models.adapters.card import AdapterCard, adapter_card, damaged
from gdm_studio.models.adapters.deltas import Delta, delta_of, difference
from gdm_studio.models.adapters.spellings import Part, spellings
from gdm_studio.models.checkpoints import read_entry
from gdm_studio.models.weights import Weights

CHANGEABLE = (nn.Linear, nn.Conv2d, nn.LayerNorm, nn.GroupNorm)


@dataclass(frozen=True)
class Adapter:
    """The card, and the tensors by name."""

    card: AdapterCard
    tensors: Mapping[str, Tensor]


@dataclass(frozen=True)
class Fit:
    """What an adapter changes in the networks it was fitted to, and what of it they have no place for."""

    adapter: AdapterCard
    deltas: Mapping[Part, Mapping[str, Delta]]  # by network and the name of its weight or bias
    left: tuple[str, ...]  # layers, as the file spells them, that are in none of these networks or there twice

    @property
    def report(self) -> str:
        """One sentence on what is left out; "" where all of it fits."""
        left = len(self.left) + len(self.adapter.unknown)
        if not left:
            return ""
        example = (*self.left, *self.adapter.unknown)[0][:80]
        whole = len(self.adapter.layers) + len(self.adapter.unknown)
        return f"{self.adapter.name}: {left} of {whole} layers have no place in this model, such as {example!r}."


def read_adapter(path: Path) -> Adapter:
    """The adapter in a file, its numbers on the CPU; raises ModelError."""
    entry = read_entry(path)
    card = adapter_card(path, entry.headers[path.name])
    tensors = {name: tensor.clone() for name, tensor in Weights(entry).items()}
    for name in (name for parts in card.layers.values() for name in parts.values()):
        if not tensors[name].is_floating_point() or not tensors[name].float().isfinite().all():
            raise damaged(path, name)
    return Adapter(card, tensors)


def fitted(adapter: Adapter, networks: Mapping[Part, nn.Module], base: str = "") -> Fit:
    """What the adapter changes in the networks of one model, a `base`, computed beside their weights in fp32 at least.

    Raises ModelError where it is damaged, where a layer is shaped for another model, and where nothing fits.
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
        made = _made(card, spelling, tensors, layer, base)
        if deltas[network].keys() & {f"{name}.{kind}" for kind in made}:
            left.append(spelling)
        else:
            deltas[network] |= {f"{name}.{kind}": delta for kind, delta in made.items()}
    if not any(deltas.values()):
        raise _foreign(card, base, f"none of its {len(card.layers)} layers has a place there")
    return Fit(card, deltas, tuple(left))


def _changeable(network: nn.Module) -> Iterator[str]:
    return (name for name, module in network.named_modules() if isinstance(module, CHANGEABLE))


def _made(card: AdapterCard, spelling: str, parts: dict[str, Tensor], layer: nn.Module, base: str) -> dict[str, Delta]:
    """The changes of a layer's weight and bias."""
    own = {kind: getattr(layer, kind) for kind in ("weight", "bias") if getattr(layer, kind) is not None}
    like = own["weight"]
    parts = {part: t.to(like.device, torch.promote_types(like.dtype, torch.float32)) for part, t in parts.items()}
    made: dict[str, Delta] = {}
    try:
        if "diff_b" in parts:
            made["bias"] = difference(parts.pop("diff_b"))
        if parts:
            made["weight"] = delta_of(parts)
    except (ValueError, KeyError, TypeError, IndexError, RuntimeError) as error:
        raise damaged(card.path, spelling) from error
    for kind, delta in made.items():
        if kind not in own or delta.size != (len(own[kind]), own[kind].numel() // len(own[kind])):
            raise _foreign(card, base, f"its layer {spelling[:80]!r} does not fit")
    return made


def _foreign(card: AdapterCard, base: str, why: str) -> ModelError:
    if card.base and base and card.base != base:
        sentence = f"is a LoRA for {card.base}, and this model is one of {base}; choose a LoRA for {base}."
        return ModelError(f"{card.name} {sentence}")
    return ModelError(f"{card.name} cannot be used with this model: {why}. Choose another LoRA.")
