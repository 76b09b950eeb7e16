"""Reader of multipart forms (RFC 7578), whose whole body is in memory."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gdm_studio.common.errors import BadRequest
from gdm_studio.server.json_fields import Fields, Rules, check_values

# Maximum number of parts of a form, and of bytes of the headers of a part.
MAX_PARTS = 64
MAX_HEAD = 4096
_BOUNDARY = re.compile(r';\s*boundary=(?:"([^"\r\n]{1,70})"|([^\s;"]{1,70}))', re.IGNORECASE)
_PARAMETER = re.compile(r';\s*(name|filename)="((?:[^"\\\r\n]|\\.)*)"', re.IGNORECASE)
_MALFORMED = "The form is not valid; send multipart/form-data."
_FLAGS = {"true": True, "false": False, "1": True, "0": False}


@dataclass
class Form:
    """Text fields and files of a multipart form. A name may have several files, of which `filenames` has the last
    one's.
    """

    texts: dict[str, str] = field(default_factory=dict)
    files: dict[str, list[bytes]] = field(default_factory=dict)
    filenames: dict[str, str] = field(default_factory=dict)

    def fields(self, rules: Rules) -> Fields:
        """Return the texts with the types that `rules` give them, and the files as fields without a type.

        Raises BadRequest.
        """
        values: dict[str, Any] = {name: _convert(name, text, rules) for name, text in self.texts.items()}
        check_values(values)
        return Fields.checked(values | dict.fromkeys(self.files, "a file"), rules)


def without_boundary(body: bytes, content_type: str) -> bytes:
    """Return the body of a form without its boundary, a random string that differs each time the form is sent."""
    match = _BOUNDARY.search(content_type)
    return body if match is None else body.replace((match[1] or match[2]).encode("latin-1", "replace"), b"")


def parse_form(body: bytes, content_type: str) -> Form:
    """Parse the body of a request with a multipart form. Raises BadRequest."""
    match = _BOUNDARY.search(content_type)
    if match is None:
        raise BadRequest(_MALFORMED)
    delimiter = b"\r\n--" + (match[1] or match[2]).encode("latin-1", "replace")
    # The first delimiter has no line break before it.
    parts = (b"\r\n" + body).split(delimiter, MAX_PARTS + 2)
    if len(parts) > MAX_PARTS + 2:
        raise BadRequest(f"A form can have at most {MAX_PARTS} parts.")
    if len(parts) < 2 or not parts[-1].startswith(b"--"):
        raise BadRequest(_MALFORMED)
    form = Form()
    for part in parts[1:-1]:
        end = part.find(b"\r\n\r\n", 0, MAX_HEAD)
        if not part.startswith(b"\r\n") or end < 0:
            raise BadRequest(_MALFORMED)
        _add(form, part[:end], part[end + 4 :])
    return form


def _add(form: Form, head: bytes, content: bytes) -> None:
    parameters: Mapping[str, str] = {}
    for line in head.split(b"\r\n"):
        header, _, value = line.partition(b":")
        if header.strip().lower() == b"content-disposition":
            found = _PARAMETER.finditer(value.decode("utf-8", "replace"))
            parameters = {match[1].lower(): match[2] for match in found}
    name = parameters.get("name", "").removesuffix("[]")
    if not name:
        raise BadRequest(_MALFORMED)
    if "filename" in parameters:
        form.files.setdefault(name, []).append(content)
        form.filenames[name] = re.sub(r"\\(.)", r"\1", parameters["filename"])
        return
    try:
        form.texts[name] = content.decode()
    except UnicodeDecodeError as error:
        raise BadRequest("A text of the form is not UTF-8.") from error


def _convert(name: str, text: str, rules: Rules) -> Any:
    """Convert a form field's string to the type that its rule requires. An empty string is not a number. Raises
    BadRequest.
    """
    kind = rules[name].kind if name in rules else "text"
    if kind in ("whole", "number"):
        if not text.strip():
            return None
        try:
            return int(text) if re.fullmatch(r"\s*[+-]?[0-9]{1,30}\s*", text) else float(text)
        except ValueError as error:
            raise BadRequest(f"{name} must be a number.") from error
    if kind == "flag":
        if (flag := _FLAGS.get(text.strip().lower())) is None:
            raise BadRequest(f"{name} must be true or false.")
        return flag
    return text
