"""Prefixes of the networks in weight files, found by tensor names that only one kind of network has.

Programs save one network under many prefixes. A text encoder of CLIP has none in transformers 5, "text_model." in
earlier versions and "cond_stage_model.transformer.text_model." in a checkpoint, so prefixes are never listed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import TypeVar

V = TypeVar("V")

# Maximum number of networks of one kind in a file. Real files have four or fewer.
MOST = 8


def find_prefixes(names: Collection[str], *marks: str) -> tuple[str, ...]:
    """Return the prefixes under which a file or folder has tensors with all of the given names, in the order of
    `names`.

    A prefix is empty, or ends in a dot or in the slash after a component's folder. At most MOST are returned.
    """
    first = marks[0]
    found: dict[str, None] = {}
    for name in names:
        if not name.endswith(first):
            continue
        prefix = name[: len(name) - len(first)]
        if prefix[-1:] in ("", ".", "/") and all(prefix + mark in names for mark in marks):
            found[prefix] = None
            if len(found) == MOST:
                break
    return tuple(found)


def names_below(prefixes: Iterable[str], where: Mapping[str, V]) -> dict[str, dict[str, V]]:
    """Return the tensors below each of the prefixes, by their names without the prefix. `where` contains all tensors of
    a file by name. The work does not grow with the number of prefixes.
    """
    groups: dict[str, dict[str, V]] = {prefix: {} for prefix in prefixes}
    for name, value in where.items():
        for end in (0, *(at.end() for at in _SEPARATOR.finditer(name))):
            if (group := groups.get(name[:end])) is not None:
                group[name[end:]] = value
    return groups


def root_of(prefix: str) -> str:
    """Return a prefix without the names that transformers gives to the inner module of a model.

    Below the root are also the model's output layer and its other towers, such as "lm_head." beside "model.".
    """
    return _WRAPPERS.sub("", prefix)


_SEPARATOR = re.compile(r"[./]")
_WRAPPERS = re.compile(r"(?:(?<![^./])(?:model|language_model|text_model|vision_model|transformer)\.)+$")
