"""Prompt templates: variants `{red|blue}` and wildcards `__name__`, chosen by the seed of each image.

`{a|b}` becomes one of its options, which may contain further variants; braces without a `|` are ordinary characters. A
`|` in square brackets is left alone, so that `[a|b]` still alternates. `__name__` becomes a line of a wildcard file,
see `wildcards`. A backslash before a brace or a wildcard makes it literal: `\\{`, `\\__name__`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256

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
    rf"|{wildcard_files.MENTION.pattern}"
    rf"|[{{}}|\[\]]"
    rf"|[^\\{{}}|\[\]_]+"
    rf"|.",
    re.DOTALL,
)
_SPECIAL = re.compile(rf"[{{}}]|{wildcard_files.MENTION.pattern}")
_OPENING = {"}": "{", "]": "["}


@dataclass(frozen=True)
class _Variants:
    """Variants `{a|b}` in a prompt template. Each option is a list of parts, which may contain nested variants."""

    options: list[list[_Part]]


@dataclass(frozen=True)
class _Wildcard:
    """Wildcard `__name__` in a prompt template, to be replaced by a random line of the wildcard file with this name."""

    name: str


_Part = str | _Variants | _Wildcard


@dataclass(frozen=True)
class Variant:
    """Prompt that a template gives. `chosen` contains the character ranges of the prompt that its choices between
    several options filled in.
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
    options: list[list[_Part]] = field(default_factory=lambda: [[]])

    def parts(self, closing: str = "") -> list[_Part]:
        """Return the content of a bracket without variants as parts of ordinary text, including the bracket
        characters.
        """
        found: list[_Part] = [self.bracket]
        for place, option in enumerate(self.options):
            found += ["|", *option] if place else option
        return [*found, closing]


def draw(template: str, seeds: Iterable[int], *, skip_unusable: bool = False) -> list[str]:
    """Replace the variants and wildcards in a prompt template with random choices, and return the resulting prompt for
    each seed.

    Wildcards whose files are missing or unusable raise BadRequest or, with `skip_unusable`, are left out. BadRequest is
    also raised if a prompt would be too long, has more than MAX_CHOICES choices, or is nested more than MAX_DEPTH
    levels deep.
    """
    parts = _parse(template)
    lines = _cached_lines(skip_unusable=skip_unusable)
    return [_Draw(_by_seed(seed), lines).text(parts) for seed in seeds]


def variants_of(template: str, most: int) -> tuple[list[Variant], bool]:
    """Return at most `most` different prompts that a template can give. The second value is False if options of its
    choices may be missing from them.

    If the choices have more than `most` combinations, all choices take their first option in the first prompt, their
    second one in the next prompt, and so on; other combinations are missing. A choice with a single option counts as
    ordinary text. Wildcards whose files are missing or unusable are left out. Raises BadRequest like `draw`.
    """
    parts = _parse(template)
    lines = _cached_lines(skip_unusable=True)
    found: list[Variant] = []
    # The index of the option that each choice takes, and the number of its options.
    path: list[tuple[int, int]] = []

    def choose(number: int, count: int) -> int:
        if number > len(path):
            path.append((0, count))
        return path[number - 1][0]

    while len(found) < most:
        found.append(_Draw(choose, lines).variant(parts))
        while path and path[-1][0] + 1 == path[-1][1]:
            path.pop()
        if not path:
            return list(dict.fromkeys(found)), True
        path[-1] = path[-1][0] + 1, path[-1][1]
    draws = [_Draw(partial(_by_place, place), lines) for place in range(most)]
    found = [each.variant(parts) for each in draws]
    is_complete = not any(each.is_nested or each.most_options > most for each in draws)
    return list(dict.fromkeys(found)), is_complete


def options_of(template: str) -> list[tuple[str, ...]]:
    """Return the options of each choice in a prompt template, except for choices inside other options and for wildcards
    whose files are missing or unusable.
    """
    found: list[tuple[str, ...]] = []
    for part in _parse(template):
        if isinstance(part, _Variants):
            found.append(tuple(map(_written, part.options)))
        elif isinstance(part, _Wildcard):
            with suppress(BadRequest):
                found.append(wildcard_files.lines(part.name))
    return found


def wildcards_in(template: str) -> list[tuple[int, str]]:
    """Return the position and the name of each wildcard in a prompt template."""
    if is_too_long(template):
        return []
    tokens = _TOKEN.finditer(template)
    return [(each.start(), each[0][2:-2]) for each in tokens if wildcard_files.MENTION.fullmatch(each[0])]


def is_template(prompt: str) -> bool:
    """Return True if a prompt may contain template syntax: variants `{a|b}`, wildcards `__name__` or escaped braces."""
    return _SPECIAL.search(prompt) is not None and not is_too_long(prompt)


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
    return prompt if _is_ordinary(prompt) else _SPECIAL.sub(lambda found: "\\" + found[0], prompt)


def _is_ordinary(prompt: str) -> bool:
    """Return True if a prompt contains no variants, wildcards or escapes, so that its text is the same for
    every seed.
    """
    try:
        return wildcard_files.MENTION.search(prompt) is None and draw(prompt, [0]) == [prompt]
    except BadRequest:
        return False


def _written(parts: Sequence[_Part]) -> str:
    """Return parts of a template as text with variants and wildcards, and with escaped characters without their
    backslash.
    """
    texts = []
    for part in parts:
        if isinstance(part, _Variants):
            texts.append("{" + "|".join(map(_written, part.options)) + "}")
        else:
            texts.append(part if isinstance(part, str) else f"__{part.name}__")
    return "".join(texts).strip()


class _Draw:
    """Generator of one prompt from a template.

    `choose(number, count)` returns the index of an option of the choice with this number (from 1) and this count of
    options. Afterwards, `is_nested` is True if a choice was inside an option of another one, and `most_options` is the
    greatest number of options of a choice.
    """

    def __init__(self, choose: Callable[[int, int], int], lines: Callable[[str], Sequence[list[_Part]]]) -> None:
        self._choose = choose
        self._lines = lines
        self._choices = 0
        self._length = 0
        # Character ranges of the text that choices between several options filled in.
        self._chosen: list[tuple[int, int]] = []
        self.is_nested = False
        self.most_options = 0

    def text(self, parts: Sequence[_Part], depth: int = 0) -> str:
        """Make the random choices in a list of template parts, and return the resulting text.

        Raises BadRequest if it is too long or nested too deeply.
        """
        if depth > MAX_DEPTH:
            raise PromptError(f"Variants and wildcards are nested more than {MAX_DEPTH} levels deep; nest fewer.")
        return "".join(self._text_of(part, depth) for part in parts)

    def variant(self, parts: Sequence[_Part]) -> Variant:
        """Return the text of template parts like `text`, with the character ranges of choices between options."""
        return Variant(self.text(parts), tuple(self._chosen))

    def _text_of(self, part: _Part, depth: int) -> str:
        if isinstance(part, str):
            self._length += len(part)
            if self._length > MOST_CHARACTERS:
                raise PromptError(
                    translatable(
                        "The prompt becomes longer than {limit:,} characters; shorten its parts.", limit=MOST_CHARACTERS
                    )
                )
            return part
        options = part.options if isinstance(part, _Variants) else self._lines(part.name)
        self._choices += 1
        if self._choices > MAX_CHOICES:
            raise PromptError(f"The prompt has more than {MAX_CHOICES} variants and wildcards; use fewer.")
        self.is_nested |= depth > 0
        self.most_options = max(self.most_options, len(options))
        start, before = self._length, len(self._chosen)
        text = self.text(options[self._choose(self._choices, len(options))], depth + 1)
        if len(options) > 1:
            # The range of the outer choice contains those of inner choices.
            self._chosen[before:] = [(start, self._length)]
        return text


def _by_place(place: int, _number: int, count: int) -> int:
    return place % count


def _by_seed(seed: int) -> Callable[[int, int], int]:
    """Return a function that makes the random choices in a template for the image with this seed. Each choice depends
    only on the seed and on the number of choices before it.
    """

    def choose(number: int, count: int) -> int:
        digest = sha256(f"{seed} {number}".encode()).digest()
        return int.from_bytes(digest[:8], "big") % count

    return choose


def _cached_lines(*, skip_unusable: bool = False) -> Callable[[str], Sequence[list[_Part]]]:
    """Return a function that maps the name of a wildcard file to its parsed lines. Each file is read only once.

    With `skip_unusable`, a missing or unusable file has one empty line; otherwise, it raises BadRequest.
    """
    found: dict[str, Sequence[list[_Part]]] = {}

    def lines(name: str) -> Sequence[list[_Part]]:
        if name not in found:
            try:
                found[name] = _Lines(wildcard_files.lines(name))
            except BadRequest:
                if not skip_unusable:
                    raise
                found[name] = [[]]
        return found[name]

    return lines


class _Lines(Sequence[list[_Part]]):
    """Lines of a wildcard file, each of which is parsed as a template when it is first chosen."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines
        # The parts of the lines parsed so far, by index.
        self._parsed: dict[int, list[_Part]] = {}

    def __len__(self) -> int:
        return len(self._lines)

    def __getitem__(self, index: int) -> list[_Part]:  # type: ignore[override]
        if index not in self._parsed:
            self._parsed[index] = _parse(self._lines[index])
        return self._parsed[index]


def _parse(template: str) -> list[_Part]:
    """Split a prompt template into texts, variants and wildcards. Unmatched brackets are ordinary characters."""
    return _parse_with_unclosed(template)[0]


def _parse_with_unclosed(template: str) -> tuple[list[_Part], list[_Group]]:
    """Split a prompt template into texts, variants and wildcards, and return them with the brackets that are never
    closed.
    """
    groups = [_Group()]
    unclosed: list[_Group] = []
    # The positions of the open brackets of each kind in `groups`.
    open_at: dict[str, list[int]] = {"{": [], "[": []}
    for found in _TOKEN.finditer(template):
        token = found[0]
        options = groups[-1].options
        if found["escaped"]:
            options[-1].append(found["escaped"])
        elif token in open_at and len(groups) <= MAX_OPEN:
            open_at[token].append(len(groups))
            groups.append(_Group(token, found.start()))
        elif token == "|":
            options.append([])
        elif token in _OPENING and open_at[_OPENING[token]]:
            place = open_at[_OPENING[token]].pop()
            unclosed += groups[place + 1 :]
            _close(groups, place, token)
            for places in open_at.values():
                while places and places[-1] > place:
                    places.pop()
        elif wildcard_files.MENTION.fullmatch(token):
            options[-1].append(_Wildcard(token[2:-2]))
        else:
            options[-1].append(token)
    parts = [part for group in groups for part in group.parts()]
    return parts, unclosed + groups[1:]


def _close(groups: list[_Group], place: int, closing: str) -> None:
    """Close the open bracket with the index `place`, and append its content to the enclosing group.

    Unclosed brackets inside the group become ordinary text.
    """
    group = groups[place]
    group.options[-1] += [part for inner in groups[place + 1 :] for part in inner.parts()]
    del groups[place:]
    is_choice = closing == "}" and len(group.options) > 1
    groups[-1].options[-1] += [_Variants(group.options)] if is_choice else group.parts(closing)
