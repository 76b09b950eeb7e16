"""Names of files from a pattern such as `{date} {prompt} {seed} {id}`: for saving and for exporting."""

from __future__ import annotations

import os
import re
import time
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from gdm_studio.errors import BadRequest
from gdm_studio.request import SETTINGS, Request, Role, Setting, with_role

USUAL = "{date} {prompt} {seed} {id}"
_SLUG = 40  # characters of the subject in a file's name
_LONGEST = 180  # bytes of a name; disks take 255, and a number or an ending may come to it
_FIELD = re.compile(r"\{(\w*)(?::0?(\d))?\}")
_FORBIDDEN = re.compile(r'[<>:"|?*\x00-\x1f\x7f]')  # some system or other refuses them in a name
_TAG = re.compile(r"<\w+:[^>]+>")  # in a prompt, what calls an adapter: <lora:ink:0.8>
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)  # Windows refuses these whole


@dataclass(frozen=True)
class Named:
    """What a name can be made of."""

    request: Request
    id: str
    created: float  # seconds since 1970
    size: tuple[int, int]
    number: int = 1  # of those that are exported together


def _of_setting(setting: Setting) -> tuple[str, Callable[[Named], str]]:
    def said(of: Named) -> str:
        value = setting.plain(setting.of(of.request))
        return f"{value:g}" if isinstance(value, float) else str(value)

    return f"its {setting.title.lower()}", said


FIELDS: dict[str, tuple[str, Callable[[Named], str]]] = {
    "date": ("2026-11-20", lambda of: time.strftime("%Y-%m-%d", time.localtime(of.created))),
    "time": ("14-05-09", lambda of: time.strftime("%H-%M-%S", time.localtime(of.created))),
    "prompt": ("its first words, or the class", lambda of: _slug(_TAG.sub(" ", of.request.subject))),
}
FIELDS |= {setting.word: _of_setting(setting) for setting in with_role(SETTINGS, Role.SEARCH)}
FIELDS |= {
    "model": ("the model's name", lambda of: _slug(os.path.splitext(os.path.basename(of.request.model))[0])),
    "steps": ("how many steps", lambda of: str(of.request.steps)),
    "n": ("its number, {n:03} with zeros", lambda of: str(of.number)),
    "id": ("a few letters that no other has", lambda of: of.id[:4]),
}
FIELDS["size"] = ("128x128", lambda of: f"{of.size[0]}x{of.size[1]}")


def check_pattern(pattern: str) -> None:
    """Raises BadRequest where a pattern names what there is not, or gives no name at all."""
    for match in _FIELD.finditer(pattern):
        if match[1] not in FIELDS:
            known = ", ".join(f"{{{name}}}" for name in FIELDS)
            raise BadRequest(f"A name cannot have {match[0]} in it; choose from {known}.")
    rest = _FIELD.sub("", pattern)
    if "{" in rest or "}" in rest:
        raise BadRequest("In a pattern for names, { and } stand around one of the words there are; leave out others.")
    if not _FIELD.search(pattern) and not _clean(pattern.replace("/", " ").replace("\\", " ")):
        raise BadRequest(f"A name needs at least one part; the usual ones are {USUAL}.")


def name(pattern: str, of: Named) -> str:
    """A file's name without its ending, perhaps with folders ("/"), safe on every system. Raises BadRequest."""
    check_pattern(pattern)
    filled = _FIELD.sub(lambda match: _filled(match, of), pattern.replace("\\", "/"))
    parts = [part for part in (_clean(part) for part in filled.split("/")) if part]
    return "/".join(parts) or of.id[:8]


def names(pattern: str, of: Named) -> Iterator[str]:
    """That name, then with more of the id, then with numbers, for where it is taken."""
    plain = name(pattern, of)
    yield plain
    for letters in (8, 32):
        longer = of.id[:letters]
        yield plain.removesuffix(of.id[:4]) + longer if plain.endswith(of.id[:4]) else f"{plain} {longer}"
    number = 2
    while True:
        yield f"{plain} ({number})"
        number += 1


def _filled(match: re.Match[str], of: Named) -> str:
    text = FIELDS[match[1]][1](of)
    return (text.zfill(int(match[2])) if match[2] else text).replace("/", "-").replace("\\", "-")


def _slug(text: str) -> str:
    """The first words of a text, as many as fit."""
    words = " ".join(re.findall(r"\w+", unicodedata.normalize("NFC", text)))
    return words if len(words) <= _SLUG else words[: _SLUG + 1].rpartition(" ")[0] or words[:_SLUG]


def _clean(part: str) -> str:
    """One part of a path: no forbidden letters, no hidden or reserved name, not too long."""
    text = " ".join(_FORBIDDEN.sub("", part).split()).lstrip(".").rstrip(". ")
    text = text.encode("utf-8", "replace")[:_LONGEST].decode("utf-8", "ignore").rstrip(". ")
    return f"_{text}" if _RESERVED.match(text) else text
