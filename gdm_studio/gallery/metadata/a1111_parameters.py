"""The `parameters` text of AUTOMATIC1111's web UI, which every tool can read and many tools write.

The prompt comes first. The negative prompt follows after "Negative prompt:". Then a line contains the settings:
`Steps: 20, Sampler: DPM++ 2M, …, Key: "a value, as JSON if it has a comma, colon or newline"`. Extensions append texts
after it, such as "Template:", which may have several lines.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType
from typing import Any

from gdm_studio.gallery.metadata.generation_settings import EXPORTED, facts_of, interpolation_fact, number
from gdm_studio.gallery.metadata.sampler_names import sampler_title, spacing_title
from gdm_studio.request.generation_request import ONLY_MASKED, SETTINGS, Request, Setting

# The keyword of the text in a PNG file.
CHUNK = "parameters"
_NEGATIVE = "Negative prompt:"
# Tools differ in capitals, and some join the prompts in a line.
_NEGATIVE_LINE = re.compile(rf"^{_NEGATIVE}", re.IGNORECASE | re.MULTILINE)
_NEGATIVE_WORDS = re.compile(rf"(?<=\s){_NEGATIVE}")
# Maximum number of characters that are read of the text, and of its settings.
_MAX_TEXT = 2**18
_MAX_LINE = 2**15
_KEY = re.compile(r"(\w[\w \-/]{1,60}):\s*")
_LETTER = re.compile(r"[^\W_]")
_QUOTED_VALUE = re.compile(r'"(?:\\.|[^\\"])*"')
_LIST = re.compile(r"\[[^\]\n]{0,200}\](?=\s*(?:,|$))", re.MULTILINE)
_VALUE_END = re.compile(r"\s*(?:,|$)", re.MULTILINE)
# A number with a decimal comma, which some tools write in locales that use one.
_DECIMAL = re.compile(r"-?\d{1,10},\d{1,10}(?=\s*(?:,|$))", re.MULTILINE)
# A line of settings has at least one of these keys.
_MARKER_KEYS = {"steps", "sampler", "seed", "size", "cfg scale"}
# A line with three of these keys contains settings, wherever it is in the text.
COMMON_KEYS = _MARKER_KEYS | {
    "schedule type",
    "scheduler",
    "model",
    "model hash",
    "vae",
    "clip skip",
    "denoising strength",
}
_COMMON_KEY = re.compile(rf"(?:^|[,\s])({'|'.join(sorted(COMMON_KEYS, key=len, reverse=True))}):", re.IGNORECASE)
_STEPS = re.compile(r"\s*Steps:\s*\d+\s*(?:,|$)", re.IGNORECASE)
# A line with prompts and settings.
_JOINED_LINE = re.compile(r"(?P<before>\S(?:[^:]*,|.*?[^,\s]))\s+(?P<settings>Steps: \d+,.*)")
# Maximum number of lines that are tried as the first one of settings with line breaks.
_MAX_STARTS = 16
# Name for an unnamed text that follows the settings.
_UNNAMED_TEXT_KEY = "Other text"
# Names of the texts that extensions append after the settings. Each text ends where the next one begins.
_TRAILER = re.compile(r"^((?:Negative )?Template|Wildcard prompt):[^\S\n]?", re.MULTILINE)
_STANDARD_SETTINGS = (
    *("prompt", "negative_prompt", "style", "model", "seed"),
    *("sampler", "spacing", "steps", "guidance_scale", "temperature"),
)
# Settings that other tools have no name for. They are written under our titles if they differ from the default.
OWN = tuple(setting for setting in EXPORTED.values() if setting.name not in _STANDARD_SETTINGS)


@dataclass(frozen=True)
class Infotext:
    """Parsed `parameters` text of A1111's web UI, with the two prompts and the other settings (`entries`)."""

    prompt: str
    negative_prompt: str
    entries: dict[str, str]


def parse_text(text: str) -> Infotext | None:
    """Parse the `parameters` text in which A1111's web UI stores an image's settings.

    Returns None for any other text.
    """
    lines = _split_lines(text)
    end = _find_trailer(lines)
    before = _split_joined_line(lines[:end])
    lines = before + lines[end:]
    start = _find_settings_line(before)
    if start is None:
        # The line of settings is damaged or missing.
        found = parse_sparse_text(text)
        return found if found is not None and found.negative_prompt else None
    settings, *trailers = _TRAILER.split("\n".join(lines[start:]))
    settings, appended = _split_appended(settings)
    appended |= {name: value.rstrip("\n") for name, value in zip(trailers[::2], trailers[1::2], strict=True)}
    return Infotext(*_split_prompts(lines[:start]), dict(_parse_entries(settings[:_MAX_LINE])) | appended)


def parse_sparse_text(text: str) -> Infotext | None:
    """Parse a `parameters` text that has fewer settings than `parse_text` needs to recognise them. Returns None for a
    text without letters.

    The last line contains settings if it consists of nothing but common ones. Everything else is the prompts, as in
    the web UI.
    """
    lines = _split_lines(text)
    entries = dict(_parse_entries(lines[-1][:_MAX_LINE])) if _KEY.match(lines[-1]) else {}
    names = {name.lower() for name in entries}
    if not (names & _MARKER_KEYS and names <= COMMON_KEYS):
        entries = {}
    prompt, negative = _split_prompts(lines[:-1] if entries else lines)
    return Infotext(prompt, negative, entries) if _LETTER.search(text[:_MAX_TEXT]) else None


def _split_lines(text: str) -> list[str]:
    return text[:_MAX_TEXT].replace("\r\n", "\n").replace("\r", "\n").strip("\0 \n\t").split("\n")


def _split_joined_line(lines: list[str]) -> list[str]:
    """Return the lines of an A1111 text, in which the settings have a line of their own again if another program joined
    them to the prompts.
    """
    joined = None if _TRAILER.match(lines[-1]) else _JOINED_LINE.match(lines[-1][:_MAX_LINE])
    if joined is None or len(_find_common_keys(joined["settings"])) < 3 or _COMMON_KEY.search(joined["before"]):
        return lines
    return [*lines[:-1], joined["before"], joined["settings"] + lines[-1][_MAX_LINE:]]


def _find_trailer(lines: list[str]) -> int:
    """Return the index of the first text of an extension that directly follows settings, or the number of lines.

    Such a text is a prompt too, in which a line can look like settings.
    """
    for at, line in enumerate(lines):
        if at and _TRAILER.match(line) and len(_find_common_keys(lines[at - 1])) > 2:
            return at
    return len(lines)


def _find_settings_line(lines: list[str]) -> int | None:
    """Return the index of the line in an A1111 text at which the settings begin, or None if there are none.

    It is the last line that has three common settings. If line breaks divide the settings, it is the earlier line that
    begins with the number of steps.
    """
    steps = [at for at, line in enumerate(lines) if _STEPS.match(line)][-_MAX_STARTS:]
    common = [(at, found) for at, line in enumerate(lines) if len(found := _find_common_keys(line)) > 2]
    if common:
        at, found = common[-1]
        starts = [earlier for earlier in steps if earlier < at and not _find_common_keys(lines[earlier]) & found]
        return at if "steps" in found or not starts else starts[-1]
    # Settings in the last line may be unusual ones. Texts of extensions may follow them.
    last = len(lines) - 1
    while last > 0 and _TRAILER.match(lines[last]):
        last -= 1
    entries = {name.lower() for name, _ in _parse_entries(lines[last][:_MAX_LINE])}
    if len(entries) > 2 and _MARKER_KEYS & entries:
        return last
    return next((at for at in reversed(steps) if len(_find_common_keys("\n".join(lines[at:]))) > 2), None)


def _split_appended(settings: str) -> tuple[str, dict[str, str]]:
    """Separate the settings of an A1111 text from the texts that extensions append after them.

    The name of an appended text is at the start of a line. Lines without a name continue the previous value.
    """
    first, *lines = settings.split("\n")
    kept = [first]
    appended: dict[str, list[str]] = {}
    current = kept
    for before, line in pairwise([first, *lines]):
        key = _KEY.match(line)
        if key and key[1].strip().lower() in COMMON_KEYS:
            current = kept
        elif key and not before.rstrip().endswith(","):
            current = appended.setdefault(key[1].strip(), [])
            line = line[key.end() :]
        current.append(line)
    return "\n".join(kept), {name: "\n".join(found).strip() for name, found in appended.items()}


def _find_common_keys(line: str) -> set[str]:
    """Return the common settings in a line of an A1111 text, unless an extension appended the line."""
    if _TRAILER.match(line):
        return set()
    return {key.lower() for key in _COMMON_KEY.findall(line[:_MAX_LINE])} if line.count(":") > 2 else set()


def write_text(
    request: Request, *, size: tuple[int, int], version: str, made_with: Mapping[str, str] = MappingProxyType({})
) -> str:
    """Return the settings of an image as A1111's `parameters` text, which other programs can read.

    `made_with` is the metadata about the run in our own record. The longest entries are left out if the last line would
    be longer than `parse_text` reads.
    """
    # For a high-resolution run, A1111 writes the size of the first pass.
    size = request.size or size
    beside = facts_of(request, size)
    strength = beside.get("denoising_strength", request.strength if request.image else None)
    refiner = f"{request.refiner} [{digits}]" if (digits := made_with.get("refiner_autov2")) else request.refiner
    entries = {
        "Steps": str(request.steps),
        "Sampler": sampler_title(request.sampler),
        "Schedule type": spacing_title(request.spacing),
        "CFG scale": number(request.guidance_scale),
        "Distilled CFG Scale": "distilled_guidance" in beside and number(beside["distilled_guidance"]),
        "Seed": str(request.seed),
        "Size": f"{size[0]}x{size[1]}",
        "Model hash": made_with.get("model_autov2"),
        "Model": request.model,
        "VAE hash": made_with.get("vae_autov2"),
        "VAE": made_with.get("vae_file", request.vae),
        "Denoising strength": strength and number(strength),
        **_describe_inpainting(request),
        **_describe_tiles(request),
        "Clip skip": str(beside.get("clip_skip", "")),
        "Hires upscale": "hires_upscale" in beside and number(beside["hires_upscale"]),
        "Hires steps": str(beside.get("hires_steps", "")),
        "Hires upscaler": beside.get("hires_upscaler"),
        "Refiner": refiner,
        "Refiner switch at": refiner and number(beside["refiner_switch"]),
        "Lora hashes": _format_hashes(made_with, "LoRA "),
        "TI hashes": _format_hashes(made_with, "embedding "),
        "Temperature": number(request.temperature),
        "Style": request.style,
        **{
            each.title: _format_value(each, each.value_in(request))
            for each in OWN
            if each.value_in(request) != each.absent
        },
        # Other programs vary only the seed.
        SETTINGS["toward"].title: interpolation_fact(request),
        **{name.capitalize(): number(value) for name, value in request.knobs.items()},
        "Version": version,
    }
    pairs = [f"{key}: {_quote(value)}" for key, value in entries.items() if value]
    # Only texts can be so long, such as the targets of an interpolation.
    while len(settings := ", ".join(pairs)) > _MAX_LINE:
        pairs.remove(max(pairs, key=len))
    negative = f"\n{_NEGATIVE} {request.negative_prompt}" if request.negative_prompt else ""
    text = f"{request.prompt}{negative}\n{settings}".strip().replace("\0", "")
    return text.encode("utf-8", "replace").decode("utf-8")


def _describe_inpainting(request: Request) -> dict[str, str]:
    """Return A1111's entries for an image of which only the masked area was generated, or {} for other images."""
    if not request.mask or request.inpaint_area != ONLY_MASKED:
        return {}
    area, padding = SETTINGS["inpaint_area"], SETTINGS["inpaint_padding"]
    return {area.title: area.text(request.inpaint_area), padding.title: str(request.inpaint_padding)}


def _describe_tiles(request: Request) -> dict[str, str]:
    """Return the entries for an image that was denoised in tiles, or {} for other images."""
    if not request.tile:
        return {}
    tile, overlap = SETTINGS["tile"], SETTINGS["tile_overlap"]
    return {tile.title: str(request.tile), overlap.title: str(request.tile_overlap)}


def _format_hashes(made_with: Mapping[str, str], kind: str) -> str:
    """Return the names and hashes of the image's LoRAs or embeddings as "name: hash, …", without the characters that
    A1111 removes from names.
    """
    found = {name: digits for name, digits in made_with.items() if name.startswith(kind)}
    return ", ".join(f"{re.sub('[:,]', '', name.removeprefix(kind))}: {digits}" for name, digits in found.items())


def _format_value(setting: Setting, value: Any) -> str:
    return number(value) if setting.is_number else str(setting.search_value(value))


def _quote(value: str) -> str:
    """Quote a value of the A1111 text if A1111 would quote it, or if it would otherwise lose a quotation mark or a
    space when it is read back.
    """
    is_bare = not set(value) & set(',\n:"') and value == value.strip() and value[0] not in "{["
    return value if is_bare else json.dumps(value, ensure_ascii=False)


def _split_prompts(lines: list[str]) -> tuple[str, str]:
    text = "\n".join(line.strip() for line in lines)
    found = _NEGATIVE_LINE.search(text) or _NEGATIVE_WORDS.search(text)
    if found is None:
        return text.strip(), ""
    return text[: found.start()].strip(), text[found.end() :].strip()


def _parse_entries(line: str) -> Iterator[tuple[str, str]]:
    """Yield the (name, value) pairs in the settings of an A1111 text. A value ends at a comma unless it is quoted or
    JSON.
    """
    at = 0
    while key := _KEY.search(line, at):
        name = key[1].strip()
        between = line[at : key.start()]
        if at and "\n" in between and (text := between.strip(", \n")):
            yield _UNNAMED_TEXT_KEY, text
        value, at = _parse_value(line, key.end(), is_short=name.lower() in COMMON_KEYS)
        yield name, value
    if text := line[at:].strip(", \n") if at and "\n" in line[at:] else "":
        yield _UNNAMED_TEXT_KEY, text


def _parse_value(line: str, start: int, *, is_short: bool) -> tuple[str, int]:
    """Read the value that begins at index `start` in the settings of an A1111 text.

    Return it without quotation marks, together with the index of its end. A short value has no line break.
    """
    if quote := _QUOTED_VALUE.match(line, start):
        try:
            return str(json.loads(quote[0], strict=False)), quote.end()
        except ValueError:
            return quote[0], quote.end()
    if line.startswith(("{", "["), start):
        try:
            _, end = json.JSONDecoder().raw_decode(line, start)
            if _VALUE_END.match(line, end):
                return line[start:end], end
        except (ValueError, RecursionError):
            if listed := _LIST.match(line, start):
                return listed[0], listed.end()
    if decimal := _DECIMAL.match(line, start):
        return decimal[0], decimal.end()
    ends = [line.find(mark, start) for mark in (",\n" if is_short else ",")]
    end = min((end for end in ends if end >= 0), default=len(line))
    return line[start:end].strip(), end
