"""The search language: words, "phrases", -negation, OR, and fields such as `is:favourite`, `seed:42` and `steps:>20`.

`like:animal` finds images by the meaning of their prompts, and `similar:ID` finds images similar to the image ID.
`tag:` and `collection:` match the whole name. Quotation marks are needed if the name has spaces. Other text fields,
such as `model:`, match values that begin with the text or, if it is in quotation marks, equal it. `steps:10..20` and
`date:2026-01..2026-03` are ranges.

Every text is a valid query, because it is searched while the user types. Unknown syntax is searched for as words or
ignored, and `find_unclear` reports it. Commands that change the images found by a query call `require_clear` first.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from gdm_studio.common.errors import BadRequest
from gdm_studio.common.text_safety import shorten
from gdm_studio.common.translation_markers import Translate, untranslated
from gdm_studio.gallery.metadata.record import TOOL
from gdm_studio.gallery.metadata.sampler_names import find_sampler, find_spacing
from gdm_studio.gallery.search_terms import FIELDS, OTHER_NAMES, SEARCHED, WORDS, Atom, Term, ignored_rest, parse_terms
from gdm_studio.gallery.text_normalization import to_fulltext, without_surrogates

# Maximum number of unclear parts that are reported.
MAX_UNCLEAR = 5
Value = float | str
# (id, title) of art styles.
Styles = Sequence[tuple[str, str]]
# An SQL condition on the table `pictures`, and the values of its placeholders.
Condition = tuple[str, *tuple[Value, ...]]
# Function (field of SIMILARITY_FIELDS, value) -> rows of the similar images.
RowsLike = Callable[[str, str], Sequence[int]]
SIMILARITY_FIELDS = ("like", "similar")

# A comma before three digits may be a thousands separator, so such numbers are not parsed.
_NUMBER = re.compile(r"(>=|<=|>|<|=)?(-?\d{1,20}(?:\.\d{1,20}|,\d{1,2})?)")
_RANGE = re.compile(r"(-?\d{1,20}(?:\.\d{1,20}|,\d{1,2})?)\.\.(-?\d{1,20}(?:\.\d{1,20}|,\d{1,2})?)")
_DATE = re.compile(r"(>=|<=|>|<|=)?(today|yesterday|\d{4}(?:-\d\d?){0,2})")
_LETTER = re.compile(r"[^\W_]")
# A word that cannot be mistaken for a field, a comparison or an operator.
_PLAIN_WORD = re.compile(r"[^\W_][^:=<>*|]*")
_NUMBERS = {
    **{word: f"pictures.{word}" for word, setting in SEARCHED.items() if setting.is_number},
    # The plus sign keeps SQLite from using the index of the column, which is slow if most images match.
    "seed": "+pictures.seed",
    "size": "max(pictures.width, pictures.height)",
}
_NAMES: dict[str, tuple[str, ...]] = {word: (word,) for word, setting in SEARCHED.items() if not setting.is_number}
_NAMES |= OTHER_NAMES | {"tool": ("tool",)}
# Few images are favourites or have tags, so their rows are looked up instead of checking every image.
_MARKED_ROWS = (
    "pictures.row IN (SELECT own.row FROM kept.{table} JOIN main.pictures AS own ON own.id = {column}{where})"
)
_FAVOURITES = _MARKED_ROWS.format(table="favourites", column="favourites.id", where="")
# The columns of the settings say nothing about an image without settings.
_HAS_SETTINGS = "pictures.tool != ''"
_FLAGS = {
    "favourite": _FAVOURITES,
    "favorite": _FAVOURITES,
    "stopped": "pictures.stopped_at > 0",
    # Single files are imported by copying them into the library.
    "imported": f"(pictures.source != '' OR pictures.tool != '{TOOL}')",
    "settings": _HAS_SETTINGS,
    "plain": f"NOT {_HAS_SETTINGS}",
    "made-here": f"pictures.tool = '{TOOL}'",
    "branch": "pictures.branch",
    "edited": "instr(pictures.id, '-')",
    "untagged": "NOT " + _MARKED_ROWS.format(table="tags", column="picture", where=""),
    "noted": _MARKED_ROWS.format(table="notes", column="picture", where=""),
}
# {other name of a tool: its name}
_TOOLS = {
    "a1111": "AUTOMATIC1111",
    "auto1111": "AUTOMATIC1111",
    "webui": "AUTOMATIC1111",
    "hf": "Hugging Face Space",
    "mj": "Midjourney",
    "nai": "NovelAI",
    "sdcpp": "stable-diffusion.cpp",
}
# The names of tools are found without their spaces and signs, too.
_PLAIN_TOOL = "replace(replace(replace(pictures.tool, ' ', ''), '.', ''), '-', '')"
# {column: function that translates the name of its value in another program}
_NAMED_BY_TOOLS: dict[str, Callable[[str], str | None]] = {"sampler": find_sampler, "spacing": find_spacing}
_WHOLE_VALUES = {
    "tag": _MARKED_ROWS.format(table="tags", column="picture", where=" WHERE tag IN (?, ?)"),
    "collection": _MARKED_ROWS.format(table="collected", column="picture", where=" WHERE collection IN (?, ?)"),
}
# An image is in every folder that contains a copy of it.
_IN_FOLDER = (
    "EXISTS (SELECT 1 FROM main.files WHERE files.picture = pictures.id AND '/' || files.path LIKE ? ESCAPE '\\')"
)
# The name of a file is what follows its folder, which `rtrim` leaves.
_FILE_NAMED = (
    "EXISTS (SELECT 1 FROM main.files WHERE files.picture = pictures.id AND "
    "replace(path, rtrim(path, replace(path, '/', '')), '') LIKE ? ESCAPE '\\')"
)
_ROWS_OF_STYLE = "pictures.style IN (SELECT value FROM json_each(?))"
# Columns of the full-text table in which words are searched.
_COLUMNS = "prompt negative class style model note tags"
# Matches every row, since NOT needs a left operand in FTS5.
_MATCH_EVERYTHING = "every : all"


@dataclass
class Query:
    """A parsed search query of the gallery: a full-text (FTS5) expression, and SQL conditions on the table `pictures`
    with their values. The FTS5 expression "" matches every image.
    """

    match: str = ""
    where: list[str] = field(default_factory=list)
    values: list[Value] = field(default_factory=list)


def find_unclear(text: str, translate: Translate = untranslated) -> list[str]:
    """Return descriptions of the unclear, invalid parts of a search query, translated by `translate(context, text)`.
    At most MAX_UNCLEAR are described, and a further entry counts the remaining ones.
    """
    found = [
        problem for term in parse_terms(text) for atom in term.atoms if (problem := _describe_problem(atom, translate))
    ]
    if len(found) > MAX_UNCLEAR:
        more = translate("Search", "{count} more words are unclear").format(count=len(found) - MAX_UNCLEAR)
        found = [*found[:MAX_UNCLEAR], more]
    return [*found, translate("Search", "only its first 60 words count")] if ignored_rest(text) else found


def matches_all(text: str) -> bool:
    """Return True if a search query has no condition, so that it matches every image."""
    return parse(text) == Query()


def require_clear(text: str) -> str:
    """Return the search query that selects the images for a command, after checking that it is clear.

    Raises BadRequest if it is unclear or matches every image, so that a typing error does not change the wrong images.
    """
    if unclear := find_unclear(text):
        raise BadRequest(f"This search is unclear: {'; '.join(unclear)}; nothing was changed.")
    if matches_all(text):
        raise BadRequest("This search matches every picture; write what to search for.")
    return text


def _find_nothing_like(field: str, value: str) -> Sequence[int]:
    return ()


def parse(text: str, styles: Styles = (), rows_like: RowsLike = _find_nothing_like) -> Query:
    """Convert the text of a search to a database query. Every text is valid. The last word also matches longer words
    with this beginning, unless a space follows it.
    """
    query = Query()
    wanted: list[str] = []
    unwanted: list[str] = []
    found = parse_terms(text)
    for term in found:
        is_growing = term is found[-1] and not text[-1:].isspace()
        if len(term.atoms) > 1:
            _add_alternatives(query, wanted, term, is_growing, styles, rows_like)
            continue
        (atom,) = term.atoms
        if condition := _build_condition(atom, styles, rows_like):
            query.where.append(f"NOT ({condition[0]})" if atom.negated else condition[0])
            query.values += condition[1:]
        elif phrase := _build_phrase(atom, is_prefix=is_growing):
            (unwanted if atom.negated else wanted).append(phrase)
    query.match = " AND ".join(wanted)
    if unwanted and query.where and not wanted:
        # Nearly every image lacks a word, so the other conditions are checked first.
        query.where.append("pictures.row NOT IN (SELECT rowid FROM words WHERE words MATCH ?)")
        query.values.append(" OR ".join(unwanted))
    elif unwanted:
        query.match = f"({query.match or _MATCH_EVERYTHING}) NOT ({' OR '.join(unwanted)})"
    return query


def _add_alternatives(
    query: Query, wanted: list[str], term: Term, is_growing: bool, styles: Styles, rows_like: RowsLike
) -> None:
    """Add a condition with alternatives (joined by OR) to a search query.

    It is added to the full-text expression if all alternatives are words, and otherwise to the SQL conditions.
    """
    conditions = [(atom, _build_condition(atom, styles, rows_like)) for atom in term.atoms]
    phrases = [_build_phrase(atom, is_prefix=is_growing and atom is term.atoms[-1]) for atom in term.atoms]
    if not any(condition for _, condition in conditions):
        matches = _build_alternatives(term.atoms, phrases)
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


def _build_alternatives(atoms: Sequence[Atom], phrases: Sequence[str]) -> list[str]:
    pairs = [(atom, phrase) for atom, phrase in zip(atoms, phrases, strict=True) if phrase]
    return [f"({_MATCH_EVERYTHING} NOT {phrase})" if atom.negated else phrase for atom, phrase in pairs]


def _build_phrase(atom: Atom, *, is_prefix: bool) -> str:
    """Return the full-text (FTS5) expression for one word or phrase of a search, or "" if it contains no letters."""
    columns = _COLUMNS
    text = f"{atom.field} {atom.value}"
    if atom.field in WORDS:
        columns = atom.field
        text = atom.value
    if not _LETTER.search(text):
        return ""
    quoted = to_fulltext(text).replace('"', " ").replace("\0", " ")
    return f'{{{columns}}} : "{quoted}"' + (" *" if is_prefix and not atom.quoted else "")


def _build_condition(atom: Atom, styles: Styles = (), rows_like: RowsLike = _find_nothing_like) -> Condition | None:
    """Return the SQL condition, with its values, for a search field such as `steps:>20`.

    Returns None for a plain word or an invalid value.
    """
    name = atom.field
    value = atom.value
    if name in _NAMES and value:
        sought = [(column, like) for column in _NAMES[name] for like in _list_spellings(column, atom)]
        sought += [
            (f"{column}_written", _build_like_pattern(atom)) for column in _NAMES[name] if column in _NAMED_BY_TOOLS
        ]
        either = " OR ".join(f"pictures.{column} LIKE ? ESCAPE '\\'" for column, _ in sought)
        likes: tuple[Value, ...] = tuple(like for _, like in sought)
        if name == "tool":
            either = f"{either} OR {_PLAIN_TOOL} LIKE ? ESCAPE '\\'"
            likes = (*likes, _build_like_pattern(atom))
        if meant := [style for style, title in styles if name == "style" and _is_meant(atom, title)]:
            either = f"{either} OR {_ROWS_OF_STYLE}"
            likes = (*likes, json.dumps(meant))
        return f"({either}) AND {_HAS_SETTINGS}", *likes
    if name in _WHOLE_VALUES and value:
        # Earlier versions saved names as they were typed.
        forms = (unicodedata.normalize(form, value).strip() for form in ("NFC", "NFD"))
        return _WHOLE_VALUES[name], *map(without_surrogates, forms)
    if name in SIMILARITY_FIELDS and _LETTER.search(value):
        return "pictures.row IN (SELECT value FROM json_each(?))", json.dumps([*rows_like(name, value)])
    if name in _NUMBERS:
        if name == "size":
            return _build_size_condition(value)
        compared = _build_comparison(_NUMBERS[name], value)
        # A setting that a file does not state is NULL, and matches neither a comparison nor its negation otherwise.
        stated = f"{_NUMBERS[name]} IS NOT NULL AND {_HAS_SETTINGS}"
        return compared and (f"{compared[0]} AND {stated}", *compared[1:])
    if name == "is":
        return (_FLAGS[value],) if value in _FLAGS else None
    if name == "date":
        return _build_date_condition(value)
    if name == "in" and value.strip("/\\"):
        inside = _escape(value.replace("\\", "/").strip("/"))
        return _IN_FOLDER, f"%/{inside}%/%"
    if name == "file" and value:
        return _FILE_NAMED, f"%{_escape(value)}%"
    return None


def _list_spellings(column: str, atom: Atom) -> list[str]:
    """Return the spellings that a search by a setting accepts, as SQL LIKE patterns: the text that the user typed, and
    the internal names of choices whose title, or name in another tool, matches this text.
    """
    setting = SEARCHED.get(column)
    meant = [name for name in setting.choices if _is_meant(atom, setting.text(name))] if setting is not None else []
    if column == "tool":
        meant += [tool for name, tool in _TOOLS.items() if _is_meant(atom, name)]
    other = _NAMED_BY_TOOLS[column](atom.value) if column in _NAMED_BY_TOOLS else None
    return list(dict.fromkeys([_build_like_pattern(atom), *map(_escape, meant), *([_escape(other)] if other else [])]))


def _build_like_pattern(atom: Atom) -> str:
    return _escape(atom.value) + ("" if atom.quoted else "%")


def _is_meant(atom: Atom, title: str) -> bool:
    """Return True if the user's search text means the choice with this title. The title must start with the text or, if
    the text is quoted, be equal to it.
    """
    wanted = atom.value.casefold()
    return title.casefold() == wanted if atom.quoted else title.casefold().startswith(wanted)


def _describe_problem(atom: Atom, translate: Translate) -> str:
    """Return a description of the problem with one part of a search query, or "" if that part is clear."""
    problem = _choose_problem_template(atom, translate)
    return problem.format(text=shorten(atom.text), field=shorten(atom.field))


def _choose_problem_template(atom: Atom, translate: Translate) -> str:
    """Return the description of a problem with placeholders for the `text` of the part and its `field`."""
    if atom.quoted and atom.text.count('"') < 2:
        return translate("Search", "the quotation mark of {text} is not closed")
    if atom.field and atom.field not in FIELDS:
        return translate("Search", "unknown field {field} (quote {text} to search for it as text)")
    if atom.field:
        is_valid = (
            bool(_build_phrase(atom, is_prefix=False)) if atom.field in WORDS else _build_condition(atom) is not None
        )
        return "" if is_valid else translate("Search", "{text} has no valid value for {field}")
    if not _LETTER.search(atom.value):
        return translate("Search", "{text} has no letter or digit")
    if atom.value == "OR" and not atom.quoted:
        return translate("Search", "OR must be between two words")
    if not atom.quoted and atom.value.removesuffix(":") in FIELDS and atom.value.endswith(":"):
        return translate("Search", "{text} has no value")
    if not atom.quoted and not _PLAIN_WORD.fullmatch(unicodedata.normalize("NFKC", atom.value)):
        return translate("Search", "{text} is neither a word nor a field (quote it to search for it as text)")
    return ""


def _build_comparison(column: str, value: str) -> Condition | None:
    if match := _RANGE.fullmatch(value):
        low, high = _parse_number(match[1]), _parse_number(match[2])
        return (f"{column} BETWEEN ? AND ?", low, high) if low <= high else None
    if match := _NUMBER.fullmatch(value):
        sign = match[1] or "="
        return f"{column.lstrip('+') if sign == '=' else column} {sign} ?", _parse_number(match[2])
    return None


def _build_size_condition(value: str) -> Condition | None:
    """Return the SQL condition for an image size such as 512x768, or for the longer side, such as >512."""
    if match := re.fullmatch(r"(\d{1,9})[x×](\d{1,9})", value):
        return "pictures.width = ? AND pictures.height = ?", int(match[1]), int(match[2])
    return _build_comparison(_NUMBERS["size"], value)


def _parse_number(digits: str) -> float:
    """Parse a number in a search query, with a decimal point or comma. Integers beyond the 64 bits of SQLite become
    floats, which match no image.
    """
    digits = digits.replace(",", ".")
    number: float = float(digits) if "." in digits else int(digits)
    return number if abs(number) < 2**63 else float(number)


def _build_date_condition(value: str) -> Condition | None:
    first, between, last = value.partition("..")
    match, end = _DATE.fullmatch(first), _parse_span(last) if between else None
    span = _parse_span(match[2]) if match else None
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


def _parse_span(value: str) -> tuple[int, int] | None:
    """Parse the date in a search, in local time, and return its start and end in µs since 1970.

    Accepts `today`, `yesterday`, a year, a month or a day.
    """
    today = dt.date.today()
    if value in ("today", "yesterday"):
        start = today - dt.timedelta(days=value == "yesterday")
        return _to_micros(start), _to_micros(start + dt.timedelta(days=1))
    match = re.fullmatch(r"(\d{4})(?:-(\d\d?))?(?:-(\d\d?))?", value)
    try:
        if match is None:
            return None
        year, month, day = int(match[1]), int(match[2] or 1), int(match[3] or 1)
        start = dt.date(year, month, day)
        if match[3]:
            return _to_micros(start), _to_micros(start + dt.timedelta(days=1))
        after = dt.date(year + 1, 1, 1) if not match[2] else dt.date(year + month // 12, month % 12 + 1, 1)
        return _to_micros(start), _to_micros(after)
    except (ValueError, OverflowError, OSError):
        return None


def _to_micros(day: dt.date) -> int:
    return round(dt.datetime.combine(day, dt.time()).timestamp() * 1e6)


def _escape(value: str) -> str:
    return without_surrogates(re.sub(r"([\\%_])", r"\\\1", value))
