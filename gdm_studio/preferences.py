"""What people set once and for all: one small JSON file, `settings.json`, in the data folder."""

from __future__ import annotations

import contextlib
import json
import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from gdm_studio import atomic, mended, paths
from gdm_studio.errors import StorageError

FILE = "settings.json"
FORMATS = ("png", "webp", "jpeg")
THEMES = ("system", "dark", "light")
MAX_THREADS = 1024
MOST = 1e9  # more than any number can be
_CHANGING = threading.RLock()  # the window and the gallery's thread change settings of their own


@dataclass(frozen=True, kw_only=True)
class Preferences:
    """All settings that outlive a picture; the defaults are those of a first run."""

    library: str = ""  # the folder of the pictures; "" is the usual one
    name_pattern: str = "{date} {prompt} {seed} {id}"  # of a picture's file, without its ending
    format: str = "png"  # one of FORMATS
    device: str = "auto"  # where pictures are made unless a request says otherwise
    threads: int = 0  # of the processor that a run uses; 0 leaves it to torch
    cpu_share: float = 1.0  # of the time that a run may work, (0, 1]
    preview_share: float = 0.25  # of a step's time that previews may take, [0, 1]
    keep_steps: bool = True  # whether a picture's steps are kept beside it
    steps_mb_each: float = 2.0  # megabytes of steps kept for one picture; large ones have more room
    steps_gb: float = 4.0  # gigabytes of steps kept for all of them
    theme: str = "system"  # one of THEMES
    notify: bool = True  # a notice of the desktop's when a run ends out of sight
    keep_awake: bool = True  # the machine does not go to sleep while a run goes on
    empty_bin_on_exit: bool = True  # deleted pictures go to the system's trash when the window closes
    model_folders: tuple[str, ...] = ()  # looked into for models beside the usual folder

    @property
    def steps_budget(self) -> int:
        """Bytes of steps that are kept for one picture of usual size; 0 for none."""
        return round(1e6 * self.steps_mb_each) if self.keep_steps else 0


def load() -> Preferences:
    """What `save` wrote; a value that is missing, damaged or unknown has its default. A damaged file is put aside."""
    try:
        return _kept()
    except StorageError:
        return Preferences()


def save(preferences: Preferences) -> None:
    """Writes all of it or nothing; raises StorageError."""
    atomic.make_folder(path().parent)
    atomic.write(path(), json.dumps(asdict(preferences), ensure_ascii=False, indent=1).encode())


def change(values: Mapping[str, Any]) -> None:
    """Saves other values of some settings and leaves the rest as they are in the file. Raises StorageError."""
    with _CHANGING:
        save(replace(_kept(), **values))


def path() -> Path:
    """The file itself."""
    return paths.data_dir() / FILE


def pictures_dir() -> Path:
    """Folder of the saved pictures: the one chosen, else the usual one."""
    return Path(chosen) if (chosen := load().library) else paths.usual_pictures_dir()


def is_valid(name: str, value: Any) -> bool:
    """Whether `value`, as JSON has it, can be that setting."""
    default = getattr(Preferences(), name)
    if isinstance(default, float) and type(value) is int and abs(value) < MOST:
        value = float(value)
    if isinstance(default, tuple):
        return isinstance(value, list | tuple) and all(isinstance(one, str) and _is_text(one) for one in value)
    if isinstance(value, str) and not _is_text(value):
        return False
    return type(value) is type(default) and _ALLOWED.get(name, lambda value: True)(value)


def _kept() -> Preferences:
    """As the file has them; one that is damaged, wholly or in a value, is put aside and written anew where it can be.

    Raises StorageError where it is there and cannot be read.
    """
    with _CHANGING:
        try:
            found = json.loads(atomic.read(path()))
        except StorageError as error:
            if isinstance(error.__cause__, FileNotFoundError):
                return Preferences()
            if error.__cause__ is not None:
                raise
            found = None  # a pipe or a device stands there
        except (ValueError, RecursionError):
            found = None
        told = found if isinstance(found, dict) else {}
        known = [name for name in asdict(Preferences()) if name in told]
        good = [name for name in known if is_valid(name, told[name])]
        kept = Preferences(**{name: _from_json(name, told[name]) for name in good})
        if told is not found or good != known:
            with contextlib.suppress(StorageError):
                mended.put_aside(path(), "The file of settings was")
                save(kept)
        return kept


_ALLOWED: dict[str, Callable[[Any], bool]] = {
    "name_pattern": lambda value: bool(value.strip()),
    "format": FORMATS.__contains__,
    "theme": THEMES.__contains__,
    "threads": lambda value: 0 <= value <= MAX_THREADS,
    "cpu_share": lambda value: 0.05 <= value <= 1,
    "preview_share": lambda value: 0 <= value <= 1,
    "steps_mb_each": lambda value: 0.1 <= value <= 1024,
    "steps_gb": lambda value: 0.1 <= value <= 10_000,
}


def _is_text(value: str) -> bool:
    """Whether the system takes it, in a path too: neither a NUL nor half a character."""
    try:
        return "\0" not in value and bool(os.fsencode(value) or not value)
    except UnicodeEncodeError:
        return False


def _from_json(name: str, value: Any) -> Any:
    """JSON has neither tuples nor a difference between 2 and 2.0."""
    return type(getattr(Preferences(), name))(value)
