"""Networks with adapters: modules of their own over the very weights of the network, which nothing is done to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from typing import TypeVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gdm_studio.models.adapters.deltas import Delta, LowRank

Weighted = Sequence[tuple[Delta, float]]
Network = TypeVar("Network", bound=nn.Module)


def applied(network: Network, adapters: Sequence[tuple[Mapping[str, Delta], float]]) -> Network:
    """The network as these adapters change it, by the names of its weights and biases, each as strongly as told.

    It shares every weight with `network`, which stays as it is: to take adapters off, use that again. Beyond it there
    are only the adapters' factors, and one layer's weight at a time while it runs.
    """
    changes: dict[str, list[tuple[Delta, float]]] = {}
    for deltas, strength in adapters:
        for name, delta in deltas.items() if strength else ():
            changes.setdefault(name, []).append((delta, strength))
    return _changed(network, changes) if changes else network


def _changed(module: Network, changes: Mapping[str, Weighted]) -> Network:
    """A twin of the module with twins of what changes in it; all else is in both."""
    below: dict[str, dict[str, Weighted]] = {}
    twin = copy(module)
    twin._modules, twin._parameters = dict(module._modules), dict(module._parameters)
    for name, parts in changes.items():
        child, _, rest = name.partition(".")
        if rest:
            below.setdefault(child, {})[rest] = parts
        elif (own := module.get_parameter(child)).ndim == 1:  # of so few numbers that they may be there twice
            twin._parameters[child] = nn.Parameter(_with(own[:, None], parts)[:, 0], requires_grad=False)
    for child, inner in below.items():
        layer = _changed(module.get_submodule(child), inner)
        if isinstance(layer, nn.Linear | nn.Conv2d) and "weight" in inner:
            layer = Adapted(layer, inner["weight"])
        twin._modules[child] = layer
    return twin


class Adapted(nn.Module):
    """A linear layer or convolution whose weight is its own plus what adapters add, summed anew at each call.

    That holds for changes of every kind, and costs rank / rows of the layer's own work, for the rows of numbers that it
    sees. Factors alone go beside the layer where that is less: rank · (1/in + 1/out). Which of both it is hangs on the
    picture's size and not on how many are made at once, so that a picture is the same in any batch. Factors are in
    the type of the weight; everything else is summed in fp32 at least, and rounded to it once.
    """

    up: Tensor | None  # (out, rank), of all changes of low rank together, as strong as they are
    down: Tensor  # (rank, in · kernel)
    layer: nn.Linear | nn.Conv2d

    def __init__(self, layer: nn.Linear | nn.Conv2d, parts: Weighted) -> None:
        super().__init__()
        self.layer, own = layer, layer.weight
        low = [(*delta.factors(), strength) for delta, strength in parts if isinstance(delta, LowRank)]
        up = torch.cat([strength * up for up, _, strength in low], dim=1).to(own.dtype) if low else None
        down = torch.cat([down for _, down, _ in low]).to(own.dtype) if low else None
        self.register_buffer("up", up)
        self.register_buffer("down", down)
        self.others = [(delta, strength) for delta, strength in parts if not isinstance(delta, LowRank)]

    def forward(self, x: Tensor) -> Tensor:
        if self.up is None or self.others or not self._sees_few(x):
            return self._of(x, self.weight(), self.layer.bias)
        narrow = self._of(x, self.down.view(-1, *self.layer.weight.shape[1:]), None)
        if isinstance(self.layer, nn.Conv2d):
            return self.layer(x) + F.conv2d(narrow, self.up[:, :, None, None])
        return self.layer(x) + F.linear(narrow, self.up)

    def _of(self, x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        if isinstance(self.layer, nn.Conv2d):
            return F.conv2d(x, weight, bias, self.layer.stride, self.layer.padding)
        return F.linear(x, weight, bias)

    def _sees_few(self, x: Tensor) -> bool:
        """Whether x has so few rows a picture that factors beside the layer are less work than in its weight."""
        rows = x[0].numel() // self.layer.weight.shape[1]
        columns, out = self.layer.weight[0].numel(), len(self.layer.weight)
        return rows * (columns + out) < columns * out

    def weight(self) -> Tensor:
        """The layer's weight as adapters change it."""
        own = self.layer.weight
        whole = _with(own.flatten(1), self.others) if self.others else own.flatten(1)
        if self.up is not None:
            whole = torch.addmm(whole, self.up, self.down)
        return whole.view(own.shape)


def _with(own: Tensor, parts: Weighted) -> Tensor:
    """The matrix and its changes, summed in fp32 at least."""
    wide = own.to(torch.promote_types(own.dtype, torch.float32))
    return sum((strength * delta.matrix(wide) for delta, strength in parts), wide).to(own.dtype)
