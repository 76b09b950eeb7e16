"""Descriptions of settings: type, range, title, help and use.

A setting is described in the annotation of a dataclass field.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import KW_ONLY, MISSING, Field, dataclass, field, fields, replace
from enum import Flag, auto
from functools import cache, reduce
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from gdm_studio.common.errors import BadRequest
from gdm_studio.common.translation_markers import translatable
from gdm_studio.maths.numeric_parameters import Param, check_number
from gdm_studio.request.prompts import encodable


class Role(Flag):
    """Flags for the uses of a setting: where it is displayed, stored and searched, and which requests inherit it.

    Roles can be combined.
    """

    # The setting defines the noise path or its start. A branch has the same value as its parent.
    PATH = auto()
    # A branch may change the setting for its own steps.
    BRANCHABLE = auto()
    # The setting changes the predictions. After a change, a multistep sampler cannot use earlier predictions.
    PREDICTION = auto()
    # The setting determines where or how an image is computed. It does not affect the pixels.
    MACHINE = auto()
    # The setting is stored with an image and has no effect on its pixels.
    NOTE = auto()
    # The setting affects which model is loaded, on which device, and whether it can be loaded.
    LOADED = auto()
    # Each variant of a model, such as the few-step variant, has its own default.
    MODEL_DEFAULT = auto()
    # The setting is an option of the command line.
    OPTION = auto()
    # The setting is a slider in the panel. It must be a number.
    PANEL = auto()
    # The setting is a row in a comparison of images.
    FACT = auto()
    # The setting is a row in the details of an image.
    DETAIL = auto()
    # The setting is part of the title of a sheet.
    TITLE = auto()
    # The setting is a column of the index and a field of the search.
    SEARCH = auto()
    # The setting can be an axis of a grid.
    AXIS = auto()
    # The setting is written into images for other tools.
    EXPORTED = auto()
    # The setting is specific to one image, such as its seed. Presets leave it out.
    SINGLE = auto()
    # The setting is always in sight in the settings panel, or is part of one that is.
    IN_SIGHT = auto()
    STEERING = BRANCHABLE | PREDICTION
    SHOWN = OPTION | PANEL | FACT | DETAIL | TITLE | SEARCH | AXIS | EXPORTED


@dataclass(frozen=True)
class Setting(Param):
    """Description of a setting of a request or a preference, such as a number from `low` to `high`, a string or a
    choice. `name`, `kind`, `default` and `absent` are taken from the dataclass field. `title` is the setting's name in
    the window, and `summary` its tooltip.
    """

    _: KW_ONLY
    default: Any = None
    # The type of the field, without its annotation.
    kind: Any = float
    # The value of a field that is missing in a file. Digests leave this value out.
    absent: Any = None
    role: Role = Role.STEERING | Role.SHOWN
    # Name in messages, searches and the index. If empty, the name of the field is used.
    word: str = ""
    # Name on the command line. If empty, `word` is used.
    option: str = ""
    # Another name of the option, or "" for none.
    option_alias: str = ""
    # Help on the command line. If empty, it consists of the summary, range and default.
    usage: str = ""
    # The valid values, with their titles or with objects that have one. If empty, any value is valid.
    choices: Mapping[str, Any] = field(default_factory=dict)
    # Name of another setting, without which this one has no effect.
    needs: str = ""
    # Name of another setting for one value of which this one is meant, as a mask is for a start image.
    belongs_to: str = ""
    # Phrase that contains the value, such as "{} steps". If empty, the phrase consists of the word and the value.
    words: str = ""
    # Example of values for the axis of a grid.
    example: str = ""
    # Title of its own row in the details. If empty, the row has the setting's title and is hidden for the default
    # value.
    detail: str = ""
    # Name of another setting, in whose row of the details this one is shown.
    beside: str = ""
    # True if the text of a value has numbers beside words, such as the weights of control images.
    contains_numbers: bool = False
    # Number of decimals of a fraction.
    decimals: int = 2
    # Curve of the slider; see widgets.SliderRow.
    curve: float = 1.0
    # Labels at both ends of the slider.
    ends: tuple[str, str] = ("", "")
    # Function that replaces the default check. It is called with (word, value) and raises BadRequest.
    checks: Callable[[str, Any], None] | None = None
    # Description of the type for messages, if _FORMS does not have the type.
    form: str = ""
    # Function that converts the JSON value, if the type is not a JSON type.
    read: Callable[[Any], Any] | None = None

    @property
    def is_number(self) -> bool:
        """True if the value of this setting is an int or a float."""
        return self.kind in (int, float)

    def value_in(self, request: object) -> Any:
        """Return the value of this setting in a request."""
        return getattr(request, self.name)

    def is_default(self, value: Any) -> bool:
        """Return True if a value has the type and the value of this setting's default, so that it needs no further
        check.
        """
        return type(value) is type(self.default) and bool(value == self.default)

    def applies_to(self, request: object) -> bool:
        """Return True if this setting has an effect in a request. The noise strength, for example, requires a start
        image.
        """
        return not self.needs or bool(getattr(request, self.needs))

    def typed(self, value: Any) -> Any:
        """Check that a value has the type of this setting, and return it, with a list converted to a tuple.

        Raises BadRequest. Numbers and the contents of containers are checked by `check`, whose error messages name the
        range.
        """
        found = value
        if isinstance(value, list):
            found = tuple(value)
        elif isinstance(value, str):
            found = encodable(value)
        if not self.is_number and not _is_instance(found, self.kind):
            form = self.form or _FORMS.get(get_origin(self.kind) or self.kind, str(self.kind))
            raise BadRequest(f"{self.word} must be {form}, not {value!r}.")
        return found

    def check(self, value: Any) -> None:
        """Raise BadRequest, naming the valid values, if this setting does not allow a value.

        The value must come from `typed`.
        """
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

    def search_value(self, value: Any) -> Any:
        """Return a value of this setting in the form used in searches and file names: "yes" or "no" for a boolean, else
        the value itself.
        """
        return ("no", "yes")[value] if self.kind is bool else value

    def text(self, value: Any) -> str:
        """Return a value of this setting as text for display: the title of a choice, the shortest form of a number, or
        a comma-separated list.
        """
        value = self.search_value(value)
        if isinstance(value, dict):
            return ", ".join(f"{name} {number:g}" for name, number in value.items())
        if isinstance(value, tuple):
            return ", ".join(map(str, value))
        choice = self.choices.get(value) if self.choices else None
        if choice is not None:
            return choice if isinstance(choice, str) else str(choice.title)
        return f"{value:g}" if isinstance(value, float) else str(value)

    def exact_text(self, value: Any) -> str:
        """Return a value of this setting as text, with the number of decimals that is defined for the setting."""
        return f"{value:.{self.decimals}f}" if self.kind is float else self.text(value)


_FORMS = {str: "text", bool: "true or false", dict: "numbers by name", tuple: "a list"}
Settings = Mapping[str, Setting]


def match_choice(text: str, titles: Mapping[str, str]) -> str | None:
    """Find the choice of a setting whose id or title the user typed, ignoring case.

    Return its id, or None if there is none.
    """
    # Not needed before the first paint of the window.
    from gdm_studio.common.unicode_names import comparable_name

    by_name = {comparable_name(title): choice for choice, title in titles.items()}
    by_name |= {comparable_name(choice): choice for choice in titles}
    return by_name.get(comparable_name(text))


def join_alternatives(names: Iterable[str]) -> str:
    """Join names to a phrase such as "a or b", which is translated within the sentence of an error."""
    return reduce(lambda first, second: translatable("{first} or {second}", first=first, second=second), names)


def similar_names(text: str, names: Iterable[str]) -> list[str]:
    """Return the names that are similar to a misspelt name, most similar first. Case is ignored."""
    # It is imported here, because few names are misspelt.
    from difflib import get_close_matches

    of = {name.casefold(): name for name in names}
    return [of[name] for name in get_close_matches(text.casefold(), of, n=max(len(of), 1), cutoff=0.75)]


def settings_of(kind: type, absent: Mapping[str, Any]) -> Settings:
    """Return the descriptions of all fields of a dataclass such as Request, by name and in order.

    Each field must be `Annotated[…, Setting(…)]`. `absent` maps names to absent values; by default, these are the
    defaults of the fields. Raises TypeError for a field without a Setting.
    """
    hints = get_type_hints(kind, include_extras=True)
    found = {}
    for each in fields(kind):
        mark = next((mark for mark in getattr(hints[each.name], "__metadata__", ()) if isinstance(mark, Setting)), None)
        if mark is None:
            raise TypeError(f"{kind.__name__}.{each.name} has no Setting in its annotation.")
        found[each.name] = _complete(mark, each, hints[each.name].__origin__, absent)
    return found


def _complete(mark: Setting, field_: Field[Any], kind: Any, absent: Mapping[str, Any]) -> Setting:
    default = field_.default_factory() if field_.default_factory is not MISSING else field_.default
    word = mark.word or field_.name
    return replace(
        mark,
        name=field_.name,
        kind=kind,
        default=default,
        absent=absent.get(field_.name, default),
        word=word,
        option=mark.option or word.replace("_", "-"),
        words=mark.words or f"{word} {{}}",
        decimals=0 if kind is int else mark.decimals,
    )


def with_role(settings: Settings, role: Role) -> tuple[Setting, ...]:
    """Return the settings that have a given role (or all of several combined roles), in the order in which the window
    lists them.
    """
    return tuple(setting for setting in settings.values() if role in setting.role)


def _is_instance(value: Any, kind: Any) -> bool:
    """Return True if a value has the annotated type of a setting. Only the length of a tuple is checked, not its
    elements.
    """
    return any(
        isinstance(value, each) and (length is None or len(value) == length) for each, length in _split_annotation(kind)
    )


@cache
def _split_annotation(kind: Any) -> tuple[tuple[Any, int | None], ...]:
    """Split a type annotation into its alternatives. Returns pairs of a class and a number of values, which is None
    except for tuples of fixed length.
    """
    origin = get_origin(kind) or kind
    inside = get_args(kind)
    if origin in (Union, UnionType):
        return tuple(part for each in inside for part in _split_annotation(each))
    return ((origin, len(inside) if origin is tuple and ... not in inside else None),)


def check_whole(word: str, value: Any, low: int, high: int) -> None:
    """Check that a setting's value is an integer from `low` to `high`.

    Raises BadRequest, naming the range, otherwise.
    """
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise BadRequest(f"{word} must be a whole number from {low} to {high}, not {value!r}.")
