"""Prompt templates: variants `{red|blue}` and wildcards `__name__`, chosen by the seed of each image.

`{a|b}` becomes one of its options, which may contain further variants; braces without a `|` are ordinary characters. A
`|` in square brackets is left alone, so that `[a|b]` still alternates. `__name__` becomes a line of a wildcard file,
see `wildcard_files`. A backslash before a brace or a wildcard makes it literal: `\\{`, `\\__name__`. Names in tags such
as `<lora:a__b__c:1>` are not wildcards.

As in Dynamic Prompts, `{2$$a|b|c}` becomes two different options in random order, `{1-3$$ and $$a|b|c}` one to three
that " and " joins, and `{3::a|b}` becomes a three times as often as b. `${name=text}` defines a variable, which
`${name}` inserts, with new random choices each time; in `${name=!text}` they are made once. `${name:text}` has a text
for a variable that is not defined, and `__name(season=winter)__` defines one for the lines of a wildcard.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Container, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from hashlib import sha256
from itertools import accumulate

from gdm_studio.common.errors import BadRequest, PromptError
from gdm_studio.common.translation_markers import translatable
from gdm_studio.request import wildcard_files
from gdm_studio.request.prompts import MOST_CHARACTERS, is_too_long

# Maximum number of choices in one prompt, including choices in the lines of wildcard files.
MAX_CHOICES = 1000
# Maximum number of levels of nested variants and wildcards.
MAX_DEPTH = 16
# Maximum number of open brackets at one position of a prompt. Further ones are ordinary characters.
MAX_OPEN = 64
_TOKEN = re.compile(
    rf"\\(?P<escaped>[{{}}]|{wildcard_files.MENTION.pattern})"
    rf"|(?P<divided>\\[|\[\]])"
    rf"|\$\{{(?P<variable>[A-Za-z_]\w{{0,49}})(?P<use>=!?|[:}}])"
    rf"|{wildcard_files.MENTION.pattern}"
    rf"|[{{}}|\[\]]"
    rf"|[^\\{{}}|\[\]_$]+"
    rf"|.",
    re.DOTALL,
)
_SPECIAL = re.compile(rf"[{{}}]|{wildcard_files.MENTION.pattern}")
# Tags of LoRAs and other additional networks.
_TAG = re.compile(r"<\w+:[^>]*>")
# Start of variants from which several options are chosen: their number, and the separator. The symbol in front is
# Dynamic Prompts' sampling method.
_COUNTED = re.compile(
    r"\s*[~!@]?(?:(?P<low>\d{1,4})-(?P<high>\d{1,4})|-(?P<most>\d{1,4})|(?P<least>\d{1,4})-|(?P<exact>\d{1,4}))\$\$"
    r"(?:(?P<separator>[^${}]{0,100})\$\$)?"
)
# Dynamic Prompts' sampling method at the beginning of variants.
_METHOD = re.compile(r"^[~!@]")
_WEIGHT = re.compile(r"\s*(\d{1,9}(?:\.\d{0,9})?|\.\d{1,9})\s*::")
_SEPARATOR = ","
_OPENING = {"}": "{", "]": "["}


@dataclass(frozen=True)
class _Variants:
    """Variants `{a|b}` in a prompt template. Each option is a list of parts, which may contain nested variants.

    `low` to `high` different options are chosen and joined by `separator`. `weights` is empty if all options are
    equally likely.
    """

    options: list[list[_Part]]
    weights: tuple[float, ...] = ()
    low: int = 1
    high: int = 1
    separator: str = ""
    is_counted: bool = False


@dataclass(frozen=True)
class _Wildcard:
    """Wildcard `__name__` in a prompt template, to be replaced by a random line of the wildcard file with this name."""

    name: str


@dataclass(frozen=True)
class _Assignment:
    """Definition of a variable. `is_drawn` is True if its random choices are made once."""

    name: str
    value: list[_Part]
    is_drawn: bool = False


@dataclass(frozen=True)
class _Variable:
    """Use of a variable. `otherwise` is inserted if the variable is not defined."""

    name: str
    otherwise: list[_Part]


_Part = str | _Variants | _Wildcard | _Assignment | _Variable


@dataclass(frozen=True)
class Choice:
    """Options of one choice in a prompt template. Between `low` and `high` of them are chosen."""

    options: tuple[str, ...]
    low: int = 1
    high: int = 1


@dataclass(frozen=True)
class Variant:
    """Prompt that results from a template. `chosen` contains the character ranges of the prompt that come from choices
    between several options.
    """

    prompt: str
    chosen: tuple[tuple[int, int], ...] = ()


@dataclass
class _Group:
    """Open bracket in a template that is being parsed, with the options read so far.

    The whole prompt is a group without a bracket.
    """

    bracket: str = ""
    # Position of the bracket in the template.
    start: int = 0
    # The beginning of variants of which several are chosen, for example "2$$".
    counted: re.Match[str] | None = None
    # The beginning of a variable, for example "${name=".
    variable: re.Match[str] | None = None
    options: list[list[_Part]] = field(default_factory=lambda: [[]])

    def to_ordinary_text(self, closing: str = "") -> list[_Part]:
        """Return the content of a bracket without variants as parts of ordinary text, including the bracket
        characters.
        """
        opening = self.variable[0] if self.variable else self.bracket
        found: list[_Part] = [opening + (self.counted[0] if self.counted else "")]
        return [*found, *self.content(), closing]

    def content(self) -> list[_Part]:
        """Return the content of a bracket without variants as parts of ordinary text."""
        found: list[_Part] = []
        for place, option in enumerate(self.options):
            found += ["|", *option] if place else option
        return found


def draw(template: str, seeds: Iterable[int], *, skip_unusable: bool = False) -> list[str]:
    """Replace the variants and wildcards in a prompt template with random choices, and return the resulting prompt for
    each seed.

    Wildcards whose files are missing or unusable raise BadRequest or, with `skip_unusable`, are left out. BadRequest is
    also raised if a prompt would be too long, has more than MAX_CHOICES choices, or is nested more than MAX_DEPTH
    levels deep.
    """
    parts = _parse(template)
    lines = _create_line_reader(skip_unusable=skip_unusable)
    return [_PromptGenerator(_create_seeded_choice(seed), lines).text(parts) for seed in seeds]


def variants_of(template: str, limit: int) -> tuple[list[Variant], bool]:
    """Return at most `limit` different prompts that can result from a template. The second value is False if options of
    its choices may be missing from them.

    If the choices have more than `limit` combinations, all choices take their first option in the first prompt, their
    second one in the next prompt, and so on; other combinations are missing. A choice with a single option counts as
    ordinary text. Wildcards whose files are missing or unusable are left out. Raises BadRequest like `draw`.
    """
    parts = _parse(template)
    lines = _create_line_reader(skip_unusable=True)
    found: list[Variant] = []
    # The index of the option that each choice takes, and the number of its options.
    path: list[tuple[int, int]] = []

    def choose(number: int, weights: Sequence[float]) -> int:
        count = len(weights)
        if number > len(path):
            path.append((0, count))
        return path[number - 1][0]

    while len(found) < limit:
        found.append(_PromptGenerator(choose, lines).variant(parts))
        while path and path[-1][0] + 1 == path[-1][1]:
            path.pop()
        if not path:
            return list(dict.fromkeys(found)), True
        path[-1] = path[-1][0] + 1, path[-1][1]
    draws = [_PromptGenerator(partial(_choose_by_index, place), lines) for place in range(limit)]
    found = [each.variant(parts) for each in draws]
    is_complete = not any(each.is_nested or each.most_options > limit for each in draws)
    return list(dict.fromkeys(found)), is_complete


def options_of(template: str) -> list[Choice]:
    """Return each choice in a prompt template, except for choices inside other options and for wildcards
    whose files are missing or unusable.
    """
    found: list[Choice] = []
    lines = _create_line_reader()
    for part in _parse(template):
        with suppress(BadRequest):
            if isinstance(part, _Variants):
                variants = _fill_with_lines(part, lines)
                found.append(Choice(tuple(map(_write_parts, variants.options)), variants.low, variants.high))
            elif isinstance(part, _Wildcard):
                found.append(Choice(tuple(each.text for each in wildcard_files.lines(part.name))))
    return found


def wildcards_in(template: str) -> list[tuple[int, str]]:
    """Return the position and the name of each wildcard in a prompt template."""
    if is_too_long(template):
        return []
    tags = _find_tag_positions(template)
    tokens = _TOKEN.finditer(template)
    mentions = (each for each in tokens if wildcard_files.MENTION.fullmatch(each[0]) and each.start() not in tags)
    return [(each.start(), wildcard_files.name_in(each[0])) for each in mentions]


def is_template(prompt: str) -> bool:
    """Return True if a prompt may contain template syntax: variants `{a|b}`, wildcards `__name__` or escaped braces."""
    return not is_too_long(prompt) and any(
        _is_special(found, _find_tag_positions(prompt)) for found in _SPECIAL.finditer(prompt)
    )


def unclosed_braces(template: str) -> list[int]:
    """Return the positions of the braces that begin variants but are never closed, as in `{red|blue`. They are ordinary
    characters, like the `|` after them.
    """
    if is_too_long(template):
        return []
    _, unclosed = _parse_with_unclosed(template)
    return sorted(group.start for group in unclosed if group.bracket == "{" and len(group.options) > 1)


def escape(prompt: str) -> str:
    """Return a template that always expands to this prompt: the prompt itself if it contains no template syntax,
    otherwise the prompt with escaped braces and wildcards.
    """
    if _is_ordinary(prompt):
        return prompt
    tags = _find_tag_positions(prompt)
    return _SPECIAL.sub(lambda found: ("\\" if _is_special(found, tags) else "") + found[0], prompt)


def _is_ordinary(prompt: str) -> bool:
    """Return True if a prompt contains no variants, wildcards or escapes, so that its text is the same for
    every seed.
    """
    try:
        return not wildcards_in(prompt) and draw(prompt, [0]) == [prompt]
    except BadRequest:
        return False


def _is_special(found: re.Match[str], tags: Container[int]) -> bool:
    return found[0] in ("{", "}") or found.start() not in tags


def _find_tag_positions(prompt: str) -> frozenset[int]:
    """Return the positions of all characters in the tags of a prompt, such as <lora:name:1>."""
    end = prompt.rfind(">") + 1
    return frozenset(at for found in _TAG.finditer(prompt, 0, end) for at in range(*found.span()))


def _write_parts(parts: Sequence[_Part]) -> str:
    """Return parts of a template as text with variants and wildcards, and with escaped characters without their
    backslash.
    """
    texts = []
    for part in parts:
        if isinstance(part, _Assignment):
            texts.append(f"${{{part.name}={'!' * part.is_drawn}{_write_parts(part.value)}}}")
        elif isinstance(part, _Variable):
            texts.append(_write_parts(part.otherwise) or f"${{{part.name}}}")
        elif isinstance(part, _Variants):
            count = f"{part.low}-{part.high}$${part.separator}$$" if part.is_counted else ""
            texts.append("{" + count + "|".join(map(_write_parts, part.options)) + "}")
        else:
            texts.append(part if isinstance(part, str) else f"__{part.name}__")
    return "".join(texts).strip()


class _PromptGenerator:
    """Generator of one prompt from a template.

    `choose(number, weights)` returns the index of an option of the choice with this number (from 1), whose options have
    these weights. Afterwards, `is_nested` is True if a choice was inside an option of another one, and `most_options`
    is the greatest number of options of a choice.
    """

    def __init__(self, choose: _Choose, lines: Callable[[str], _Lines]) -> None:
        self._choose = choose
        self._lines = lines
        self._choices = 0
        self._length = 0
        # Character ranges of the prompt that come from choices between several options.
        self._chosen_ranges: list[tuple[int, int]] = []
        self._variables: dict[str, list[_Part]] = {}
        self._use_count = 0
        self.is_nested = False
        self.most_options = 0

    def text(self, parts: Sequence[_Part], depth: int = 0) -> str:
        """Make the random choices in a list of template parts, and return the resulting text.

        Raises BadRequest if it is too long or nested too deeply.
        """
        if depth > MAX_DEPTH:
            raise PromptError(f"Variants and wildcards are nested more than {MAX_DEPTH} levels deep; nest fewer.")
        return "".join(self._expand_part(part, depth) for part in parts)

    def variant(self, parts: Sequence[_Part]) -> Variant:
        """Expand template parts to text as `text` does, and return it with the character ranges that come from choices
        between several options.
        """
        return Variant(self.text(parts), tuple(self._chosen_ranges))

    def _expand_part(self, part: _Part, depth: int) -> str:
        if isinstance(part, str):
            self._length += len(part)
            if self._length > MOST_CHARACTERS:
                raise PromptError(
                    translatable(
                        "The prompt becomes longer than {limit:,} characters; shorten its parts.", limit=MOST_CHARACTERS
                    )
                )
            return part
        if isinstance(part, _Assignment):
            self._define(part, depth)
            return ""
        if isinstance(part, _Variable):
            self._use_count += 1
            if self._use_count > MAX_CHOICES:
                raise PromptError(f"The prompt uses variables more than {MAX_CHOICES} times; use fewer.")
            return self.text(self._variables.get(part.name, part.otherwise), depth + 1)
        self.is_nested |= depth > 0
        start, before = self._length, len(self._chosen_ranges)
        if isinstance(part, _Variants) and part.is_counted:
            text, is_fixed = self._choose_several(_fill_with_lines(part, self._lines), depth)
        else:
            options: Sequence[list[_Part]] = part.options if isinstance(part, _Variants) else self._lines(part.name)
            weights = part.weights if isinstance(part, _Variants) else self._lines(part.name).weights
            text = self.text(options[self._choose_index(weights or _EqualWeights(len(options)))], depth + 1)
            is_fixed = len(options) == 1
        if not is_fixed:
            # The range of the outer choice contains those of inner choices.
            self._chosen_ranges[before:] = [(start, self._length)]
        return text

    def _define(self, variable: _Assignment, depth: int) -> None:
        """Define a variable. Its text does not become part of the prompt here."""
        value = variable.value
        if variable.is_drawn:
            length, chosen = self._length, [*self._chosen_ranges]
            value = [self.text(value, depth + 1)]
            self._length, self._chosen_ranges = length, chosen
        self._variables[variable.name] = value

    def _choose_index(self, weights: Sequence[float]) -> int:
        """Make one choice between options with the given weights, and return the index of its option."""
        self._choices += 1
        if self._choices > MAX_CHOICES:
            raise PromptError(f"The prompt has more than {MAX_CHOICES} variants and wildcards; use fewer.")
        self.most_options = max(self.most_options, len(weights))
        possible = [] if isinstance(weights, _EqualWeights) else [at for at, weight in enumerate(weights) if weight > 0]
        if not possible or len(possible) == len(weights):
            return self._choose(self._choices, weights)
        return possible[self._choose(self._choices, [weights[at] for at in possible])]

    def _choose_several(self, variants: _Variants, depth: int) -> tuple[str, bool]:
        """Choose several different options, expand them, and return them joined by the separator. The second value is
        True if there was no choice. Empty options get no separator.
        """
        left = list(range(len(variants.options)))
        weights = list(variants.weights or [1.0] * len(left))
        low, high = (min(bound, len(left)) for bound in (variants.low, variants.high))
        count = low + (self._choose_index(_EqualWeights(high - low + 1)) if high > low else 0)
        text = ""
        for _ in range(count):
            place = self._choose_index(weights) if len(left) > 1 else 0
            del weights[place]
            before = self._length
            self._length += len(variants.separator) if text else 0
            found = self.text(variants.options[left.pop(place)], depth + 1)
            if not found:
                self._length = before
            text += (variants.separator if text and found else "") + found
        return text, len(variants.options) == 1 and low == high


_Choose = Callable[[int, Sequence[float]], int]


class _EqualWeights(Sequence[float]):
    """Equal weights of `length` options."""

    def __init__(self, length: int) -> None:
        self._length = length

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, index):  # type: ignore[no-untyped-def]
        return 1.0


def _choose_by_index(index: int, _number: int, weights: Sequence[float]) -> int:
    return index % len(weights)


def _create_seeded_choice(seed: int) -> _Choose:
    """Return a function that makes the random choices in a template for the image with this seed. Each choice depends
    only on the seed and on the number of choices before it.
    """

    def choose(number: int, weights: Sequence[float]) -> int:
        digest = int.from_bytes(sha256(f"{seed} {number}".encode()).digest()[:8], "big")
        if isinstance(weights, _EqualWeights) or len(set(weights)) < 2:
            return digest % len(weights)
        sums = list(accumulate(weights))
        return min(bisect_right(sums, digest / 2**64 * sums[-1]), len(weights) - 1)

    return choose


def _fill_with_lines(variants: _Variants, lines: Callable[[str], _Lines]) -> _Variants:
    """Return variants from which several options are chosen. If a wildcard is their only option, it is replaced by its
    lines.
    """
    match variants:
        case _Variants([[_Wildcard(name)]], is_counted=True):
            found = lines(name)
            return replace(variants, options=[*found], weights=found.weights)
    return variants


def _create_line_reader(*, skip_unusable: bool = False) -> Callable[[str], _Lines]:
    """Return a function that maps the name of a wildcard file to its parsed lines. Each file is read only once.

    With `skip_unusable`, a missing or unusable file has one empty line; otherwise, it raises BadRequest.
    """
    found: dict[str, _Lines] = {}

    def lines(name: str) -> _Lines:
        if name not in found:
            try:
                found[name] = _Lines(wildcard_files.lines(name))
            except BadRequest:
                if not skip_unusable:
                    raise
                found[name] = _Lines([wildcard_files.Line("")])
        return found[name]

    return lines


class _Lines(Sequence[list[_Part]]):
    """Lines of a wildcard file, each of which is parsed as a template when it is first chosen."""

    def __init__(self, lines: Sequence[wildcard_files.Line]) -> None:
        self._lines = lines
        # Empty if all lines are equally likely.
        self.weights = tuple(line.weight for line in lines) if any(line.weight != 1 for line in lines) else ()
        # The parts of the lines parsed so far, by index.
        self._parsed: dict[int, list[_Part]] = {}

    def __len__(self) -> int:
        return len(self._lines)

    def __getitem__(self, index: int) -> list[_Part]:  # type: ignore[override]
        if index not in self._parsed:
            self._parsed[index] = _parse(self._lines[index].text)
        return self._parsed[index]


def _parse(template: str) -> list[_Part]:
    """Split a prompt template into plain text, variants and wildcards. Unmatched brackets are ordinary characters."""
    return _parse_with_unclosed(template)[0]


def _parse_with_unclosed(template: str) -> tuple[list[_Part], list[_Group]]:
    """Split a prompt template into plain text, variants and wildcards, and return them with the brackets that are never
    closed.
    """
    groups = [_Group()]
    unclosed: list[_Group] = []
    # The positions of the open brackets of each kind in `groups`.
    open_at: dict[str, list[int]] = {"{": [], "[": []}
    tags = _find_tag_positions(template)
    at = 0
    while found := _TOKEN.match(template, at):
        token = found[0]
        at = found.end()
        options = groups[-1].options
        if found["escaped"]:
            options[-1].append(found["escaped"])
        elif (name := found["variable"]) and found["use"] == "}":
            options[-1].append(_Variable(name, [token]))
        elif name and len(groups) <= MAX_OPEN:
            open_at["{"].append(len(groups))
            groups.append(_Group("{", found.start(), variable=found))
        elif token in open_at and len(groups) <= MAX_OPEN:
            open_at[token].append(len(groups))
            counted = _COUNTED.match(template, at) if token == "{" else None
            groups.append(_Group(token, found.start(), counted=counted))
            at = counted.end() if counted else at
        elif token == "|":
            options.append([])
        elif token in _OPENING and open_at[_OPENING[token]]:
            place = open_at[_OPENING[token]].pop()
            unclosed += groups[place + 1 :]
            _close(groups, place, token)
            for places in open_at.values():
                while places and places[-1] > place:
                    places.pop()
        elif wildcard_files.MENTION.fullmatch(token) and found.start() not in tags:
            values = wildcard_files.values_in(token)
            options[-1] += [_Assignment(name, _parse(value)) for name, value in values]
            options[-1].append(_Wildcard(wildcard_files.name_in(token)))
        else:
            options[-1].append(token)
    parts = [part for group in groups for part in group.to_ordinary_text()]
    return parts, unclosed + groups[1:]


def _close(groups: list[_Group], index: int, closing: str) -> None:
    """Close the open bracket with `index`, and append its content to the enclosing group.

    Unclosed brackets inside the group become ordinary text.
    """
    group = groups[index]
    group.options[-1] += [part for inner in groups[index + 1 :] for part in inner.to_ordinary_text()]
    del groups[index:]
    if group.variable is not None:
        name, use = group.variable["variable"], group.variable["use"]
        value = group.content()
        groups[-1].options[-1].append(
            _Variable(name, value) if use == ":" else _Assignment(name, value, is_drawn=use == "=!")
        )
        return
    is_weighted = closing == "}" and any(map(_match_weight, group.options))
    is_choice = closing == "}" and (len(group.options) > 1 or group.counted is not None or is_weighted)
    groups[-1].options[-1] += (
        [_create_variants(group, is_weighted=is_weighted)] if is_choice else group.to_ordinary_text(closing)
    )


def _create_variants(group: _Group, *, is_weighted: bool) -> _Variants:
    """Return the variants in a closed bracket, with the number of options to choose and the weights."""
    options, counted = group.options, group.counted
    if counted is None and isinstance(first := next(iter(options[0]), None), str):
        options = [[_METHOD.sub("", first), *options[0][1:]], *options[1:]]
    weights: tuple[float, ...] = ()
    if is_weighted:
        found = [_match_weight(option) for option in options]
        weights = tuple(float(each[1]) if each else 1.0 for each in found)
        weights = weights if any(weights) else ()
        options = [
            [part[each.end() :], *rest] if each and isinstance(part := option[0], str) else option
            for option, each in zip(options, found, strict=True)
            for rest in [option[1:]]
        ]
    if counted is None:
        return _Variants(options, weights)
    last = len(options) if not (len(options) == 1 and len(options[0]) == 1) else MAX_CHOICES
    exact = counted["exact"]
    low = int(exact or counted["low"] or counted["least"] or 1)
    high = int(exact or counted["high"] or counted["most"] or last)
    low, high = sorted((low, high))
    separator = _SEPARATOR if counted["separator"] is None else counted["separator"]
    options = [_strip_leading_space(option) for option in options]
    return _Variants(options, weights, low, high, separator, is_counted=True)


def _match_weight(option: list[_Part]) -> re.Match[str] | None:
    return _WEIGHT.match(option[0]) if option and isinstance(option[0], str) else None


def _strip_leading_space(option: list[_Part]) -> list[_Part]:
    return [option[0].lstrip(), *option[1:]] if option and isinstance(option[0], str) else option
