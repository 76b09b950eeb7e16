"""Digests: short names for what decides a picture's pixels, the same in every version of the program."""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields, is_dataclass
from typing import Any

from gdm_studio.former import ABSENT_KNOBS
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.setting import Role, Settings

# A name in digests, which outlive what is called otherwise since: of two that had the same, the former keeps it.
_MEANT = {"grammar": "webui"}  # by files that named none, where a model has a grammar: files name it since
_FORMERLY = {"beta_0_1": "beta", "beta": "beta of version 2"}


def digest_of(request: Any, settings: Settings) -> str:
    """32 hex digits of the request that `settings` describe.

    What a setting, or a sampler's own knob, is where a file does not name it does not count, nor where a picture is
    made: settings that later versions add, and other defaults, change no digest.
    """
    return hashlib.sha256(json.dumps(_deciding(request, settings), sort_keys=True).encode()).hexdigest()[:32]


def _deciding(request: Any, settings: Settings) -> dict[str, Any]:
    """The settings that decide a picture, where they count; 4 is 4.0 where it may be a fraction."""
    found: dict[str, Any] = {}
    for name, setting in settings.items():
        value = setting.of(request)
        if name == "knobs":
            usual = {knob.name: knob.default for knob in SAMPLERS[request.sampler].knobs}
            usual |= ABSENT_KNOBS.get(request.sampler, {})
            value = {name: number for name, number in value.items() if number != usual.get(name)}
        if Role.MACHINE in setting.role or value in (setting.absent, _MEANT.get(name, setting.absent)):
            continue
        if name == "spacing":
            value = _FORMERLY.get(value, value)
        found[name] = float(value) if setting.kind is float else _plain(value, type(request), settings)
    return found


def _plain(value: Any, whole: type, settings: Settings) -> Any:
    """A value as JSON has it; requests in it, of the type `whole`, by what decides them."""
    if isinstance(value, whole):
        return _deciding(value, settings)
    if is_dataclass(value):
        inside = ((each, getattr(value, each.name)) for each in fields(value))
        return {
            each.name: float(part) if each.type == "float" else _plain(part, whole, settings)
            for each, part in inside
            if part != each.default
        }
    return [_plain(part, whole, settings) for part in value] if isinstance(value, tuple) else value
