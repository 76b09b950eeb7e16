"""Regions of an image, each with its own prompt."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from gdm_studio.common.errors import BadRequest
from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.maths.numeric_parameters import check_number
from gdm_studio.request.conditioning import is_stored_image_name
from gdm_studio.request.prompts import encodable, length_problem

# (left, top, right, bottom) as fractions of the image's width and height.
Box = tuple[float, float, float, float]
WHOLE: Box = (0.0, 0.0, 1.0, 1.0)
MAX_REGIONS = 16
# The smallest width and height of a box, as a fraction of the image's.
MIN_SIDE = 0.02
WEIGHTS = (0.0, 1.0)
# The values of `region_mode`: each prompt has a prediction of its own, or all act in the attention of one evaluation.
PREDICTIONS = "predictions"
ATTENTION = "attention"
REGION_MODES = {
    PREDICTIONS: QT_TRANSLATE_NOOP("Setting", "Predictions"),
    ATTENTION: QT_TRANSLATE_NOOP("Setting", "Attention"),
}
_SIDES = ("left", "top", "right", "bottom")
# A region on the command line: four fractions, an optional weight, and the prompt.
_NUMBER = r"\s*+([\d.eE+-]++)\s*+"
_WRITTEN = re.compile(rf"{_NUMBER},{_NUMBER},{_NUMBER},{_NUMBER}(?:\*{_NUMBER})?:(.*)", re.DOTALL)
# The weight after the file of a mask.
_WEIGHTED = re.compile(rf"(.+)\*{_NUMBER}", re.DOTALL)
# Maximum length of the name of a mask file on the command line, in characters.
_MAX_NAME = 4096
# The word before the negative prompt of a region on the command line.
_NEGATIVE = re.compile(r"\bNOT\b")


@dataclass(frozen=True)
class Region:
    """Part of an image with its own prompt: a box, or the white part of a mask."""

    prompt: str
    # The box, or the bounding box of the mask.
    box: Box = WHOLE
    # The name of a stored mask, which is white in the region, or "" for the whole box.
    mask: str = ""
    # The negative prompt, or "" for that of the request.
    negative: str = ""
    # The share of the region's prompt in its area, 0 … 1. The prompt of the request has the rest.
    weight: float = 1.0

    def __str__(self) -> str:
        box = " ".join(f"{side:.3g}" for side in self.box)
        weight = "" if self.weight == 1 else f" × {self.weight:g}"
        negative = f" NOT {self.negative}" if self.negative else ""
        return f"{self.prompt}{negative} ({'mask' if self.mask else box}{weight})"


def parse_region(text: str) -> Region:
    """Parse a region of the command line, such as "0,0,0.5,1: a red fox" or "0,0,0.5,1*0.8: a fox NOT snow".

    Raises BadRequest if it is malformed.
    """
    return parse_region_and_mask(text)[0]


def parse_region_and_mask(text: str) -> tuple[Region, str]:
    """Parse a region of the command line, whose area is a box or the file of a mask, as in "sky.png: a red kite".

    Returns the region, without the mask, and the name of the file, or "" for a box. Raises BadRequest if it is
    malformed, or if there is no such file.
    """
    found = _WRITTEN.fullmatch(text)
    if found is not None:
        *sides, weight, words = found.groups()
        box, file = _parse_sides(sides), ""
    elif (masked := _split_mask(text)) is not None:
        file, weight, words = masked
        box = WHOLE
    else:
        raise BadRequest(
            "A region is LEFT,TOP,RIGHT,BOTTOM: PROMPT or MASK: PROMPT with the file of a mask, such as "
            f'"0,0,0.5,1: a red fox", not {text[:200]!r}.'
        )
    try:
        share = float(weight or 1)
    except ValueError as error:
        raise BadRequest(f"The weight of a region is a number from 0 to 1, not {weight!r}.") from error
    prompt, *negative = _NEGATIVE.split(words, maxsplit=1)
    region = Region(prompt.strip(), box, negative="".join(negative).strip(), weight=share)
    check_regions("regions", (region,))
    return region, file


def _parse_sides(sides: Iterable[str]) -> Box:
    try:
        left, top, right, bottom = map(float, sides)
    except ValueError as error:
        raise BadRequest(f"The box of a region has four numbers from 0 to 1, not {','.join(sides)!r}.") from error
    return left, top, right, bottom


def _split_mask(text: str) -> tuple[str, str, str] | None:
    """Split "FILE*WEIGHT: PROMPT" at the first colon behind the name of an existing file, which may have colons too.

    Returns None if there is no such file.
    """
    for colon in (place for place, letter in enumerate(text[:_MAX_NAME]) if letter == ":"):
        file = text[:colon].strip()
        if os.path.isfile(file):
            return file, "", text[colon + 1 :]
        if (weighted := _WEIGHTED.fullmatch(file)) is not None and os.path.isfile(weighted[1].strip()):
            return weighted[1].strip(), weighted[2], text[colon + 1 :]
    return None


def widened(box: Box) -> Box:
    """Return a box with sides of at least MIN_SIDE, moved into the image."""
    left, top, right, bottom = box
    width, height = max(right - left, MIN_SIDE), max(bottom - top, MIN_SIDE)
    left, top = min(left, 1 - width), min(top, 1 - height)
    # Rounded up, because the difference may be slightly smaller than the side.
    return left, top, min(left + width + 1e-9, 1.0), min(top + height + 1e-9, 1.0)


def check_regions(word: str, regions: Any) -> None:
    """Check the regions of a request.

    Raises BadRequest unless there are at most MAX_REGIONS with valid boxes, prompts and weights.
    """
    if (
        not isinstance(regions, tuple)
        or len(regions) > MAX_REGIONS
        or not all(isinstance(each, Region) for each in regions)
    ):
        raise BadRequest(f"{word} must be up to {MAX_REGIONS} boxes with their prompts, not {regions!r}.")
    for region in regions:
        if not isinstance(region.prompt, str) or not isinstance(region.negative, str):
            raise BadRequest(f"The prompts of a region must be texts, not {region!r}.")
        for text, name in ((region.prompt, "The prompt of a region"), (region.negative, "Its negative prompt")):
            if problem := length_problem(text, name):
                raise BadRequest(problem)
        if region.mask != "" and not is_stored_image_name(region.mask):
            raise BadRequest(f"The mask of a region must be the name of a stored picture, not {region.mask!r}.")
        check_number("the weight of a region", region.weight, *WEIGHTS)
        _check_box(region.box)


def _check_box(box: Any) -> None:
    if not isinstance(box, tuple) or len(box) != len(_SIDES):
        raise BadRequest(f"The box of a region has four numbers from 0 to 1, not {box!r}.")
    for side, value in zip(_SIDES, box, strict=True):
        check_number(f"the {side} of a region", value, 0, 1)
    left, top, right, bottom = box
    if right - left < MIN_SIDE or bottom - top < MIN_SIDE:
        raise BadRequest(
            f"The box of a region must be at least {MIN_SIDE:g} wide and high, with its left before its right "
            f"and its top above its bottom, not {', '.join(f'{side:g}' for side in box)}."
        )


def regions_from_json(values: Iterable[Mapping[str, Any]]) -> tuple[Region, ...]:
    """Convert a list of JSON objects in a saved request to regions. May raise any of `MALFORMED`."""
    return tuple(
        Region(
            encodable(each["prompt"]),
            tuple(each.get("box", WHOLE)),
            each.get("mask", ""),
            encodable(each.get("negative", "")),
            each.get("weight", 1.0),
        )
        for each in values
    )
