"""What pictures were made with, setting by setting, and where they differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gdm_studio.maths.controls import CONTROLS
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.maths.spacings import SPACINGS
from gdm_studio.request import Request
from gdm_studio.ui.comparing.item import Item

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
    """All settings that any of the pictures has, in the order of the Create page; their size last."""
    columns = [_settings(item) for item in items]
    names = dict.fromkeys(name for column in columns for name in column)
    ordered = sorted(names, key=lambda name: ORDER.index(name) if name in ORDER else len(ORDER) - 1.5)
    missing = [NONE if item.request is not None else "" for item in items]
    return [
        Fact(name, tuple(column.get(name, none) for column, none in zip(columns, missing, strict=True)))
        for name in ordered
    ]


def differing(items: Sequence[Item]) -> list[str]:
    """One line a picture with the settings in which they differ: "20 steps …" of each."""
    found = [fact for fact in facts(items) if fact.differs]
    return [" · ".join(_said(fact.name, fact.values[place]) for fact in found) for place in range(len(items))]


ORDER = (
    "Prompt",
    "Negative prompt",
    "Style",
    "Model",
    "Seed",
    "Towards",
    "Scheduler",
    "Spacing",
    "Steps",
    "Guidance",
    "Temperature",
    "Started from",
    "Strength",
    "Branch of",
    "Size",
)


def _settings(item: Item) -> dict[str, str]:
    height, width = item.rgba.shape[:2]
    size = {"Size": f"{width} × {height}" + (", transparent" if _see_through(item) else "")}
    return (_of_request(item.request) if item.request is not None else {}) | size


def _of_request(request: Request) -> dict[str, str]:
    spec, spacing = SAMPLERS.get(request.sampler), SPACINGS.get(request.spacing)
    knobs = {knob.name: knob.title for knob in (*(spec.knobs if spec else ()), *CONTROLS)}
    toward = request.toward
    return {
        "Prompt": request.prompt or "none",
        **({"Negative prompt": request.negative_prompt} if request.negative_prompt else {}),
        **({"Style": request.style} if request.style else {}),
        "Model": request.model,
        "Seed": str(request.seed),
        **({"Towards": _toward(request)} if toward else {}),
        "Scheduler": spec.title if spec else request.sampler,
        "Spacing": spacing.title if spacing else request.spacing,
        "Steps": str(request.steps),
        "Guidance": f"{request.guidance_scale:g}",
        "Temperature": f"{request.temperature:g}",
        **{knobs.get(name, name): f"{value:g}" for name, value in (request.knobs | request.controls).items()},
        **({"Started from": "a picture", "Strength": f"{request.strength:g}"} if request.image else {}),
        **({"Branch of": f"step {request.branch.step} of {request.branch.parent.seed}"} if request.branch else {}),
    }


def _toward(request: Request) -> str:
    toward = request.toward
    assert toward is not None
    words = f"“{toward.prompt}” " if toward.prompt != request.prompt else ""
    return f"{words}seed {toward.seed}, {toward.amount * 100:.0f} %"


def _said(name: str, value: str) -> str:
    return value if name in ("Prompt", "Scheduler", "Model", "Size") or not value else f"{name.lower()} {value}"


def _see_through(item: Item) -> bool:
    return item.rgba.shape[2] == 4 and bool((item.rgba[..., 3] < 255).any())
