"""Reader of the settings of Regional Prompter, an extension of A1111's web UI, as regions."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gdm_studio.common.errors import BadRequest
from gdm_studio.request.prompts import is_too_long
from gdm_studio.request.regions import ATTENTION, MAX_REGIONS, PREDICTIONS, Box, Region, check_regions

# The name of the extension in `alwayson_scripts`.
SCRIPT = "regional prompter"
# The name of each argument of the script in `alwayson_scripts`, after the switches "active" and "debug".
ARGUMENTS = (
    "RP Divide mode", "RP Matrix submode", "RP Mask submode", "RP Prompt submode", "RP Ratios", "RP Base Ratios",
    "RP Use Base", "RP Use Common", "RP Use Ncommon", "RP Calc Mode", "RP Options", "RP LoRA Neg Te Ratios",
    "RP LoRA Neg U Ratios", "RP threshold", "RP Mask", "RP LoRA Stop Step", "RP LoRA Hires Stop Step", "RP Flip",
)  # fmt: skip
# The settings that become regions.
USED = (
    "RP Active", "RP Divide mode", "RP Matrix submode", "RP Ratios", "RP Base Ratios", "RP Use Base", "RP Use Common",
    "RP Use Ncommon", "RP Calc Mode", "RP Flip",
)  # fmt: skip
# The setting for how the prompts act: by attention, or by "latent" predictions.
CALC_MODE = "RP Calc Mode"
_ROWS = ("vertical", "rows")
_DIRECTIONS = ("horizontal", "columns", *_ROWS)
_SEPARATOR = re.compile(r"\s*\b(BREAK|ADDCOL|ADDROW|ADDBASE|ADDCOMM)\b\s*")


@dataclass(frozen=True)
class RegionalPrompt:
    """Prompts of an image without those of its regions, and the regions."""

    prompt: str
    negative_prompt: str
    regions: tuple[Region, ...]
    # One of the choices of `Request.region_mode`.
    mode: str = PREDICTIONS


def read_regions(prompt: str, negative: str, settings: Mapping[str, str]) -> RegionalPrompt | None:
    """Convert prompts that BREAK, ADDCOL or ADDROW separates, and the settings of the extension, to regions.

    Returns None if the extension is off or divides the image by masks or words, or if the numbers of prompts and
    ratios differ.
    """
    if is_too_long(prompt) or is_too_long(negative) or not _is_on(settings, "RP Active"):
        return None
    mode = settings.get("RP Divide mode", "Matrix").lower()
    direction = (settings.get("RP Matrix submode", "Columns") if mode == "matrix" else mode).lower()
    if direction not in _DIRECTIONS:
        return None
    flips = _is_on(settings, "RP Flip")
    boxes = _divide(settings.get("RP Ratios", ""), by_rows=direction in _ROWS, flips=flips)
    texts, marks = _split(prompt)
    common = _is_on(settings, "RP Use Common") or "ADDCOMM" in marks
    base = _is_on(settings, "RP Use Base") or "ADDBASE" in marks
    if common:
        first, *texts = texts
        texts = [f"{first}, {text}" for text in texts]
    if len(texts) != len(boxes) + base or len(boxes) < 2:
        return None
    of_base = texts.pop(0) if base else ""
    negatives, _ = _split(negative)
    if _is_on(settings, "RP Use Ncommon") and len(negatives) > 1:
        first, *negatives = negatives
        negatives = [f"{first}, {text}" for text in negatives]
    # Without one negative prompt for each region, all of it belongs to the whole image.
    has_own = len(negatives) == len(boxes) > 1
    own = negatives if has_own else [""] * len(boxes)
    weights = _base_ratios(settings.get("RP Base Ratios", ""), len(boxes)) if base else [0.0] * len(boxes)
    regions = tuple(
        Region(text, box, negative=no, weight=1 - ratio)
        for text, box, no, ratio in zip(texts, boxes, own, weights, strict=True)
    )
    try:
        check_regions("regions", regions)
    except BadRequest:
        return None
    mode = ATTENTION if settings.get(CALC_MODE, "").lower() == "attention" else PREDICTIONS
    return RegionalPrompt(of_base, "" if has_own else negative, regions, mode)


def settings_of_script(arguments: Sequence[object]) -> dict[str, str]:
    """Return the settings in the arguments of the script in `alwayson_scripts`, by their names in an image's text."""
    named = zip(ARGUMENTS, arguments[2:], strict=False)
    return {"RP Active": str(arguments[0] if arguments else False), **{name: str(value) for name, value in named}}


def _is_on(settings: Mapping[str, str], name: str) -> bool:
    return settings.get(name, "").lower() == "true"


def _split(text: str) -> tuple[list[str], set[str]]:
    """Split a prompt at its separators. Returns the parts and the separators."""
    parts = _SEPARATOR.split(text)
    return [part.strip().strip(",").strip() for part in parts[::2]], set(parts[1::2])


def _divide(ratios: str, *, by_rows: bool, flips: bool) -> list[Box]:
    """Return the boxes into which ratios such as "1,2" or "1,2,1;2,4,6" divide an image.

    With semicolons, the first number of each part is that of the row, or of the column if it is divided `by_rows`.
    """
    comma, semicolon = (";", ",") if flips else (",", ";")
    outer, inner = (comma, semicolon) if by_rows else (semicolon, comma)
    if semicolon not in ratios:
        numbers = [_parse_ratio(each) for each in ratios.split(comma)]
        spans = _divide_range(numbers)
        return [(0.0, low, 1.0, high) if by_rows else (low, 0.0, high, 1.0) for low, high in spans]
    parts = [[_parse_ratio(each) for each in part.split(inner)] for part in ratios.split(outer)]
    found: list[Box] = []
    for (low, high), (first, *cells) in zip(_divide_range([part[0] for part in parts]), parts, strict=True):
        for start, end in _divide_range(cells or [first]):
            found.append((low, start, high, end) if by_rows else (start, low, end, high))
    return found


def _divide_range(numbers: Sequence[float]) -> list[tuple[float, float]]:
    """Divide 0 … 1 in the proportions of up to MAX_REGIONS numbers. Returns [] if that is not possible."""
    total = math.fsum(numbers)
    if len(numbers) > MAX_REGIONS or not 0 < total < math.inf or min(numbers) <= 0:
        return []
    edges = [math.fsum(numbers[:place]) / total for place in range(len(numbers) + 1)]
    return list(zip(edges, edges[1:], strict=False))


def _parse_ratio(text: str) -> float:
    """Return a ratio as a number. As in the extension, other texts count as 1."""
    try:
        return float(text)
    except ValueError:
        return 1.0


def _base_ratios(text: str, count: int) -> list[float]:
    """Return the share of the base prompt in each of `count` regions. The last one is repeated."""
    found = []
    for each in re.split("[,;]", text)[:count]:
        try:
            value = float(each)
        except ValueError:
            value = 0.0
        found.append(min(max(value, 0.0), 1.0) if math.isfinite(value) else 0.0)
    return found + [found[-1]] * (count - len(found))
