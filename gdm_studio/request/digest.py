"""Digests of requests: hashes of the settings that determine the pixels, equal in all versions of GDM Studio."""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields, is_dataclass
from typing import Any

from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.request.migrations import ABSENT_SAMPLER_PARAMS
from gdm_studio.request.setting import Role, Settings

# Roles of settings that do not change the pixels.
_NO_PIXELS = Role.MACHINE | Role.NOTE
# The grammar implied by files that were saved before the grammar was a setting. Models with a grammar then used this
# one for prompts.
_GRAMMAR_BEFORE = {"grammar": "webui"}
# Names of spacings in digests, which do not change when a spacing is renamed. If two spacings had the same name, the
# earlier one has this name in digests.
_DIGEST_NAMES = {"beta_0_1": "beta", "beta": "beta of version 2"}


def digest_of(request: Any, settings: Settings) -> str:
    """Return 32 hex digits that identify the pixels of a request, given its `settings`.

    Machine settings and notes are left out, as are settings and sampler parameters with their absent value, which is
    the value implied if an older file lacks them. Therefore neither new settings nor new defaults change a digest.
    """
    return hashlib.sha256(
        json.dumps(_select_relevant_settings(request, settings), sort_keys=True).encode()
    ).hexdigest()[:32]


def _select_relevant_settings(request: Any, settings: Settings) -> dict[str, Any]:
    """Return the settings of a request that determine the pixels, as a dictionary for the digest. Settings with the
    value implied by older files are omitted, and integers in float settings become floats.
    """
    found: dict[str, Any] = {}
    for name, setting in settings.items():
        value = setting.value_in(request)
        if name == "knobs":
            defaults = {param.name: param.default for param in SAMPLERS[request.sampler].params}
            defaults |= ABSENT_SAMPLER_PARAMS.get(request.sampler, {})
            value = {name: number for name, number in value.items() if number != defaults.get(name)}
        if value in (setting.absent, _GRAMMAR_BEFORE.get(name, setting.absent)):
            continue
        # Flags are slow, so they come last.
        if setting.role & _NO_PIXELS:
            continue
        if name == "spacing":
            value = _DIGEST_NAMES.get(value, value)
        found[name] = float(value) if setting.kind is float else _convert_to_plain(value, type(request), settings)
    return found


def _convert_to_plain(value: Any, whole: type, settings: Settings) -> Any:
    """Convert the value of a setting to JSON types for the digest. A nested request, an instance of `whole`, is reduced
    to the settings that determine its pixels.
    """
    if isinstance(value, whole):
        return _select_relevant_settings(value, settings)
    if is_dataclass(value):
        inside = ((each, getattr(value, each.name)) for each in fields(value))
        return {
            each.name: float(part) if each.type == "float" else _convert_to_plain(part, whole, settings)
            for each, part in inside
            if part != each.default
        }
    return [_convert_to_plain(part, whole, settings) for part in value] if isinstance(value, tuple) else value
