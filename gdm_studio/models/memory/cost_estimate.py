"""Estimates of the memory and the time that a model needs for an image, before the model is loaded.

A family describes the cost of an image with a model: the size of its weights, and the memory and the floating-point
operations of its networks. These are counted on torch's meta device, whose tensors have shapes but no values. The time
is estimated from the operations and the speed of the device, or from earlier images of the model.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from math import prod
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.multiprocessing.reductions import StorageWeakRef
from torch.nn import functional as F
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves
from torch.utils.flop_counter import flop_registry

from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.models.files.checkpoints import stamp_of
from gdm_studio.models.files.json_cache import JsonCache
from gdm_studio.models.memory import devices
from gdm_studio.models.memory.device_timer import seconds
from gdm_studio.models.memory.image_estimate import CostEstimate
from gdm_studio.models.memory.memory_limit import memory_limit
from gdm_studio.models.memory.precision import dtype_name
from gdm_studio.models.model_card import ModelCard

META = torch.device("meta")
# Memory of the process without models, in bytes.
PROCESS_MEMORY = 400 * 10**6
# Side of the matrices whose product measures the speed of a device.
SIDE = 1024
# Typical speed of a network, relative to the speed of large matrix products.
EFFICIENCY = 0.6
_IMAGE_COSTS = JsonCache("demand", "2")
_PACES = JsonCache("pace", "1")


@dataclass(frozen=True)
class ImageCost:
    """Memory, in bytes, and floating-point operations that a model needs to generate an image of a given size."""

    # Weights of the denoiser, of the text encoders and of the autoencoder.
    denoiser: int
    text_encoders: int
    vae: int
    # Memory for evaluating the denoiser on one batch row, and for decoding an image.
    step_memory: int
    decoding_memory: int
    # Operations for evaluating the denoiser on one batch row, and for decoding an image.
    step_flops: int
    decoding_flops: int

    def memory(self, rows: int) -> int:
        """Return the memory, in bytes, for generating an image with all weights in memory. `rows` is the number of
        batch rows that each step evaluates together.
        """
        return (
            PROCESS_MEMORY
            + self.denoiser
            + self.text_encoders
            + self.vae
            + max(rows * self.step_memory, self.decoding_memory)
        )

    def least_memory(self, rows: int) -> int:
        """Return the minimum memory, in bytes, for generating an image if the weights are read from disk at
        each step.
        """
        return PROCESS_MEMORY + self.vae + max(rows * self.step_memory, self.decoding_memory)

    def flops(self, evaluations: int) -> int:
        """Return the number of floating-point operations for an image whose steps evaluate `evaluations` batch rows in
        total.
        """
        return evaluations * self.step_flops + self.decoding_flops


# Function of a family that returns the cost of an image of a size (width, height) with a number type. May raise
# ModelError.
CostFunction = Callable[[ModelCard, tuple[int, int], torch.dtype], ImageCost]


def estimate_cost(card: ModelCard, cost_of: CostFunction, device: str = "auto") -> CostEstimate:
    """Estimate the memory and the time that a model needs for one image on a device. `cost_of` is its family's.

    Takes up to a few seconds for a model that has not been estimated before. Raises ModelError and DeviceError.
    """
    place = devices.resolve(device)
    dtype = devices.resolve_dtype("auto", card, place)
    request = card.default_request()
    size = request.size or card.sizes()[0]
    cost = _cached_cost(card, cost_of, size, dtype)
    pace = _load_pace(card, place, dtype)
    if pace is None:
        rate = EFFICIENCY * _measure_matrix_rate(place, dtype)
    else:
        earlier_size, spent = pace
        rate = _cached_cost(card, cost_of, earlier_size, dtype).step_flops / spent
    # With guidance, each evaluation has two batch rows.
    rows = 2 if request.guidance_scale != 1 else 1
    evaluations = request.steps * SAMPLERS[request.sampler].calls_per_step * rows
    return CostEstimate(
        size=size,
        memory=cost.memory(rows),
        least=cost.least_memory(rows),
        limit=memory_limit(place),
        steps=request.steps,
        seconds=cost.flops(evaluations) / rate,
        measured=pace is not None,
    )


def estimate_seconds(flops: float, device: str = "auto") -> float:
    """Estimate the time for a number of floating-point operations on a device, from the speed of its matrix products.
    Raises DeviceError.
    """
    place = devices.resolve(device)
    dtype = torch.float32 if place.type == "cpu" else torch.float16
    return flops / (EFFICIENCY * _measure_matrix_rate(place, dtype))


def record_pace(
    card: ModelCard, device: torch.device, dtype: torch.dtype, size: tuple[int, int], seconds_each: float
) -> None:
    """Save the pace of a model, the seconds that one evaluation of its network takes per image. Later time estimates
    are based on it.
    """
    if card.path is None or seconds_each <= 0:
        return
    paces = _PACES.load()
    key = _pace_key(card, device, dtype)
    paces.pop(key, None)
    _PACES.save({**paces, key: [*size, seconds_each]})


def _load_pace(card: ModelCard, device: torch.device, dtype: torch.dtype) -> tuple[tuple[int, int], float] | None:
    match _PACES.load().get(_pace_key(card, device, dtype)):
        case [int(width), int(height), int() | float() as spent] if spent > 0 and width > 0 and height > 0:
            return (width, height), spent
    return None


def _pace_key(card: ModelCard, device: torch.device, dtype: torch.dtype) -> str:
    return f"{card.path} {devices.describe(str(device))} {dtype_name(dtype)}"


def _cached_cost(card: ModelCard, cost_of: CostFunction, size: tuple[int, int], dtype: torch.dtype) -> ImageCost:
    """Return the cost of one image with a model. It is cached on the disk.

    Raises ModelError if the model's files cannot be read.
    """
    stamps = [str(stamp_of(file)) for file in card.files]
    key = " ".join([str(card.path), *stamps, *map(str, card.beside.values()), f"{size}", dtype_name(dtype)])
    cached = _IMAGE_COSTS.load()
    try:
        return ImageCost(**cached[key])
    except (KeyError, TypeError):
        cost = cost_of(card, size, dtype)
        _IMAGE_COSTS.save({**cached, key: asdict(cost)})
        return cost


@cache
def _measure_matrix_rate(device: torch.device, dtype: torch.dtype) -> float:
    """Measure the speed of matrix products on a device, in operations per second, as the basis of time estimates."""
    one, other = torch.ones(2, SIDE, SIDE, device=device, dtype=dtype)
    one @ other
    return 2 * SIDE**3 / min(seconds(lambda: one @ other, device) for _ in range(3))


class NetworkCost(NamedTuple):
    """Cost of one evaluation of a network: its floating-point operations and its peak memory."""

    # Floating-point operations of matrix products, convolutions and attention.
    flops: int
    # Largest sum of the tensors that are in memory at a time, in bytes, without weights and inputs.
    peak: int


def measure_cost(evaluate: Callable[[], object]) -> NetworkCost:
    """Count the operations and the peak memory of `evaluate`, which must compute on torch's meta device."""
    counter = _Counter()
    with torch.no_grad(), _FusedAttention(counter), counter:
        evaluate()
    return NetworkCost(counter.flops, counter.peak)


class _Counter(TorchDispatchMode):
    """Torch dispatch mode that counts the floating-point operations of all tensor functions and tracks the memory of
    their results.
    """

    def __init__(self) -> None:
        super().__init__()
        self.flops = 0
        self.peak = 0
        # Memory of each result, by its storage.
        self._sizes: dict[StorageWeakRef, int] = {}
        self._total = 0
        self._allowed = 0

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        found = func(*args, **(kwargs or {}))
        if (count := flop_registry.get(func.overloadpacket)) is not None:
            self.flops += count(*args, **(kwargs or {}), out_val=found)
        given = {_storage_of(each) for each in tree_leaves((args, kwargs)) if isinstance(each, Tensor)}
        for each in tree_leaves(found):
            if isinstance(each, Tensor) and (storage := _storage_of(each)) not in given and storage not in self._sizes:
                self._sizes[storage] = each.untyped_storage().nbytes()
                self._total += self._sizes[storage]
        if self._total > self.peak:
            for storage in [storage for storage in self._sizes if storage.expired()]:
                self._total -= self._sizes.pop(storage)
            self.peak = max(self.peak, self._total)
        return found


class _FusedAttention(TorchFunctionMode):
    """Torch function mode that counts attention as a fused kernel, which needs no memory for the attention weights."""

    def __init__(self, counter: _Counter) -> None:
        super().__init__()
        self._counter = counter

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        if func is not F.scaled_dot_product_attention:
            return func(*args, **(kwargs or {}))
        query, key, value = args[:3]
        rows, width = prod(query.shape[:-1]), query.shape[-1] + value.shape[-1]
        self._counter.flops += 2 * rows * key.shape[-2] * width
        return query.new_empty(*query.shape[:-1], value.shape[-1])


def _storage_of(tensor: Tensor) -> StorageWeakRef:
    return StorageWeakRef(tensor.untyped_storage())
