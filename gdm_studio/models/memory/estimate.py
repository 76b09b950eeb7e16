"""Estimates of the memory and the time needed for an image, before its model is loaded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from functools import cache

import torch

from gdm_studio.models.families import FAMILIES
from gdm_studio.models.files.checkpoints import stamp_of
from gdm_studio.models.files.json_cache import JsonCache
from gdm_studio.models.memory import devices
from gdm_studio.models.memory.demand import Demand, evaluations_of, rows_of
from gdm_studio.models.memory.device_timer import seconds
from gdm_studio.models.memory.image_estimate import Estimate
from gdm_studio.models.memory.loaded_model_cache import memory_limit
from gdm_studio.models.memory.precision import dtype_name
from gdm_studio.models.model_card import ModelCard

# Side of the matrices whose product measures the speed of a device.
SIDE = 1024
# Typical speed of a network, relative to the speed of large matrix products.
EFFICIENCY = 0.6
_DEMANDS = JsonCache("demand", "1")
_PACES = JsonCache("pace", "1")


def estimate(card: ModelCard, device: str = "auto") -> Estimate | None:
    """Estimate the memory and the time that a model needs for one image on a device. Returns None if no estimate is
    possible.

    Takes up to a few seconds for a model that has not been estimated before. Raises ModelError and DeviceError.
    """
    place = devices.resolve(device)
    dtype = devices.resolve_dtype("auto", card, place)
    request = card.default_request()
    size = request.size or card.sizes()[0]
    demand = _load_demand(card, size, dtype)
    if demand is None:
        return None
    rows = rows_of(card)
    pace = _load_pace(card, place, dtype)
    if pace is None:
        rate = EFFICIENCY * _measure_matrix_rate(place, dtype)
    else:
        former, spent = pace
        before = _load_demand(card, former, dtype)
        rate = (before or demand).step_flops / spent
    return Estimate(
        size=size,
        memory=demand.memory(rows),
        least=demand.least_memory(rows),
        limit=memory_limit(place),
        steps=request.steps,
        seconds=demand.flops(evaluations_of(card)) / rate,
        measured=pace is not None,
    )


def record_pace(
    card: ModelCard, device: torch.device, dtype: torch.dtype, size: tuple[int, int], seconds_each: float
) -> None:
    """Save the pace of a model, the seconds that one evaluation of its network takes per image. Later time estimates
    are based on it.
    """
    if _find_demand_function(card) is None or card.path is None or seconds_each <= 0:
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


def _load_demand(card: ModelCard, size: tuple[int, int], dtype: torch.dtype) -> Demand | None:
    """Return the demand of a model for one image: memory and number of arithmetic operations. The result is cached on
    the disk.

    Raises ModelError if the model's files cannot be read.
    """
    count = _find_demand_function(card)
    if count is None:
        return None
    stamps = [str(stamp_of(file)) for file in card.files]
    key = " ".join([str(card.path), *stamps, *map(str, card.beside.values()), f"{size}", dtype_name(dtype)])
    facts = _DEMANDS.load()
    try:
        return Demand(**facts[key])
    except (KeyError, TypeError):
        found = count(card, size, dtype)
        _DEMANDS.save({**facts, key: asdict(found)})
        return found


def _find_demand_function(card: ModelCard) -> Callable[[ModelCard, tuple[int, int], torch.dtype], Demand] | None:
    return next((family.demand for family in FAMILIES if family.name == card.family), None)


@cache
def _measure_matrix_rate(device: torch.device, dtype: torch.dtype) -> float:
    """Measure the speed of matrix products on a device, in operations per second, as the basis of time estimates."""
    one, other = torch.ones(2, SIDE, SIDE, device=device, dtype=dtype)
    one @ other
    return 2 * SIDE**3 / min(seconds(lambda: one @ other, device) for _ in range(3))
