"""Conversion of translatable sentences to JSON and back, for caches and for messages between processes."""

from __future__ import annotations

from collections.abc import Mapping
from string import Formatter
from typing import Any

from gdm_studio.common.json_reader import MALFORMED
from gdm_studio.common.text_safety import UNSAFE_CHARACTERS, escape_unsafe, shorten
from gdm_studio.common.translation_markers import Sentence, translatable

Value = str | int | float
# Maximum depth of sentences within sentences.
MAX_DEPTH = 10
# Maximum number of characters of a template.
MAX_TEMPLATE = 1_000
# Maximum number of fields in a template, and of values.
MAX_FIELDS = 20
# Maximum number of characters of a string value.
MAX_TEXT = 10_000
# Limit of the numbers that Qt can format.
_MAX_NUMBER = 2**63


def sentence_to_json(sentence: str, depth: int = MAX_DEPTH) -> Any:
    """Return a sentence as a JSON value that `sentence_from_json` reads: an object with the template and the values,
    which may be sentences themselves. A sentence without a template, or nested too deeply, becomes a string.
    """
    if not isinstance(sentence, Sentence) or not sentence.template or not depth:
        return shorten(sentence, MAX_TEXT)
    values = sentence.values.items()
    encoded = {name: sentence_to_json(each, depth - 1) if isinstance(each, str) else each for name, each in values}
    return {"template": sentence.template, "values": encoded}


def sentence_from_json(data: Any) -> Sentence:
    """Create a sentence from parsed JSON with "template" and "values", which may come from another computer. Unsafe
    characters of the values are escaped.

    Raises ValueError if a field is missing or of the wrong type, or if the template is empty or its result could have
    any length.
    """
    try:
        return _parse_sentence(data, MAX_DEPTH)
    except MALFORMED as error:
        raise ValueError("not the template of a sentence with its values") from error


def _parse_sentence(data: Mapping[str, Any], depth: int) -> Sentence:
    template = data["template"]
    if not depth or not template or len(template) > MAX_TEMPLATE or UNSAFE_CHARACTERS.search(template):
        raise ValueError("a template that is empty, too long, nested too deeply or has unsafe characters")
    fields = [each for each in Formatter().parse(template) if each[1] is not None]
    if len(fields) > MAX_FIELDS or len(data["values"]) > MAX_FIELDS:
        raise ValueError("too many fields")
    for _, name, specification, conversion in fields:
        # Attributes could expose internal data, and a format specification such as ">999999999" would exhaust the
        # memory.
        if not str(name).isidentifier() or specification not in ("", ",") or conversion not in (None, "r"):
            raise ValueError(f"the field {name!r:.40} is not supported")
    return translatable(template, **{name: _parse_value(each, depth) for name, each in data["values"].items()})


def _parse_value(value: Any, depth: int) -> Value:
    if isinstance(value, dict):
        value = _parse_sentence(value, depth - 1)
    if isinstance(value, str) and len(value) <= MAX_TEXT:
        return value if isinstance(value, Sentence) else escape_unsafe(value)
    if type(value) in (int, float) and abs(value) < _MAX_NUMBER:
        number: int | float = value
        return number
    raise ValueError(f"the value {value!r:.40} is not supported")
