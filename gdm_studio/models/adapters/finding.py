"""Adapters and learnt words by the names that prompts call them by."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from pathlib import Path

from gdm_studio import paths, preferences
from gdm_studio.errors import BadRequest, ModelError
from gdm_studio.models.adapters.card import is_adapter
from gdm_studio.models.adapters.embedding import is_embedding
from gdm_studio.models.checkpoints import SUFFIX, entries_in
from gdm_studio.models.grammar import mentions
from gdm_studio.models.header import Header, read_header
from gdm_studio.setting import meant


def adapter_called(name: str) -> Path:
    """The adapter's file of that name, with or without its suffix, anywhere in people's models folders.

    Capitals count only where there are several. Raises BadRequest where there is none.
    """
    if (found := _adapter(name)) is not None:
        return found
    wanted = name.removesuffix(SUFFIX)
    close = (path for path in files_of_people() if meant(wanted, [path.stem]))  # few: the others are not read for it
    near = meant(wanted, (path.stem for path in close if _holds(path, is_adapter)))
    told = f"{near}?" if near else " in the models folder; put its file there."
    raise BadRequest(f"There is no LoRA called {wanted[:80]!r}{told}")


def adapters_in(texts: Iterable[str]) -> Iterator[tuple[str, Path]]:
    """The names of adapters that these texts call, and their files, as far as they are there."""
    for each in chain.from_iterable(map(mentions, texts)):
        if (path := _adapter(each.name)) is not None:
            yield each.name, path


def words_in(texts: Iterable[str]) -> dict[str, Path]:
    """The files of learnt words that stand in these texts: by the word, which is the file's name, in small letters."""
    told = "\n".join(texts).lower()
    named = {path.stem.lower(): path for path in files_of_people() if path.stem.lower() in told}
    whole = (word for word in named if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", told))
    return {word: named[word] for word in whole if _holds(named[word], is_embedding)}


def files_named(texts: Iterable[str], *, plain: bool = False) -> list[Path]:
    """The files of all adapters and learnt words that these texts name, as far as they are there; `plain` ones name no
    adapters.
    """
    texts = list(texts)
    return [*words_in(texts).values(), *(path for _, path in adapters_in([] if plain else texts))]


def files_of_people() -> Iterator[Path]:
    """All that could be weights in the folders that are people's own."""
    return map(Path, entries_in([paths.models_dir(), *map(Path, preferences.load().model_folders)]))


def _adapter(name: str) -> Path | None:
    wanted = name.removesuffix(SUFFIX)
    files = [path for path in files_of_people() if path.stem.lower() == wanted.lower()]
    files.sort(key=lambda path: path.stem != wanted)
    return next((path for path in files if _holds(path, is_adapter)), None)


def _holds(path: Path, what: Callable[[Header], bool]) -> bool:
    try:
        return path.is_file() and what(read_header(path))
    except ModelError:
        return False
