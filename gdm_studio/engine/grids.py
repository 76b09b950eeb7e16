"""Grids: one picture for each value of a setting, or for each pair of values of two; and how values are written."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from gdm_studio.errors import BadRequest
from gdm_studio.maths.guidance import GUIDANCE
from gdm_studio.maths.knobs import Knob
from gdm_studio.maths.samplers import SAMPLERS, check_suits
from gdm_studio.maths.spacings import SPACINGS
from gdm_studio.models.accepts import PLAIN
from gdm_studio.models.card import ModelCard
from gdm_studio.models.families import runnable
from gdm_studio.request import SETTINGS, Request, Role, Setting, with_role
from gdm_studio.setting import chosen
from gdm_studio.walk import with_prompt

Value = str | int | float
Values = tuple[Value, ...]

MOST = 144  # pictures of a grid
NUMBERS_EXAMPLE = "4, 8, 20 or 4-20 (+4)"


@dataclass(frozen=True)
class Kind:
    """A setting that an axis can go over. Values are written by people, or ticked where there are `options`."""

    name: str
    title: str
    parse: Callable[[str], Values]  # raises BadRequest
    apply: Callable[[Request, Value, Values], Request]  # with all values of the axis
    words: Callable[[Value], str]  # of a value, beside its row or above its column
    order: int = 3  # the lowest is applied first: a scheduler's own steps give way to steps asked for
    options: Mapping[str, str] = field(default_factory=dict)  # titles by value
    example: str = ""  # of what can be written


@dataclass(frozen=True)
class Axis:
    kind: Kind
    values: Values

    @classmethod
    def of(cls, kind: Kind, text: str) -> Axis:
        """The axis that `text` describes; raises BadRequest with what can be written."""
        values = tuple(dict.fromkeys(kind.parse(text)))
        if not values:
            raise BadRequest(f"Give {kind.title.lower()} some values, such as {kind.example}.")
        if len(values) > MOST:
            raise BadRequest(f"{len(values)} values of {kind.title.lower()} are more than the {MOST} of a grid.")
        return cls(kind, values)

    def labels(self) -> list[str]:
        return [self.kind.words(value) for value in self.values]

    def apply(self, request: Request, place: int) -> Request:
        """`request` with the value at `place`."""
        return self.kind.apply(request, self.values[place], self.values)


@dataclass(frozen=True)
class Grid:
    """Requests of one picture each: `x` goes across, `y` down; without `y` they follow each other."""

    base: Request
    x: Axis
    y: Axis | None = None

    def __post_init__(self) -> None:
        if self.y is not None and self.y.kind.name == self.x.kind.name != PROMPT:
            raise BadRequest(f"Both axes go over {self.x.kind.title.lower()}; choose another setting for one.")
        if self.count > MOST:
            raise BadRequest(f"{self.count} pictures are more than the {MOST} of a grid; take values away.")

    @property
    def count(self) -> int:
        return len(self.x.values) * self.rows

    @property
    def rows(self) -> int:
        return len(self.y.values) if self.y is not None else 1

    @property
    def columns(self) -> int:
        return len(self.x.values)

    def goes_over(self, name: str) -> bool:
        """Whether one of the axes is that setting."""
        return name in (self.x.kind.name, self.y.kind.name if self.y is not None else "")

    def requests(self) -> list[Request]:
        """Row by row; whether the model can carry them out is for its card to check."""
        single = replace(self.base, count=1, batch=0)
        return [self._request(single, row, column) for row in range(self.rows) for column in range(self.columns)]

    def titles(self) -> list[str]:
        """Of each picture, what of the axes is its own."""
        across = self.x.labels()
        if self.y is None:
            return across
        return [f"{column} · {row}" for row in self.y.labels() for column in across]

    def name(self) -> str:
        """What it goes over, in words."""
        over = self.x.kind.title if self.y is None else f"{self.x.kind.title} × {self.y.kind.title.lower()}"
        return f"{over}: {self.base.subject}" if self.base.subject else over

    def note(self) -> dict[str, Any]:
        """The axes, to be written beside the settings of the base."""
        axes = {"x": self.x} | ({"y": self.y} if self.y is not None else {})
        return {name: {"setting": axis.kind.name, "values": list(axis.values)} for name, axis in axes.items()}

    def _request(self, single: Request, row: int, column: int) -> Request:
        places = [(self.x, column), *([(self.y, row)] if self.y is not None else [])]
        for axis, place in sorted(places, key=lambda at: at[0].kind.order):
            single = axis.apply(single, place)
        return single


PROMPT = "prompt"  # of which both axes can go over parts
AT_ITS_BEST = "sampler_own"


def kinds(base: Request, cards: Sequence[ModelCard]) -> dict[str, Kind]:
    """What an axis can go over with these settings and models, by name; the scheduler's own settings come last."""
    card = next((card for card in cards if card.name == base.model), None)
    plain = [each for each in with_role(SETTINGS, Role.AXIS) if each.counts(base)]
    found = [_number(each) for each in plain if each.is_number]
    found += [*_of_noise(base, card), *_of_words(base, cards, card)]
    named = {kind.name for kind in found}
    found += [_listed(each) for each in plain if (each.choices or each.kind is bool) and each.name not in named]
    found += [_knob(knob, "knobs") for knob in SAMPLERS[base.sampler].knobs]
    found += [_knob(knob, "controls") for knob in GUIDANCE]
    return {kind.name: kind for kind in found}


def _of_noise(base: Request, card: ModelCard | None) -> Iterator[Kind]:
    samplers = {spec.name: spec.title for spec in runnable(card)}
    spacings = {spec.name: spec.title for spec in SPACINGS.values() if spec.group or spec.name == base.spacing}
    own = partial(_with_sampler, at_its_best=True)
    yield _choice("sampler", SETTINGS["sampler"].title, samplers, _with_sampler, order=2, read=_samplers)
    yield _choice(AT_ITS_BEST, "Scheduler at its best", samplers, own, order=2, read=_samplers)
    yield _choice("spacing", SETTINGS["spacing"].title, spacings, _with("spacing"))


def _of_words(base: Request, cards: Sequence[ModelCard], card: ModelCard | None) -> Iterator[Kind]:
    yield Kind(PROMPT, "Prompt part", partial(_parts, base), _with_part, str, example="fox, owl, cat")
    if card is not None and card.styles:
        styles = {"": "Any style"} | {style.id: style.title for style in card.styles}
        yield _choice("style", SETTINGS["style"].title, styles, _with("style"), order=1)
    if card is not None and card.accepts.labels:
        labels = {"": "Any class"} | {each: each for each in card.accepts.labels}
        yield _choice("label", SETTINGS["label"].title, labels, _with("label"))
    if len(cards) > 1:
        models = {one.name: one.title or one.name for one in cards}
        turned = partial(_with_model, {one.name: one for one in cards})
        yield _choice("model", SETTINGS["model"].title, models, turned, order=0)


def _number(setting: Setting) -> Kind:
    parse = partial(_numbers, title=setting.title, limits=(setting.low, setting.high), whole=setting.kind is int)
    example = setting.example or NUMBERS_EXAMPLE
    return Kind(setting.name, setting.title, parse, _with(setting.name), setting.in_words, example=example)


def _listed(setting: Setting) -> Kind:
    """Of one that can be some few values: its choices, or yes and no."""
    values: dict[str, Any] = {str(setting.plain(value)): value for value in setting.choices or (False, True)}

    def apply(request: Request, value: Value, _: Values) -> Request:
        return replace(request, **{setting.name: values[str(value)]})

    def said(value: Value) -> str:
        return setting.in_words(values[str(value)])

    options = {name: setting.said(value) for name, value in values.items()}
    parse = partial(_options, title=setting.title, options=options)
    return Kind(setting.name, setting.title, parse, apply, said, options=options, example=_some(options))


def _some(options: Mapping[str, str]) -> str:
    """The last two, as an example of what is written for an axis of them."""
    return ", ".join(list(options)[-2:])


def _choice(
    name: str,
    title: str,
    options: Mapping[str, str],
    apply: Callable[[Request, Value, Values], Request],
    *,
    order: int = 3,
    read: Callable[..., Values] | None = None,
) -> Kind:
    def said(value: Value) -> str:
        return options.get(str(value), str(value))

    parse, example = partial(read or _options, title=title, options=options), _some(options)
    return Kind(name, title, parse, apply, said, order=order, options=options, example=example)


def _knob(knob: Knob, group: str) -> Kind:
    def apply(request: Request, value: Value, values: Values) -> Request:
        return replace(request, **{group: getattr(request, group) | {knob.name: float(value)}})

    def said(value: Value) -> str:
        return f"{knob.title} {float(value):g}"

    parse = partial(_numbers, title=knob.title, limits=(knob.low, knob.high), whole=False)
    example = ", ".join(dict.fromkeys(f"{value:g}" for value in (knob.low, knob.default, knob.high)))
    return Kind(knob.name, knob.title, parse, apply, said, order=4, example=example)


# values into requests


def _with(name: str) -> Callable[[Request, Value, Values], Request]:
    def apply(request: Request, value: Value, values: Values) -> Request:
        return replace(request, **{name: value})  # type: ignore[arg-type]

    return apply


def _with_sampler(request: Request, value: Value, values: Values, *, at_its_best: bool = False) -> Request:
    """Another scheduler: without the knobs of the former, and at its best with its own usual steps and spacing."""
    spec = SAMPLERS[str(value)]
    if spec.name == request.sampler:
        return request
    request = replace(request, sampler=spec.name, knobs={})
    return replace(request, steps=spec.default_steps, spacing=spec.default_spacing) if at_its_best else request


def _with_part(request: Request, value: Value, values: Values) -> Request:
    """The first value, wherever it stands in the prompts, replaced by this one."""
    search = str(values[0])
    prompt = request.prompt.replace(search, str(value))
    return replace(
        request,
        prompt=prompt,
        negative_prompt=request.negative_prompt.replace(search, str(value)),
        toward=with_prompt(request.toward, request.prompt, prompt),
    )


def _with_model(cards: Mapping[str, ModelCard], request: Request, value: Value, values: Values) -> Request:
    """Another model, its own size and pace where it is the quick version of one, else with the same settings."""
    card, before = cards[str(value)], cards.get(request.model)
    if card.name == request.model:
        return request
    style = request.style if request.style in {style.id for style in card.styles} else ""
    grammar = PLAIN if request.grammar == PLAIN else "auto"  # another's, which this one need not have
    vae = request.vae or (card.usual().vae if card.accepts.needs_vae else "")
    request = replace(request, model=card.name, size=None, style=style, grammar=grammar, vae=vae)
    if not (card.fast_of or (before is not None and before.fast_of)):
        return request
    return request.with_settings(card.usual(), Role.PACE)


# what people write

_NUMBER = r"[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?"
_RANGE = re.compile(
    rf"({_NUMBER})\s*(?:-|–|\.\.+|…|to)\s*({_NUMBER})"  # 1-10, 1..10
    rf"\s*(?:\(\s*([+-]?\d+(?:\.\d+)?)\s*\)|:\s*({_NUMBER})|\[\s*(\d+)\s*\])?"  # (+3) or :3 by so much, [5] so many
)


def _numbers(text: str, *, title: str, limits: tuple[float, float], whole: bool) -> Values:
    """Numbers and ranges of them, with commas between."""
    found: list[Value] = []
    for part in re.split(r"[,;\s]*[,;][,;\s]*", text.strip()):
        if not part:
            continue
        for number in _range(part, title):
            if whole and number != int(number):
                raise BadRequest(f"{title} are whole numbers; {number:g} is none.")
            if not limits[0] <= number <= limits[1]:
                raise BadRequest(f"{title} must be from {limits[0]:g} to {limits[1]:g}, not {number:g}.")
            found.append(int(number) if whole else float(number))
    return tuple(found)


def _range(part: str, title: str) -> Iterator[float]:
    """The numbers of one part of a list, in the order in which they are written."""
    if re.fullmatch(_NUMBER, part):
        yield int(part) if re.fullmatch(r"[+-]?\d+", part) else float(part)
        return
    match = _RANGE.fullmatch(part)
    if match is None:
        raise BadRequest(f"{part!r} is no number and no range of {title.lower()}; write {NUMBERS_EXAMPLE}.")
    first, last = float(match[1]), float(match[2])
    if match[5]:
        count = int(match[5])
        step = (last - first) / (count - 1) if count > 1 else 0.0
    else:
        step = abs(float(match[3] or match[4] or 1)) * (1 if last >= first else -1)
        if not step:
            raise BadRequest(f"{part!r} does not move; write {NUMBERS_EXAMPLE}.")
        count = int((last - first) / step + 1e-9) + 1
    if count > MOST:
        raise BadRequest(f"{part!r} is {count} values; a grid has at most {MOST}.")
    whole = all(re.fullmatch(r"[+-]?\d+", number) for number in (match[1], match[2])) and step == int(step)
    for place in range(count):
        yield int(match[1]) + place * int(step) if whole else round(first + place * step, 9)


def _options(text: str, *, title: str, options: Mapping[str, str]) -> Values:
    """Names or titles, with commas between."""
    found: list[Value] = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        choice = chosen(part, options)
        if choice is None:
            has = ", ".join(filter(None, options))
            raise BadRequest(f"There is no {title.lower()} called {part!r}; choose of {has}.")
        found.append(choice)
    return tuple(found)


def _samplers(text: str, *, title: str, options: Mapping[str, str]) -> Values:
    """As `_options`; of one that there is, but that no model here can be run by, what it needs is said."""
    for part in text.split(","):
        spec = SAMPLERS.get(part.strip().casefold())
        if spec is not None and spec.name not in options:
            check_suits(spec, ())
    return _options(text, title=title, options=options)


def _parts(base: Request, text: str) -> Values:
    """What to look for in the prompt, then what to put in its place; "quotes" hold a comma together."""
    parts = [part.strip() for part in next(csv.reader([text.replace("\n", ",")], skipinitialspace=True), [])]
    if parts and not parts[0]:
        raise BadRequest("Begin with the words of the prompt that are to be replaced, such as fox, owl, cat.")
    if parts and parts[0] not in base.prompt and parts[0] not in base.negative_prompt:
        raise BadRequest(f"“{parts[0]}” is not in the prompt; begin with words that are, then others for their place.")
    return tuple(parts)
