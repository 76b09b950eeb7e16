"""What the window remembers from one day to the next, in one small file."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from gdm_studio import atomic, mended
from gdm_studio.errors import BadRequest, StorageError
from gdm_studio.request import Request

FILE = "window.json"
REQUESTS = ("request", "unhurried", "usual")
_ALLOWED: dict[str, Callable[[Any], bool]] = {"cell": lambda value: value > 0}


@dataclass(frozen=True)
class Session:
    """Window state; the defaults are those of a first run. `request` is what the controls stood at."""

    geometry: str = ""  # QWidget.saveGeometry, base64
    page: str = "create"
    request: Request | None = None
    unhurried: Request | None = None  # what they stood at before Fast
    usual: Request | None = None  # what its model began with then
    things: str = ""  # the list of the next set, as it was written
    set_open: bool = False  # that list in the prompt's place
    seed_locked: bool = False
    row_open: bool = True  # of seed, steps, scheduler and temperature
    more_open: bool = False
    cell: int = 88  # how wide the gallery's cells are to be, in logical pixels
    oldest_first: bool = False  # in the gallery
    recent: tuple[str, ...] = ()  # names of the actions that were looked for last, the newest first
    exported: str = ""  # what was set in the dialog for exports, as JSON

    @classmethod
    def load(cls, folder: Path) -> Session:
        """What `save` wrote into `folder`; the defaults where there is nothing.

        A request that is none here, and what another version of the program remembers beside, are left out. A file
        that is damaged, wholly or in a value, is put aside and written anew where it can be.
        """
        try:
            found = json.loads(atomic.read(folder / FILE))
        except StorageError:
            return cls()
        except (ValueError, RecursionError):
            found = None
        told = found if isinstance(found, dict) else {}
        known = {field.name: told[field.name] for field in fields(cls) if field.name in told}
        data = {name: value for name, value in known.items() if _is_valid(name, value)}
        is_damaged = told is not found or data.keys() != known.keys()
        data |= {name: _request(data.get(name)) for name in REQUESTS}
        session = cls(**data | {"recent": tuple(data.get("recent", ()))})
        if is_damaged:
            with contextlib.suppress(StorageError):
                mended.put_aside(folder / FILE, "What the window remembers was")
                session.save(folder)
        return session

    def save(self, folder: Path) -> None:
        """Writes all of it or nothing into `folder`; raises StorageError."""
        data: dict[str, Any] = asdict(self)
        for name in REQUESTS:
            request = getattr(self, name)
            data[name] = request and json.loads(request.to_json())
        atomic.make_folder(folder)
        atomic.write(folder / FILE, json.dumps(data, ensure_ascii=False, indent=1).encode())


def _is_valid(name: str, value: Any) -> bool:
    """Whether a file may have it there; of requests `_request` decides."""
    if name in REQUESTS:
        return True
    if name == "recent":
        return isinstance(value, list) and all(isinstance(one, str) for one in value)
    return type(value) is type(getattr(Session(), name)) and _ALLOWED.get(name, lambda value: True)(value)


def _request(values: Any) -> Request | None:
    try:
        return Request.from_json(json.dumps(values)) if values else None
    except BadRequest:
        return None
