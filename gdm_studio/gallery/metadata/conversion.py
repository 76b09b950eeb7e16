"""Conversion of another tool's settings to `Metadata`."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from gdm_studio.common.json_reader import MAX_DIGITS
from gdm_studio.gallery.metadata.generation_settings import EXPORTED, FIELD_NAMES, Metadata, build_request, number
from gdm_studio.gallery.metadata.sampler_names import implied_params, sampler_and_spacing
from gdm_studio.request.generation_request import SETTINGS
from gdm_studio.request.prompts import start_of
from gdm_studio.request.setting import match_choice

# Maximum number of characters of an entry that is only shown, and of a name.
MAX_SHOWN = 2000
_MAX_NAME = 200
_MAX_ENTRIES = 400
_MAX_DEPTH = 4
# Maximum number of entries of a damaged object. ComfyUI's graphs can have thousands of nodes.
_MAX_READ = 4096

# Settings of inpainting that other tools write too. The mask itself is not in their files.
_INPAINTING_SETTINGS = ("inpaint_area", "inpaint_padding")
# Settings of the tiles in which a large image was denoised.
_TILES = ("tile", "tile_overlap")
# {field: type of its value}
_TYPES: dict[str, type] = {
    **dict.fromkeys(FIELD_NAMES, str),
    **{name: setting.kind for name, setting in EXPORTED.items()},
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
    "hires_steps": int,
    "eta": float,
    "inpaint_area": str,
    "inpaint_padding": int,
    "tile": int,
    "tile_overlap": int,
    "width": int,
    "height": int,
    "regions": tuple,
    "region_mode": str,
}
# {field: field of Request that it sets}. "prompts" has several prompts, to restore one per line.
_REQUEST_FIELDS = {
    **{name: setting.name for name, setting in EXPORTED.items()},
    **{"prompts": "prompt", "negative_prompts": "negative_prompt"},
    **{"eta": "knobs", "size": "size", "width": "size", "height": "size"},
    **{name: name for name in (*_INPAINTING_SETTINGS, *_TILES)},
    "regions": "regions",
    "region_mode": "region_mode",
}
# Fields whose values need no translation.
_UNTRANSLATED_FIELDS = [
    *(name for name in EXPORTED if name not in ("sampler", "scheduler")),
    *(*_INPAINTING_SETTINGS, *_TILES, "regions", "region_mode"),
]
_BOOLEAN_WORDS = {
    **dict.fromkeys(("yes", "true", "on", "1"), True),
    **dict.fromkeys(("no", "false", "off", "0"), False),
}
# Strings that tools write for a setting without a value.
_ABSENT = ("none", "null", "undefined")
_PROMPTS = ("prompt", "prompts", "negative_prompt", "negative_prompts")
# A number with a decimal comma.
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+")
# Fields that are parts or lists of other fields and are not shown themselves.
_HIDDEN_FIELDS = ("width", "height", "eta", "prompts", "negative_prompts")


def build_metadata(
    size: tuple[int, int],
    tool: str,
    entries: Iterable[tuple[str, Any]],
    names: Mapping[str, str],
    *,
    known: Collection[str] = (),
    more: Mapping[str, Any] | None = None,
) -> Metadata:
    """Convert the settings that another tool wrote into an image, given as (name, value) entries, to `Metadata`.
    `names` maps entry names to common fields, `known` lists entries that are recognised but not used, and `more` adds
    values of further fields.
    """
    listed = list(entries)[:_MAX_ENTRIES]
    values: dict[str, list[Any]] = {}
    for name, raw in listed:
        if (kind := names.get(name)) and (value := _convert(kind, raw)) is not None:
            values.setdefault(kind, []).append(value)
    request, taken = build_request(_request_values(values, tool))
    common_names = {name: kind for name, _ in listed if (kind := names.get(name))}
    found = Metadata(
        size,
        tool,
        request if taken else None,
        _build_fields(values, more or {}),
        common_names=common_names,
        stated=frozenset(taken),
    )
    for name, raw in listed:
        kind = names.get(name, "")
        ours = _REQUEST_FIELDS.get(kind, "")
        if ours in taken and _is_taken(kind, raw, taken[ours], values):
            found.used[name] = _format_restored(kind, taken, values)
            found.request_fields[name] = ours
        elif kind or name in known:
            found.ignored[name] = to_text(raw)
        else:
            found.unknown[name] = to_text(raw)
    return found


def flatten(data: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Return (name, value) for all non-empty entries of a JSON object with settings.

    Entries of nested objects get dotted names.
    """
    return list(islice(_flatten_entries(data, "", _MAX_DEPTH), _MAX_ENTRIES))


def to_text(value: Any) -> str:
    """Convert any metadata value to a string of at most MAX_SHOWN characters for display."""
    if not isinstance(value, str):
        try:
            value = json.dumps(value, ensure_ascii=False)
        except (ValueError, RecursionError):
            value = "…"
    return value if len(value) <= MAX_SHOWN else f"{value[:MAX_SHOWN]}…"


def parse_object(text: str) -> dict[str, Any] | None:
    """Parse a JSON object in an image's metadata, accepting Python's NaN and infinity.

    If the object is damaged, all entries that can be found are returned; values that cannot be parsed remain strings.
    Returns None if the text is not an object.
    """
    text = text.strip("\0 \r\n\t\ufeff")
    if not text.startswith("{"):
        return None
    try:
        found = _DECODER.decode(text)
    except (ValueError, RecursionError):
        found = _read_entries(text) or None
    return found if isinstance(found, dict) else None


def _parse_whole_number(digits: str) -> int | float:
    # Python refuses to convert thousands of digits.
    return int(digits) if len(digits) <= MAX_DIGITS else math.inf


# Texts may contain line breaks, which JSON does not allow.
_DECODER = json.JSONDecoder(parse_int=_parse_whole_number, strict=False)
_ENTRY = re.compile(r'[{,]\s*"((?:\\.|[^"\\])*+)"\s*:\s*', re.DOTALL)
_NEXT_ENTRY = re.compile(r',\s*(?:"|$)')
_JSON_TOKEN = re.compile(r'"(?:\\.|[^"\\])*+"?|[\[{]|[\]}]|,|[^"\[\]{},]++', re.DOTALL)


def _read_entries(text: str, depth: int = 0) -> dict[str, Any]:
    """Read the entries of a damaged JSON object, each one by itself. Takes time linear in the text's length."""
    found: dict[str, Any] = {}
    at = 0
    while len(found) < _MAX_READ and (entry := _ENTRY.match(text, at)):
        end = _end_of_value(text, entry.end())
        value = text[entry.end() : end].strip()
        try:
            read = _DECODER.decode(value)
        except (ValueError, RecursionError):
            inner: Any = _read_entries(value, depth + 1) if depth < _MAX_DEPTH and value.startswith("{") else {}
            read = inner or _PYTHON.get(value, value[:MAX_SHOWN])
        found[entry[1]] = read
        at = end
    return found


# Python literals that some tools write instead of JSON.
_PYTHON: dict[Any, Any] = {"None": None, "True": True, "False": False, "undefined": None}


def _end_of_value(text: str, start: int) -> int:
    """Return the index of the comma or bracket after the JSON value that begins at index `start`, or the text's end."""
    depth = 0
    at = start
    while piece := _JSON_TOKEN.match(text, at):
        # A comma that no name follows is a decimal comma.
        if not depth and (piece[0] == "}" or (piece[0] == "," and _NEXT_ENTRY.match(text, at))):
            return at
        depth += (piece[0] in ("[", "{")) - (piece[0] in ("]", "}"))
        at = piece.end()
    return len(text)


def split_names(text: str) -> frozenset[str]:
    """Split a list of metadata entry names, separated by whitespace."""
    return frozenset(text.split())


def parse_size(value: Any) -> tuple[int, int] | None:
    """Parse the image size (width, height) that a tool wrote as "512x768", "(512, 768)", "1216 x 832 (landscape)" or
    [512, 768]. Returns None for anything else.
    """
    if isinstance(value, str):
        match = re.match(r"\s*[(\[]?\s*(\d{1,6})\s*[xX×*,]\s*(\d{1,6})\b", value[:80])
        return (int(match[1]), int(match[2])) if match else None
    if isinstance(value, list | tuple) and len(value) == 2 and all(isinstance(side, int) for side in value):
        return value[0], value[1]
    return None


def find_loras(prompt: str) -> list[dict[str, Any]]:
    """Return the LoRAs in a prompt with A1111 syntax, <lora:name:weight>, as entries of the metadata field `loras`."""
    found = re.findall(r"<(?:lora|lyco):([^:<>]{1,200})(?::\s*([+-]?[\d.,]{1,12}))?[^<>]{0,40}>", start_of(prompt))
    return [lora_entry(name, weight or 1.0) for name, weight in found[:64]]


def lora_entry(name: Any, weight: Any = None, text_weight: Any = None) -> dict[str, Any]:
    """Return the entry for one LoRA in the metadata field `loras`, with its name and, if known, its weight, and the
    weight in the text encoders if that differs.
    """
    value, of_text = parse_number(weight), parse_number(text_weight)
    entry = {"name": to_text(name).strip()} | ({} if value is None else {"weight": value})
    return entry | ({} if of_text is None or of_text == (1 if value is None else value) else {"text_weight": of_text})


def _flatten_entries(data: Mapping[str, Any], prefix: str, depth: int) -> Iterator[tuple[str, Any]]:
    for key, value in data.items():
        name = f"{prefix}{key[:_MAX_NAME]}"
        if isinstance(value, dict) and value and depth:
            yield from _flatten_entries(value, f"{name}.", depth - 1)
        elif value not in (None, {}, []):
            yield name, value


def _convert(kind: str, raw: Any) -> Any:
    """Convert a value that a tool wrote to the type of the metadata field `kind`, or return None if that is not
    possible.
    """
    wanted = _TYPES[kind]
    if kind == "size":
        sides = parse_size(raw)
        return None if sides is None else f"{sides[0]}x{sides[1]}"
    if wanted in (list, tuple):
        return raw if isinstance(raw, wanted) else None
    if wanted is str:
        return _convert_text(kind, raw) if isinstance(raw, str) else None
    if wanted is bool:
        return _BOOLEAN_WORDS.get(str(raw).strip().lower())
    return parse_number(raw, int if wanted is int else float)


def _convert_text(kind: str, raw: str) -> str | None:
    if kind in ("inpaint_area", "region_mode"):
        setting = SETTINGS[kind]
        return match_choice(raw, {choice: setting.text(choice) for choice in setting.choices})
    return None if kind not in _PROMPTS and raw.strip().lower() in _ABSENT else raw


def parse_number(raw: Any, kind: type[int] | type[float] = float) -> Any:
    """Convert a number, or a string with a decimal point or comma, to the type `kind`.

    Returns None for anything else, for numbers that are not finite, and for fractions if `kind` is int.
    """
    if isinstance(raw, str) and len(raw) <= 40:
        raw = raw.strip()
        raw = raw.replace(",", ".") if _DECIMAL_COMMA.fullmatch(raw) else raw
    elif isinstance(raw, bool) or not isinstance(raw, int | float):
        return None
    try:
        value = float(raw)
        if not math.isfinite(value) or (kind is int and not value.is_integer()):
            return None
        if kind is float:
            return value
        # Seeds can have more digits than a float.
        is_digits = isinstance(raw, int) or (isinstance(raw, str) and raw.lstrip("+-").isdecimal())
        return int(raw) if is_digits else int(value)
    except (ValueError, OverflowError):
        return None


def _request_values(values: Mapping[str, list[Any]], tool: str) -> Iterable[tuple[str, Any]]:
    """Yield a (request field, value) pair for each setting of an image that a request can restore.

    A sampler precedes its parameters.
    """
    implied: dict[str, float] = {}
    for kind in _UNTRANSLATED_FIELDS:
        yield from ((_REQUEST_FIELDS[kind], value) for value in values.get(kind, []))
    for kind in ("prompts", "negative_prompts"):
        yield from ((_REQUEST_FIELDS[kind], value) for value in values.get(kind, []))
    for sampler in values.get("sampler", [""]):
        ours, spacing = sampler_and_spacing(sampler, next(iter(values.get("scheduler", [])), ""), tool)
        implied = implied or implied_params(ours, tool)
        yield from (pair for pair in (("sampler", ours), ("spacing", spacing)) if pair[1])
    yield from (("size", parse_size(size)) for size in values.get("size", []))
    for sides in zip(values.get("width", []), values.get("height", []), strict=False):
        yield "size", sides
    yield from (("knobs", implied | {"eta": eta}) for eta in values.get("eta", []))
    if implied:
        yield "knobs", implied


def _is_taken(kind: str, raw: Any, taken: Any, values: Mapping[str, list[Any]]) -> bool:
    """Return True if the restored request uses the value of this metadata entry.

    Several entries can map to the same field, and only one is used.
    """
    if kind == "eta":
        return kind in taken
    if kind in ("sampler", "scheduler", "width", "height") or len(values.get(kind, [])) < 2:
        return _convert(kind, raw) is not None
    value = _convert(kind, raw)
    return bool((parse_size(value) if kind == "size" else value) == taken)


def _format_restored(kind: str, taken: Mapping[str, Any], values: Mapping[str, list[Any]]) -> str:
    """Return the value that a metadata setting has in the restored request, as text for display."""
    if kind == "size":
        return "x".join(map(str, taken["size"]))
    if kind == "regions":
        return "; ".join(map(str, taken["regions"]))
    if kind in ("width", "height"):
        return str(taken["size"][kind == "height"])
    if kind == "eta":
        return number(taken["knobs"]["eta"])
    if kind == "sampler":
        spacing = [taken["spacing"]] if not values.get("scheduler") and "spacing" in taken else []
        implied = [f"{name} {number(value)}" for name, value in taken.get("knobs", {}).items() if name != "eta"]
        return ", ".join([taken["sampler"], *spacing, *implied])
    value = taken[_REQUEST_FIELDS[kind]]
    return number(value) if isinstance(value, float) else to_text(value)


def _build_fields(values: Mapping[str, list[Any]], more: Mapping[str, Any]) -> dict[str, Any]:
    """Return the metadata fields of an image in display order. Values found in the file take precedence over those in
    `more`. Fields with unknown names come last.
    """
    found = {kind: values[kind][0] for kind in _TYPES if kind in values and kind not in _HIDDEN_FIELDS}
    if "size" not in found and "width" in values and "height" in values:
        found["size"] = f"{values['width'][0]}x{values['height'][0]}"
    if "regions" in found:
        found["regions"] = "; ".join(map(str, found["regions"]))
    found = {name: value for name, value in more.items() if value is not None} | found
    order = {name: place for place, name in enumerate(_TYPES)}
    return dict(sorted(found.items(), key=lambda entry: order.get(entry[0], len(order))))
