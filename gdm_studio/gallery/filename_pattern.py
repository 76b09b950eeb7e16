"""File names of saved and exported images, built from a pattern such as `{date} {prompt} {seed} {id}`."""

from __future__ import annotations

import os
import re
import time
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from gdm_studio.common.errors import BadRequest
from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP, translatable
from gdm_studio.gallery.text_normalization import to_single_line
from gdm_studio.request.generation_request import SETTINGS, Request, Role, Setting, with_role
from gdm_studio.request.prompts import start_of

DEFAULT = "{date} {prompt} {seed} {id}"
# Maximum number of characters of the prompt in a file name.
_MAX_PROMPT = 40
# Maximum number of bytes of a name. Disks accept 255, and a number or a suffix may be appended.
_MAX_BYTES = 180
# Number of the things by which a set without a title is called.
_NAMED_THINGS = 3
_FIELD = re.compile(r"\{(\w*)(?::0?(\d))?\}")
# Characters that at least one operating system rejects in a name.
_FORBIDDEN = re.compile(r'[<>:"|?*\x00-\x1f\x7f]')
# The part of a prompt that names an adapter: <lora:ink:0.8>
_TAG = re.compile(r"<\w+:[^<>]+>")
# Names that Windows rejects, with any suffix.
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)


@dataclass(frozen=True)
class NameParts:
    """The values of an image from which its file name is built, such as its request, id, creation time and size."""

    request: Request
    id: str
    # Seconds since 1970.
    created: float
    # (width, height) in pixels.
    size: tuple[int, int]
    # Position among the images that are exported together, from 1.
    number: int = 1
    # The name of the file of an image without settings, which replaces its prompt.
    stem: str = ""
    # Names of the settings that the image's file does not state. Their fields remain empty.
    unstated: frozenset[str] = frozenset()
    # Title of the image, which replaces its prompt, or "".
    title: str = ""


def description_of(setting: Setting) -> str:
    """Return the English description of a setting's field in filename patterns, such as "its seed"."""
    return f"its {setting.title.lower()}"


def _build_setting_field(setting: Setting) -> tuple[str, Callable[[NameParts], str]]:
    def format_value(name_parts: NameParts) -> str:
        value = setting.search_value(setting.value_in(name_parts.request))
        return f"{value:g}" if isinstance(value, float) else str(value)

    return description_of(setting), format_value


# {field: (description or example for the user, function that returns its text)}
FIELDS: dict[str, tuple[str, Callable[[NameParts], str]]] = {
    "date": ("2026-11-20", lambda of: time.strftime("%Y-%m-%d", time.localtime(of.created))),
    "time": ("14-05-09", lambda of: time.strftime("%H-%M-%S", time.localtime(of.created))),
    "prompt": (
        QT_TRANSLATE_NOOP("FilenamePattern", "its first words, or the class"),
        lambda of: _shorten_prompt(_TAG.sub(" ", start_of(of.title or of.request.subject))),
    ),
}
FIELDS |= {setting.word: _build_setting_field(setting) for setting in with_role(SETTINGS, Role.SEARCH)}
FIELDS |= {
    "model": (
        QT_TRANSLATE_NOOP("FilenamePattern", "the model's name"),
        lambda of: _shorten_prompt(os.path.splitext(os.path.basename(of.request.model))[0]),
    ),
    "steps": (QT_TRANSLATE_NOOP("FilenamePattern", "number of steps"), lambda of: str(of.request.steps)),
    "n": (QT_TRANSLATE_NOOP("FilenamePattern", "its number, {n:03} with zeros"), lambda of: str(of.number)),
    "id": (QT_TRANSLATE_NOOP("FilenamePattern", "four letters of its unique id"), lambda of: of.id[:4]),
}
_SETTING_OF_FIELD = {setting.word: setting.name for setting in with_role(SETTINGS, Role.SEARCH)}
# Fields that an image without settings has, too.
_NOT_SETTINGS = ("date", "time", "n", "id", "size")
FIELDS["size"] = ("128x128", lambda of: f"{of.size[0]}x{of.size[1]}")


def check_pattern(pattern: str) -> None:
    """Raise BadRequest if a filename pattern is empty, contains an unknown field or has unmatched braces."""
    for match in _FIELD.finditer(pattern):
        if match[1] not in FIELDS:
            known = ", ".join(f"{{{name}}}" for name in FIELDS)
            raise BadRequest(
                translatable("A name pattern has no field {field}; choose from {known}.", field=match[0], known=known)
            )
    rest = _FIELD.sub("", pattern)
    if "{" in rest or "}" in rest:
        raise BadRequest("{ and } in a name pattern must enclose one of its fields; remove the others.")
    if not _FIELD.search(pattern) and not clean_name(pattern.replace("/", " ").replace("\\", " ")):
        raise BadRequest(translatable("A name pattern cannot be empty; the default is {default}.", default=DEFAULT))


def fill_pattern(pattern: str, name_parts: NameParts) -> str:
    """Replace the fields in a filename pattern, such as `{seed}`, with the values of an image.

    Return a path, without suffix, that is valid on every operating system. "/" in the pattern separates folders. Raises
    BadRequest if the pattern is invalid.
    """
    check_pattern(pattern)
    filled = _FIELD.sub(lambda match: _fill(match, name_parts), pattern.replace("\\", "/"))
    parts = [part for part in (clean_name(part) for part in filled.split("/")) if part]
    return "/".join(parts) or name_parts.id[:8]


def iter_candidate_names(pattern: str, name_parts: NameParts) -> Iterator[str]:
    """Yield file names for an image until the caller finds one that is not in use: first the filled pattern, then with
    more characters of the image's id, then with a number.
    """
    plain = fill_pattern(pattern, name_parts)
    yield plain
    for letters in (8, 32):
        longer = name_parts.id[:letters]
        yield (
            plain.removesuffix(name_parts.id[:4]) + longer if plain.endswith(name_parts.id[:4]) else f"{plain} {longer}"
        )
    number = 2
    while True:
        yield f"{plain} ({number})"
        number += 1


def _fill(match: re.Match[str], name_parts: NameParts) -> str:
    if name_parts.stem and match[1] not in _NOT_SETTINGS:
        return name_parts.stem if match[1] == "prompt" else ""
    if _SETTING_OF_FIELD.get(match[1]) in name_parts.unstated:
        return ""
    text = FIELDS[match[1]][1](name_parts)
    return (text.zfill(int(match[2])) if match[2] else text).replace("/", "-").replace("\\", "-")


def _shorten_prompt(text: str) -> str:
    """Shorten a prompt to its first words, without punctuation, for use in a file name.

    The result has at most _MAX_PROMPT characters.
    """
    words = " ".join(re.findall(r"\w+", unicodedata.normalize("NFC", text)))
    return words if len(words) <= _MAX_PROMPT else words[: _MAX_PROMPT + 1].rpartition(" ")[0] or words[:_MAX_PROMPT]


def title_of_set(subjects: Sequence[str]) -> str:
    """Return a title for a set of images, made of the first things in its list."""
    first = ", ".join(subjects[:_NAMED_THINGS])
    return f"{first[:1].upper()}{first[1:]}" + (" …" if len(subjects) > _NAMED_THINGS else "")


def is_title_of_set(name: str, subjects: Sequence[str]) -> bool:
    """Return True if the name of a collection is the title of a set of these subjects, or that title and a number."""
    return re.fullmatch(re.escape(to_single_line(title_of_set(subjects))) + r"( \d+)?", name) is not None


def clean_name(part: str) -> str:
    """Convert one part of a path to a name that is valid on every operating system: without forbidden characters,
    neither hidden nor reserved, and not too long.
    """
    text = " ".join(_FORBIDDEN.sub("", part.replace("/", "-").replace("\\", "-")).split()).lstrip(".").rstrip(". ")
    text = text.encode("utf-8", "replace")[:_MAX_BYTES].decode("utf-8", "ignore").rstrip(". ")
    return f"_{text}" if _RESERVED.match(text) else text
