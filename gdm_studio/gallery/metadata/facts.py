"""What a picture's file says about how it was made, whichever tool wrote it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, fields, replace
from typing import Any

from gdm_studio.errors import BadRequest
from gdm_studio.request import Request, up_to_date

_TEXTS = ("prompt", "negative_prompt", "style", "model", "device", "dtype")


@dataclass(frozen=True)
class Metadata:
    """`request` restores the settings, or is None; `fields` has what the file says, in its tool's own words.

    Their names are the usual ones: prompt, negative_prompt, seed, steps, sampler, scheduler, guidance_scale, size,
    model, model_hash, … `used` (what it becomes here), `ignored` (known, of no use here) and `unknown` share out the
    file's entries by its own names.
    """

    size: tuple[int, int]  # of the picture itself, (width, height)
    tool: str = ""
    request: Request | None = None
    fields: dict[str, Any] = field(default_factory=dict)
    used: dict[str, str] = field(default_factory=dict)
    ignored: dict[str, str] = field(default_factory=dict)
    unknown: dict[str, str] = field(default_factory=dict)
    became: dict[str, str] = field(default_factory=dict)  # of a used entry's name: the field of Request
    c2pa: bool = False  # the file has a manifest of content credentials, which says who, but not how
    id: str = ""  # of our own pictures, as is all below
    created: float = 0.0  # seconds since 1970
    stopped_at: int = 0
    made_with: dict[str, str] = field(default_factory=dict)  # torch, device, dtype, seconds, …


_LAST = ("knobs", "branch", "mask")  # fields whose worth depends on others


def facts_of(request: Request, size: tuple[int, int]) -> dict[str, Any]:
    """The settings of a picture of this size under the names other tools use: `scheduler` is our spacing."""
    width, height = size
    return {
        "prompt": request.prompt,
        "negative_prompt": request.negative_prompt,
        "seed": request.seed,
        "steps": request.steps,
        "sampler": request.sampler,
        "scheduler": request.spacing,
        "guidance_scale": request.guidance_scale,
        "temperature": request.temperature,
        "size": f"{width}x{height}",
        "model": request.model,
        "style": request.style,
    }


def request_from(text: str) -> tuple[Request, set[str]]:
    """The request in a JSON object as `Request.to_json` writes it, and the names of the fields taken from it.

    A version of the program that is older or newer than the writer may refuse a value: the others still count.
    """
    try:
        request = Request.from_json(text)
    except BadRequest:
        request = None
    if request is not None and all(isinstance(getattr(request, name), str) for name in _TEXTS):
        return request, {each.name for each in fields(Request)}
    values = up_to_date(json.loads(text))
    size = values.get("size")
    if isinstance(size, list):
        values["size"] = tuple(size)
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
