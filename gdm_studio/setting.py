"""Settings: what a field of a request is to people and programs, described once beside the field itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import KW_ONLY, MISSING, Field, dataclass, field, fields, replace
from difflib import get_close_matches
from enum import Flag, auto
from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from gdm_studio.errors import BadRequest
from gdm_studio.maths.knobs import Knob, check_number


class Role(Flag):
    """What a setting decides, and where people meet it."""

    PATH = auto()  # the path of noise or its beginning: a branch keeps it
    FREE = auto()  # a branch may change it for the steps that are left
    PREDICTS = auto()  # the predictions: where it changes, those of the steps before say nothing of the next
    MACHINE = auto()  # where and how a picture is made: none of its pixels
    LOADED = auto()  # what is loaded to make it, where, and whether that can be
    PACE = auto()  # one version of a model has its own, and so has its quicker one
    OPTION = auto()  # an option of the command line
    PANEL = auto()  # a slider of the panel; only numbers have one
    FACT = auto()  # a row where pictures are compared
    DETAIL = auto()  # a row of a picture's details
    HEAD = auto()  # part of what the head of a sheet says
    SEARCH = auto()  # a column of the index and a field of the search
    AXIS = auto()  # an axis of grids
    TOLD = auto()  # told to other tools in a picture's file
    STEERS = FREE | PREDICTS
    SHOWN = OPTION | PANEL | FACT | DETAIL | HEAD | SEARCH | AXIS | TOLD


@dataclass(frozen=True)
class Setting(Knob):
    """A knob of a whole request, of any kind: a number from `low` to `high`, text, a choice, …

    `name`, `kind`, `default` and `absent` come from the field. The title is its name in the window, the summary its
    tooltip.
    """

    _: KW_ONLY
    default: Any = None
    kind: Any = float  # the field's type, without the setting
    absent: Any = None  # what a file that does not name the field means, and what digests leave out
    role: Role = Role.STEERS | Role.SHOWN
    word: str = ""  # in a message, a search and the index: the name, where this is empty
    option: str = ""  # on the command line: the word, where this is empty
    usage: str = ""  # its help there: summary, range and default, where this is empty
    choices: Mapping[str, Any] = field(default_factory=dict)  # what it can be: titles, or what has one; {} for all
    needs: str = ""  # the name of another setting, without which it means nothing
    words: str = ""  # its value in a sentence, such as "{} steps": the word and the value, where this is empty
    example: str = ""  # of values along an axis
    detail: str = ""  # the row of details that it heads; "" for one of its title, where it is not at its default
    beside: str = ""  # the name of the setting in whose row of the details it stands
    decimals: int = 2  # of a fraction, as it is set and shown
    curve: float = 1.0  # of its slider, as widgets.SliderRow has it
    ends: tuple[str, str] = ("", "")  # words at the ends of its slider
    checks: Callable[[str, Any], None] | None = None  # in place of the usual check; (word, value), raises BadRequest
    form: str = ""  # what a value of its type is, in a sentence, where _FORMS does not say
    read: Callable[[Any], Any] | None = None  # its value from JSON, where that is another than the JSON's own

    @property
    def is_number(self) -> bool:
        return self.kind in (int, float)

    def of(self, request: object) -> Any:
        """Its value in a request."""
        return getattr(request, self.name)

    def counts(self, request: object) -> bool:
        """Whether it means something in this request."""
        return not self.needs or bool(getattr(request, self.needs))

    def typed(self, value: Any) -> Any:
        """The value, a list as the tuple that it stands for; raises BadRequest where it is not what the field holds.

        Numbers, and what is within a value, are for `check`, which says their range.
        """
        found = tuple(value) if isinstance(value, list) else value
        fits = (isinstance(found, each) and (many is None or len(found) == many) for each, many in _parts(self.kind))
        if not self.is_number and not any(fits):
            form = self.form or _FORMS.get(get_origin(self.kind) or self.kind, str(self.kind))
            raise BadRequest(f"{self.word} must be {form}, not {value!r}.")
        return found

    def check(self, value: Any) -> None:
        """Raises BadRequest, with what it may be, for a value as `typed` leaves it that it cannot have."""
        if self.checks is not None:
            self.checks(self.word, value)
        elif self.choices:
            if value not in self.choices:
                has = ", ".join(self.choices)
                raise BadRequest(f"There is no {self.word} called {value!r}; choose one of {has}.")
        elif self.kind is int:
            check_whole(self.word, value, round(self.low), round(self.high))
        elif self.kind is float:
            check_number(self.word, value, self.low, self.high)

    def plain(self, value: Any) -> Any:
        """A value as searches and names of files have it: yes or no as that word, any other as it is."""
        return ("no", "yes")[value] if self.kind is bool else value

    def said(self, value: Any) -> str:
        """A value by itself: a choice by its title, a number as short as it can be; of several, one after another."""
        value = self.plain(value)
        if isinstance(value, dict):
            return ", ".join(f"{name} {number:g}" for name, number in value.items())
        if isinstance(value, tuple):
            return ", ".join(map(str, value))
        choice = self.choices.get(value) if self.choices else None
        if choice is not None:
            return choice if isinstance(choice, str) else str(choice.title)
        return f"{value:g}" if isinstance(value, float) else str(value)

    def exactly(self, value: Any) -> str:
        """The same, fractions with as many decimals as it is set with."""
        return f"{value:.{self.decimals}f}" if self.kind is float else self.said(value)

    def in_words(self, value: Any) -> str:
        """A value in a sentence: "20 steps"."""
        return self.words.format(self.said(value))


_FORMS = {str: "text", bool: "true or false", dict: "numbers by name", tuple: "a list"}
Settings = Mapping[str, Setting]


def chosen(text: str, titles: Mapping[str, str]) -> str | None:
    """The id of the choice that people write so, by its id or by its title, in any case; None for none of `titles`."""
    by_name = {title.casefold(): choice for choice, title in titles.items()}
    by_name |= {choice.casefold(): choice for choice in titles}
    return by_name.get(text.strip().casefold())


def meant(text: str, names: Iterable[str]) -> str:
    """What a sentence on a name that is mistyped ends with, "; did you mean a or b"; "" where none is near."""
    of = {name.casefold(): name for name in names}
    near = [of[name] for name in get_close_matches(text.casefold(), of, cutoff=0.75)]
    return f"; did you mean {' or '.join(near)}" if near else ""


def settings_of(kind: type, absent: Mapping[str, Any]) -> Settings:
    """By name, in their order, the settings of a dataclass, all of whose fields are `Annotated[…, Setting(…)]`.

    A field that `absent` does not have means its default where it is not named. Raises TypeError for one undescribed.
    """
    hints = get_type_hints(kind, include_extras=True)
    found = {}
    for each in fields(kind):
        mark = next((mark for mark in getattr(hints[each.name], "__metadata__", ()) if isinstance(mark, Setting)), None)
        if mark is None:
            raise TypeError(f"{kind.__name__}.{each.name} is no Annotated[…, Setting(…)].")
        found[each.name] = _completed(mark, each, hints[each.name].__origin__, absent)
    return found


def _completed(mark: Setting, each: Field[Any], kind: Any, absent: Mapping[str, Any]) -> Setting:
    default = each.default_factory() if each.default_factory is not MISSING else each.default
    word = mark.word or each.name
    return replace(
        mark,
        name=each.name,
        kind=kind,
        default=default,
        absent=absent.get(each.name, default),
        word=word,
        option=mark.option or word.replace("_", "-"),
        words=mark.words or f"{word} {{}}",
        decimals=0 if kind is int else mark.decimals,
    )


def with_role(settings: Settings, role: Role) -> tuple[Setting, ...]:
    """Those that have that role, or all of those roles, in their order."""
    return tuple(setting for setting in settings.values() if role in setting.role)


@cache
def _parts(kind: Any) -> tuple[tuple[Any, int | None], ...]:
    """(class, how many values it has where that is fixed) of all that an annotation allows."""
    origin, inside = get_origin(kind) or kind, get_args(kind)
    if origin in (Union, UnionType):
        return tuple(part for each in inside for part in _parts(each))
    return ((origin, len(inside) if origin is tuple and ... not in inside else None),)


def check_whole(word: str, value: Any, low: int, high: int) -> None:
    """Raises BadRequest, with the range, unless `value` is a whole number from `low` to `high`."""
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise BadRequest(f"{word} must be a whole number from {low} to {high}, not {value!r}.")
