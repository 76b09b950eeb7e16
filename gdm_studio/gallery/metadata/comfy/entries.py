"""The settings found in a ComfyUI graph."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

# Groups of fields that describe the same setting in different forms.
_ALTERNATIVES = (
    {"size", "width", "height"},
    {"prompt", "prompts"},
    {"negative_prompt", "negative_prompts"},
)


@dataclass
class Settings:
    """Settings found in a ComfyUI graph, with names such as `KSampler.seed`, and the request fields to which they
    correspond.

    The attributes are the arguments of `conversion.build_metadata`.
    """

    entries: list[tuple[str, Any]] = field(default_factory=list)
    # {entry: field}
    names: dict[str, str] = field(default_factory=dict)
    # Entries that are recognised but not used.
    known: set[str] = field(default_factory=set)
    # Fields without an entry.
    more: dict[str, Any] = field(default_factory=dict)

    def add(self, kind: str, found: tuple[str, Any] | None) -> None:
        """Add a setting of a ComfyUI graph, the (name, value) pair `found`, for the request field `kind`. Does nothing
        if `found` is None.

        If its name is in use, the field name is appended to it.
        """
        if found is not None:
            name = found[0] if found[0] not in self.names else f"{found[0]} ({kind})"
            self.entries.append((name, found[1]))
            self.names[name] = kind

    def ignore(self, name: str, value: Any) -> None:
        """Add a setting of a ComfyUI graph that is displayed to the user but not used for the restored request."""
        self.entries.append((name, value))
        self.known.add(name)

    def without_fields(self, fields: Collection[str]) -> Settings:
        """Return a copy without the settings for the given request fields, whose values come from a better source than
        the ComfyUI graph.
        """
        fields = {*fields, *(each for group in _ALTERNATIVES if group & set(fields) for each in group)}
        names = {name: kind for name, kind in self.names.items() if kind not in fields}
        more = {name: value for name, value in self.more.items() if name not in fields}
        return Settings([entry for entry in self.entries if entry[0] in names], names, set(), more)
