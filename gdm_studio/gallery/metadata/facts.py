"""What a picture's file says about how it was made, whichever tool wrote it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from gdm_studio.errors import BadRequest
from gdm_studio.former import up_to_date
from gdm_studio.passes import ENLARGED, REFINED, is_enlarged, strength_of
from gdm_studio.request import SETTINGS, Request, Role, with_role

_TEXTS = tuple(name for name, setting in SETTINGS.items() if setting.kind is str)
CALLED = {"spacing": "scheduler", "label": "class"}  # a setting's name -> the usual one, where that is another
TOLD = {CALLED.get(setting.name, setting.name): setting for setting in with_role(SETTINGS, Role.TOLD)}
# The fields of a picture's file that people look for, by their usual names, in their order.
USUAL = tuple(dict.fromkeys((
    *("prompt", "negative_prompt", "seed", "steps", "sampler", "scheduler", "guidance_scale", "size", "model"),
    *("model_hash", "clip_skip", "hires_upscale", "denoising_strength", "loras", "vae", "refiner", "refiner_switch"),
    *("temperature", "style"),
    *TOLD,
    "version",
)))  # fmt: skip


@dataclass(frozen=True)
class Metadata:
    """`request` restores the settings, or is None; `fields` has what the file says, in its tool's own words.

    Their names are the usual ones: prompt, negative_prompt, seed, steps, sampler, scheduler, guidance_scale, size,
    model, model_hash, … `used` (what it becomes here), `ignored` (recognised, not used) and `unknown` share out the
    file's entries by its own names.
    """

    size: tuple[int, int]  # of the picture itself, (width, height)
    tool: str = ""
    request: Request | None = None
    fields: dict[str, Any] = field(default_factory=dict)
    used: dict[str, str] = field(default_factory=dict)
    ignored: dict[str, str] = field(default_factory=dict)
    unknown: dict[str, str] = field(default_factory=dict)
    became: dict[str, str] = field(default_factory=dict)  # of a used entry's name: the field of Request, if one
    says: dict[str, str] = field(default_factory=dict)  # of any entry's name: the one of `fields` that it says
    c2pa: bool = False  # the file has a manifest of content credentials, which says who, but not how
    maker: str = ""  # the program that the manifest names, unverified
    id: str = ""  # of our own pictures, as is all below
    created: float = 0.0  # seconds since 1970
    stopped_at: int = 0
    made_with: dict[str, str] = field(default_factory=dict)  # torch, device, dtype, seconds, …


_LAST = ("knobs", "branch", "mask")  # fields whose worth depends on others


def facts_of(request: Request, size: tuple[int, int]) -> dict[str, Any]:
    """The settings of a picture of this size under the names other tools use: `scheduler` is our spacing."""
    found = {name: setting.of(request) for name, setting in TOLD.items()} | {"size": "{}x{}".format(*size)}
    found |= _beside(request)
    return {name: found[name] for name in USUAL if name in found}


def _beside(request: Request) -> dict[str, Any]:
    """What a checkpoint of Stable Diffusion is used with, under the names and in the terms of other tools."""
    factors = request.factors
    found: dict[str, Any] = {"clip_skip": int(factors["clip_skip"])} if "clip_skip" in factors else {}
    if is_enlarged(request):
        found |= {"hires_upscale": factors[ENLARGED.name], "denoising_strength": strength_of(factors)}
    if request.refiner:
        share = factors.get(REFINED.name, REFINED.default)
        found |= {"refiner": request.refiner, "refiner_switch": round(1 - share, 4)}
    return found | ({"vae": request.vae} if request.vae else {})


def request_from(text: str) -> tuple[Request, set[str]]:
    """The request in a JSON object as `Request.to_json` writes it, and the names of the fields taken from it.

    A version of the program that is older or newer than the writer may refuse a value: the others still count.
    """
    try:
        request = Request.from_json(text)
    except BadRequest:
        request = None
    if request is not None and all(isinstance(getattr(request, name), str) for name in _TEXTS):
        return request, set(SETTINGS)
    values = up_to_date(json.loads(text))
    request, taken = restored(sorted(values.items(), key=lambda entry: entry[0] in _LAST))
    return request, set(taken)


def restored(values: Iterable[tuple[str, Any]]) -> tuple[Request, dict[str, Any]]:
    """A request with those of `values` that are valid, and these; of several for one field the first that is.

    `values` go by Request's names; a sampler comes before its knobs.
    """
    pairs = list(values)
    taken = dict(reversed(pairs))
    if all(isinstance(taken[name], str) for name in _TEXTS if name in taken):
        try:
            return Request(**taken).checked(), taken
        except _INVALID:
            pass
    request, taken = Request(), {}
    for name, value in pairs:
        if name in taken or (name in _TEXTS and not isinstance(value, str)):
            continue
        try:
            candidate = replace(request, **{name: value})
            candidate.checked()
        except _INVALID:
            continue
        request, taken[name] = candidate, value
    return request.checked(), taken


_INVALID = (BadRequest, TypeError, ValueError, AttributeError, OverflowError)


def number(value: float) -> str:
    """4.0 as "4", 0.85 as "0.85": the shortest text that reads back as the same number."""
    return str(int(value)) if float(value).is_integer() else repr(float(value))
