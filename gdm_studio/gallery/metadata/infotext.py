"""The syntax of the `parameters` text of AUTOMATIC1111's web UI, which every tool reads and many write.

The lines of the prompt come first, then those of the negative one after "Negative prompt:"; the last line is
`Steps: 20, Sampler: DPM++ 2M, …, Key: "a value, as JSON where it holds a comma, colon or newline"`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

NEGATIVE = "Negative prompt:"
_MAX_TEXT, _MAX_LINE = 2**18, 2**15  # characters of the whole and of the settings; what is longer is neither
_KEY = re.compile(r"(\w[\w \-/]{1,60}):\s*")
_QUOTED = re.compile(r'"(?:\\.|[^\\"])*"')
_LIST = re.compile(r"\[[^\]\n]{0,200}\]")
_MARKS = {"steps", "sampler", "seed", "size", "cfg scale"}  # a line of settings has at least one of these


@dataclass(frozen=True)
class Infotext:
    prompt: str
    negative_prompt: str
    entries: dict[str, str]


def parse(text: str) -> Infotext | None:
    """What such a text says; None for one of another kind."""
    if len(text) > _MAX_TEXT:
        return None
    lines = text.replace("\r\n", "\n").strip("\0 \n\t").split("\n")
    behind: dict[str, str] = {}
    while len(lines) > 1 and (template := _BEHIND.match(lines[-1])):
        behind[template[1]] = lines.pop()[template.end() :]
    *lines, last = lines
    entries = dict(_entries(last)) if len(last) <= _MAX_LINE else {}
    if len(entries) < 3 or not _MARKS & {key.lower() for key in entries}:
        return None
    return Infotext(*_prompts(lines), entries | behind)


_BEHIND = re.compile(r"((?:Negative )?Template|Wildcard prompt): ?")  # extensions write these behind the settings


def quoted(value: str) -> str:
    """A1111's rule, and quotes too where the bare value would lose a quote or a space on reading."""
    bare = not set(value) & set(',\n:"') and value == value.strip() and value[0] not in "{["
    return value if bare else json.dumps(value, ensure_ascii=False)


def _prompts(lines: list[str]) -> tuple[str, str]:
    lines = [line.strip() for line in lines]
    at = next((at for at, line in enumerate(lines) if line.startswith(NEGATIVE)), len(lines))
    prompt, negative = "\n".join(lines[:at]), "\n".join(lines[at:]).removeprefix(NEGATIVE)
    return prompt.strip(), negative.strip()


def _entries(line: str) -> Iterator[tuple[str, str]]:
    """(key, value) pairs; a value ends at a comma unless it is quoted, or JSON that should have been."""
    at = 0
    while key := _KEY.search(line, at):
        value, at = _value(line, key.end())
        yield key[1].strip(), value


def _value(line: str, start: int) -> tuple[str, int]:
    """The value that begins at `start`, unquoted, and where it ends."""
    if quote := _QUOTED.match(line, start):
        try:
            return str(json.loads(quote[0])), quote.end()
        except ValueError:
            return quote[0], quote.end()
    if line.startswith(("{", "["), start):
        try:
            _, end = json.JSONDecoder().raw_decode(line, start)
            return line[start:end], end
        except (ValueError, RecursionError):
            if listed := _LIST.match(line, start):
                return listed[0], listed.end()
    comma = line.find(",", start)
    end = len(line) if comma < 0 else comma
    return line[start:end].strip(), end
