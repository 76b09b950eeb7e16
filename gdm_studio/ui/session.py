"""What the window remembers from one day to the next, in one small file."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from gdm_studio import atomic
from gdm_studio.errors import BadRequest, StorageError
from gdm_studio.request import Request
from gdm_studio.ui.steps.looks import LOOKS

FILE = "window.json"
_OPEN = ("row_open", "more_open")  # what can be folded away
REQUESTS = ("request", "unhurried", "usual")


@dataclass(frozen=True)
class Session:
    """Window state; the defaults are those of a first run. `request` is what the controls stood at."""

    geometry: str = ""  # QWidget.saveGeometry, base64
    page: str = "create"
    request: Request | None = None
    unhurried: Request | None = None  # what they stood at before Fast
    usual: Request | None = None  # what its model began with then
    things: str = ""  # the list of the next set, as it was written
    seed_locked: bool = False
    row_open: bool = True  # of seed, steps, scheduler and temperature
    more_open: bool = False
    shown: str = "predicted"
    cell: int = 88  # how wide the gallery's cells are to be, in logical pixels
    oldest_first: bool = False  # in the gallery
    recent: tuple[str, ...] = ()  # names of the actions that were looked for last, the newest first

    @classmethod
    def load(cls, folder: Path) -> Session:
        """What `save` wrote into `folder`; the defaults where there is nothing or it is damaged.

        A request that is none here, and what another version of the program remembers beside, are left out.
        """
        try:
            found = json.loads(atomic.read(folder / FILE))
            data = {field.name: found[field.name] for field in fields(cls) if field.name in found}
            for name in REQUESTS:
                data[name] = _request(data.get(name))
            data["recent"] = tuple(data.get("recent", ()))
            session = cls(**data)
        except (StorageError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return cls()
        return session if session._is_valid() else cls()

    def save(self, folder: Path) -> None:
        """Writes all of it or nothing into `folder`; raises StorageError."""
        data: dict[str, Any] = asdict(self)
        for name in REQUESTS:
            request = getattr(self, name)
            data[name] = request and json.loads(request.to_json())
        atomic.make_folder(folder)
        atomic.write(folder / FILE, json.dumps(data, ensure_ascii=False, indent=1).encode())

    def _is_valid(self) -> bool:
        defaults = Session()
        named = all(isinstance(name, str) for name in self.recent)
        return (
            named
            and self.cell > 0
            and self.shown in {look.id for look in LOOKS}
            and all(
                type(getattr(self, name)) is type(getattr(defaults, name))
                for name in (*_OPEN, "geometry", "page", "things", "seed_locked", "cell", "oldest_first")
            )
        )


def _request(values: Any) -> Request | None:
    try:
        return Request.from_json(json.dumps(values)) if values else None
    except BadRequest:
        return None
