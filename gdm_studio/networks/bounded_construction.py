"""Construction of networks from configurations in files, bounded by the weights that the files contain."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import torch
from torch import Tensor, nn
from torch.nn.modules import module as hooks
from torch.overrides import TorchFunctionMode

N = TypeVar("N", bound=nn.Module)
# Modules without weights, such as activations, that a network may have for each of its weights.
_MODULES_PER_WEIGHT = 16
# Numbers that a computed table of a network may have beyond the number of all its weights.
_SPARE_NUMBERS = 2**20
# Functions that fill a tensor with random numbers, and those that create one.
_FILLING_FUNCTIONS = frozenset(
    ("normal_", "uniform_", "trunc_normal_", "kaiming_uniform_", "kaiming_normal_", "xavier_uniform_")
)
_CREATING_FUNCTIONS = frozenset(
    (torch.empty, torch.zeros, torch.ones, torch.full, torch.rand, torch.randn, torch.arange, torch.linspace, torch.eye)
)


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


class _BoundedTensors(TorchFunctionMode):
    """Torch function mode that raises ValueError before a tensor of more than `numbers` numbers takes memory.

    Random initialisation is skipped, because the weights of a file replace it.
    """

    def __init__(self, numbers: int) -> None:
        super().__init__()
        self._max_numbers = numbers

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        if getattr(func, "__name__", "") in _FILLING_FUNCTIONS:
            return args[0] if args else (kwargs or {})["tensor"]
        if func in _CREATING_FUNCTIONS and _count_numbers(args) > self._max_numbers:
            raise ValueError(f"the configuration has a tensor of more than {self._max_numbers} numbers")
        return func(*args, **(kwargs or {}))


def _count_numbers(args: tuple[Any, ...]) -> float:
    """Return the product of all sizes among the arguments of a function that creates a tensor, as an upper bound."""
    sizes = [each for arg in args for each in (arg if isinstance(arg, list | tuple) else (arg,))]
    return math.prod(max(1.0, abs(float(each))) for each in sizes if isinstance(each, int | float))


def build_network(make: Callable[[], N], shapes: Mapping[str, Sequence[int]]) -> N:
    """Create a network whose weights are not initialised, and return it.

    Raises ValueError unless its weights have exactly these names and shapes. Larger networks are not created.
    """
    try:
        numbers = sum(math.prod(shape) for shape in shapes.values())
        with at_most(len(shapes)), _BoundedTensors(numbers + _SPARE_NUMBERS):
            network = make()
    except OverflowError as error:
        raise ValueError("the configuration has a size that is too large") from error
    except RuntimeError as error:
        # Others, such as a lack of memory, are no flaw of the file.
        if "negative dimension" not in str(error):
            raise
        raise ValueError("the configuration has a negative size") from error
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
    network.load_state_dict({name: weight.to(own[name].dtype) for name, weight in weights.items()})
    return network
