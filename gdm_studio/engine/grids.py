"""Grids of images that vary one setting, or two settings in all combinations."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from gdm_studio.common.errors import BadRequest
from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.maths.guidance_params import GUIDANCE
from gdm_studio.maths.numeric_parameters import Param
from gdm_studio.maths.samplers import SAMPLERS, check_suits
from gdm_studio.maths.spacings import SPACINGS
from gdm_studio.models.capabilities import PLAIN
from gdm_studio.models.families import usable_samplers
from gdm_studio.models.model_card import ModelCard
from gdm_studio.request.generation_request import SETTINGS, Request, Role, Setting, with_role
from gdm_studio.request.interpolation import replace_prompt
from gdm_studio.request.prompt_expansion import as_written, drawn
from gdm_studio.request.setting import match_choice

Value = str | int | float
Values = tuple[Value, ...]

# The maximum number of images in a grid.
MAX_IMAGES = 144
# The maximum number of characters of a single number or range.
MAX_PART_LENGTH = 60
NUMBERS_EXAMPLE = QT_TRANSLATE_NOOP("Setting", "4, 8, 20 or 4-20 (+4)")


@dataclass(frozen=True)
class AxisSetting:
    """A setting that can vary along an axis of an image grid. The user types its values, or selects them from `options`
    if there are any.
    """

    name: str
    title: str
    # Parses the values that the user typed. Raises BadRequest.
    parse: Callable[[str], Values]
    # Returns the request with one value. The last argument is all values of the axis.
    apply: Callable[[Request, Value, Values], Request]
    # The label of a value, which is shown beside its row or above its column, such as "{} steps".
    phrase: str = "{}"
    # Axes are applied in this order, lowest first. A number of steps thus overrides the default steps of a scheduler.
    order: int = 3
    # The titles of the possible values, by value.
    options: Mapping[str, str] = field(default_factory=dict)
    # An example of values as typed by the user.
    example: str = ""
    # Values to start with, in the same notation, or "" for those of the example.
    suggested: str = ""

    def value_text(self, value: Value) -> str:
        """Return a value as text: the title of an option, or the shortest form of a number."""
        return self.options.get(str(value)) or (f"{value:g}" if isinstance(value, float) else str(value))

    def label(self, value: Value) -> str:
        """Return the label of a value in English."""
        # Nothing but steps is counted.
        phrase = "{} step" if self.name == "steps" and value == 1 else self.phrase
        return phrase.format(self.value_text(value))


# Function that returns the label of a value, such as `AxisSetting.label`.
Label = Callable[[AxisSetting, Value], str]


@dataclass(frozen=True)
class Axis:
    """One axis of an image grid: a setting and its values along the axis."""

    kind: AxisSetting
    values: Values

    @classmethod
    def of(cls, kind: AxisSetting, text: str) -> Axis:
        """Create an axis from the values that the user typed.

        Raises BadRequest, with an example, for invalid values.
        """
        values = tuple(dict.fromkeys(kind.parse(text)))
        if not values:
            raise BadRequest(f"Give {kind.title.lower()} some values, such as {kind.example}.")
        if len(values) > MAX_IMAGES:
            raise BadRequest(
                f"{len(values)} values of {kind.title.lower()} are too many; a grid has at most {MAX_IMAGES}."
            )
        return cls(kind, values)

    def labels(self, label: Label = AxisSetting.label) -> list[str]:
        """Return the label of each value of the axis, as shown beside the grid."""
        return [label(self.kind, value) for value in self.values]

    def apply(self, request: Request, index: int) -> Request:
        """Return the request with the axis's setting changed to the value at `index` on the axis."""
        return self.kind.apply(request, self.values[index], self.values)


@dataclass(frozen=True)
class Grid:
    """Grid of images in which one setting (the axis `x`) varies by column and, optionally, a second one (the axis `y`)
    by row.

    Without `y` there is one row.
    """

    base: Request
    x: Axis
    y: Axis | None = None

    def __post_init__(self) -> None:
        if self.y is not None and self.y.kind.name == self.x.kind.name != PROMPT:
            raise BadRequest(f"Both axes vary {self.x.kind.title.lower()}; choose another setting for one.")
        if self.count > MAX_IMAGES:
            raise BadRequest(f"{self.count} pictures are too many; a grid has at most {MAX_IMAGES}. Use fewer values.")

    @property
    def count(self) -> int:
        return len(self.x.values) * self.rows

    @property
    def rows(self) -> int:
        return len(self.y.values) if self.y is not None else 1

    @property
    def columns(self) -> int:
        return len(self.x.values)

    def varies(self, name: str) -> bool:
        """Return True if the setting `name` differs between the images of the grid."""
        return name in (self.x.kind.name, self.y.kind.name if self.y is not None else "")

    def requests(self) -> list[Request]:
        """Return the requests for the images of the grid, row by row. They have not yet been checked against the limits
        of the model.

        Prompt variants are drawn with the seed of each image. Raises BadRequest if a prompt has invalid variants.
        """
        single = replace(self.base, count=1, batch=0)
        return [self._create_request(single, row, column) for row in range(self.rows) for column in range(self.columns)]

    def titles(self, label: Label = AxisSetting.label) -> list[str]:
        """Return the titles of the grid's images, each composed of the labels of its column and row."""
        across = self.x.labels(label)
        if self.y is None:
            return across
        return [f"{column} · {row}" for row in self.y.labels(label) for column in across]

    def note(self) -> dict[str, Any]:
        """Return a note about the grid for its image files: the settings and values of both axes, as JSON-compatible
        values.
        """
        axes = {"x": self.x} | ({"y": self.y} if self.y is not None else {})
        return {name: {"setting": axis.kind.name, "values": list(axis.values)} for name, axis in axes.items()}

    def _create_request(self, single: Request, row: int, column: int) -> Request:
        places = [(self.x, column), *([(self.y, row)] if self.y is not None else [])]
        single = as_written(single)
        for axis, place in sorted(places, key=lambda at: at[0].kind.order):
            single = axis.apply(single, place)
        return drawn(single)


# The only setting that both axes can vary, since each axis replaces a different part of the prompt.
PROMPT = "prompt"
SAMPLER_WITH_DEFAULTS = "sampler_own"
_AT_ITS_BEST = QT_TRANSLATE_NOOP("Setting", "Scheduler at its best")
_PROMPT_PART = QT_TRANSLATE_NOOP("Setting", "Prompt part")


def list_axis_settings(base: Request, cards: Sequence[ModelCard]) -> dict[str, AxisSetting]:
    """Return the settings that a grid can vary with the given models, as {name: setting}.

    The sampler's own parameters come last.
    """
    card = next((card for card in cards if card.name == base.model), None)
    plain = [each for each in with_role(SETTINGS, Role.AXIS) if each.applies_to(base)]
    found = [_create_number_axis(each) for each in plain if each.is_number]
    found += [*_noise_axis_settings(base, card), *_prompt_axis_settings(base, cards, card)]
    named = {kind.name for kind in found}
    found += [
        _create_setting_axis(each) for each in plain if (each.choices or each.kind is bool) and each.name not in named
    ]
    found += [_create_parameter_axis(param, "knobs") for param in SAMPLERS[base.sampler].params]
    found += [_create_parameter_axis(param, "controls") for param in GUIDANCE]
    return {kind.name: kind for kind in found}


def _noise_axis_settings(base: Request, card: ModelCard | None) -> Iterator[AxisSetting]:
    samplers = {spec.name: spec.title for spec in usable_samplers(card)}
    spacings = {spec.name: spec.title for spec in SPACINGS.values() if spec.group or spec.name == base.spacing}
    own = partial(_set_sampler, at_its_best=True)
    yield _create_choice_axis(
        "sampler", SETTINGS["sampler"].title, samplers, _set_sampler, order=2, read=_parse_samplers
    )
    yield _create_choice_axis(SAMPLER_WITH_DEFAULTS, _AT_ITS_BEST, samplers, own, order=2, read=_parse_samplers)
    yield _create_choice_axis("spacing", SETTINGS["spacing"].title, spacings, _set_field("spacing"))


def _prompt_axis_settings(base: Request, cards: Sequence[ModelCard], card: ModelCard | None) -> Iterator[AxisSetting]:
    yield AxisSetting(
        PROMPT, _PROMPT_PART, partial(_parse_prompt_parts, base), _replace_prompt_part, example="fox, owl, cat"
    )
    if card is not None and card.styles:
        styles = {"": "Any style"} | {style.id: style.title for style in card.styles}
        yield _create_choice_axis("style", SETTINGS["style"].title, styles, _set_field("style"), order=1)
    if card is not None and card.accepts.labels:
        labels = {"": "Any class"} | {each: each for each in card.accepts.labels}
        yield _create_choice_axis("label", SETTINGS["label"].title, labels, _set_field("label"))
    if len(cards) > 1:
        models = {one.name: one.title or one.name for one in cards}
        turned = partial(_set_model, {one.name: one for one in cards})
        yield _create_choice_axis("model", SETTINGS["model"].title, models, turned, order=0)


def _create_number_axis(setting: Setting) -> AxisSetting:
    parse = partial(_parse_numbers, title=setting.title, limits=(setting.low, setting.high), whole=setting.kind is int)
    example = setting.example or NUMBERS_EXAMPLE
    return AxisSetting(setting.name, setting.title, parse, _set_field(setting.name), setting.words, example=example)


def _create_setting_axis(setting: Setting) -> AxisSetting:
    """Return the grid axis setting for a setting that has a list of choices, or that is either yes or no."""
    values: dict[str, Any] = {str(setting.search_value(value)): value for value in setting.choices or (False, True)}

    def apply(request: Request, value: Value, _: Values) -> Request:
        return replace(request, **{setting.name: values[str(value)]})

    options = {name: setting.text(value) for name, value in values.items()}
    parse = partial(_parse_options, title=setting.title, options=options)
    example = _create_example(options)
    return AxisSetting(setting.name, setting.title, parse, apply, setting.words, options=options, example=example)


def _create_example(options: Mapping[str, str]) -> str:
    """Return an example of values for error messages: the last two options of an axis, joined by a comma."""
    return ", ".join(list(options)[-2:])


def _create_choice_axis(
    name: str,
    title: str,
    options: Mapping[str, str],
    apply: Callable[[Request, Value, Values], Request],
    *,
    order: int = 3,
    read: Callable[..., Values] | None = None,
) -> AxisSetting:
    parse = partial(read or _parse_options, title=title, options=options)
    example = _create_example(options)
    return AxisSetting(name, title, parse, apply, order=order, options=options, example=example)


def _create_parameter_axis(param: Param, group: str) -> AxisSetting:
    def apply(request: Request, value: Value, values: Values) -> Request:
        return replace(request, **{group: getattr(request, group) | {param.name: float(value)}})

    parse = partial(_parse_numbers, title=param.title, limits=(param.low, param.high), whole=False)
    example = ", ".join(dict.fromkeys(f"{value:g}" for value in (param.low, param.default, param.high)))
    return AxisSetting(param.name, param.title, parse, apply, f"{param.title} {{}}", order=4, example=example)


# These functions apply values to requests.


def _set_field(name: str) -> Callable[[Request, Value, Values], Request]:
    def apply(request: Request, value: Value, values: Values) -> Request:
        return replace(request, **{name: value})  # type: ignore[arg-type]

    return apply


def _set_sampler(request: Request, value: Value, values: Values, *, at_its_best: bool = False) -> Request:
    """Return the request with a different sampler. The parameters of the previous sampler are removed.

    With `at_its_best`, the request also gets the sampler's default steps and spacing.
    """
    spec = SAMPLERS[str(value)]
    if spec.name == request.sampler:
        return request
    request = replace(request, sampler=spec.name, knobs={})
    return replace(request, steps=spec.default_steps, spacing=spec.default_spacing) if at_its_best else request


def _replace_prompt_part(request: Request, value: Value, values: Values) -> Request:
    """Return the request with one part of its prompts replaced. The first of the axis's `values` is the part to search
    for; `value` is its replacement.
    """
    search = str(values[0])
    prompt = request.prompt.replace(search, str(value))
    return replace(
        request,
        prompt=prompt,
        negative_prompt=request.negative_prompt.replace(search, str(value)),
        toward=replace_prompt(request.toward, request.prompt, prompt),
    )


def _set_model(cards: Mapping[str, ModelCard], request: Request, value: Value, values: Values) -> Request:
    """Return the request with another model. If one of the two models is distilled from the other, the new model's
    default steps and guidance are used too.
    """
    card = cards[str(value)]
    before = cards.get(request.model)
    if card.name == request.model:
        return request
    style = request.style if request.style in {style.id for style in card.styles} else ""
    # The new model may not know the grammar of the old one.
    grammar = PLAIN if request.grammar == PLAIN else "auto"
    vae = request.vae or (card.default_request().vae if card.accepts.needs_vae else "")
    request = replace(request, model=card.name, size=None, style=style, grammar=grammar, vae=vae)
    if not (card.fast_of or (before is not None and before.fast_of)):
        return request
    return request.with_settings(card.default_request(), Role.MODEL_DEFAULT)


# These functions parse values that the user typed.

_NUMBER = r"[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?"
# A range such as 1-10 or 1..10. It may be followed by its increment, (+3) or :3, or by its number of values, [5].
_RANGE = re.compile(
    rf"({_NUMBER})\s*(?:-|–|\.\.+|…|to)\s*({_NUMBER})"
    rf"\s*(?:\(\s*([+-]?\d+(?:\.\d+)?)\s*\)|:\s*({_NUMBER})|\[\s*(\d+)\s*\])?"
)


def _parse_numbers(text: str, *, title: str, limits: tuple[float, float], whole: bool) -> Values:
    """Parse the numbers and ranges that the user typed for an axis, separated by commas.

    Raises BadRequest for numbers outside `limits`.
    """
    found: list[Value] = []
    for part in re.split(r"[,;\s]*[,;][,;\s]*", text.strip()):
        if not part:
            continue
        for number in _parse_range(part, title):
            if whole and number != int(number):
                raise BadRequest(f"{title} must be whole numbers, not {number:g}.")
            if not limits[0] <= number <= limits[1]:
                raise BadRequest(f"{title} must be from {limits[0]:g} to {limits[1]:g}, not {number:g}.")
            found.append(int(number) if whole else float(number))
    return tuple(found)


def _parse_range(part: str, title: str) -> Iterator[float]:
    """Parse a number, or a range of numbers, that the user typed for a grid axis, and yield the numbers in the order
    written.

    Raises BadRequest if it is malformed.
    """
    if len(part) > MAX_PART_LENGTH:
        raise BadRequest(f"{part!r} is too long; write {NUMBERS_EXAMPLE}.")
    if re.fullmatch(_NUMBER, part):
        yield int(part) if re.fullmatch(r"[+-]?\d+", part) else _parse_finite(part)
        return
    match = _RANGE.fullmatch(part)
    if match is None:
        raise BadRequest(f"{part!r} is not a number or range of {title.lower()}; write {NUMBERS_EXAMPLE}.")
    first = _parse_finite(match[1])
    last = _parse_finite(match[2])
    if match[5]:
        count = int(match[5])
        step = (last - first) / (count - 1) if count > 1 else 0.0
    else:
        step = abs(_parse_finite(match[3] or match[4] or "1")) * (1 if last >= first else -1)
        if not step:
            raise BadRequest(f"{part!r} has an increment of zero; write {NUMBERS_EXAMPLE}.")
        steps = (last - first) / step + 1e-9
        # The quotient may be infinite.
        if steps > MAX_IMAGES:
            raise BadRequest(f"{part!r} has too many values; a grid has at most {MAX_IMAGES}.")
        count = int(steps) + 1
    if count > MAX_IMAGES:
        raise BadRequest(f"{part!r} has {count} values; a grid has at most {MAX_IMAGES}.")
    whole = all(re.fullmatch(r"[+-]?\d+", number) for number in (match[1], match[2])) and step == int(step)
    for place in range(count):
        yield int(match[1]) + place * int(step) if whole else round(first + place * step, 9)


def _parse_finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise BadRequest(f"{text} is too large a number; write {NUMBERS_EXAMPLE}.")
    return number


def _parse_options(text: str, *, title: str, options: Mapping[str, str]) -> Values:
    """Parse the choices that the user typed for an axis, by name or title and separated by commas.

    Raises BadRequest for an unknown one.
    """
    found: list[Value] = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        choice = match_choice(part, options)
        if choice is None:
            has = ", ".join(filter(None, options))
            raise BadRequest(f"There is no {title.lower()} called {part!r}; choose from {has}.")
        found.append(choice)
    return tuple(found)


def _parse_samplers(text: str, *, title: str, options: Mapping[str, str]) -> Values:
    """Parse the names of samplers that the user typed for an axis. If no installed model can use a sampler, the error
    names the kind of model that it requires.
    """
    for part in text.split(","):
        spec = SAMPLERS.get(part.strip().casefold())
        if spec is not None and spec.name not in options:
            check_suits(spec, ())
    return _parse_options(text, title=title, options=options)


def _parse_prompt_parts(base: Request, text: str) -> Values:
    """Parse the comma-separated values of an axis that varies the prompt: first the part of the prompt to replace, then
    its replacements. Values in quotation marks may contain commas.
    """
    parts = [part.strip() for part in next(csv.reader([text.replace("\n", ",")], skipinitialspace=True), [])]
    if parts and not parts[0]:
        raise BadRequest("Start with the words of the prompt to replace, such as fox, owl, cat.")
    prompt = as_written(base).prompt
    if parts and parts[0] not in prompt and parts[0] not in base.negative_prompt:
        raise BadRequest(f"“{parts[0]}” is not in the prompt; start with words that are, then their replacements.")
    return tuple(parts)
