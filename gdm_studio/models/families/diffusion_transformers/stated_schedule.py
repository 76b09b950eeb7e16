"""Noise schedule that the scheduler in a diffusers folder states."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from gdm_studio.common.errors import ModelError, StorageError
from gdm_studio.maths.processes import CURVES, sd3_first
from gdm_studio.models.families.diffusion_transformers.variants import KREA_2_TURBO, Variant
from gdm_studio.models.files.checkpoints import Entry
from gdm_studio.models.files.stated_configuration import SCHEDULER
from gdm_studio.models.flow_shifts import CONSTANT, FLUX_1_LINE, KREA_2_LINE, QWEN_IMAGE_LINE, LinearShift

# Families whose schedules do not depend on a scheduler's shift.
_OWN_SCHEDULES = ("anima", "ideogram4")
# Families whose pipelines in diffusers have a formula of their own for the shift by size, or only a constant shift.
_COMPUTED_SHIFTS = ("flux2", "flux2_dev", "ernie_image")
# Lines that variants name.
_NAMES = {FLUX_1_LINE: "FLUX.1", KREA_2_LINE: "Krea 2", QWEN_IMAGE_LINE: "Qwen-Image"}
# Largest shift that is plausible, and the inverse of the smallest.
_LIMIT = 1000.0


def with_stated_schedule(entry: Entry, variant: Variant) -> Variant:
    """Return a copy of a variant with the shift, the distribution of times and the sampler that the scheduler of a
    diffusers folder states, or the variant itself if it states the same or nothing. Raises ModelError if the
    configuration is damaged or its schedule is not supported.
    """
    if entry.kind != "folder" or not (entry.folder / SCHEDULER).is_file():
        return variant
    try:
        stated = entry.object(SCHEDULER, is_finite=False)
        if "FlowMatch" not in str(stated.get("_class_name")):
            return variant
        curves = [curve for curve in CURVES if stated.get(f"use_{curve}_sigmas") is True]
        if len(curves) > 1:
            raise ValueError(f"curves {curves}")
        has_own = variant.family in _OWN_SCHEDULES
        if stated.get("invert_sigmas") is True or (has_own and curves):
            raise ModelError(f"{entry.path.name} uses an unsupported noise process; choose another model.")
        found = variant if has_own else _with_shift(variant, stated)
        if curves:
            found = replace(found, process={**found.process, "curve": curves[0]}, spacing="linspace")
        if stated.get("stochastic_sampling") is True:
            # Its steps add fresh noise to the predicted image, as consistency sampling does.
            found = replace(found, sampler="lcm")
        return found
    except (StorageError, OSError, ValueError, TypeError, ArithmeticError, RecursionError) as error:
        raise ModelError(f"{SCHEDULER} of {entry.path.name} is damaged; copy or download the model again.") from error


def _with_shift(variant: Variant, stated: Mapping[str, Any]) -> Variant:
    terminal = _number(stated, "shift_terminal", 0.0)
    if not 0 <= terminal < 1:
        raise ValueError(f"shift_terminal {terminal}")
    if stated.get("use_dynamic_shifting") is True:
        if _computes_shift(variant):
            return variant
        form = stated.get("time_shift_type", "exponential")
        if form not in ("exponential", "linear"):
            raise ValueError(f"time_shift_type {form!r}")
        line = LinearShift(
            _number(stated, "base_shift", 0.5),
            _number(stated, "max_shift", 1.15),
            _number(stated, "base_image_seq_len", 256),
            _number(stated, "max_image_seq_len", 4096),
            is_exponential=form == "exponential",
            terminal=terminal,
        )
    else:
        shift = _number(stated, "shift", 1.0)
        if shift < 1 / _LIMIT:
            raise ValueError(f"shift {shift}")
        if not terminal:
            return _with_constant_shift(variant, shift)
        line = LinearShift(math.log(shift), math.log(shift), 256, 4096, terminal=terminal)
    ends = line.first_tokens, line.last_tokens
    if ends[0] >= ends[1] or not all(1 / _LIMIT <= line.at(tokens) <= _LIMIT for tokens in ends):
        raise ValueError(f"shift {line}")
    name = _NAMES.get(line, line.name)
    if name == variant.shift:
        return variant
    if variant.family == "sd3" and not terminal:
        return replace(variant, shift=name, process={"first": sd3_first(1.0)})
    return replace(variant, shift=name, process={}, spacing="linspace" if terminal else "trailing")


def _computes_shift(variant: Variant) -> bool:
    """Return True if the pipeline of a variant in diffusers does not compute the shift for an image size from the
    scheduler's configuration.
    """
    return variant.family in _COMPUTED_SHIFTS or variant.name == KREA_2_TURBO


def _with_constant_shift(variant: Variant, shift: float) -> Variant:
    if variant.shift == CONSTANT and variant.process["shift"] == shift:
        return variant
    if variant.family == "sd3":
        return replace(variant, process={"shift": shift, "first": sd3_first(shift)})
    return replace(variant, shift=CONSTANT, process={"shift": shift}, spacing="trailing")


def _number(stated: Mapping[str, Any], key: str, default: float) -> float:
    value = stated.get(key)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < _LIMIT * _LIMIT:
        raise ValueError(f"{key} {value!r}")
    return float(value)
