"""Presets: named sets of settings, each stored as a readable JSON file in the presets folder.

A preset has the name of its file, so users can rename, copy or edit the file. It changes only the settings that its
file lists.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from gdm_studio.common import atomic_files, paths
from gdm_studio.common.errors import BadRequest
from gdm_studio.common.json_reader import MALFORMED, parse_json
from gdm_studio.common.text_safety import UNSAFE_CHARACTERS
from gdm_studio.common.translation_markers import translatable
from gdm_studio.common.unicode_names import comparable_name
from gdm_studio.request.generation_request import SETTINGS, VERSION, Request, Role
from gdm_studio.request.setting import match_choice

SUFFIX = ".json"
MAX_BYTES = 200_000
MAX_NAME = 60
# Maximum number of presets in a list. The list is in alphabetical order.
MAX_LISTED = 500
# The prompt is saved only if the user wants it. A draft has the template in place of the prompt.
PROMPT = "prompt"
# Settings that presets may contain: all except settings of a single image or of the computer.
NAMES = tuple(name for name, setting in SETTINGS.items() if not setting.role & (Role.SINGLE | Role.MACHINE))
_FORBIDDEN = re.compile(r'[/\\:*?"<>|]')
# Reserved device names on Windows, which no file can have.
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_MARK = "gdm-studio preset"


@dataclass(frozen=True)
class Preset:
    """A named selection of settings that the user saved, as a dictionary from the names of settings to their values."""

    values: dict[str, Any]

    @classmethod
    def of(cls, request: Request, *, with_prompt: bool) -> Preset:
        """Create a preset from the settings of a request, and also from its prompts if `with_prompt` is True."""
        names = (PROMPT, *NAMES) if with_prompt else NAMES
        return cls({name: SETTINGS[name].value_in(request) for name in names})

    @property
    def has_prompt(self) -> bool:
        return PROMPT in self.values

    @property
    def model(self) -> str:
        """Name of the model that the preset selects, or "" if it leaves the model unchanged."""
        return str(self.values.get("model", ""))

    def applied_to(self, request: Request) -> Request:
        """Return the request with the preset's settings in place of its own.

        The caller must redraw prompt templates.
        """
        undrawn: dict[str, Any] = {"template": "", "prompts": ()} if self.has_prompt else {}
        return replace(request, **undrawn, **self.values)


def names() -> list[str]:
    """Return the names of all saved presets in alphabetical order, without reading their files. Raises StorageError."""
    folder = paths.presets_dir()
    try:
        found = [path.stem for path in folder.iterdir() if path.suffix == SUFFIX and not name_problem(path.stem)]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise atomic_files.storage_error(folder, error) from error
    return sorted(found, key=lambda name: (name.casefold(), name))[:MAX_LISTED]


def name_problem(name: str) -> str:
    """Return a sentence that explains why a preset cannot have this name, or "" if it can."""
    if not name or name != name.strip() or name.startswith("."):
        return "The name of a preset must not be empty or begin with a dot or a space."
    if len(name) > MAX_NAME:
        return f"The name of a preset has at most {MAX_NAME} characters."
    if _FORBIDDEN.search(name) or UNSAFE_CHARACTERS.search(name) or name.endswith(".") or _DEVICES.fullmatch(name):
        return 'A file cannot have this name on every system; leave out / \\ : * ? " < > | and a dot at the end.'
    return ""


def load(name: str) -> Preset:
    """Load a preset of settings by its name, ignoring case.

    Raises BadRequest if there is none or its file is not a preset, and StorageError if the file cannot be read.
    """
    known = names()
    found = name if name in known else match_choice(name, {each: each for each in known})
    if found is None:
        listed = ", ".join(known[:10]) or "none yet"
        raise BadRequest(f"There is no preset called {name!r}; there are {listed}.")
    return parse(_build_path(found))


def parse(path: Path) -> Preset:
    """Read a preset of settings from a file.

    Raises BadRequest if the file is not a preset, and StorageError if it cannot be read.
    """
    data = atomic_files.read(path, max_bytes=MAX_BYTES)
    try:
        content = parse_json(data, max_bytes=MAX_BYTES)
        settings = content["settings"]
        if content["kind"] != _MARK or not isinstance(settings, dict):
            raise ValueError("not a preset")
        given = {name: value for name, value in settings.items() if name in (PROMPT, *NAMES)}
        text = json.dumps({"version": content["version"], **given})
    except MALFORMED as error:
        folder = paths.display_path(path.parent)
        raise BadRequest(f"{path.name} is not a preset, or it is damaged; remove it from {folder}.") from error
    try:
        request = Request.from_json(text)
    except BadRequest as error:
        raise BadRequest(f"The preset {path.stem!r} cannot be used: {error}") from error
    return Preset({name: SETTINGS[name].value_in(request) for name in given})


def save(name: str, preset: Preset) -> bytes | None:
    """Save a preset to its file, and return the former content of the file, or None if it is new.

    `name` must come from `existing_name`. Raises BadRequest for an unusable name, and StorageError if the file cannot
    be written.
    """
    if problem := name_problem(name):
        raise BadRequest(problem)
    content = {"kind": _MARK, "version": VERSION, "settings": preset.values}
    data = json.dumps(content, ensure_ascii=False, indent=1).encode()
    if len(data) > MAX_BYTES:
        raise BadRequest("This prompt is too long for a preset; save the settings without it.")
    atomic_files.make_folder(paths.presets_dir())
    before = content_of(name)
    atomic_files.write(_build_path(name), data)
    return before


def existing_name(name: str) -> str:
    """Return the exact name of the saved preset that saving under `name` would replace.

    The names may differ in case. Return `name` if there is none.
    """
    return next((each for each in names() if _normalise_name(each) == _normalise_name(name)), name)


def check_free(name: str) -> None:
    """Raise BadRequest if a preset with this name exists already, ignoring case."""
    taken = existing_name(name)
    if taken in names():
        raise BadRequest(
            translatable(
                "There is a preset called {name!r} already; choose another name, or rename that one.", name=taken
            )
        )


def content_of(name: str) -> bytes | None:
    """Return the content of a preset's file as bytes, or None if the file does not exist. `put_back` can restore it.

    Raises StorageError.
    """
    return atomic_files.read(_build_path(name)) if _build_path(name).exists() else None


def put_back(name: str, content: bytes | None) -> None:
    """Restore the former content of a preset's file, or delete the file if `content` is None, to undo a change.

    Raises StorageError.
    """
    path = _build_path(name)
    if content is not None:
        atomic_files.write(path, content)
        return
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise atomic_files.storage_error(path, error) from error


def rename(name: str, wanted: str) -> None:
    """Rename a preset. Raises BadRequest if the name is unusable or taken, and StorageError if renaming fails."""
    if problem := name_problem(wanted):
        raise BadRequest(problem)
    if _normalise_name(name) != _normalise_name(wanted):
        check_free(wanted)
    try:
        if _normalise_name(name) == _normalise_name(wanted):
            _build_path(name).rename(_build_path(wanted))
        else:
            atomic_files.rename_without_replacing(_build_path(name), _build_path(wanted))
    except OSError as error:
        raise atomic_files.storage_error(_build_path(name), error) from error


def _build_path(name: str) -> Path:
    return paths.presets_dir() / f"{name}{SUFFIX}"


def _normalise_name(name: str) -> str:
    """Normalise a preset's name for comparison, so that names that a file system may treat as equal, such as "a" and
    "A", become equal.
    """
    return comparable_name(name)
