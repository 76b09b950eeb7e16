"""Wildcard files: lists of words for prompts, one per line, in the wildcards folder of the data folder.

`__colour__` becomes a line of `colour.txt`, and `__animals/birds__` a line of `animals/birds.txt`. Empty lines and
lines that start with # are skipped.
"""

from __future__ import annotations

import os
import re
from functools import lru_cache
from pathlib import Path

from gdm_studio.common import atomic_files, paths
from gdm_studio.common.errors import PromptError, StorageError
from gdm_studio.common.translation_markers import translatable

MAX_BYTES = 1_000_000
# Maximum number of characters of a line.
MAX_LINE = 2000
# Maximum number of files whose lines are cached.
_CACHED = 64
# Names contain no dots, so that none leads out of the folder.
MENTION = re.compile(r"__[A-Za-z0-9](?:[A-Za-z0-9 -]|/(?=[A-Za-z0-9])|_(?=[A-Za-z0-9])){0,99}__")


def lines(name: str) -> tuple[str, ...]:
    """Return the lines of a wildcard file, from which a template chooses one.

    Raises BadRequest if the file is missing, unusable or has no lines.
    """
    path = paths.wildcards_dir().joinpath(*f"{name}.txt".split("/"))
    try:
        facts = os.stat(path)
    except (OSError, ValueError):
        folder = paths.display_path(paths.wildcards_dir())
        raise PromptError(
            translatable(
                "There is no wildcard called {name!r}; put {name}.txt into {folder}.", name=name, folder=folder
            )
        ) from None
    return _read(path, name, facts.st_mtime_ns, facts.st_size)


@lru_cache(_CACHED)
def _read(path: Path, name: str, changed: int, size: int) -> tuple[str, ...]:
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
    return found


def _not_text_error(name: str) -> PromptError:
    return PromptError(translatable("The wildcard {name!r} is not a text file; save it as UTF-8.", name=name))
