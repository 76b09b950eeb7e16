"""Conversion of ADetailer's units, in A1111's `alwayson_scripts`, and of SwarmUI's `<segment:…>` to details."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from gdm_studio.common.errors import BadRequest
from gdm_studio.common.text_safety import shorten
from gdm_studio.jobs.detail_redrawing import DETAIL_PADDING, DETAIL_STRENGTH, Detail
from gdm_studio.request.generation_request import MAX_PADDING
from gdm_studio.server.json_fields import FieldRule, Fields, Rules

SCRIPT = "adetailer"
# Maximum number of details in a request. Each area of each image takes a run.
MAX_UNITS = 8
# Words in the names of ADetailer's detectors, and the words by which the model finds the same.
WORDS = {
    "eye": "eyes",
    "eyes": "eyes",
    "face": "face",
    "hand": "hand",
    "hands": "hand",
    "person": "person",
    "body": "person",
    "deepfashion": "clothes",
}
# Strength of SwarmUI's segments without one.
SEGMENT_STRENGTH = 0.6
_SEGMENT = re.compile(r"<segment:([^<>]*+)>", re.IGNORECASE)
# Tags with which another part of SwarmUI's prompt begins.
_PART = re.compile(r"<(?:segment|object|region|refiner|base|video|extend|clear)[:>\[]", re.IGNORECASE)
_YOLO = re.compile(r"yolo-", re.IGNORECASE)
_LETTERS = re.compile(r"[a-z]+")
# Tags in a prompt of a unit: the prompt of the image, and the ends of the prompts of single areas.
_OWN_PROMPT, _AREA_ENDS = "[PROMPT]", re.compile(r"\[(?:SEP|SKIP)\]")
_NEUTRAL_NUMBERS = {
    "ad_confidence": 0.3, "ad_mask_k_largest": 0, "ad_mask_k": 0, "ad_mask_min_ratio": 0, "ad_mask_max_ratio": 1,
    "ad_dilate_erode": 4, "ad_x_offset": 0, "ad_y_offset": 0, "ad_mask_blur": 4,
}  # fmt: skip
# Switches of a unit, and the fields that request nothing without them.
_SWITCHES = {
    "ad_use_inpaint_width_height": ("ad_inpaint_width", "ad_inpaint_height"),
    "ad_use_steps": ("ad_steps",),
    "ad_use_cfg_scale": ("ad_cfg_scale",),
    "ad_use_checkpoint": ("ad_checkpoint",),
    "ad_use_vae": ("ad_vae",),
    "ad_use_sampler": ("ad_sampler", "ad_scheduler"),
    "ad_use_noise_multiplier": ("ad_noise_multiplier",),
    "ad_use_clip_skip": ("ad_clip_skip",),
    "ad_restore_face": (),
}
_CONTROL = ("module", "weight", "guidance_start", "guidance_end", "guidance_start_end")
_UNIT: Rules = {
    "ad_model": FieldRule("text"),
    "ad_model_classes": FieldRule("text"),
    "ad_tab_enable": FieldRule("flag"),
    "ad_tap_enable": FieldRule("flag"),
    "ad_prompt": FieldRule("text"),
    "ad_negative_prompt": FieldRule("text"),
    "ad_denoising_strength": FieldRule("number"),
    "ad_inpaint_only_masked": FieldRule("flag", (True,)),
    "ad_inpaint_only_masked_padding": FieldRule("number"),
    "ad_mask_filter_method": FieldRule("text", ("Area",)),
    "ad_mask_merge_invert": FieldRule("text", ("None",)),
    "ad_controlnet_model": FieldRule("text", ("None",)),
    **{name: FieldRule("number", (neutral,)) for name, neutral in _NEUTRAL_NUMBERS.items()},
    **{name: FieldRule("flag", (False,)) for name in _SWITCHES},
}


@dataclass(frozen=True)
class RequestedDetail:
    """Detail that a client requests, with the name of its field, by which it is `ignored` if it is not found."""

    detail: Detail
    field: str


def take_units(fields: Fields, prompt: str) -> tuple[RequestedDetail, ...]:
    """Return the details that ADetailer's units in the field `alwayson_scripts` request.

    As in ADetailer, a unit without a prompt has the `prompt` of the image. Settings of a unit without a counterpart are
    ignored, and so is a unit whose detector names nothing that a word describes. Raises BadRequest.
    """
    scripts = fields.object("alwayson_scripts")
    name = next((each for each in scripts.names() if each.lower() == SCRIPT), None)
    if name is None:
        return ()
    value = scripts.raw(name)
    arguments = value.get("args") if isinstance(value, dict) else value
    listed = arguments if isinstance(arguments, list) else [arguments]
    units = {f"args[{place}]": unit for place, unit in enumerate(listed) if isinstance(unit, dict)}
    others = [each for each in listed if not isinstance(each, dict | bool)]
    if not units or others or listed[0] is False:
        # `controlnet.skip_if_off` reports a script that is none of ADetailer.
        return ()
    found: list[RequestedDetail] = []
    read: dict[str, Fields] = {}
    for place, unit in units.items():
        prefix = f"alwayson_scripts.{name}.{place}"
        read[place] = Fields.checked(unit, _UNIT, prefix=f"{prefix}.")
        found += [RequestedDetail(detail, prefix) for detail in _read_unit(read[place], prompt)]
    scripts.nested(name, Fields(units, prefix=f"alwayson_scripts.{name}."))
    for place, unit_fields in read.items():
        scripts.object(name).nested(place, unit_fields)
    return tuple(found)


def split_segments(prompt: str) -> tuple[str, tuple[RequestedDetail, ...]]:
    """Split a prompt in SwarmUI's syntax into the prompt of the image and the details in its `<segment:…>` parts.

    A segment is "word", "word,creativity" or "word,creativity,threshold", of which the threshold has no effect.
    Its prompt is the text up to the next part. A segment without one has the prompt of the image.
    """
    tags = list(_SEGMENT.finditer(prompt))
    if not tags:
        return prompt, ()
    own = prompt[: tags[0].start()].strip()
    found = []
    for tag in tags:
        after = _PART.search(prompt, tag.end())
        text = prompt[tag.end() : after.start() if after else len(prompt)].strip()
        word, _, numbers = tag[1].partition(",")
        strength = SEGMENT_STRENGTH
        with suppress(ValueError):
            strength = float(numbers.partition(",")[0])
        area = word.partition("|")[0].strip()
        is_detector = _YOLO.match(area)
        area = (_find_word(area[is_detector.end() :]) or "") if is_detector else area
        name = f"prompt {shorten(tag[0], 60)}"
        if not area:
            raise BadRequest(f"{name}: name what to detail, such as <segment:face>.")
        found.append(RequestedDetail(Detail(area, text or own, strength), name))
    return own, tuple(found)


def check_count(details: tuple[RequestedDetail, ...]) -> None:
    """Raise BadRequest if a request has too many details."""
    if len(details) > MAX_UNITS:
        raise BadRequest(f"A request can have at most {MAX_UNITS} details, not {len(details)}.")


def _read_unit(unit: Fields, prompt: str) -> Iterator[Detail]:
    is_off = any(name in unit and not unit.flag(name) for name in ("ad_tab_enable", "ad_tap_enable"))
    detector = (unit.text("ad_model") or "None").strip()
    if is_off or detector == "None":
        unit.skip(*unit.names())
        return
    classes = [each.strip() for each in (unit.text("ad_model_classes") or "").split(",") if each.strip()]
    words = classes or [word for word in [_find_word(detector)] if word]
    if not words:
        unit.put_back("ad_model")
    unit.skip("is_api")
    for switch, names in _SWITCHES.items():
        if switch not in unit or not unit.flag(switch):
            unit.skip(*names)
        else:
            unit.put_back(switch)
    if unit.text("ad_controlnet_model") in (None, "", "None"):
        unit.skip(*(f"ad_controlnet_{name}" for name in _CONTROL))
    else:
        unit.put_back("ad_controlnet_model")
    own = unit.text("ad_prompt") or ""
    text, *areas = _AREA_ENDS.split(own)
    if areas:
        # Prompts of the areas after the first.
        unit.put_back("ad_prompt")
    text = text.replace(_OWN_PROMPT, prompt).strip() or prompt
    strength = unit.number("ad_denoising_strength", 0, 1)
    padding = unit.whole("ad_inpaint_only_masked_padding", 0, MAX_PADDING)
    negative = unit.text("ad_negative_prompt")
    for word in words:
        yield Detail(
            word,
            text,
            DETAIL_STRENGTH if strength is None else float(strength),
            DETAIL_PADDING if padding is None else padding,
            negative or None,
        )


def _find_word(detector: str) -> str | None:
    """Return the word by which the model finds what a detector finds, such as "face" for "face_yolov8n.pt", or None."""
    stem = detector.lower().rpartition("/")[2]
    return next((WORDS[part] for part in _LETTERS.findall(stem) if part in WORDS), None)
