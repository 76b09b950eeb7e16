"""Conversion of the units of sd-webui-controlnet, in A1111's `alwayson_scripts`, to our control images."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from gdm_studio.common.errors import BadRequest
from gdm_studio.common.text_safety import shorten
from gdm_studio.request.conditioning import MAX_CONTROL_IMAGES, PREPROCESSORS, WEIGHTS, ControlImage
from gdm_studio.server.json_fields import FieldRule, Fields, Rules, decode_image
from gdm_studio.server.limits import NotFoundError

if TYPE_CHECKING:
    from gdm_studio.models.model_card import ModelCard

SCRIPT = "controlnet"
# {preprocessor of sd-webui-controlnet: ours}
MODULES = {
    "none": "none",
    "canny": "canny",
    "lineart_standard (from white bg & black line)": "line",
    "lineart_standard": "line",
    "blur_gaussian": "blur",
    "recolor_luminance": "grey",
    "tile_resample": "tile",
}
# Beginnings of the preprocessors for IP-Adapters in sd-webui-controlnet, and in Forge ("CLIP-ViT-H (IPAdapter)"). The
# image encoder is chosen by the adapter.
_IMAGE_PROMPT_MODULES = ("ip-adapter", "clip-vit-")
# Values of `resize_mode`: stretch, crop, and fit into the image with a border.
STRETCH, CROP, FIT = 0, 1, 2
_RESIZE_MODES = {
    "just resize": STRETCH,
    "crop and resize": CROP,
    "scale to fit (inner fit)": CROP,
    "inner fit (scale to fit)": CROP,
    "resize and fill": FIT,
    "envelope (outer fit)": FIT,
    "outer fit (shrink to fit)": FIT,
}
_ANY_FLAG = FieldRule("flag", (True, False))
_UNIT: Rules = {
    "enabled": FieldRule("flag"),
    "module": FieldRule("text"),
    "model": FieldRule("text"),
    "weight": FieldRule("number"),
    "guidance_start": FieldRule("number"),
    "guidance_end": FieldRule("number"),
    "guidance": FieldRule("number"),
    # How the extension uses the memory and whether it returns its maps.
    "low_vram": _ANY_FLAG,
    "lowvram": _ANY_FLAG,
    "save_detected_map": _ANY_FLAG,
    # Our preprocessors work at the size of the image.
    "pixel_perfect": _ANY_FLAG,
    "processor_res": FieldRule("number", (-1, 64, 512)),
    # Canny has the thresholds 100 and 200. The others are placeholders for "the default".
    "threshold_a": FieldRule("number", (-1, 64, 100)),
    "threshold_b": FieldRule("number", (-1, 64, 200)),
}
# Values with which an object of arguments of AnimateDiff (`enable`) or ADetailer (the others) is switched off.
_DISABLED_VALUES = {"enable": False, "ad_tab_enable": False, "ad_model": "None"}
_BALANCED = ("Balanced", 0)
_BOTH_PASSES = ("Both", "HiResFixOption.BOTH", "both", 0)

Resize = Callable[[np.ndarray, tuple[int, int], int], np.ndarray]


def control_images(
    fields: Fields,
    card: ModelCard,
    size: tuple[int, int],
    *,
    start_image: str,
    max_pixels: int,
    resize: Resize,
) -> tuple[ControlImage, ...]:
    """Return the control images that a client requests in the field `alwayson_scripts`, and store their pixels.

    All other scripts are ignored. A unit without an image uses the stored `start_image`. `resize` fits an image into
    the size (width, height) in one of the extension's modes. Raises BadRequest.
    """
    from gdm_studio.engine import image_inputs

    scripts = fields.object("alwayson_scripts")
    found: list[ControlImage] = []
    for script in scripts.names():
        if script.lower() != SCRIPT:
            if not scripts.is_nested(script):
                skip_if_off(scripts, script)
            continue
        if not card.accepts.controls:
            # The model follows no control image, so that the whole script is ignored if it requests something.
            if any([_is_on(unit) for _, unit, _ in _iterate_units(scripts, script)]):
                scripts.put_back(script)
            continue
        for name, unit, leave_out in _iterate_units(scripts, script):
            if not _is_on(unit):
                unit.skip(*unit.names())
                continue
            kind = _find_model(unit, card, name)
            if not kind:
                leave_out()
                continue
            rgba = _decode_unit_image(unit, name, max_pixels)
            if rgba is None and not start_image:
                raise BadRequest(f"{name}image is missing; send the control image in base64.")
            mode = _read_resize_mode(unit, name)
            is_prompt = kind in card.accepts.image_prompts
            fitted = rgba if rgba is None or is_prompt else resize(rgba, size, mode)
            stored = start_image if fitted is None else image_inputs.store(fitted)
            found.append(
                ControlImage(
                    kind,
                    stored,
                    _read_number(unit, "weight", 1.0, *WEIGHTS),
                    _find_preprocessor(unit, name, is_prompt=is_prompt),
                    _read_number(unit, "guidance_start", 0.0, 0.0, 1.0),
                    _read_number(unit, "guidance_end", _read_number(unit, "guidance", 1.0, 0.0, 1.0), 0.0, 1.0),
                )
            )
            if found[-1].start >= found[-1].end:
                raise BadRequest(f"{name}guidance_end must be greater than guidance_start.")
            if len(found) > MAX_CONTROL_IMAGES:
                raise BadRequest(f"A request can have at most {MAX_CONTROL_IMAGES} ControlNet units.")
    return tuple(found)


def models(card: ModelCard) -> list[str]:
    """Return the names of the control models for a model, as the extension lists them."""
    return list(card.accepts.hints) if card.accepts.controls else []


def modules() -> list[str]:
    """Return the names of the extension's preprocessors that have a counterpart in this program."""
    return list({ours: name for name, ours in reversed(MODULES.items())}.values())[::-1]


def _iterate_units(scripts: Fields, script: str) -> Iterator[tuple[str, Fields, Callable[[], None]]]:
    """Yield each unit in the arguments of the script: the prefix of its fields' names, the fields, and a function that
    counts the whole unit as ignored.

    `args` is a list of units or a single unit. Entries that are no objects are arguments of the extension's page, as
    older versions sent them.
    """
    holder = scripts.object(script)
    args = holder.raw("args")
    listed = args if isinstance(args, list) else [args]
    units = {
        f"args[{place}]": Fields.checked(each, _UNIT, prefix=f"alwayson_scripts.{script}.args[{place}].")
        for place, each in enumerate(listed)
        if isinstance(each, dict)
    }
    strays = {f"args[{place}]": each for place, each in enumerate(listed) if not isinstance(each, dict | bool | None)}
    parts = Fields(units | strays, prefix=f"alwayson_scripts.{script}.")
    for name, unit in units.items():
        parts.nested(name, unit)
    holder.nested("args", parts)
    for name, unit in units.items():
        yield f"{script}.{name}.", unit, partial(parts.put_back, name)


def skip_if_off(scripts: Fields, script: str) -> None:
    """Count another script as used if it requests nothing.

    That is so without arguments, if the first one, by convention the switch of the script, is false, or if all objects
    among the arguments are switched off and the others are flags.
    """
    value = scripts.raw(script)
    args = value.get("args") if isinstance(value, dict) else value
    listed = args if isinstance(args, list) else [args]
    objects = [each for each in listed if isinstance(each, dict)]
    others = [each for each in listed if not isinstance(each, dict | bool)]
    is_off = args in (None, [], {}) or listed[0] is False
    are_off = bool(objects) and not others and all(map(_is_switched_off, objects))
    if not (is_off or are_off):
        scripts.put_back(script)


def _is_switched_off(argument: dict[str, Any]) -> bool:
    return any(name in argument and argument[name] == value for name, value in _DISABLED_VALUES.items())


def _is_on(unit: Fields) -> bool:
    return unit.raw("enabled") is None or unit.flag("enabled")


def _find_model(unit: Fields, card: ModelCard, prefix: str) -> str:
    """Return the control model that a unit names, with or without the hash that the extension appends.

    Returns "" without a model. The unit is then ignored. Raises NotFoundError.
    """
    name = (unit.text("model") or "None").strip()
    if name == "None":
        return ""
    plain = name.partition(" [")[0]
    known = {each.casefold(): each for each in card.accepts.hints}
    for candidate in (name, plain, plain.rpartition(".")[0]):
        if (found := known.get(candidate.casefold())) is not None:
            return found
    some = ", ".join(list(card.accepts.hints)[:5]) or "none for this model"
    raise NotFoundError(f"{prefix}model: there is no control model of that name; there are: {some}.")


def _find_preprocessor(unit: Fields, prefix: str, *, is_prompt: bool) -> str:
    """Return our preprocessor for that of a unit. An image prompt has none. Raises BadRequest."""
    name = (unit.text("module") or "none").strip().lower()
    if is_prompt and name.startswith(_IMAGE_PROMPT_MODULES):
        unit.skip("threshold_a", "threshold_b", "processor_res")
        return "none"
    ours = MODULES.get(name) or (name if name in PREPROCESSORS else None)
    if ours is None:
        raise BadRequest(
            f"{prefix}module: there is no preprocessor called {shorten(name)!r}; there are: {', '.join(modules())}."
        )
    if ours != "canny":
        unit.skip("threshold_a", "threshold_b", "processor_res")
    return ours


def _decode_unit_image(unit: Fields, prefix: str, max_pixels: int) -> np.ndarray | None:
    """Return the image of a unit, RGBA uint8 (height, width, 4), or None if it has none.

    It is base64, an object with `image` and `mask`, or a list of both. A mask is ignored.
    """
    if unit.raw("control_mode") not in (None, *_BALANCED):
        unit.put_back("control_mode")
    if unit.raw("hr_option") not in (None, *_BOTH_PASSES):
        unit.put_back("hr_option")
    name = "image" if "image" in unit and unit.raw("image") != "" else "input_image"
    value = unit.raw(name)
    if isinstance(value, list):
        value = dict(zip(("image", "mask"), value, strict=False))
    if isinstance(value, dict):
        nested = Fields(value, prefix=f"alwayson_scripts.{prefix}{name}.")
        value = nested.raw("image")
        unit.nested(name, nested)
    if value in (None, ""):
        return None
    if not isinstance(value, str):
        raise BadRequest(f"{prefix}{name} must be an image file in base64.")
    return decode_image(value, f"{prefix}{name}", max_pixels=max_pixels)


def _read_resize_mode(unit: Fields, prefix: str) -> int:
    value: Any = unit.raw("resize_mode")
    if value is None:
        return CROP
    mode = _RESIZE_MODES.get(value.strip().lower()) if isinstance(value, str) else value
    if isinstance(mode, bool) or mode not in (STRETCH, CROP, FIT):
        raise BadRequest(f"{prefix}resize_mode must be 'Just Resize', 'Crop and Resize' or 'Resize and Fill'.")
    return int(mode)


def _read_number(unit: Fields, name: str, default: float, low: float, high: float) -> float:
    value = unit.number(name, low, high)
    return default if value is None else float(value)
