"""What a model begins with, what the menus of schedulers and spacings offer for it, and how many steps suit them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.maths.spacings import SPACINGS
from gdm_studio.models.card import ModelCard
from gdm_studio.models.families import group_of, runnable
from gdm_studio.request import DTYPES, Request
from gdm_studio.studio.fitting import sampler_refused, spacing_refused
from gdm_studio.ui.widgets import Choice

REFINES = "A refiner: it makes the last steps of another model's pictures. Choose that one, and this under More."
NO_FP16 = "A CPU computes no fp16; bfloat16 is the half precision that it has"
FORMER = "Of earlier versions"


def defaults_of(card: ModelCard | None) -> Request:
    """The settings that the model's card begins with."""
    return card.usual() if card else Request()


def model_choices(cards: Sequence[ModelCard]) -> list[Choice]:
    """Every model in its group; one that makes the last steps of others says so, and is chosen for those."""
    return [Choice(c.name, c.title or c.name, c.summary, group_of(c), REFINES * c.accepts.refines) for c in cards]


def dtype_choices(devices: Collection[str]) -> list[Choice]:
    """Every precision; those that none of these devices computes say so. Without any, it is not known yet."""
    cpu = bool(devices) and all(device.startswith("cpu") for device in devices)
    return [Choice(each, title, refused=NO_FP16 * (cpu and each == "fp16")) for each, title in DTYPES.items()]


def scheduler_choices(card: ModelCard | None) -> list[Choice]:
    """Every scheduler that a model here can run, in its group; those that of `card` cannot run say what they need."""
    return [Choice(s.name, s.title, s.summary, s.group, sampler_refused(s.name, card)) for s in runnable(card)]


def spacing_choices(card: ModelCard | None, chosen: str = "") -> list[Choice]:
    """Every spacing in its group, and `chosen` where it is of an earlier version; those the model of `card` has no
    table for say so."""
    specs = [spec for spec in SPACINGS.values() if spec.group or spec.name == chosen]
    return [Choice(s.name, s.title, s.summary, s.group or FORMER, spacing_refused(s.name, card)) for s in specs]


def steps_hint(sampler: str, steps: int, usual: int | None = None) -> str:
    """A calm word where a scheduler is asked for more or fewer steps than do it good, among which are a model's `usual`
    ones; "" where it is fine."""
    low, high = SAMPLERS[sampler].steps
    if usual is not None:
        low, high = min(low, usual), max(high, usual)
    if steps < low:
        return f"better from {low} steps on"
    if steps > high:
        return f"no better beyond {high}"
    return ""
