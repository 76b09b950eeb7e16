"""A search taken apart: its terms, which are shown as chips, and what could complete the one being typed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from gdm_studio.request import SETTINGS, Role, with_role

SEARCHED = {setting.word: setting for setting in with_role(SETTINGS, Role.SEARCH)}
NUMBERS = {word: setting.title for word, setting in SEARCHED.items() if setting.is_number} | {"size": "Size"}
OTHER_NAMES: dict[str, tuple[str, ...]] = {"scheduler": ("sampler", "spacing")}  # the window's, other tools'
NAMES = {word: setting.title for word, setting in SEARCHED.items() if not setting.is_number}
NAMES |= {"sampler": "Sampler", "scheduler": "Scheduler", "tool": "Tool", "tag": "Tag", "collection": "Collection"}
FLAGS = {
    "favourite": "Favourites",
    "favorite": "Favourites",
    "stopped": "Stopped early",
    "imported": "Imported",
    "branch": "Branches",
    "untagged": "Without a tag",
    "noted": "With a note",
}
DAYS = ("today", "yesterday")
WORDS = {"prompt": "Prompt", "negative": "Negative prompt", "note": "Note"}  # looked for as words of it alone
_TITLES = NUMBERS | NAMES | WORDS | {"is": "", "date": "Date", "in": "In"}
FIELDS = frozenset(_TITLES)
_ATOM = re.compile(r'(?P<minus>-?)(?:(?P<field>[a-z]+):)?(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))')
_SIGN = re.compile(r"(>=|<=|>|<)")
_SHOWN_SIGNS = {">=": "≥ ", "<=": "≤ ", ">": "> ", "<": "< "}
_MOST = 60  # FTS5 takes 256 at most
_OFFERED = 12


@dataclass(frozen=True)
class Atom:
    """A word, a phrase, or `field:value`, each perhaps negated."""

    text: str  # as it was written
    field: str
    value: str
    quoted: bool
    negated: bool


@dataclass(frozen=True)
class Term:
    """What has to hold of a picture: one atom, or one of several joined by OR."""

    text: str  # as it was written
    start: int  # its place in the query
    atoms: tuple[Atom, ...]

    @property
    def label(self) -> str:
        """As people read it on a chip."""
        return " or ".join(_label(atom) for atom in self.atoms)


def terms(query: str) -> list[Term]:
    """The conditions of a query, all of which have to hold, in their order; at most 60 words of it count."""
    found: list[Term] = []
    joined = False
    matches = [match for _, match in zip(range(_MOST), _ATOM.finditer(query), strict=False)]
    for number, match in enumerate(matches):
        if match[0] == "OR" and found and number + 1 < len(matches) and not joined:
            joined = True
            continue
        atom, start = _atom(match), match.start()
        if joined:
            start, atoms = found[-1].start, (*found.pop().atoms, atom)
        else:
            atoms = (atom,)
        found.append(Term(query[start : match.end()], start, atoms))
        joined = False
    return found


def rest(query: str) -> str:
    """What is written after the last word that counts; "" for nearly every query."""
    found = terms(query)
    return query[found[-1].start + len(found[-1].text) :].strip() if found else ""


def without(query: str, term: Term) -> str:
    """The query with one of its terms taken out."""
    before, after = query[: term.start].rstrip(), query[term.start + len(term.text) :].lstrip()
    return " ".join(filter(None, (before, after)))


def completions(query: str, cursor: int, values: Callable[[str], Iterable[str]]) -> list[str]:
    """What the word before `cursor` could become, the likeliest first: fields, then the values of one.

    `values(field)` lists what a field can be. Each entry stands for the whole word: see `completed`.
    """
    word = query[_start(query, cursor) : cursor]
    minus, bare = ("-", word[1:]) if word.startswith("-") else ("", word)
    field, colon, begun = bare.partition(":")
    begun = begun.lstrip('"').casefold()
    if colon and field in _TITLES:
        own = FLAGS if field == "is" else DAYS if field == "date" else values(field)
        offered = [_written(field, value) for value in own if value.casefold().startswith(begun) and value != begun]
    elif not bare or colon:
        return []
    else:
        offered = [f"{name}:" for name in _TITLES if name.startswith(bare)]
        offered += [_written("is", flag) for flag in FLAGS if flag.startswith(bare) and flag != "favorite"]
        for name in ("tag", "collection", "model", "style", "class"):
            offered += [_written(name, one) for one in values(name) if one.casefold().startswith(bare.casefold())]
    return [minus + one for one in offered[:_OFFERED] if minus + one != word]


def completed(query: str, cursor: int, choice: str) -> tuple[str, int]:
    """(query, cursor) once the word before `cursor` has become `choice`."""
    start = _start(query, cursor)
    end = cursor + len(re.match(r"\S*", query[cursor:])[0])  # type: ignore[index]  # it always matches
    rest = query[end:].lstrip()
    gap = "" if choice.endswith(":") else " "
    return query[:start] + choice + gap + rest, start + len(choice) + len(gap)


def _start(query: str, cursor: int) -> int:
    """Where the word begins that ends at the cursor; a quotation mark that is open holds spaces together."""
    begun = 0
    for match in re.finditer(r'-?(?:[a-z]+:)?(?:"[^"]*"?|[^\s"]+)', query[:cursor]):
        begun = match.start() if match.end() == cursor else cursor
    return begun if query[:cursor].strip() else cursor


def _written(field: str, value: str) -> str:
    return f'{field}:"{value}"' if re.search(r'[\s"]', value) or not value else f"{field}:{value}"


def _atom(match: re.Match[str]) -> Atom:
    quoted = match["word"] is None
    value = match["phrase"] if quoted else match["word"]
    return Atom(match[0], match["field"] or "", value, quoted, bool(match["minus"]))


def _label(atom: Atom) -> str:
    value = atom.value
    if atom.field == "is" and value in FLAGS:
        said = FLAGS[value]
    elif atom.field in _TITLES and atom.field != "is":
        said = f"{_TITLES[atom.field]} {_SIGN.sub(lambda sign: _SHOWN_SIGNS[sign[0]], value, count=1)}"
    else:
        bare = f"{atom.field}:{value}" if atom.field else value
        said = f"“{bare}”" if atom.quoted else bare
    return f"not {said[0].lower() + said[1:] if atom.field else said}" if atom.negated and said else said
