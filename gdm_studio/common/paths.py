"""The folders of the program on this machine. The variable `GDM_STUDIO_HOME` moves all of them into one folder."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import platformdirs

APP = "GDM Studio"


def default_pictures_dir() -> Path:
    """Return the default folder for saved images, `Pictures/GDM Studio`."""
    return _under_home("pictures") or Path(platformdirs.user_pictures_dir()) / APP


def data_dir() -> Path:
    """Return the folder of the program's persistent data: settings, favourites, window state and the user's models."""
    return _under_home("data") or Path(platformdirs.user_data_dir(APP, appauthor=False))


def cache_dir() -> Path:
    """Return the folder of the program's cache, which can be deleted: the gallery's index, thumbnails and training
    sets.
    """
    return _under_home("cache") or Path(platformdirs.user_cache_dir(APP, appauthor=False))


def models_dir() -> Path:
    """Return the folder for model files that the user adds to the program."""
    return data_dir() / "models"


def wildcards_dir() -> Path:
    """Return the folder of the user's wildcard files, whose lines fill prompt templates. It may not exist."""
    return data_dir() / "wildcards"


def presets_dir() -> Path:
    """Return the folder of the user's presets, which are named sets of settings. It may not exist."""
    return data_dir() / "presets"


def inputs_dir() -> Path:
    """Return the folder of start images, masks and control images, each stored under the hash of its content."""
    return data_dir() / "inputs"


def display_path(path: Path) -> str:
    """Return a path as text for display. The home folder is replaced by "~", since it contains the user's name."""
    home = Path.home()
    return str(Path("~") / path.relative_to(home)) if path.is_relative_to(home) else str(path)


@cache
def resources() -> Path:
    """Return the folder of data files that come with the program. It is inside the package in a wheel, and beside the
    package in a source tree.
    """
    package = Path(__file__).parents[1]
    shipped = package / "resources"
    return shipped if shipped.is_dir() else package.parent / "resources"


def is_shipped(path: Path) -> bool:
    """Return True if a file, such as a model, comes with the program and was not added by the user."""
    return path.is_relative_to(Path(str(resources())))


def _under_home(name: str) -> Path | None:
    home = os.environ.get("GDM_STUDIO_HOME")
    return Path(home) / name if home else None
