"""The search language: words, "phrases", -negation, and fields: `is:favourite`, `seed:42`, `steps:>20`.

`collection:"Slides, spring"` takes the whole name; other names are found by their beginnings.
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
from dataclasses import dataclass, field

from gdm_studio.gallery import collections

_TERM = re.compile(r'(?P<minus>-?)(?:(?P<field>[a-z]+):)?(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))')
_NUMBER = re.compile(r"(>=|<=|>|<|=)?(-?\d{1,20}(?:\.\d{1,20})?)")
_LETTER = re.compile(r"[^\W_]")
_MAX_TERMS = 60  # FTS5 takes 256 at most
# Scripts written without spaces: each character becomes a word, and a word of the query a phrase of them.
_UNSPACED = re.compile(
    r"([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af])"
)
_NUMBERS = {"seed": "seed", "steps": "steps", "guidance": "guidance", "temperature": "temperature"}
_NAMES = {"model": "model", "style": "style", "sampler": "sampler", "spacing": "spacing", "tool": "tool"}
_FLAGS = {
    "favourite": "pictures.id IN (SELECT id FROM kept.favourites)",
    "favorite": "pictures.id IN (SELECT id FROM kept.favourites)",
    "stopped": "pictures.stopped_at > 0",
}


@dataclass
class Query:
    """`match` is for the full-text table ("" for every picture); `where` are SQL conditions on `pictures`."""

    match: str = ""
    where: list[str] = field(default_factory=list)
    values: list[float | str] = field(default_factory=list)


def parse(text: str) -> Query:
    """Every text is a query: what is not a field is a word to be found, the last one by its beginning."""
    query = Query()
    wanted: list[str] = []
    unwanted: list[str] = []
    terms = list(itertools.islice(_TERM.finditer(text), _MAX_TERMS))
    for term in terms:
        name, value = term["field"] or "", term["phrase"] if term["word"] is None else term["word"]
        condition = _condition(name, value)
        if condition is not None:
            query.where.append(f"NOT ({condition[0]})" if term["minus"] else condition[0])
            query.values += condition[1:]
            continue
        growing = term is terms[-1] and term["phrase"] is None and not text[-1:].isspace()
        phrase = _phrase(f"{name} {value}", begins=growing)
        if phrase:
            (unwanted if term["minus"] else wanted).append(phrase)
    query.match = _matching(wanted, unwanted)
    return query


def indexed(text: str) -> str:
    """`text` as the full-text table takes it."""
    return _UNSPACED.sub(r" \1 ", text).encode("utf-8", "replace").decode("utf-8")


def _matching(wanted: list[str], unwanted: list[str]) -> str:
    """In FTS5, NOT needs something on its left: `every` is a column with one word in every row."""
    if not unwanted:
        return " AND ".join(wanted)
    return f"({' AND '.join(wanted) or 'every : all'}) NOT ({' OR '.join(unwanted)})"


def _phrase(text: str, *, begins: bool) -> str:
    """`text` as an FTS5 phrase over the columns that people search in, or "" where it has no letter."""
    if not _LETTER.search(text):
        return ""
    quoted = indexed(text).replace('"', " ").replace("\0", " ")
    return f'{{prompt negative style model}} : "{quoted}"' + (" *" if begins else "")


def _condition(name: str, value: str) -> tuple[str, *tuple[float | str, ...]] | None:
    """An SQL condition and its values; None where `name:value` is not one of the fields."""
    if name in _NAMES and value:
        return f"pictures.{_NAMES[name]} LIKE ? ESCAPE '\\'", _escaped(value) + "%"
    if name in _NUMBERS and (match := _NUMBER.fullmatch(value)):
        return _compared(_NUMBERS[name], match[1] or "=", match[2])
    if name == "collection" and value:
        return f"pictures.id IN ({collections.MEMBERS})", value.encode("utf-8", "replace").decode("utf-8")
    if name == "is":
        return (_FLAGS[value],) if value in _FLAGS else None
    if name == "date" and (span := _span(value)):
        return "pictures.row >= ? AND pictures.row < ?", *span
    return None


def _compared(column: str, sign: str, digits: str) -> tuple[str, *tuple[float | str, ...]]:
    number: float = float(digits) if "." in digits else int(digits)
    if abs(number) >= 2**63:
        return ("0",)
    return f"pictures.{column} {sign} ?", number


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
    return re.sub(r"([\\%_])", r"\\\1", value).encode("utf-8", "replace").decode("utf-8")
