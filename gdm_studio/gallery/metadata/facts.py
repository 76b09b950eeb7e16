"""What a picture's file says about how it was made, whichever tool wrote it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from gdm_studio.errors import BadRequest
from gdm_studio.request import Request

_TEXTS = ("prompt", "negative_prompt", "style", "model", "device", "dtype")


@dataclass(frozen=True)
class Metadata:
    """`request` restores the settings, or is None; `fields` has what the file says, under the usual names.

    `used`, `ignored` (known, of no use here) and `unknown` share out the file's entries by its own names.
    """

    size: tuple[int, int]  # of the picture itself, (width, height)
    tool: str = ""
    request: Request | None = None
    fields: dict[str, Any] = field(default_factory=dict)
    used: dict[str, str] = field(default_factory=dict)
    ignored: dict[str, str] = field(default_factory=dict)
    unknown: dict[str, str] = field(default_factory=dict)
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
    values = json.loads(text)
    size = values.get("size")
    if isinstance(size, list):
        values["size"] = tuple(size)
    return restored(dict(sorted(values.items(), key=lambda entry: entry[0] in _LAST)))


def restored(values: Mapping[str, Any]) -> tuple[Request, set[str]]:
    """A request with those of `values` that are valid, and their names.

    `values` go by Request's names; a sampler comes before its knobs.
    """
    request, taken = Request(), set()
    for name, value in values.items():
        if name in _TEXTS and not isinstance(value, str):
            continue
        try:
            candidate = replace(request, **{name: value})
            candidate.checked()
        except (BadRequest, TypeError, ValueError, AttributeError):
            continue
        request = candidate
        taken.add(name)
    return request.checked(), taken


def number(value: float) -> str:
    """4.0 as "4", 0.85 as "0.85": the shortest text that reads back as the same number."""
    return str(int(value)) if float(value).is_integer() else repr(float(value))
