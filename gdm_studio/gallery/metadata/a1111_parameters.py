"""The `parameters` text of AUTOMATIC1111's web UI, which every tool can read and many tools write.

The prompt comes first. The negative prompt follows after "Negative prompt:". The last line contains the settings:
`Steps: 20, Sampler: DPM++ 2M, …, Key: "a value, as JSON if it has a comma, colon or newline"`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from gdm_studio.gallery.metadata.generation_settings import EXPORTED, facts_of, interpolation_fact, number
from gdm_studio.gallery.metadata.sampler_names import sampler_title, spacing_title
from gdm_studio.request.generation_request import SETTINGS, Request, Setting

# The keyword of the text in a PNG file.
CHUNK = "parameters"
_NEGATIVE = "Negative prompt:"
# Maximum length of the text and of its last line in characters. A longer text has another format.
_MAX_TEXT = 2**18
_MAX_LINE = 2**15
_KEY = re.compile(r"(\w[\w \-/]{1,60}):\s*")
_QUOTED = re.compile(r'"(?:\\.|[^\\"])*"')
_LIST = re.compile(r"\[[^\]\n]{0,200}\]")
# A line of settings has at least one of these keys.
_MARKS = {"steps", "sampler", "seed", "size", "cfg scale"}
# Lines that extensions append after the settings.
_TRAILER = re.compile(r"((?:Negative )?Template|Wildcard prompt): ?")
_KNOWN = (
    *("prompt", "negative_prompt", "style", "model", "seed"),
    *("sampler", "spacing", "steps", "guidance_scale", "temperature"),
)
# Settings that other tools have no name for. They are written under our titles if they differ from the default.
OWN = tuple(setting for setting in EXPORTED.values() if setting.name not in _KNOWN)


@dataclass(frozen=True)
class Infotext:
    """Parsed `parameters` text of A1111's web UI, with the two prompts and the settings in its last line
    (`entries`).
    """

    prompt: str
    negative_prompt: str
    entries: dict[str, str]


def parse_text(text: str) -> Infotext | None:
    """Parse the `parameters` text in which A1111's web UI stores an image's settings.

    Returns None for any other text.
    """
    if len(text) > _MAX_TEXT:
        return None
    lines = text.replace("\r\n", "\n").strip("\0 \n\t").split("\n")
    trailing: dict[str, str] = {}
    while len(lines) > 1 and (template := _TRAILER.match(lines[-1])):
        trailing[template[1]] = lines.pop()[template.end() :]
    *lines, last = lines
    entries = dict(_entries(last)) if len(last) <= _MAX_LINE else {}
    if len(entries) < 3 or not _MARKS & {key.lower() for key in entries}:
        return None
    return Infotext(*_prompts(lines), entries | trailing)


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
        "Seed": str(request.seed),
        "Size": f"{size[0]}x{size[1]}",
        "Model hash": made_with.get("model_autov2"),
        "Model": request.model,
        "VAE hash": made_with.get("vae_autov2"),
        "VAE": made_with.get("vae_file", request.vae),
        "Denoising strength": strength and number(strength),
        "Clip skip": str(beside.get("clip_skip", "")),
        "Hires upscale": "hires_upscale" in beside and number(beside["hires_upscale"]),
        "Hires steps": str(beside.get("hires_steps", "")),
        "Hires upscaler": beside.get("hires_upscaler"),
        "Refiner": refiner,
        "Refiner switch at": refiner and number(beside["refiner_switch"]),
        "Lora hashes": _hashes(made_with, "LoRA "),
        "TI hashes": _hashes(made_with, "embedding "),
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


def _hashes(made_with: Mapping[str, str], kind: str) -> str:
    """Return the names and hashes of the image's LoRAs or embeddings as "name: hash, …", without the characters that
    A1111 removes from names.
    """
    found = {name: digits for name, digits in made_with.items() if name.startswith(kind)}
    return ", ".join(f"{re.sub('[:,]', '', name.removeprefix(kind))}: {digits}" for name, digits in found.items())


def _format_value(setting: Setting, value: Any) -> str:
    return number(value) if setting.is_number else str(setting.search_value(value))


def _quote(value: str) -> str:
    """Quote a value in the A1111 text where A1111 does so. Also quote values that would otherwise lose a quotation mark
    or space when read back.
    """
    is_bare = not set(value) & set(',\n:"') and value == value.strip() and value[0] not in "{["
    return value if is_bare else json.dumps(value, ensure_ascii=False)


def _prompts(lines: list[str]) -> tuple[str, str]:
    lines = [line.strip() for line in lines]
    at = next((at for at, line in enumerate(lines) if line.startswith(_NEGATIVE)), len(lines))
    prompt = "\n".join(lines[:at])
    negative = "\n".join(lines[at:]).removeprefix(_NEGATIVE)
    return prompt.strip(), negative.strip()


def _entries(line: str) -> Iterator[tuple[str, str]]:
    """Yield the (name, value) pairs in the last line of an A1111 text. A value ends at a comma unless it is quoted or
    JSON.
    """
    at = 0
    while key := _KEY.search(line, at):
        value, at = _value(line, key.end())
        yield key[1].strip(), value


def _value(line: str, start: int) -> tuple[str, int]:
    """Read the value that begins at index `start` in the last line of an A1111 text.

    Return it without quotation marks, together with the index of its end.
    """
    if quote := _QUOTED.match(line, start):
        try:
            return str(json.loads(quote[0])), quote.end()
        except ValueError:
            return quote[0], quote.end()
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
