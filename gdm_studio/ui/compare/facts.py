"""What pictures were made with, setting by setting, and where they differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gdm_studio.maths.guidance import GUIDANCE
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.request import SETTINGS, Request, Role, Setting, with_role
from gdm_studio.ui.widgets.panes.item import Item

SIZE = "Size"
NONE = "–"  # of a picture that was made without that setting


@dataclass(frozen=True)
class Fact:
    """A setting by its name on screen, and its value for each picture; "" where nothing is known of one."""

    name: str
    values: tuple[str, ...]

    @property
    def differs(self) -> bool:
        return len({value for value in self.values if value}) > 1


def facts(items: Sequence[Item]) -> list[Fact]:
    """All settings that any of the pictures has, in the order of the Create page; numbers of their schedulers and
    their size last."""
    columns = [_settings(item) for item in items]
    names = dict.fromkeys(name for column in columns for name in column)
    places = {setting.title: place for place, setting in enumerate(with_role(SETTINGS, Role.FACT))}
    places[SIZE] = len(places)
    ordered = sorted(names, key=lambda name: places.get(name, len(places) - 1.5))
    missing = [NONE if item.request is not None else "" for item in items]
    return [
        Fact(name, tuple(column.get(name, none) for column, none in zip(columns, missing, strict=True)))
        for name in ordered
    ]


def differing(items: Sequence[Item]) -> list[str]:
    """One line a picture with the settings in which they differ: "20 steps …" of each."""
    found = [fact for fact in facts(items) if fact.differs]
    return [" · ".join(_said(fact.name, fact.values[place]) for fact in found) for place in range(len(items))]


def _settings(item: Item) -> dict[str, str]:
    height, width = item.rgba.shape[:2]
    size = {SIZE: f"{width} × {height}" + (", transparent" if _see_through(item) else "")}
    usual = {"Prompt": "none"} | ({"Style": item.words[""]} if "" in item.words else {})
    return (usual | _of_request(item.request, item.words) if item.request is not None else {}) | size


def _of_request(request: Request, words: Mapping[str, str]) -> dict[str, str]:
    """The titles of what was set, and its values, in the order of the Create page."""
    sampler = SAMPLERS.get(request.sampler)  # None for one of a later version
    titles = {**words} | {knob.name: knob.title for knob in (*(sampler.knobs if sampler else ()), *GUIDANCE)}
    found: dict[str, str] = {}
    for setting in with_role(SETTINGS, Role.FACT):
        value: Any = setting.of(request)
        if isinstance(value, dict):
            numbers: dict[str, float] = value
            found |= {titles.get(name, name): f"{number:g}" for name, number in numbers.items()}
        elif setting.counts(request) and (_says(setting, value) or setting.is_number or setting.kind is bool):
            said = _value(setting, request)
            found[setting.title] = words.get(said, said) if setting.name in ("style", "label") else said
    return found


def _says(setting: Setting, value: Any) -> bool:
    """Whether it is anything but nothing, or what is so by itself."""
    return bool(value) and not (setting.choices and value == "auto")


def _value(setting: Setting, request: Request) -> str:
    if setting.name == "toward":
        return _toward(request)
    if setting.name == "image":
        return "a picture"
    if request.branch is not None and setting.name == "branch":
        return f"step {request.branch.step} of {request.branch.parent.seed}"
    return setting.said(setting.of(request))


def _toward(request: Request) -> str:
    toward = request.toward
    assert toward is not None
    words = f"“{toward.prompt}” " if toward.prompt != request.prompt else ""
    return f"{words}seed {toward.seed}, {toward.amount * 100:.0f} %"


def _said(name: str, value: str) -> str:
    bare = {SIZE, *(setting.title for setting in SETTINGS.values() if setting.words == "{}")}
    return value if name in bare or not value else f"{name.lower()} {value}"


def _see_through(item: Item) -> bool:
    return item.rgba.shape[2] == 4 and bool((item.rgba[..., 3] < 255).any())
