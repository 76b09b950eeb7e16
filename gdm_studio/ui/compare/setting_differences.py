"""Descriptions of the compared images' settings, and the differences between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gdm_studio.maths.guidance_params import GUIDANCE
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.request.generation_request import SETTINGS, Request, Role, Setting, with_role
from gdm_studio.ui.interpolation_texts import targets_text
from gdm_studio.ui.setting_texts import value_text
from gdm_studio.ui.translation import number_text, translate, within_text
from gdm_studio.ui.widgets.image_comparison.compared_image import Item

SIZE = "Size"
# Value for a picture that was generated without this setting.
NONE = "–"


@dataclass(frozen=True)
class ComparedSetting:
    """Setting of the compared images by its translated title, with the string for its value in each image. The value is
    "" if an image's settings are unknown.
    """

    name: str
    values: tuple[str, ...]

    @property
    def differs(self) -> bool:
        return len({value for value in self.values if value}) > 1


def facts(items: Sequence[Item]) -> list[ComparedSetting]:
    """Return all settings of the compared images with their values, in the order of the Create page. A setting that no
    file states is left out.
    """
    columns = [_settings_of(item) for item in items]
    names = dict.fromkeys(name for column in columns for name, value in column.items() if value)
    places = {setting.title: place for place, setting in enumerate(with_role(SETTINGS, Role.FACT))}
    places[SIZE] = len(places)
    ordered = sorted(names, key=lambda name: places.get(name, len(places) - 1.5))
    missing = [NONE if item.request is not None else "" for item in items]
    pairs = list(zip(columns, missing, strict=True))
    return [
        ComparedSetting(translate("Setting", name), tuple(column.get(name, none) for column, none in pairs))
        for name in ordered
    ]


def differing(items: Sequence[Item]) -> list[str]:
    """Return one line per compared image, with its values of the settings that differ between the images, such as
    "steps 20 · seed 7".
    """
    differences = [fact for fact in facts(items) if fact.differs]
    return [
        " · ".join(_with_name(fact.name, fact.values[place]) for fact in differences) for place in range(len(items))
    ]


def _settings_of(item: Item) -> dict[str, str]:
    height, width = item.rgba.shape[:2]
    size = {
        SIZE: f"{width} × {height}" + (translate("compare_facts", ", transparent") if _is_transparent(item) else "")
    }
    if item.request is None:
        return size
    defaults = {"Prompt": translate("compare_facts", "none")}
    if "" in item.words:
        defaults["Style"] = item.words[""]
    unknown = {SETTINGS[name].title for name in item.unstated}
    found = _request_settings(item.request, item.words)
    settings = {title: "" if title in unknown else value for title, value in found.items()}
    if item.stopped_at:
        text = translate("compare_facts", "{made} of {steps}")
        settings[SETTINGS["steps"].title] = text.format(made=item.stopped_at, steps=item.request.steps)
    return defaults | settings | size


def _request_settings(request: Request, words: Mapping[str, str]) -> dict[str, str]:
    """Return the settings of a generation request as a dict from titles to values, in the order of the Create page."""
    # A sampler of a later version is unknown.
    sampler = SAMPLERS.get(request.sampler)
    titles = {**words} | {knob.name: knob.title for knob in (*(sampler.params if sampler else ()), *GUIDANCE)}
    values: dict[str, str] = {}
    for setting in with_role(SETTINGS, Role.FACT):
        value: Any = setting.value_in(request)
        if isinstance(value, dict):
            numbers: dict[str, float] = value
            values |= {titles.get(name, name): number_text(float(number)) for name, number in numbers.items()}
        elif setting.applies_to(request) and (_is_set(setting, value) or setting.is_number or setting.kind is bool):
            text = _value_text(setting, request)
            values[setting.title] = words.get(text, text) if setting.name in ("style", "label") else text
    values[SETTINGS["model"].title] = words.get(request.model, request.model)
    return values


def _is_set(setting: Setting, value: Any) -> bool:
    """Return True if a setting has a value worth showing, one that is neither empty nor the automatic choice."""
    return bool(value) and not (setting.choices and value == "auto")


def _value_text(setting: Setting, request: Request) -> str:
    value = setting.value_in(request)
    if setting.name == "toward":
        return targets_text(value, request.prompt)
    if setting.name == "image":
        return translate("compare_facts", "a picture")
    if request.branch is not None and setting.name == "branch":
        text = translate("compare_facts", "step {step} of {seed}")
        return text.format(step=request.branch.step, seed=f"#{request.branch.parent.seed}")
    return value_text(setting, setting.text(value))


def _with_name(name: str, value: str) -> str:
    titles = [SIZE, *(setting.title for setting in SETTINGS.values() if setting.words == "{}")]
    bare = {translate("Setting", title) for title in titles}
    return value if name in bare or not value else f"{within_text(name)} {value}"


def _is_transparent(item: Item) -> bool:
    return item.rgba.shape[2] == 4 and bool((item.rgba[..., 3] < 255).any())
