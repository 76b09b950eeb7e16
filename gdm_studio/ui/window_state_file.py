"""State of the window, saved as a JSON file and restored at the next start."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from gdm_studio.common import atomic_files
from gdm_studio.common.errors import BadRequest, StorageError
from gdm_studio.common.json_reader import read_json
from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.request.generation_request import Request
from gdm_studio.request.prompts import is_list_too_long

FILE = "window.json"
# File beside the session file that exists while a long prompt or a page is being restored. A crash leaves it behind.
MARK = "window.restoring"
# Length in characters up to which a prompt never freezes the window.
HARMLESS = 1000
MAX_CELL = 10_000
REQUESTS = ("request", "single", "unhurried", "usual")
# Fields that are lists of texts.
_TEXT_LISTS = ("recent", "compared", "sketch", "painted", "painted_region")
_VALIDATORS: dict[str, Callable[[Any], bool]] = dict.fromkeys(
    ("cell", "controls_width", "gallery_width"), lambda value: 0 < value <= MAX_CELL
) | {"noisy_share": lambda value: 0 < value < 1}
_DAMAGED = QT_TRANSLATE_NOOP(
    "Errors", "The saved state of the window was damaged; it is kept as {file}, and replaced by what could be read."
)
_TOO_LONG = QT_TRANSLATE_NOOP(
    "Errors", "The last prompt is too long to be shown; the prompt is empty now. The file is kept as {file}."
)
_NO_ANSWER = QT_TRANSLATE_NOOP(
    "Errors", "The window did not answer with its last prompt; the prompt is empty now. The file is kept as {file}."
)


@dataclass(frozen=True)
class Session:
    """State of the window that is saved at exit and restored at the next start, such as its geometry and the current
    settings.

    The defaults are the state at the first start. The field names are stored in the file.
    """

    # QWidget.saveGeometry in base64.
    geometry: str = ""
    page: str = "create"
    # Settings of the Create page.
    request: Request | None = None
    # Settings of the single picture, if those of the Create page belong to a set.
    single: Request | None = None
    # Settings before the Fast mode was turned on.
    unhurried: Request | None = None
    # Default settings of the model when the session was saved.
    usual: Request | None = None
    # Default settings and last settings of each model that was selected before.
    left: tuple[tuple[Request, Request], ...] = ()
    # Text of the list of a set.
    things: str = ""
    # True if the list of a set is shown in place of the prompt.
    set_open: bool = False
    # True if set or Live mode had selected the model's fast version.
    fast_lent: bool = False
    # The last set as JSON.
    image_set: str = ""
    seed_locked: bool = False
    # True if the section More is unfolded. Earlier versions, in which it only contained seed, steps, scheduler and
    # temperature, wrote True unless the user had folded it.
    row_open: bool = False
    # True if the section of the advanced settings in it is unfolded.
    more_open: bool = False
    # True if the menus list all schedulers and all models, not only the common ones.
    all_schedulers: bool = False
    all_models: bool = False
    # True if each view mode of the picture has a button.
    views_open: bool = False
    # Width of the gallery's cells in logical pixels.
    cell: int = 88
    # Order of the gallery.
    oldest_first: bool = False
    # Widths of the panels of the Create page in logical pixels.
    controls_width: int = 316
    gallery_width: int = 264
    # Share of the canvas for the noisy image beside the predicted one.
    noisy_share: float = 0.5
    # Names of the actions chosen in the palette, newest first.
    recent: tuple[str, ...] = ()
    # Files of the compared images.
    compared: tuple[str, ...] = ()
    # Settings of the export dialog as JSON.
    exported: str = ""
    # Kind of the sketch's paper, and the names of the stored paper and strokes, or nothing.
    sketch: tuple[str, ...] = ()
    # Names of the start image and of the mask that was being painted on it, and `start_image.TEMPORARY` if nothing else
    # uses the mask's file, or nothing.
    painted: tuple[str, ...] = ()
    # Index of the region whose area was being painted, and the name of the area, or nothing.
    painted_region: tuple[str, ...] = ()
    # Settings of a training that is prepared and not started, as JSON.
    training: str = ""
    # Title of a training run that the end of the session has paused.
    paused_training: str = ""

    @classmethod
    def load(cls, folder: Path) -> Session:
        """Load the session that `save` wrote into `folder`. If there is no file, the default state is returned.

        Invalid requests and unknown fields are ignored. A damaged file is backed up and rewritten with the values that
        could be read.
        """
        try:
            content = read_json(folder / FILE)
        except StorageError:
            return cls()
        except ValueError:
            content = None
        values = content if isinstance(content, dict) else {}
        known = {field.name: values[field.name] for field in fields(cls) if field.name in values}
        data = {name: value for name, value in known.items() if _is_valid(name, value)}
        is_damaged = values is not content or data.keys() != known.keys()
        data |= {name: _parse_request(data.get(name)) for name in REQUESTS}
        data["left"] = _parse_pairs(data.get("left", []))
        session = cls(**data | {name: tuple(data.get(name, ())) for name in _TEXT_LISTS})
        is_unclean = (folder / MARK).exists()
        if is_unclean:
            # The page may have ended the program.
            session = replace(session, page=cls.page)
        requests = session.request, session.single, session.unhurried
        if any(each and each.prompt_problem() for each in requests) or is_list_too_long(session.things):
            session = session._save_without_prompts(folder, _TOO_LONG)
        elif is_unclean and session._has_long_prompts():
            session = session._save_without_prompts(folder, _NO_ANSWER)
        if is_damaged:
            with contextlib.suppress(StorageError):
                from gdm_studio.common import repair_log

                repair_log.rename_damaged(folder / FILE, _DAMAGED)
                session.save(folder)
        return session

    def _save_without_prompts(self, folder: Path, template: str) -> Session:
        """Save and return a copy of the session with empty prompts. The file that contains the prompts is backed up
        first.
        """
        request, single, unhurried = (
            each and replace(each, prompt="", negative_prompt="", toward=None, branch=None)
            for each in (self.request, self.single, self.unhurried)
        )
        session = replace(self, request=request, single=single, unhurried=unhurried, things="", image_set="")
        with contextlib.suppress(StorageError):
            from gdm_studio.common import repair_log

            repair_log.rename_previous(folder / FILE, template)
            session.save(folder)
        end_restoring(folder)
        return session

    def begin_restoring(self, folder: Path) -> None:
        """Create a marker file if the session has long prompts or opens another page than the first. `end_restoring`
        deletes it as soon as the window responds.

        If the process ends before that, the next `load` assumes that one of them froze or ended the window, removes
        long prompts and opens the first page.
        """
        if self._has_long_prompts() or self.page != type(self).page:
            with contextlib.suppress(OSError):
                (folder / MARK).touch()

    def _has_long_prompts(self) -> bool:
        requests = [each for each in (self.request, self.single, self.unhurried) if each]
        texts = [self.things, *(text for each in requests for text in (each.prompt, each.negative_prompt))]
        return any(len(text) > HARMLESS for text in texts)

    def save(self, folder: Path) -> None:
        """Write the session to a file in `folder`, atomically. Raises StorageError on failure."""
        data: dict[str, Any] = asdict(self)
        for name in REQUESTS:
            request = getattr(self, name)
            data[name] = request and json.loads(request.to_json())
        data["left"] = [[json.loads(request.to_json()) for request in pair] for pair in self.left]
        atomic_files.make_folder(folder)
        atomic_files.write(folder / FILE, json.dumps(data, ensure_ascii=False, indent=1).encode())


def end_restoring(folder: Path) -> None:
    """Delete the marker file that `Session.begin_restoring` created, because the window responds with what it has
    restored.
    """
    with contextlib.suppress(OSError):
        (folder / MARK).unlink(missing_ok=True)


def _is_valid(name: str, value: Any) -> bool:
    """Return True if a field of the session may have this value. Requests are checked by `_parse_request` instead."""
    if name in REQUESTS:
        return True
    if name in _TEXT_LISTS:
        return isinstance(value, list) and all(isinstance(item, str) for item in value)
    if name == "left":
        return isinstance(value, list) and all(isinstance(pair, list) and len(pair) == 2 for pair in value)
    return type(value) is type(getattr(Session(), name)) and _VALIDATORS.get(name, lambda value: True)(value)


def _parse_request(values: Any) -> Request | None:
    try:
        return Request.from_json(json.dumps(values)) if values else None
    except BadRequest:
        return None


def _parse_pairs(values: list[list[Any]]) -> tuple[tuple[Request, Request], ...]:
    """Return the readable pairs of requests of a saved list."""
    read = [(_parse_request(before), _parse_request(left)) for before, left in values]
    return tuple((before, left) for before, left in read if before is not None and left is not None)
