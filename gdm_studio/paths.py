"""Where things live on this machine; `GDM_STUDIO_HOME` puts all of it into one folder instead."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import platformdirs

APP = "GDM Studio"


def usual_pictures_dir() -> Path:
    """Folder of the saved pictures where none was chosen (`preferences.pictures_dir`): `Pictures/GDM Studio`."""
    return _under_home("pictures") or Path(platformdirs.user_pictures_dir()) / APP


def data_dir() -> Path:
    """Folder of what must be kept: settings, favourites, window state, models of one's own."""
    return _under_home("data") or Path(platformdirs.user_data_dir(APP, appauthor=False))


def cache_dir() -> Path:
    """Folder of what can be made again: the gallery's index, thumbnails, training sets."""
    return _under_home("cache") or Path(platformdirs.user_cache_dir(APP, appauthor=False))


def models_dir() -> Path:
    """Folder where people put model files of their own."""
    return data_dir() / "models"


def inputs_dir() -> Path:
    """Folder of the pictures that other pictures began from, each under the name of its content."""
    return data_dir() / "inputs"


def shown(path: Path) -> str:
    """A path as people read it, without the name of the person whose it is: "~/Pictures"."""
    home = Path.home()
    return str(Path("~") / path.relative_to(home)) if path.is_relative_to(home) else str(path)


@cache
def resources() -> Path:
    """Folder of the data shipped with the product: inside the package in a wheel, beside it in a source tree."""
    shipped = Path(__file__).parent / "resources"
    return shipped if shipped.is_dir() else Path(__file__).parent.parent / "resources"


def is_shipped(path: Path) -> bool:
    """Whether a file came with the product."""
    return path.is_relative_to(Path(str(resources())))


def _under_home(name: str) -> Path | None:
    home = os.environ.get("GDM_STUDIO_HOME")
    return Path(home) / name if home else None
