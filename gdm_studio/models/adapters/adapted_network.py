"""Networks with adapters applied. They share their weights with the original network, which is not changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from math import prod
from typing import TypeVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gdm_studio.models.adapters.lora_weight_deltas import Delta, LowRank
from gdm_studio.networks.diffusion_transformers.blocks import Modulation, Modulations

Weighted = Sequence[tuple[Delta, float]]
Network = TypeVar("Network", bound=nn.Module)


def apply_adapters(network: Network, adapters: Sequence[tuple[Mapping[str, Delta], float]]) -> Network:
    """Return a copy of a network with LoRAs or other adapters applied. Each adapter is given as its weight changes, by
    the name of the weight or bias, and a strength.

    `network` is not changed, and the copy shares its weights. The copy needs extra memory only for the adapters'
    factors and, while it runs, for the changed weight of one layer at a time.
    """
    changes: dict[str, list[tuple[Delta, float]]] = {}
    for deltas, strength in adapters:
        for name, delta in deltas.items() if strength else ():
            changes.setdefault(name, []).append((delta, strength))
    return _replace_layers(network, changes) if changes else network


def _replace_layers(module: Network, changes: Mapping[str, Weighted]) -> Network:
    """Return a copy of a module in which each layer changed by an adapter is replaced. All other layers and weights are
    shared with the original.
    """
    below: dict[str, dict[str, Weighted]] = {}
    twin = copy(module)
    twin._modules = dict(module._modules)
    twin._parameters = dict(module._parameters)
    for name, parts in changes.items():
        child, _, rest = name.partition(".")
        if rest:
            below.setdefault(child, {})[rest] = parts
        elif (own := _find_parameter(module, child)).ndim == 1:  # small enough to be copied
            twin._parameters[child] = nn.Parameter(_add_deltas(own[:, None], parts)[:, 0], requires_grad=False)
    for child, inner in below.items():
        layer = _replace_layers(module.get_submodule(child), inner)
        if isinstance(layer, nn.Linear | nn.Conv2d) and "weight" in inner:
            layer = AdaptedNetwork(layer, inner["weight"])
        twin._modules[child] = layer
    return twin


def _find_parameter(module: nn.Module, name: str) -> Tensor:
    """Return a parameter of a module, or zeros for the bias of a layer that has none."""
    own = module._parameters[name]
    if own is None:
        like = module.get_parameter("weight")
        return torch.zeros(len(like), dtype=like.dtype, device=like.device)
    return own


class AdaptedNetwork(nn.Module):
    """Replacement for one linear or convolutional layer of a network to which adapters are applied. Its weight is the
    original weight plus the adapters' changes.

    The sum is computed at each call, in fp32 or wider, and rounded once to the weight's type. If it is less work,
    low-rank factors are applied to the input instead. This choice depends on the image size but not on the batch, so
    that an image does not depend on its batch.
    """

    # (out, rank): the upper factors of all low-rank deltas, multiplied by their strengths. None without such deltas.
    up: Tensor | None
    # (rank, in · kernel): the lower factors of all low-rank deltas.
    down: Tensor
    layer: nn.Linear | nn.Conv2d

    def __init__(self, layer: nn.Linear | nn.Conv2d, parts: Weighted) -> None:
        super().__init__()
        self.layer = layer
        own = layer.weight
        low = [(*delta.factors(), strength) for delta, strength in parts if isinstance(delta, LowRank)]
        up = torch.cat([strength * up for up, _, strength in low], dim=1).to(own.dtype) if low else None
        down = torch.cat([down for _, down, _ in low]).to(own.dtype) if low else None
        self.register_buffer("up", up)
        self.register_buffer("down", down)
        self.others = [(delta, strength) for delta, strength in parts if not isinstance(delta, LowRank)]

    def forward(self, x: Tensor) -> Tensor | Modulations:
        found = self._compute_output(x)
        return self.layer.split_modulations(found) if isinstance(self.layer, Modulation) else found

    def _compute_output(self, x: Tensor) -> Tensor:
        if self.up is None or self.others or not self._has_few_rows(x):
            return self._run_layer(x, self.weight(), self.layer.bias)
        narrow = self._run_layer(x, self.down.view(-1, *self.layer.weight.shape[1:]), None)
        if isinstance(self.layer, nn.Conv2d):
            return self._run_layer(x, self.layer.weight, self.layer.bias) + F.conv2d(narrow, self.up[:, :, None, None])
        return self._run_layer(x, self.layer.weight, self.layer.bias) + F.linear(narrow, self.up)

    def _run_layer(self, x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        if isinstance(self.layer, nn.Conv2d):
            # Like the layer itself, which may have a faster method than torch's.
            return self.layer._conv_forward(x, weight, bias)
        return F.linear(x, weight, bias)

    def _has_few_rows(self, x: Tensor) -> bool:
        """Return True if x has so few rows per image that it is faster to apply the low-rank factors to x than to
        compute the changed weight.
        """
        out, *inner = self.layer.weight.shape
        rows = x[0].numel() // inner[0]
        columns = prod(inner)
        return rows * (columns + out) < columns * out

    def weight(self) -> Tensor:
        """Return the effective weight of the layer: its original weight plus the changes of all LoRAs and other
        adapters.
        """
        own = self.layer.weight
        whole = _add_deltas(own.flatten(1), self.others) if self.others else own.flatten(1)
        if self.up is not None:
            whole = torch.addmm(whole, self.up, self.down)
        return whole.view(own.shape)


def _add_deltas(base_weight: Tensor, parts: Weighted) -> Tensor:
    """Return the weight matrix `base_weight` plus the changes of several adapters, each multiplied by its strength. The
    sum is computed in fp32 or wider.
    """
    wide = base_weight.to(torch.promote_types(base_weight.dtype, torch.float32))
    return sum((strength * delta.matrix(wide) for delta, strength in parts), wide).to(base_weight.dtype)
