"""Images of the gallery: image files, most of which contain the settings from which they can be regenerated."""

from __future__ import annotations

import functools
import hashlib
import json
import math
import os
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as package_version
from pathlib import Path
from types import MappingProxyType
from typing import Any

from gdm_studio import __version__
from gdm_studio.common.atomic_files import open_file
from gdm_studio.common.errors import MALFORMED, BadRequest
from gdm_studio.gallery import id_conflicts
from gdm_studio.gallery.filename_pattern import DEFAULT, NameParts, iter_candidate_names
from gdm_studio.gallery.image_encoding import encode_image
from gdm_studio.gallery.metadata import Metadata, facts_of, read
from gdm_studio.gallery.metadata import record as ours
from gdm_studio.gallery.metadata.generation_settings import EXPORTED, parse_request
from gdm_studio.gallery.storage import file_operations
from gdm_studio.preferences import Preferences
from gdm_studio.request.generation_events import Result
from gdm_studio.request.generation_request import SETTINGS, Request

# Number of samples that identify a large file without settings, and the size of one in bytes.
_SAMPLES = 16
_SAMPLE = 2**16


@dataclass(frozen=True)
class SaveSettings:
    """Settings for saving images: the file format, the filename pattern and the size limit of saved steps.

    `form` is one of `image_encoding.FORMATS`. The module `filename_pattern` describes the syntax of `pattern`.
    """

    form: str = "png"
    pattern: str = DEFAULT
    # Maximum size in bytes of the saved steps of all images together.
    max_steps_size: float = math.inf

    @classmethod
    def from_preferences(cls, preferences: Preferences) -> SaveSettings:
        """Return the settings for saving images that the user chose in the preferences."""
        return cls(preferences.format, preferences.name_pattern, preferences.steps_gb * 1e9)


class _RequestField:
    """Field of `Picture` that is set to a request or to its JSON, which is parsed when the field is first read.

    A list shows hundreds of images and reads the requests of few.
    """

    def __get__(self, picture: Picture | None, owner: type) -> Request:
        if picture is None:
            # The field has no default.
            raise AttributeError("request")
        value: Request | str = picture.__dict__["request"]
        if isinstance(value, str):
            try:
                value = picture.__dict__["request"] = parse_request(value)[0]
            except MALFORMED as error:
                raise BadRequest("The settings in this file are damaged and cannot be read.") from error
        return value

    def __set__(self, picture: Picture, value: Request | str) -> None:
        picture.__dict__["request"] = value


@dataclass(frozen=True)
class Picture:
    """An image of the gallery, with the settings in its file and the user data about it.

    A picture without settings has no `tool`, and its request has the default of every setting; see `has_settings`.
    `id` is stored in the file, so it survives renaming, copying and rebuilding the index. If another program edited the
    file, the gallery assigns a new id although the file still contains the old one.
    """

    id: str
    path: Path
    # Seconds since 1970.
    created: float
    # (width, height) in pixels.
    size: tuple[int, int]
    request: _RequestField = _RequestField()
    favourite: bool = False
    # The step at which the run was stopped and the image saved; 0 for a finished run.
    stopped_at: int = 0
    # Duration of the generation in seconds, or 0 if unknown.
    seconds: float = 0.0
    # The program that generated the image, or "" if the file contains no settings.
    tool: str = ours.TOOL
    # {"torch": version, "device": …, "dtype": …, …}
    made_with: Mapping[str, str] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    note: str = ""
    # The names of the sampler and the spacing in the file, if another program wrote it. The index does not return them.
    written: Mapping[str, str] = field(default_factory=dict)
    # The name of the model in a file of another program, "" if the file names none, or None for our own files.
    model_written: str | None = None
    # The imported folder that contains the file, or "" for the library.
    source: str = ""
    # Settings that the file of another program does not state. Their values in `request` say nothing about the image.
    unstated: frozenset[str] = frozenset()

    @property
    def has_settings(self) -> bool:
        """True if the file contains generation settings. Otherwise `request` says nothing about the image."""
        return bool(self.tool)

    @property
    def title(self) -> str:
        """The title of the image: that of the image of which this one is a detail, or its own prompt or class or,
        without these, its file name.
        """
        return self.made_with.get("title") or self.request.subject or self.path.stem

    @property
    def facts(self) -> dict[str, Any]:
        """The settings that the file states, and the size of the image, under the names that other tools use."""
        if not self.has_settings:
            return {"size": "{}x{}".format(*self.size)}
        found = facts_of(self.request, self.size)
        unstated = {name for name, setting in EXPORTED.items() if setting.name in self.unstated}
        return {name: value for name, value in found.items() if name not in unstated}

    @property
    def model(self) -> str:
        """The name of the model that generated the image, or "" if unknown. The request then has the default model."""
        return self.request.model if self.model_written is None else self.model_written

    @property
    def digest(self) -> str:
        """The digest of all settings that determine the pixels of the image, or "" if it has no settings.

        An image that branches from this one stores it as its `parent`.
        """
        return self.request.digest() if self.has_settings else ""

    @property
    def edited_from(self) -> str:
        """The id of the original image if another program edited this one, else ""."""
        return id_conflicts.edited_from(self.id)

    def is_made_by(self, digest: str) -> bool:
        """Return True if the request with this digest generated the image, and no other program has edited the file
        since then.
        """
        return self.digest == digest and not self.edited_from

    @property
    def parent(self) -> str:
        """The digest of the image that this image branched from, or "" if it is not a branch."""
        return self.request.branch.parent.digest() if self.request.branch else ""


def save(
    result: Result,
    folder: Path,
    *,
    note: Mapping[str, str] | None = None,
    saving: SaveSettings = SaveSettings(),
    picture_id: str = "",
) -> Picture:
    """Save a generated image atomically as a new file in an existing folder.

    `note` adds entries to `made_with` without replacing values measured during the run. If `picture_id` is omitted, a
    new id is created. Raises StorageError.
    """
    picture_id = picture_id or uuid.uuid4().hex
    # Rounded to µs, the precision of the index.
    now = round(time.time(), 6)
    height, width = result.rgba.shape[:2]
    record = build_record(result, picture_id, now, note or {})
    form, data = encode_image(result.rgba, record, result.request, image_format=saving.form)
    parts = NameParts(result.request, picture_id, now, (width, height), title=(note or {}).get("title", ""))
    names = (f"{name}.{form}" for name in iter_candidate_names(saving.pattern, parts))
    path = file_operations.NewFile(folder, names).write(data)
    return Picture(
        id=picture_id,
        path=path,
        created=now,
        size=(width, height),
        request=result.request,
        stopped_at=result.stopped_at,
        seconds=seconds_of(record.made_with),
        made_with=record.made_with,
    )


def build_record(
    result: Result, picture_id: str, created: float, note: Mapping[str, str] = MappingProxyType({})
) -> ours.Record:
    """Return the record for the file of a generated image. `note` and `picture_id` are as in `save`, and `created` is
    in seconds since 1970.
    """
    made_with = {"torch": _torch_version(), **note, **(result.made.note() if result.made else {})}
    return ours.Record(
        id=picture_id,
        created=created,
        app=__version__,
        values=json.loads(result.request.to_json()),
        stopped_at=result.stopped_at,
        made_with=made_with,
    )


def load(path: Path) -> Picture:
    """Read an image file, written by any program, with its generation settings if it has any. Raises StorageError."""
    found = read(path)
    created = found.created or _read_modification_time(path)
    if found.request is None:
        return Picture(_digest_samples(path), path, created, found.size, Request(), tool="", model_written="")
    return Picture(
        id=found.id or _digest_file(path),
        path=path,
        created=created,
        size=found.size,
        request=found.request,
        stopped_at=found.stopped_at,
        seconds=seconds_of(found.made_with),
        tool=found.tool,
        made_with=found.made_with,
        written=_read_written_names(found),
        model_written=None if found.tool == ours.TOOL else found.request.model if "model" in found.fields else "",
        unstated=unstated_settings(found),
    )


def unstated_settings(found: Metadata) -> frozenset[str]:
    """Return the settings that an image file does not state, although it states others."""
    return frozenset(SETTINGS) - found.stated if found.request is not None else frozenset()


def _read_written_names(found: Metadata) -> dict[str, str]:
    """Return the names of the sampler and the spacing that another program wrote into an image file."""
    if found.tool == ours.TOOL:
        return {}
    names = {name: found.fields.get(kind) for name, kind in (("sampler", "sampler"), ("spacing", "scheduler"))}
    return {name: value[:200] for name, value in names.items() if isinstance(value, str)}


def _read_modification_time(path: Path) -> float:
    """Return the modification time of an image file, in seconds since 1970. It replaces a missing creation time.

    Raises StorageError.
    """
    try:
        return min(path.stat().st_mtime, ours.LATEST)
    except OSError as error:
        raise file_operations.storage_error(path, error) from error


def seconds_of(made_with: Mapping[str, str]) -> float:
    """Return the number of seconds that generating an image took, according to its `made_with` metadata, or 0 if
    unknown.
    """
    try:
        return float(made_with.get("seconds", 0))
    except ValueError:
        return 0.0


def _digest_file(path: Path) -> str:
    """Return an id for an image whose file contains none, computed from the bytes of the file.

    All copies of the file get the same id.
    """
    return hashlib.sha256(file_operations.read(path)).hexdigest()[:32]


def _digest_samples(path: Path) -> str:
    """Return an id for an image without settings, computed from the size of its file and from samples of its bytes.

    All copies of the file get the same id. Photos are large, so only about 1 MB of them is read. Different files with
    the same samples are told apart like all files that share an id: by their whole content.
    """
    try:
        with open_file(path) as file:
            size = file.seek(0, os.SEEK_END)
            digest = hashlib.sha256(b"%d " % size)
            starts: Sequence[int] = range(0, size, _SAMPLE)
            if size > _SAMPLES * _SAMPLE:
                starts = [place * (size - _SAMPLE) // (_SAMPLES - 1) for place in range(_SAMPLES)]
            for start in starts:
                file.seek(start)
                digest.update(file.read(_SAMPLE))
    except OSError as error:
        raise file_operations.storage_error(path, error) from error
    return digest.hexdigest()[:32]


@functools.cache
def _torch_version() -> str:
    """Return the installed version of torch for the metadata of an image. torch is not imported, because that takes
    seconds.
    """
    try:
        return package_version("torch")
    except PackageNotFoundError:
        return ""
