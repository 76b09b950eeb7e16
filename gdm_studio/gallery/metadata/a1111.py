"""The `parameters` text of AUTOMATIC1111's web UI, which every tool reads and many write: both directions.

The lines of the prompt come first, then those of the negative one after "Negative prompt:"; the last line is
`Steps: 20, Sampler: DPM++ 2M, …, Key: "a value, as JSON where it holds a comma, colon or newline"`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from gdm_studio.gallery.metadata.facts import Metadata, number, restored
from gdm_studio.gallery.metadata.names import sampler_and_spacing, sampler_title, spacing_title
from gdm_studio.request import Request

CHUNK = "parameters"
_NEGATIVE = "Negative prompt:"
_MAX_TEXT = 2**18  # characters; longer ones are not settings
_KEY = re.compile(r"(\w[\w \-/]{1,60}):\s*")
_QUOTED = re.compile(r'"(?:\\.|[^\\"])*"')
_LIST = re.compile(r"\[[^\]\n]{0,200}\]")
_MARKS = {"steps", "sampler", "seed", "size", "cfg scale"}  # a line of settings has at least one of these

# Key (lower case) -> its name in Metadata.fields
_FIELDS = {
    "steps": "steps",
    "sampler": "sampler",
    "schedule type": "scheduler",
    "scheduler": "scheduler",
    "cfg scale": "guidance_scale",
    "seed": "seed",
    "size": "size",
    "model": "model",
    "model hash": "model_hash",
    "temperature": "temperature",
    "style": "style",
    "version": "version",
}
# First words of keys that other tools know and ours has no use for: "hires" stands for "Hires steps" too.
_IGNORED_WORDS = """
    adetailer, addnet, app, backend, civitai, clip skip, conditional mask, controlnet, denoising,
    distilled cfg, emphasis, ensd, eta, face restoration, first pass, fp8, guidance, hashes, hires,
    hypernet, image cfg, init image, lora, mask, model hash, ngms, operations, parser, performance,
    pipeline, refiner, rng, rp, schedule, sdcpp, seed resize, skip layers, slg, template, te,
    ti hashes, tiling, token merging, unet, user, vae, variation, version
"""
_IGNORED = tuple(f"{' '.join(words.split())} " for words in _IGNORED_WORDS.split(","))


def write_text(request: Request, *, size: tuple[int, int], version: str) -> str:
    """The `parameters` text of one picture of `size`."""
    entries = {
        "Steps": str(request.steps),
        "Sampler": sampler_title(request.sampler),
        "Schedule type": spacing_title(request.spacing),
        "CFG scale": number(request.guidance_scale),
        "Seed": str(request.seed),
        "Size": f"{size[0]}x{size[1]}",
        "Model": request.model,
        "Temperature": number(request.temperature),
        "Style": request.style,
        **{name.capitalize(): number(value) for name, value in request.knobs.items()},
        "Version": version,
    }
    settings = ", ".join(f"{key}: {_quoted(value)}" for key, value in entries.items() if value)
    negative = f"\n{_NEGATIVE} {request.negative_prompt}" if request.negative_prompt else ""
    text = f"{request.prompt}{negative}\n{settings}".strip().replace("\0", "")
    return text.encode("utf-8", "replace").decode("utf-8")


def read_text(text: str, size: tuple[int, int]) -> Metadata:
    """What such a text says, `size` being the picture's own. Text of another kind gives no request."""
    text = text.replace("\r\n", "\n").strip("\0 \n\t")
    if len(text) > _MAX_TEXT:
        return Metadata(size=size)
    prompt, negative, entries = _split(text)
    if not entries:
        return Metadata(size=size)
    values = {"prompt": prompt, "negative_prompt": negative} | _request_values(entries)
    request, taken = restored(values)
    used, ignored, unknown = _sorted(entries, taken)
    return Metadata(
        size=size,
        tool=_tool(entries),
        request=request,
        fields=_fields(prompt, negative, entries),
        used={"Prompt": prompt} | ({"Negative prompt": negative} if negative else {}) | used,
        ignored=ignored,
        unknown=unknown,
    )


def _split(text: str) -> tuple[str, str, dict[str, str]]:
    """(prompt, negative prompt, entries of the last line); no entries where that line is not of settings."""
    *lines, last = text.split("\n")
    entries = dict(_entries(last))
    if len(entries) < 3 or not _MARKS & {key.lower() for key in entries}:
        return text, "", {}
    lines = [line.strip() for line in lines]
    at = next((at for at, line in enumerate(lines) if line.startswith(_NEGATIVE)), len(lines))
    prompt, negative = "\n".join(lines[:at]), "\n".join(lines[at:]).removeprefix(_NEGATIVE)
    return prompt.strip(), negative.strip(), entries


def _entries(line: str) -> Iterator[tuple[str, str]]:
    """(key, value) pairs; a value ends at a comma unless it is quoted, or JSON that should have been."""
    at = 0
    while key := _KEY.search(line, at):
        value, at = _value(line, key.end())
        yield key[1].strip(), value


def _value(line: str, start: int) -> tuple[str, int]:
    """The value that begins at `start`, unquoted, and where it ends."""
    if quoted := _QUOTED.match(line, start):
        try:
            return str(json.loads(quoted[0])), quoted.end()
        except ValueError:
            return quoted[0], quoted.end()
    if line.startswith(("{", "["), start):
        try:
            _, end = json.JSONDecoder().raw_decode(line, start)
            return line[start:end], end
        except (ValueError, RecursionError):
            if listed := _LIST.match(line, start):
                return listed[0], listed.end()
    comma = line.find(",", start)
    end = len(line) if comma < 0 else comma
    return line[start:end].strip(), end


def _quoted(value: str) -> str:
    """A1111's rule, and quotes too where the bare value would lose a quote or a space on reading."""
    bare = not set(value) & set(',\n:"') and value == value.strip() and value[0] not in "{["
    return value if bare else json.dumps(value, ensure_ascii=False)


def _request_values(entries: dict[str, str]) -> dict[str, Any]:
    """Request's names and typed values, a sampler before its knobs; what does not parse is left out."""
    given = {key.lower(): value for key, value in entries.items()}
    sampler, spacing = sampler_and_spacing(
        given.get("sampler", ""), given.get("schedule type") or given.get("scheduler", "")
    )
    eta = _parsed(float, given.get("eta ddim", given.get("eta")))
    values = {
        "sampler": sampler,
        "spacing": spacing,
        "steps": _parsed(int, given.get("steps")),
        "guidance_scale": _parsed(float, given.get("cfg scale")),
        "seed": _parsed(int, given.get("seed")),
        "size": _size(given.get("size", "")),
        "model": given.get("model"),
        "temperature": _parsed(float, given.get("temperature")),
        "style": given.get("style"),
        "knobs": None if eta is None else {"eta": eta},
    }
    return {name: value for name, value in values.items() if value is not None}


def _sorted(entries: dict[str, str], taken: set[str]) -> tuple[dict[str, str], ...]:
    """(used, ignored, unknown)."""
    used: dict[str, str] = {}
    ignored: dict[str, str] = {}
    unknown: dict[str, str] = {}
    request_names = {"scheduler": "spacing", "eta": "knobs", "eta ddim": "knobs"}
    for key, value in entries.items():
        low = key.lower()
        name = _FIELDS.get(low, low)
        if request_names.get(name, name) in taken:
            used[key] = value
        elif low in _FIELDS or f"{low} ".startswith(_IGNORED):
            ignored[key] = value
        else:
            unknown[key] = value
    return used, ignored, unknown


def _fields(prompt: str, negative: str, entries: dict[str, str]) -> dict[str, Any]:
    fields: dict[str, Any] = {"prompt": prompt, "negative_prompt": negative}
    for key, value in entries.items():
        if name := _FIELDS.get(key.lower()):
            kind = {"steps": int, "seed": int, "guidance_scale": float, "temperature": float}.get(name, str)
            parsed = _parsed(kind, value)
            fields.setdefault(name, value if parsed is None else parsed)
    return fields


def _tool(entries: dict[str, str]) -> str:
    """The writer, as far as its `Version` or `App` tells."""
    version = f"{entries.get('App', '')} {entries.get('Version', '')}".strip()
    for mark, tool in _TOOLS:
        if re.match(mark, version, re.IGNORECASE):
            return tool
    return "AUTOMATIC1111"


_TOOLS = (
    (r"GDM Studio", "GDM Studio"),
    (r"SD\.Next", "SD.Next"),
    (r"ComfyUI", "ComfyUI"),
    (r"stable-diffusion\.cpp", "stable-diffusion.cpp"),
    (r"Fooocus", "Fooocus"),
    (r"f\d|classic|neo", "Forge"),
)


def _parsed(kind: type, text: str | None) -> Any:
    try:
        return None if text is None else kind(text)
    except ValueError:
        return None


def _size(text: str) -> tuple[int, int] | None:
    match = re.fullmatch(r"(\d{1,6})x(\d{1,6})", text)
    return (int(match[1]), int(match[2])) if match else None
