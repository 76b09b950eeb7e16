"""What is found in a graph: entries by the file's names, and which fields they are of."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

_TOGETHER = (  # one of them says what the others would
    {"size", "width", "height"},
    {"prompt", "prompts"},
    {"negative_prompt", "negative_prompts"},
)


@dataclass
class Settings:
    """Entries by the file's names, `Node.input`; `names` gives their fields."""

    entries: list[tuple[str, Any]] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    known: set[str] = field(default_factory=set)
    more: dict[str, Any] = field(default_factory=dict)

    def add(self, kind: str, found: tuple[str, Any] | None) -> None:
        """An entry that is of a field; two of one name are told apart."""
        if found is not None:
            name = found[0] if found[0] not in self.names else f"{found[0]} ({kind})"
            self.entries.append((name, found[1]))
            self.names[name] = kind

    def ignore(self, name: str, value: Any) -> None:
        self.entries.append((name, value))
        self.known.add(name)

    def besides(self, fields: Collection[str]) -> Settings:
        """What it says of other fields, for a file that has these from elsewhere."""
        fields = {*fields, *(each for group in _TOGETHER if group & set(fields) for each in group)}
        names = {name: kind for name, kind in self.names.items() if kind not in fields}
        more = {name: value for name, value in self.more.items() if name not in fields}
        return Settings([entry for entry in self.entries if entry[0] in names], names, set(), more)
