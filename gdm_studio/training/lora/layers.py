"""Trainable LoRA layers, whose outputs are added to the outputs of a network's layers (Hu et al. 2021,
arXiv:2106.09685).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn


class LoraLayer(nn.Module):
    """Trainable low-rank change of a linear layer or a convolution: scale · up(down(x)) for the layer's input x.

    The scale is alpha / rank. `up` is initialised with zeros, so a new change has no effect. The factors are fp32.
    """

    def __init__(self, layer: nn.Linear | nn.Conv2d, rank: int, alpha: float) -> None:
        super().__init__()
        self.scale = alpha / rank
        self.down: nn.Linear | nn.Conv2d
        self.up: nn.Linear | nn.Conv2d
        if isinstance(layer, nn.Conv2d):
            kernel: Any = layer.kernel_size
            stride: Any = layer.stride
            padding: Any = layer.padding
            self.down = nn.Conv2d(layer.in_channels, rank, kernel, stride, padding, bias=False)
            self.up = nn.Conv2d(rank, layer.out_channels, 1, bias=False)
        else:
            self.down = nn.Linear(layer.in_features, rank, bias=False)
            self.up = nn.Linear(rank, layer.out_features, bias=False)
        nn.init.kaiming_uniform_(self.down.weight, a=math.sqrt(5))
        nn.init.zeros_(self.up.weight)

    def forward(self, x: Tensor) -> Tensor:
        changed: Tensor = self.up(self.down(x.to(self.down.weight.dtype)))
        return self.scale * changed


class LoraNetwork(nn.Module):
    """LoRA layers that adapt the named layers of a network, without changing the network's own weights.

    They act on the network inside `attached`.
    """

    def __init__(self, network: nn.Module, names: Iterable[str], *, rank: int, alpha: float) -> None:
        super().__init__()
        self.names = tuple(names)
        self.rank = rank
        self.alpha = alpha
        self.layers = nn.ModuleList(
            LoraLayer(network.get_submodule(name), rank, alpha)  # type: ignore[arg-type]
            for name in self.names
        )

    def factors(self) -> Mapping[str, tuple[Tensor, Tensor]]:
        """Return the weight matrices (down, up) of each LoRA layer, whose product is its low-rank change, by layer
        name.
        """
        layers: list[Any] = list(self.layers)
        pairs = ((layer.down.weight.detach(), layer.up.weight.detach()) for layer in layers)
        return dict(zip(self.names, pairs, strict=True))

    def unchanged(self) -> tuple[str, ...]:
        """Return the names of the layers whose LoRA has no effect because its weights are still zero."""
        return tuple(name for name, (_, up) in self.factors().items() if not up.any())

    def attach(self, network: nn.Module) -> list[torch.utils.hooks.RemovableHandle]:
        """Add the LoRA layers' outputs to those of the network's layers, by hooks that act until the returned handles
        are removed.
        """
        handles = []
        for name, layer in zip(self.names, self.layers, strict=True):

            def add(_: nn.Module, inputs: tuple[Tensor, ...], output: Tensor, delta: nn.Module = layer) -> Tensor:
                return output + delta(inputs[0]).to(output.dtype)

            handles.append(network.get_submodule(name).register_forward_hook(add))
        return handles

    @contextmanager
    def attached(self, network: nn.Module) -> Iterator[None]:
        """Let the LoRA layers act on the network within a `with` block."""
        handles = self.attach(network)
        try:
            yield
        finally:
            for handle in handles:
                handle.remove()
