"""A picture that has been kept: a PNG whose file tells how to make it again."""

from __future__ import annotations

import functools
import hashlib
import json
import math
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as package_version
from pathlib import Path

from gdm_studio import __version__
from gdm_studio.gallery import files
from gdm_studio.gallery.encoding import encoded
from gdm_studio.gallery.metadata import ours, read
from gdm_studio.gallery.naming import USUAL, Named, names
from gdm_studio.preferences import Preferences
from gdm_studio.request import Request
from gdm_studio.run import Result


@dataclass(frozen=True)
class SaveSettings:
    """How new pictures are written: one of `encoding.FORMS`, under names after a pattern of `naming`."""

    form: str = "png"
    pattern: str = USUAL
    most_steps: float = math.inf  # bytes of steps kept for all of them

    @classmethod
    def wanted(cls, preferences: Preferences) -> SaveSettings:
        """As people set it."""
        return cls(preferences.format, preferences.name_pattern, preferences.steps_gb * 1e9)


@dataclass(frozen=True)
class Picture:
    """`id` is stored in the file, so it stays the same when the file is renamed, copied or indexed anew."""

    id: str
    path: Path
    created: float  # seconds since 1970
    size: tuple[int, int]  # (width, height) in pixels
    request: Request
    favourite: bool = False
    stopped_at: int = 0  # the step it was kept at when its run was stopped; 0 for a finished one
    seconds: float = 0.0  # it took to make; 0 where unknown
    tool: str = ours.TOOL  # that made it
    made_with: Mapping[str, str] = field(default_factory=dict)  # torch, device, dtype, …
    tags: tuple[str, ...] = ()
    note: str = ""  # what people wrote about it
    source: str = ""  # the imported folder it lies in; "" for the library's own

    @property
    def model(self) -> str:
        return self.request.model

    @property
    def digest(self) -> str:
        """Names what decides its pixels; the `parent` of those that branched from it."""
        return self.request.digest()

    @property
    def parent(self) -> str:
        """The digest of the picture that it branched from; "" where it did not."""
        return self.request.branch.parent.digest() if self.request.branch else ""


def save(
    result: Result, folder: Path, *, note: Mapping[str, str] | None = None, saving: SaveSettings = SaveSettings(),
    picture_id: str = "",
) -> Picture:  # fmt: skip
    """Writes `result` into the existing `folder` under a new name, whole or not at all.

    `note` says more of what it was made with than the result itself does; what that measured stands. Without
    `picture_id` it gets one that no other has. Raises StorageError.
    """
    picture_id, now = picture_id or uuid.uuid4().hex, round(time.time(), 6)  # µs: as exact as the index
    height, width = result.rgba.shape[:2]
    made_with = {"torch": _torch_version(), **(note or {}), **(result.made.note() if result.made else {})}
    record = ours.Record(
        id=picture_id,
        created=now,
        app=__version__,
        values=json.loads(result.request.to_json()),
        stopped_at=result.stopped_at,
        made_with=made_with,
    )
    form, data = encoded(result.rgba, record, result.request, form=saving.form)
    named = Named(result.request, picture_id, now, (width, height))
    path = files.NewFile(folder, (f"{name}.{form}" for name in names(saving.pattern, named))).write(data)
    return Picture(
        id=picture_id,
        path=path,
        created=now,
        size=(width, height),
        request=result.request,
        stopped_at=result.stopped_at,
        seconds=seconds_of(made_with),
        made_with=made_with,
    )


def load(path: Path) -> Picture | None:
    """The picture in a file of any tool; None where the file holds no settings. Raises StorageError."""
    found = read(path)
    if found.request is None:
        return None
    return Picture(
        id=found.id or _digest(path),
        path=path,
        created=found.created or _modified(path),
        size=found.size,
        request=found.request,
        stopped_at=found.stopped_at,
        seconds=seconds_of(found.made_with),
        tool=found.tool,
        made_with=found.made_with,
    )


def _modified(path: Path) -> float:
    """When a file was written, in seconds since 1970."""
    try:
        return min(path.stat().st_mtime, ours.LATEST)
    except OSError as error:
        raise files.problem(path, error) from error


def seconds_of(made_with: Mapping[str, str]) -> float:
    """The time it took to make, as far as it was noted."""
    try:
        return float(made_with.get("seconds", 0))
    except ValueError:
        return 0.0


def _digest(path: Path) -> str:
    """An id for a picture that carries none: the same for every copy of the file."""
    return hashlib.sha256(files.read(path)).hexdigest()[:32]


@functools.cache
def _torch_version() -> str:
    """Found without loading torch."""
    try:
        return package_version("torch")
    except PackageNotFoundError:
        return ""
