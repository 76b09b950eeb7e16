"""What is found in a graph: entries by the file's names, and which fields they are of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


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
