"""The search language: words, "phrases", -negation, OR, and fields: `is:favourite`, `seed:42`, `steps:>20`.

`tag:`, `collection:` take the whole name, in quotation marks where it has spaces; other names are found by their
beginnings, or whole in quotation marks. A range is written `steps:10..20`, `date:2026-01..2026-03`.

Every text is a query, since people type it letter by letter: what is not understood is looked for as words, or left
out, and `doubts` says so. Who changes pictures by a query asks `understood` first.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from gdm_studio.errors import BadRequest
from gdm_studio.gallery.terms import FIELDS, OTHER_NAMES, SEARCHED, WORDS, Atom, Term, rest, terms
from gdm_studio.gallery.words import indexed, storable

Value = float | str
Styles = Sequence[tuple[str, str]]  # ids and the titles that people know them by
Condition = tuple[str, *tuple[Value, ...]]  # SQL on `pictures`, and what stands for its question marks

_NUMBER = re.compile(r"(>=|<=|>|<|=)?(-?\d{1,20}(?:\.\d{1,20})?)")
_RANGE = re.compile(r"(-?\d{1,20}(?:\.\d{1,20})?)\.\.(-?\d{1,20}(?:\.\d{1,20})?)")
_DATE = re.compile(r"(>=|<=|>|<|=)?(today|yesterday|\d{4}(?:-\d\d?){0,2})")
_LETTER = re.compile(r"[^\W_]")
_PLAIN = re.compile(r"[^\W_][^:=<>*|]*")  # a word in which nobody can have meant a field, a comparison, an operator
_NUMBERS = {
    **{word: f"pictures.{word}" for word, setting in SEARCHED.items() if setting.is_number},
    "seed": "+pictures.seed",  # the sign keeps SQLite from the index, where most pictures match
    "size": "max(pictures.width, pictures.height)",
}
_NAMES: dict[str, tuple[str, ...]] = {word: (word,) for word, setting in SEARCHED.items() if not setting.is_number}
_NAMES |= OTHER_NAMES | {"tool": ("tool",)}
# Few pictures have such marks: their rows are found first, rather than every picture looked at.
_MARKED = "pictures.row IN (SELECT own.row FROM kept.{table} JOIN main.pictures AS own ON own.id = {column}{where})"
_FAVOURITES = _MARKED.format(table="favourites", column="favourites.id", where="")
_FLAGS = {
    "favourite": _FAVOURITES,
    "favorite": _FAVOURITES,
    "stopped": "pictures.stopped_at > 0",
    "imported": "pictures.source != ''",
    "branch": "pictures.branch",
    "untagged": "NOT " + _MARKED.format(table="tags", column="picture", where=""),
    "noted": _MARKED.format(table="notes", column="picture", where=""),
}
_WHOLE = {
    "tag": _MARKED.format(table="tags", column="picture", where=" WHERE tag = ?"),
    "collection": _MARKED.format(table="collected", column="picture", where=" WHERE collection = ?"),
}
_STYLED = "pictures.style IN (SELECT value FROM json_each(?))"
_COLUMNS = "prompt negative class style model note tags"  # that words are looked for in
_ANY = "every : all"  # a column with one word in every row: in FTS5, NOT needs something on its left


@dataclass
class Query:
    """`match` is for the full-text table ("" for every picture); `where` are SQL conditions on `pictures`."""

    match: str = ""
    where: list[str] = field(default_factory=list)
    values: list[Value] = field(default_factory=list)


def doubts(text: str) -> list[str]:
    """Clauses that say what of a query is not understood."""
    found = [doubt for term in terms(text) for atom in term.atoms if (doubt := _doubt(atom))]
    return [*found, "only its first 60 words count"] if rest(text) else found


def says_nothing(text: str) -> bool:
    """Whether every picture matches, since nothing is left of the query that could be looked for."""
    return parse(text) == Query()


def understood(text: str) -> str:
    """The query itself, fit to choose pictures that are then changed: all of it says something. Raises BadRequest."""
    if unclear := doubts(text):
        raise BadRequest(f"This search is not clear: {'; '.join(unclear)}; nothing was changed.")
    if says_nothing(text):
        raise BadRequest("This search says nothing, and every picture would match; say which ones are meant.")
    return text


def parse(text: str, styles: Styles = ()) -> Query:
    """Every text is a query: what is not a field is a word to be found, the last one by its beginning."""
    query = Query()
    wanted: list[str] = []
    unwanted: list[str] = []
    found = terms(text)
    for term in found:
        growing = term is found[-1] and not text[-1:].isspace()
        if len(term.atoms) > 1:
            _add_alternatives(query, wanted, term, growing, styles)
            continue
        (atom,) = term.atoms
        if condition := _condition(atom, styles):
            query.where.append(f"NOT ({condition[0]})" if atom.negated else condition[0])
            query.values += condition[1:]
        elif phrase := _phrase(atom, begins=growing):
            (unwanted if atom.negated else wanted).append(phrase)
    query.match = " AND ".join(wanted)
    if unwanted and query.where and not wanted:  # nearly every picture lacks a word: the conditions leave fewer
        query.where.append("pictures.row NOT IN (SELECT rowid FROM words WHERE words MATCH ?)")
        query.values.append(" OR ".join(unwanted))
    elif unwanted:
        query.match = f"({query.match or _ANY}) NOT ({' OR '.join(unwanted)})"
    return query


def _add_alternatives(query: Query, wanted: list[str], term: Term, growing: bool, styles: Styles) -> None:
    """One of the term's atoms has to hold: within the full-text table alone where all are words."""
    conditions = [(atom, _condition(atom, styles)) for atom in term.atoms]
    phrases = [_phrase(atom, begins=growing and atom is term.atoms[-1]) for atom in term.atoms]
    if not any(condition for _, condition in conditions):
        matches = _either(term.atoms, phrases)
        if matches:
            wanted.append(f"({' OR '.join(matches)})")
        return
    either: list[str] = []
    for (atom, condition), phrase in zip(conditions, phrases, strict=True):
        if condition is None and phrase:
            condition = "pictures.row IN (SELECT rowid FROM words WHERE words MATCH ?)", phrase
        if condition is not None:
            either.append(f"NOT ({condition[0]})" if atom.negated else f"({condition[0]})")
            query.values += condition[1:]
    query.where.append(f"({' OR '.join(either)})")


def _either(atoms: Sequence[Atom], phrases: Sequence[str]) -> list[str]:
    pairs = [(atom, phrase) for atom, phrase in zip(atoms, phrases, strict=True) if phrase]
    return [f"({_ANY} NOT {phrase})" if atom.negated else phrase for atom, phrase in pairs]


def _phrase(atom: Atom, *, begins: bool) -> str:
    """An FTS5 phrase over the columns that people search in, or "" where the atom has no letter."""
    columns, text = _COLUMNS, f"{atom.field} {atom.value}"
    if atom.field in WORDS:
        columns, text = atom.field, atom.value
    if not _LETTER.search(text):
        return ""
    quoted = indexed(text).replace('"', " ").replace("\0", " ")
    return f'{{{columns}}} : "{quoted}"' + (" *" if begins and not atom.quoted else "")


def _condition(atom: Atom, styles: Styles = ()) -> Condition | None:
    """An SQL condition and its values; None where the atom is a word or its field makes no sense."""
    name, value = atom.field, atom.value
    if name in _NAMES and value:
        sought = [(column, like) for column in _NAMES[name] for like in _spellings(column, atom)]
        either = " OR ".join(f"pictures.{column} LIKE ? ESCAPE '\\'" for column, _ in sought)
        likes: tuple[Value, ...] = tuple(like for _, like in sought)
        if called := [style for style, title in styles if name == "style" and _calls(atom, title)]:
            either, likes = f"{either} OR {_STYLED}", (*likes, json.dumps(called))
        return f"({either})", *likes
    if name in _WHOLE and value:
        return _WHOLE[name], storable(value)
    if name in _NUMBERS:
        return _compared(_NUMBERS[name], value) if name != "size" else _sized(value)
    if name == "is":
        return (_FLAGS[value],) if value in _FLAGS else None
    if name == "date":
        return _dated(value)
    if name == "in" and value.strip("/\\"):
        inside = _escaped(value.replace("\\", "/").strip("/"))
        return "'/' || pictures.path LIKE ? ESCAPE '\\'", f"%/{inside}%/%"
    return None


def _spellings(column: str, atom: Atom) -> list[str]:
    """What LIKE is to find in that column: the value as it is written, and the names of what it is the title of."""
    setting = SEARCHED.get(column)
    meant = [name for name in setting.choices if _calls(atom, setting.said(name))] if setting is not None else []
    return [_escaped(atom.value) + ("" if atom.quoted else "%"), *map(_escaped, meant)]


def _calls(atom: Atom, title: str) -> bool:
    """Whether that title is meant: by its beginning, or whole in quotation marks."""
    wanted = atom.value.casefold()
    return title.casefold() == wanted if atom.quoted else title.casefold().startswith(wanted)


def _doubt(atom: Atom) -> str:
    """What is not clear about an atom; "" where it says something, and that is what was meant."""
    if atom.quoted and atom.text.count('"') < 2:
        return f"the quotation mark of {atom.text} is not closed"
    if atom.field and atom.field not in FIELDS:
        return f"there is no field {atom.field}: as in {atom.text}, and words with a colon go in quotation marks"
    if atom.field:
        says = bool(_phrase(atom, begins=False)) if atom.field in WORDS else _condition(atom) is not None
        return "" if says else f"{atom.text} gives {atom.field}: a value that it cannot have"
    if not _LETTER.search(atom.value):
        return f"{atom.text} has no letter or digit to look for"
    if atom.value == "OR" and not atom.quoted:
        return "OR has to stand between two words"
    if not atom.quoted and atom.value.removesuffix(":") in FIELDS and atom.value.endswith(":"):
        return f"{atom.text} has nothing behind it"
    if not atom.quoted and not _PLAIN.fullmatch(unicodedata.normalize("NFKC", atom.value)):
        return f"{atom.text} is no word and no field that there is, and words with signs go in quotation marks"
    return ""


def _compared(column: str, value: str) -> Condition | None:
    if match := _RANGE.fullmatch(value):
        low, high = _clipped(match[1]), _clipped(match[2])
        return (f"{column} BETWEEN ? AND ?", low, high) if low <= high else None
    if match := _NUMBER.fullmatch(value):
        sign = match[1] or "="
        return f"{column.lstrip('+') if sign == '=' else column} {sign} ?", _clipped(match[2])
    return None


def _sized(value: str) -> Condition | None:
    """`512x768` exactly, or the longer side compared."""
    if match := re.fullmatch(r"(\d{1,9})[x×](\d{1,9})", value):
        return "pictures.width = ? AND pictures.height = ?", int(match[1]), int(match[2])
    return _compared(_NUMBERS["size"], value)


def _clipped(digits: str) -> float:
    """The number; one that SQLite has no whole number for as a decimal, which no picture has."""
    number: float = float(digits) if "." in digits else int(digits)
    return number if abs(number) < 2**63 else float(number)


def _dated(value: str) -> Condition | None:
    first, between, last = value.partition("..")
    match, end = _DATE.fullmatch(first), _span(last) if between else None
    span = _span(match[2]) if match else None
    if match is None or span is None or (between and (end is None or match[1])):
        return None
    start, after = span
    if end is not None and end[1] <= start:
        return None
    if end is not None:
        return "pictures.row >= ? AND pictures.row < ?", start, end[1]
    match match[1]:
        case ">":
            return "pictures.row >= ?", after
        case ">=":
            return "pictures.row >= ?", start
        case "<":
            return "pictures.row < ?", start
        case "<=":
            return "pictures.row < ?", after
    return "pictures.row >= ? AND pictures.row < ?", start, after


def _span(value: str) -> tuple[int, int] | None:
    """From when to when, in µs since 1970, a local `today`, `yesterday`, year, month or day lasts."""
    today = dt.date.today()
    if value in ("today", "yesterday"):
        start = today - dt.timedelta(days=value == "yesterday")
        return _micros(start), _micros(start + dt.timedelta(days=1))
    match = re.fullmatch(r"(\d{4})(?:-(\d\d?))?(?:-(\d\d?))?", value)
    try:
        if match is None:
            return None
        year, month, day = int(match[1]), int(match[2] or 1), int(match[3] or 1)
        start = dt.date(year, month, day)
        if match[3]:
            return _micros(start), _micros(start + dt.timedelta(days=1))
        after = dt.date(year + 1, 1, 1) if not match[2] else dt.date(year + month // 12, month % 12 + 1, 1)
        return _micros(start), _micros(after)
    except (ValueError, OverflowError, OSError):
        return None


def _micros(day: dt.date) -> int:
    return round(dt.datetime.combine(day, dt.time()).timestamp() * 1e6)


def _escaped(value: str) -> str:
    return storable(re.sub(r"([\\%_])", r"\\\1", value))
