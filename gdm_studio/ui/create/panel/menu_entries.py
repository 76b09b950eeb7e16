"""Menu entries for models, schedulers, spacings and precisions, and hints about unsuitable settings."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from gdm_studio.maths.samplers import FIRST
from gdm_studio.maths.spacings import SPACINGS
from gdm_studio.models.family_facts import group_of, usable_samplers
from gdm_studio.models.model_card import ModelCard
from gdm_studio.request.generation_request import DTYPES, Request
from gdm_studio.studio.model_compatibility import good_range, sampler_problem, spacing_problem
from gdm_studio.ui.card_translations import summary_text
from gdm_studio.ui.translation import number_text, translate
from gdm_studio.ui.widgets import Choice

# Factors of the default size that are offered with tiles.
LARGER = (2, 3, 4, 8)


def defaults_of(card: ModelCard | None) -> Request:
    """Return a generation request with the default settings of a model. If `card` is None, they are general
    defaults.
    """
    return card.default_request() if card else Request()


def model_choices(cards: Sequence[ModelCard]) -> list[Choice]:
    """Return a menu entry for every model, sorted into groups. Models of the literature are rare, and refiners are
    disabled with a reason.
    """
    refusal = translate(
        "Menus", "A refiner for the last steps of another model. Choose the other model, then the refiner under More."
    )
    return [
        Choice(
            card.name,
            card.title or card.name,
            summary_text(card.summary, card),
            translate("ModelKind", group) if (group := group_of(card)) else "",
            refusal if card.accepts.refines else "",
            is_rare=bool(group),
        )
        for card in cards
    ]


def image_sizes(card: ModelCard, tile: int, *others: tuple[int, int]) -> list[tuple[int, int]]:
    """Return the sizes (width, height) that a menu offers for a model, its default size first: its own sizes, multiples
    that it can generate in tiles of `tile` pixels, and `others`.
    """
    width, height = card.sizes()[0]
    large = [(factor * width, factor * height) for factor in LARGER] if tile and card.accepts.tiles else []
    return [*dict.fromkeys([*card.sizes(), *(size for size in large if card.can_generate(size, tile)), *others])]


def dtype_choices(devices: Collection[str]) -> list[Choice]:
    """Return the menu entries for numeric precisions (dtypes). The entry for fp16 is disabled if all `devices` are
    CPUs.

    `devices` is empty until the devices are detected.
    """
    cpu = bool(devices) and all(device.startswith("cpu") for device in devices)
    refusal = translate("Menus", "A CPU cannot compute float16; use bfloat16 for half precision")
    return [
        Choice(dtype, translate("Setting", title), refused=refusal if cpu and dtype == "fp16" else "")
        for dtype, title in DTYPES.items()
    ]


def scheduler_choices(card: ModelCard | None) -> list[Choice]:
    """Return a menu entry for every scheduler (sampler), in groups, with a sentence that says when to choose it. All
    but the first choices and the model's default are rare.

    Schedulers that the model cannot use are disabled with a reason.
    """
    default = defaults_of(card).sampler
    return [
        Choice(
            spec.name,
            translate("Setting", spec.title),
            translate("Setting", spec.when),
            "" if spec.group == FIRST or spec.name == default else translate("Setting", spec.group),
            sampler_problem(spec.name, card),
            is_rare=spec.group != FIRST and spec.name != default,
        )
        for spec in usable_samplers(card)
    ]


def spacing_choices(card: ModelCard | None, chosen: str = "") -> list[Choice]:
    """Return a menu entry for every spacing, that is, every way to distribute the noise levels over the steps.

    A spacing that needs a table which the model lacks is disabled with a reason. A spacing from an earlier version is
    listed only if it is `chosen`.
    """
    specs = [spec for spec in SPACINGS.values() if spec.group or spec.name == chosen]
    former = translate("Menus", "Of earlier versions")
    return [
        Choice(
            spec.name,
            translate("Setting", spec.title),
            translate("Setting", spec.summary),
            translate("Setting", spec.group) if spec.group else former,
            spacing_problem(spec.name, card),
        )
        for spec in specs
    ]


def range_hint(card: ModelCard | None, name: str, value: float, sampler: str) -> str:
    """Return a short hint if a setting is outside the range in which the model's images are
    good, and "" otherwise.
    """
    if name == "cache_interval":
        return _cache_hint(card, round(value))
    low, high = good_range(card, name, sampler)
    if low <= value <= high:
        return ""
    limit = number_text(float(low if value < low else high))
    if name == "steps":
        words = translate("Menus", "better from {limit} steps on"), translate("Menus", "no better beyond {limit}")
    elif name == "temperature":
        words = translate("Menus", "shapes repeat below {limit}"), translate("Menus", "shapes warp beyond {limit}")
    else:
        words = translate("Menus", "ignores words below {limit}"), translate("Menus", "colours burn beyond {limit}")
    return words[value > high].format(limit=limit)


def short_range_hint(card: ModelCard | None, name: str, value: float, sampler: str) -> str:
    """Return a shorter version of a hint of `range_hint` that only names the limit, or "" if there is none."""
    if name == "cache_interval":
        return ""
    low, high = good_range(card, name, sampler)
    text = translate("Menus", "good from {limit}") if value < low else translate("Menus", "good up to {limit}")
    return text.format(limit=number_text(float(low if value < low else high)))


def _cache_hint(card: ModelCard | None, interval: int) -> str:
    """Return the measured effect of a cache interval on time and images, or "" if it was not measured or the
    cache is off.
    """
    if interval == 1:
        return ""
    # Imported only here, because the cache is off by default.
    from gdm_studio.models.cache_errors import cache_errors

    error = cache_errors(card).get(interval) if card is not None else None
    if error is None:
        return ""
    text = translate("Menus", "about {time} × the time, {difference} of 255 off")
    return text.format(time=number_text(error.time, 2), difference=number_text(error.difference, 1))
