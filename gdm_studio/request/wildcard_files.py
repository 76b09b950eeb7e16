"""Wildcard files: lists of words for prompts, one per line, in the wildcards folder of the data folder.

`__colour__` becomes a line of `colour.txt`, and `__animals/birds__` a line of `animals/birds.txt`. Empty lines and
lines that start with # are skipped, and so are comments that follow a space: `red # warm`. `__colours*__` becomes a
line of any file whose name matches. A line such as `3::red` is chosen three times as often as others.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path

from gdm_studio.common import atomic_files, paths
from gdm_studio.common.errors import PromptError, StorageError
from gdm_studio.common.translation_markers import translatable
from gdm_studio.common.unicode_names import comparable_name

MAX_BYTES = 1_000_000
# Maximum number of characters of a line.
MAX_LINE = 2000
# Maximum number of files whose lines are cached.
_MAX_CACHED_FILES = 64
# Maximum number of files in the folder among which names with * and ? are searched.
MAX_FILES = 20_000
# Names contain no dots, so that they cannot lead out of the folder. Letters of all alphabets are allowed. The symbol in
# front is Dynamic Prompts' sampling method.
MENTION = re.compile(
    r"__[~!@]?(?:[A-Za-z0-9*]|[^\x00-\x7f])"
    r"(?:[A-Za-z0-9 *?-]|[^\x00-\x7f]|/(?=[A-Za-z0-9*?]|[^\x00-\x7f]|__)|_(?=[A-Za-z0-9*?]|[^\x00-\x7f])){0,99}"
    # Values of variables.
    r"(?:\([A-Za-z_]\w{0,49}=(?:(?!__)[^()\n]){0,200}\))?__"
)
# The weight of a line, and the comment after it.
_WEIGHT = re.compile(r"(\d{1,9}(?:\.\d{0,9})?|\.\d{1,9})\s*::")
_COMMENT = re.compile(r"\s(?:#|//).*")


@dataclass(frozen=True)
class Line:
    """Line of a wildcard file. A line with the weight 2 is chosen twice as often as one with the weight 1."""

    text: str
    weight: float = 1.0


def name_in(mention: str) -> str:
    """Return the name in the mention of a wildcard, such as `__name__`."""
    return mention[2:-2].partition("(")[0].lstrip("~!@").rstrip("/")


def values_in(mention: str) -> list[tuple[str, str]]:
    """Return the variables in the mention of a wildcard, such as `__name(season=winter)__`, and their values."""
    pairs = (each.partition("=") for each in mention[2:-2].partition("(")[2].removesuffix(")").split(","))
    return [(name.strip(), value.strip()) for name, is_pair, value in pairs if is_pair]


def lines(name: str) -> tuple[Line, ...]:
    """Return the lines of a wildcard file, from which a template chooses one.

    `name` may contain * for any characters and ? for one. The lines of all matching files are returned in this case. A
    file in a subfolder is found by its name alone if no other file has it. Raises BadRequest if the file is missing,
    unusable or has no lines.
    """
    path = paths.wildcards_dir().joinpath(*f"{name}.txt".split("/"))
    if not _has_pattern(name):
        with suppress(OSError, ValueError):
            return _load_lines(path, name)
    found = [line for each in _find_matching(name) for line in _load_lines(*each)]
    if found:
        return tuple(dict.fromkeys(found))
    folder = paths.display_path(paths.wildcards_dir())
    if _has_pattern(name):
        raise PromptError(
            translatable("There is no wildcard that matches {name!r} in {folder}.", name=name, folder=folder)
        )
    raise PromptError(
        translatable("There is no wildcard called {name!r}; put {name}.txt into {folder}.", name=name, folder=folder)
    )


def _has_pattern(name: str) -> bool:
    return "*" in name or "?" in name


def _find_matching(name: str) -> list[tuple[Path, str]]:
    """Return (path, name) of the wildcard files that a name or pattern matches, or else of those in subfolders.

    The Unicode form of the names does not matter.
    """
    wanted = comparable_name(name)
    there = [(path, comparable_name(own), own) for path, own in _list_files()]
    for pattern in (wanted, f"**/{wanted}"):
        if found := [(path, own) for path, plain, own in there if fnmatchcase(plain, pattern)]:
            return found
    return []


def _list_files() -> list[tuple[Path, str]]:
    """Return (path, name) of all wildcard files, sorted by name."""
    root = paths.wildcards_dir()
    found: list[tuple[Path, str]] = []
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(each for each in folders if not each.startswith("."))
        texts = (Path(folder, each) for each in sorted(names) if each.lower().endswith(".txt"))
        found += [(path, path.relative_to(root).with_suffix("").as_posix()) for path in texts]
        if len(found) > MAX_FILES:
            break
    return sorted(found[:MAX_FILES], key=lambda each: each[1])


def _load_lines(path: Path, name: str) -> tuple[Line, ...]:
    """Return the lines of one wildcard file. Raises OSError if it is missing, and BadRequest if it is unusable."""
    facts = os.stat(path)
    return _read(path, name, facts.st_mtime_ns, facts.st_size)


@lru_cache(_MAX_CACHED_FILES)
def _read(path: Path, name: str, changed: int, size: int) -> tuple[Line, ...]:
    """Read the lines of a wildcard file. The arguments `changed` and `size` are part of the cache key, so that a
    modified file is read again.
    """
    try:
        data = atomic_files.read(path, max_bytes=MAX_BYTES)
    except StorageError as error:
        raise PromptError(
            translatable("The wildcard {name!r} cannot be read: {error}", name=name, error=error.sentence)
        ) from error
    if len(data) > MAX_BYTES:
        raise PromptError(f"The wildcard {name!r} has more than {MAX_BYTES:,} bytes; split the file.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _not_text_error(name) from error
    if "\0" in text:
        raise _not_text_error(name)
    found = tuple(line for each in text.splitlines() if (line := each.strip()) and not line.startswith("#"))
    if not found:
        raise PromptError(
            translatable("The wildcard {name!r} has no lines; write one word or phrase per line.", name=name)
        )
    if any(len(line) > MAX_LINE for line in found):
        raise PromptError(
            translatable(
                "The wildcard {name!r} has a line of more than {limit:,} characters; shorten it.",
                name=name,
                limit=MAX_LINE,
            )
        )
    return tuple(map(_parse_line, found))


def _parse_line(text: str) -> Line:
    weight = _WEIGHT.match(text)
    shown = _COMMENT.sub("", text[weight.end() :] if weight else text)
    return Line(shown.strip(), float(weight[1]) if weight else 1.0)


def _not_text_error(name: str) -> PromptError:
    return PromptError(translatable("The wildcard {name!r} is not a text file; save it as UTF-8.", name=name))
