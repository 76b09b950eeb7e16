"""Adapters by the names that prompts call them by."""

from __future__ import annotations

from pathlib import Path

from gdm_studio import paths, preferences
from gdm_studio.errors import BadRequest, ModelError
from gdm_studio.models.adapters.card import is_adapter
from gdm_studio.models.checkpoints import SUFFIX, entries_in
from gdm_studio.models.header import read_header


def adapter_called(name: str) -> Path:
    """The adapter's file of that name, with or without its suffix, anywhere in people's models folders.

    Capitals count only where there are several. Raises BadRequest where there is none.
    """
    wanted = name.removesuffix(SUFFIX)
    folders = [paths.models_dir(), *map(Path, preferences.load().model_folders)]
    files = [path for each in entries_in(folders) if (path := Path(each)).stem.lower() == wanted.lower()]
    for path in sorted(files, key=lambda path: path.stem != wanted):
        if _holds_one(path):
            return path
    raise BadRequest(f"There is no adapter called {wanted[:80]!r} in the models folder; put its file there.")


def _holds_one(path: Path) -> bool:
    try:
        return path.is_file() and is_adapter(read_header(path))
    except ModelError:
        return False
