"""From the entries of a tool's file, by its own names, to `Metadata`: typed, restored, and shared out."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from gdm_studio.gallery.metadata.facts import TOLD, USUAL, Metadata, number, restored
from gdm_studio.gallery.metadata.names import sampler_and_spacing, unsaid_knobs

MAX_SHOWN = 2000  # characters of an entry that nothing is done with
_MAX_ENTRIES = 400
_MAX_NAME = 200  # characters
_MAX_DEPTH = 4

_KINDS: dict[str, type] = {
    **dict.fromkeys(USUAL, str),
    **{name: setting.kind for name, setting in TOLD.items()},
    "prompts": str,
    "negative_prompts": str,
    "clip_skip": int,
    "denoising_strength": float,
    "distilled_guidance": float,
    "loras": list,
    "embeddings": list,
    "vae_hash": str,
    "refiner_switch": float,
    "hires_upscale": float,
    "eta": float,
    "width": int,
    "height": int,
}
_OF_REQUEST = {  # a field's name -> Request's, where it has one
    **{name: setting.name for name, setting in TOLD.items()},
    **{"prompts": "prompt", "negative_prompts": "negative_prompt"},  # several at once, for restoring a line to each
    **{"eta": "knobs", "size": "size", "width": "size", "height": "size"},
}
_AS_THEY_ARE = [name for name in TOLD if name not in ("sampler", "scheduler")]  # whose names differ
_WORDS = {"yes": True, "true": True, "no": False, "false": False}
_UNSHOWN = ("width", "height", "eta", "prompts", "negative_prompts")  # parts of other fields, or lists of them


def told(
    size: tuple[int, int],
    tool: str,
    entries: Iterable[tuple[str, Any]],
    names: Mapping[str, str],
    *,
    known: Collection[str] = (),
    more: Mapping[str, Any] | None = None,
) -> Metadata:
    """What a file of `tool` says, its picture being of `size`.

    `names` gives the field that an entry is of; several entries may be of one: of the fields the first counts, for
    restoring the first that is valid here. Entries in `known` are recognised, not used; all others are unknown.
    `more` are fields that are no entry's.
    """
    listed = list(entries)[:_MAX_ENTRIES]
    values: dict[str, list[Any]] = {}
    for name, raw in listed:
        if (kind := names.get(name)) and (value := _typed(kind, raw)) is not None:
            values.setdefault(kind, []).append(value)
    request, taken = restored(_request_values(values, tool))
    says = {name: kind for name, _ in listed if (kind := names.get(name))}
    found = Metadata(size, tool, request if taken else None, _fields(values, more or {}), says=says)
    for name, raw in listed:
        kind = names.get(name, "")
        ours = _OF_REQUEST.get(kind, "")
        if ours in taken and _agrees(kind, raw, taken[ours], values):
            found.used[name], found.became[name] = _becomes(kind, taken, values), ours
        elif kind or name in known:
            found.ignored[name] = shown(raw)
        else:
            found.unknown[name] = shown(raw)
    return found


def flat(data: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """(dotted name, value) of an object's entries and of those of the objects in it, the empty ones left out."""
    return list(islice(_flat(data, "", _MAX_DEPTH), _MAX_ENTRIES))


def shown(value: Any) -> str:
    """As people and JSON can have it: short, and free of what is nested without end."""
    if not isinstance(value, str):
        try:
            value = json.dumps(value, ensure_ascii=False)
        except (ValueError, RecursionError):
            value = "…"
    return value if len(value) <= MAX_SHOWN else f"{value[:MAX_SHOWN]}…"


def object_in(text: str) -> dict[str, Any] | None:
    """The JSON object that a text is; None for any other. NaN and infinities, which Python writes, are let in."""
    text = text.strip("\0 \r\n\t\ufeff")
    if not text.startswith("{"):
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def known_names(text: str) -> frozenset[str]:
    """The names in a list of them."""
    return frozenset(text.split())


def size_in(value: Any) -> tuple[int, int] | None:
    """(width, height) in "512x768", "(512, 768)", "1216 x 832 (landscape)" or [512, 768]."""
    if isinstance(value, str):
        match = re.match(r"\s*[(\[]?\s*(\d{1,6})\s*[x×*,]\s*(\d{1,6})\b", value[:80])
        return (int(match[1]), int(match[2])) if match else None
    if isinstance(value, list | tuple) and len(value) == 2 and all(isinstance(side, int) for side in value):
        return value[0], value[1]
    return None


def loras_in(prompt: str) -> list[dict[str, Any]]:
    """Those that a prompt of the A1111 family names: <lora:name:weight>."""
    found = re.findall(r"<(?:lora|lyco):([^:<>]{1,200})(?::(-?[\d.]{1,12}))?[^<>]{0,40}>", prompt)
    return [lora(name, weight or 1.0) for name, weight in found[:64]]


def lora(name: Any, weight: Any = None) -> dict[str, Any]:
    """One of the field `loras`."""
    heavy = _typed("guidance_scale", weight)
    return {"name": shown(name)} | ({} if heavy is None else {"weight": heavy})


def _flat(data: Mapping[str, Any], prefix: str, depth: int) -> Iterator[tuple[str, Any]]:
    for key, value in data.items():
        name = f"{prefix}{key[:_MAX_NAME]}"
        if isinstance(value, dict) and value and depth:
            yield from _flat(value, f"{name}.", depth - 1)
        elif value not in (None, {}, []):
            yield name, value


def _typed(kind: str, raw: Any) -> Any:
    """The value as its field has it; None where it is of another type."""
    wanted = _KINDS[kind]
    if kind == "size":
        sides = size_in(raw)
        return None if sides is None else f"{sides[0]}x{sides[1]}"
    if wanted is list:
        return raw if isinstance(raw, list) else None
    if wanted is str:
        return raw if isinstance(raw, str) else None
    if wanted is bool:
        return _WORDS.get(str(raw).lower())
    if isinstance(raw, bool) or not isinstance(raw, int | float | str) or (isinstance(raw, str) and len(raw) > 40):
        return None
    try:
        value = float(raw)
        if not math.isfinite(value):
            return None
        if wanted is int:
            return int(raw) if not isinstance(raw, float) else int(raw) if raw.is_integer() else None
        return raw if isinstance(raw, float) else value
    except (ValueError, OverflowError):
        return None


def _request_values(values: Mapping[str, list[Any]], tool: str) -> Iterable[tuple[str, Any]]:
    """(Request's name, value), a sampler before its knobs."""
    unsaid: dict[str, float] = {}
    for kind in _AS_THEY_ARE:
        yield from ((_OF_REQUEST[kind], value) for value in values.get(kind, []))
    for kind in ("prompts", "negative_prompts"):
        yield from ((_OF_REQUEST[kind], value) for value in values.get(kind, []))
    for sampler in values.get("sampler", [""]):
        ours, spacing = sampler_and_spacing(sampler, next(iter(values.get("scheduler", [])), ""), tool)
        unsaid = unsaid or unsaid_knobs(ours, tool)
        yield from (pair for pair in (("sampler", ours), ("spacing", spacing)) if pair[1])
    yield from (("size", size_in(size)) for size in values.get("size", []))
    for sides in zip(values.get("width", []), values.get("height", []), strict=False):
        yield "size", sides
    yield from (("knobs", unsaid | {"eta": eta}) for eta in values.get("eta", []))
    if unsaid:
        yield "knobs", unsaid


def _agrees(kind: str, raw: Any, taken: Any, values: Mapping[str, list[Any]]) -> bool:
    """Whether it is this entry that was taken, where several are of one field."""
    if kind == "eta":
        return kind in taken
    if kind in ("sampler", "scheduler", "width", "height") or len(values.get(kind, [])) < 2:
        return _typed(kind, raw) is not None
    value = _typed(kind, raw)
    return bool((size_in(value) if kind == "size" else value) == taken)


def _becomes(kind: str, taken: Mapping[str, Any], values: Mapping[str, list[Any]]) -> str:
    """What an entry that is used has become."""
    if kind == "size":
        return "x".join(map(str, taken["size"]))
    if kind in ("width", "height"):
        return str(taken["size"][kind == "height"])
    if kind == "eta":
        return number(taken["knobs"]["eta"])
    if kind == "sampler":
        spacing = [taken["spacing"]] if not values.get("scheduler") and "spacing" in taken else []
        unsaid = [f"{name} {number(value)}" for name, value in taken.get("knobs", {}).items() if name != "eta"]
        return ", ".join([taken["sampler"], *spacing, *unsaid])
    value = taken[_OF_REQUEST[kind]]
    return number(value) if isinstance(value, float) else shown(value)


def _fields(values: Mapping[str, list[Any]], more: Mapping[str, Any]) -> dict[str, Any]:
    """In the usual order; `more` where no entry says so, or behind."""
    found = {kind: values[kind][0] for kind in _KINDS if kind in values and kind not in _UNSHOWN}
    if "size" not in found and "width" in values and "height" in values:
        found["size"] = f"{values['width'][0]}x{values['height'][0]}"
    found = {name: value for name, value in more.items() if value is not None} | found
    order = {name: place for place, name in enumerate(_KINDS)}
    return dict(sorted(found.items(), key=lambda entry: order.get(entry[0], len(order))))
