"""Construction of networks from configurations in files, bounded by the weights that the files contain."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import torch
from torch import Tensor, nn
from torch.nn.modules import module as hooks

N = TypeVar("N", bound=nn.Module)
# Modules without weights, such as activations, that a network may have for each of its weights.
_MODULES_PER_WEIGHT = 16


@contextmanager
def at_most(weights: int) -> Iterator[None]:
    """Context manager in which this thread can only create networks of at most `weights` weights. Raises ValueError at
    the first excess weight, since a configuration may describe an unlimited number of layers.
    """
    thread = threading.get_ident()
    counts = {"weights": 0, "modules": 0}
    limits = {"weights": weights, "modules": _MODULES_PER_WEIGHT * (weights + 1)}

    def counted(what: str) -> Callable[[nn.Module, str, Any], None]:
        def count(parent: nn.Module, name: str, part: Any) -> None:
            if threading.get_ident() == thread and part is not None:
                counts[what] += 1
                if counts[what] > limits[what]:
                    raise ValueError(f"the configuration has more than {limits[what]} {what}")

        return count

    handles = [
        hooks.register_module_parameter_registration_hook(counted("weights")),
        hooks.register_module_module_registration_hook(counted("modules")),
    ]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def build_network(make: Callable[[], N], shapes: Mapping[str, Sequence[int]]) -> N:
    """Create a network without memory for its weights, on the meta device, and return it.

    Raises ValueError unless its weights have exactly these names and shapes.
    """
    try:
        with at_most(len(shapes)), torch.device("meta"):
            network = make()
    except (RuntimeError, OverflowError, MemoryError) as error:  # sizes that torch cannot represent
        raise ValueError(str(error)) from error
    wanted = {name: tuple(weight.shape) for name, weight in network.state_dict().items()}
    if wrong := [name for name in wanted.keys() | shapes.keys() if wanted.get(name) != tuple(shapes.get(name, (-1,)))]:
        raise ValueError(f"the configuration and the weights differ, for example at {min(wrong)[:80]!r}")
    return network


def load_network(make: Callable[[], N], weights: Mapping[str, Tensor]) -> N:
    """Create a network on the CPU with these weights, converted to its number types. Raises ValueError unless they have
    exactly the names and shapes of its weights.
    """
    network = build_network(make, {name: weight.shape for name, weight in weights.items()})
    own = network.state_dict()
    converted = {name: weight.to(own[name].dtype) for name, weight in weights.items()}
    if all(name in own for name, _ in network.named_buffers()):
        network.load_state_dict(converted, assign=True)
        return network
    # Tables that are computed and not stored need a network with memory.
    network = make()
    network.load_state_dict(converted)
    return network
