"""Terms of a search query, and autocompletion of the term being typed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP, Translate, untranslated
from gdm_studio.request.generation_request import SETTINGS, Role, with_role

# {search field: setting}
SEARCHED = {setting.word: setting for setting in with_role(SETTINGS, Role.SEARCH)}
# {search field: title for the user}
NUMBERS = {word: setting.title for word, setting in SEARCHED.items() if setting.is_number} | {
    "size": QT_TRANSLATE_NOOP("Search", "Size")
}
# {search field: fields that it searches}. "Scheduler" means the sampler in the window and the spacing in other tools.
OTHER_NAMES: dict[str, tuple[str, ...]] = {"scheduler": ("sampler", "spacing")}
NAMES = {word: setting.title for word, setting in SEARCHED.items() if not setting.is_number}
NAMES |= {
    "sampler": QT_TRANSLATE_NOOP("Search", "Sampler"),
    "scheduler": QT_TRANSLATE_NOOP("Search", "Scheduler"),
    "tool": QT_TRANSLATE_NOOP("Search", "Tool"),
    "tag": QT_TRANSLATE_NOOP("Search", "Tag"),
    "collection": QT_TRANSLATE_NOOP("Search", "Collection"),
}
# {value of the field "is": title}
FLAGS = {
    "favourite": QT_TRANSLATE_NOOP("Search", "Favourites"),
    "favorite": QT_TRANSLATE_NOOP("Search", "Favourites"),
    "stopped": QT_TRANSLATE_NOOP("Search", "Stopped early"),
    "imported": QT_TRANSLATE_NOOP("Search", "Imported"),
    "settings": QT_TRANSLATE_NOOP("Search", "With settings"),
    "plain": QT_TRANSLATE_NOOP("Search", "Without settings"),
    "made-here": QT_TRANSLATE_NOOP("Search", "Made here"),
    "branch": QT_TRANSLATE_NOOP("Search", "Branches"),
    "edited": QT_TRANSLATE_NOOP("Search", "Edited elsewhere"),
    "untagged": QT_TRANSLATE_NOOP("Search", "Without a tag"),
    "noted": QT_TRANSLATE_NOOP("Search", "With a note"),
}
DAYS = ("today", "yesterday")
# Fields that are searched for words.
WORDS = {
    "prompt": QT_TRANSLATE_NOOP("Search", "Prompt"),
    "negative": QT_TRANSLATE_NOOP("Search", "Negative prompt"),
    "note": QT_TRANSLATE_NOOP("Search", "Note"),
}
_TITLES = NUMBERS | NAMES | WORDS
_TITLES |= {"like": QT_TRANSLATE_NOOP("Search", "Like"), "similar": QT_TRANSLATE_NOOP("Search", "Similar to")}
_TITLES |= {"is": "", "date": QT_TRANSLATE_NOOP("Search", "Date"), "in": QT_TRANSLATE_NOOP("Search", "In")}
_TITLES |= {"file": QT_TRANSLATE_NOOP("Search", "File")}
FIELDS = frozenset(_TITLES)
_ATOM = re.compile(r'(?P<minus>-?)(?:(?P<field>[a-z]+):)?(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))')
# Like _ATOM, with a field in any alphabet.
_ANY_FIELD = re.compile(r'(?P<minus>-?)(?:(?P<field>[^\W\d_]+):)?(?P<value>"[^"]*"?|[^\s"]+)')
_SIGN = re.compile(r"(>=|<=|>|<)")
_SHOWN_SIGNS = {">=": "≥ ", "<=": "≤ ", ">": "> ", "<": "< "}
# Maximum number of atoms in a search. FTS5 accepts 256.
_MAX_ATOMS = 60
_MAX_COMPLETIONS = 12
# Characters of an image id that its label shows.
_ID_SHOWN = 6


@dataclass(frozen=True)
class Atom:
    """Smallest part of a gallery search query: a word, a phrase or `field:value`, possibly negated.

    `text` is the part as typed.
    """

    text: str
    field: str
    value: str
    quoted: bool
    negated: bool


@dataclass(frozen=True)
class Term:
    """Condition of a gallery search query: one word, phrase or field, or several of them joined by OR.

    `text` is the condition as typed, starting at index `start`.
    """

    text: str
    start: int
    atoms: tuple[Atom, ...]

    @property
    def label(self) -> str:
        """The text on the chip that represents this search condition in the search bar, in English."""
        return self.label_text()

    def label_text(self, translate: Translate = untranslated, within_text: Callable[[str], str] = str.lower) -> str:
        """Return the text on the chip that represents this search condition in the search bar, translated by
        `translate(context, text)`. `within_text(title)` returns a title as it is written after "not".
        """
        return translate("Search", " or ").join(_format_label(atom, translate, within_text) for atom in self.atoms)


def parse_terms(query: str) -> list[Term]:
    """Split a search query into its conditions, all of which an image must meet.

    Words after the first 60 are ignored.
    """
    found: list[Term] = []
    is_alternative = False
    matches = [match for _, match in zip(range(_MAX_ATOMS), _ATOM.finditer(query), strict=False)]
    for number, match in enumerate(matches):
        if match[0] == "OR" and found and number + 1 < len(matches) and not is_alternative:
            is_alternative = True
            continue
        start = match.start()
        atoms: tuple[Atom, ...] = (_parse_atom(match),)
        if is_alternative:
            previous = found.pop()
            start = previous.start
            atoms = (*previous.atoms, *atoms)
        found.append(Term(query[start : match.end()], start, atoms))
        is_alternative = False
    return found


def with_english_fields(query: str, translate: Translate) -> str:
    """Return a search query with English names of fields, such as "tag:" for "Tag:", or for "Etiqueta:" in
    Spanish.

    `translate(context, text)` translates the titles of the fields. Titles of several words cannot be field names.
    """
    names = {translate(_get_context(name), title).casefold(): name for name, title in _TITLES.items() if title}

    def in_english(match: re.Match[str]) -> str:
        typed = match["field"].casefold()
        field = typed if typed in FIELDS else names.get(typed, match["field"])
        return f"{match['minus']}{field}:{match['value']}"

    return _ANY_FIELD.sub(lambda match: in_english(match) if match["field"] else match[0], query)


def ignored_rest(query: str) -> str:
    """Return the rest of a search query after its first 60 words, which the search ignores.

    It is "" for nearly every query.
    """
    found = parse_terms(query)
    return query[found[-1].start + len(found[-1].text) :].strip() if found else ""


def remove_term(query: str, term: Term) -> str:
    """Return a search query without one of its conditions, for example when the user closes the condition's chip."""
    before = query[: term.start].rstrip()
    after = query[term.start + len(term.text) :].lstrip()
    return " ".join(filter(None, (before, after)))


def completions(query: str, cursor: int, values: Callable[[str], Iterable[str]]) -> list[str]:
    """Return completions for the word before the cursor in the search bar, most likely first. A completion is a field
    name or a known value of a field, which `values(field)` returns, and replaces the whole word (see
    `insert_completion`).
    """
    word = query[_start(query, cursor) : cursor]
    minus, bare = ("-", word[1:]) if word.startswith("-") else ("", word)
    field, colon, begun = bare.partition(":")
    begun = begun.lstrip('"').casefold()
    if colon and field in _TITLES:
        own = FLAGS if field == "is" else DAYS if field == "date" else values(field)
        offered = [_format_atom(field, value) for value in own if value.casefold().startswith(begun) and value != begun]
    elif not bare or colon:
        return []
    else:
        # The id of an image is never typed, so it is not suggested.
        offered = [f"{name}:" for name in _TITLES if name.startswith(bare) and name != "similar"]
        offered += [_format_atom("is", flag) for flag in FLAGS if flag.startswith(bare) and flag != "favorite"]
        for name in ("tag", "collection", "model", "style", "class"):
            offered += [_format_atom(name, one) for one in values(name) if one.casefold().startswith(bare.casefold())]
    return [minus + one for one in offered[:_MAX_COMPLETIONS] if minus + one != word]


def insert_completion(query: str, cursor: int, choice: str) -> tuple[str, int]:
    """Replace the word before the cursor of the search bar by the completion that the user chose.

    Return the new query and the new cursor position.
    """
    start = _start(query, cursor)
    end = cursor + len(re.match(r"\S*", query[cursor:])[0])  # type: ignore[index]  # it always matches
    rest = query[end:].lstrip()
    gap = "" if choice.endswith(":") else " "
    return query[:start] + choice + gap + rest, start + len(choice) + len(gap)


def _start(query: str, cursor: int) -> int:
    """Return the start index of the word before the cursor in the search bar.

    After an open quotation mark, a word may contain spaces.
    """
    begun = 0
    for match in re.finditer(r'-?(?:[a-z]+:)?(?:"[^"]*"?|[^\s"]+)', query[:cursor]):
        begun = match.start() if match.end() == cursor else cursor
    return begun if query[:cursor].strip() else cursor


def _format_atom(field: str, value: str) -> str:
    return f'{field}:"{value}"' if re.search(r'[\s"]', value) or not value else f"{field}:{value}"


def _parse_atom(match: re.Match[str]) -> Atom:
    is_quoted = match["word"] is None
    value = match["phrase"] if is_quoted else match["word"]
    return Atom(match[0], match["field"] or "", value, is_quoted, bool(match["minus"]))


def _get_context(field: str) -> str:
    """Return the context in which the title of a search field is translated."""
    return "Setting" if field in SEARCHED else "Search"


def _format_label(atom: Atom, translate: Translate, within_text: Callable[[str], str]) -> str:
    written = within_text if atom.negated else str
    value = atom.value if atom.field != "similar" else f"{atom.value[:_ID_SHOWN]}…"
    if atom.field == "is" and value in FLAGS:
        label = written(translate("Search", FLAGS[value]))
    elif atom.field in _TITLES and atom.field != "is":
        title = written(translate(_get_context(atom.field), _TITLES[atom.field]))
        label = f"{title} {_SIGN.sub(lambda sign: _SHOWN_SIGNS[sign[0]], value, count=1)}"
    else:
        bare = f"{atom.field}:{value}" if atom.field else value
        label = translate("Quotation", "“{text}”").replace("{text}", bare) if atom.quoted else bare
    if not atom.negated or not label:
        return label
    return translate("Search", "not {term}").replace("{term}", label)
