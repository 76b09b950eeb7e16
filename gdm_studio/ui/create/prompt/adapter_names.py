"""Adapters (such as LoRAs) and embeddings that a prompt can mention by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from gdm_studio.common.unicode_names import comparable_name
from gdm_studio.models.adapters.adapter_detection import adapter_family
from gdm_studio.models.adapters.embedding import vector_count
from gdm_studio.models.files.weight_file_names import answers_to, name_of, split_folders
from gdm_studio.models.installed.description import ADAPTERS
from gdm_studio.models.installed.model_table import ModelTableRow


@dataclass(frozen=True)
class NamedAddition:
    """Adapter (such as a LoRA) or embedding that a prompt can mention by name.

    `base` is its model family, or "" if unknown. `vectors` is an embedding's number of tokens.
    """

    name: str
    kind: str
    base: str = ""
    vectors: int = 0


@dataclass(frozen=True)
class AdapterNames:
    """Installed adapters and embeddings that a prompt can mention, keyed by lower-case name.

    `base` is the family of the model that uses them.
    """

    adapters: Mapping[str, NamedAddition] = field(default_factory=dict)
    words: Mapping[str, NamedAddition] = field(default_factory=dict)
    base: str = ""
    # Adapters by further names, such as their titles.
    aliases: Mapping[str, NamedAddition] = field(default_factory=dict)
    # Adapters by the paths of their files, for names with folders.
    files: Mapping[Path, NamedAddition] = field(default_factory=dict)
    # True if prompts have weights and embeddings. Otherwise they are plain words with the tags of adapters.
    has_grammar: bool = True

    def adapter(self, name: str) -> NamedAddition | None:
        """Return the installed adapter that a prompt mentions by this name or alias, or None."""
        wanted = comparable_name(name.strip().removesuffix(".safetensors"))
        found = self.adapters.get(wanted) or self.aliases.get(wanted)
        if found is None and split_folders(wanted)[0]:
            return next((each for path, each in self.files.items() if answers_to(path, wanted)), None)
        return found

    def suits(self, addition: NamedAddition) -> bool:
        """Return whether an adapter or embedding works with models of the family `base`.

        An unknown family is assumed to work.
        """
        return not addition.base or not self.base or addition.base == adapter_family(self.base)

    def lengths(self) -> dict[str, int]:
        """Return the number of prompt tokens of each embedding that works with this model, by name."""
        return {word: addition.vectors for word, addition in self.words.items() if self.suits(addition)}


def names_of(rows: Iterable[ModelTableRow], base: str, *, has_grammar: bool = True) -> AdapterNames:
    """Return the names of all adapters and embeddings in the table of installed models that a prompt can mention.

    Several adapters of the same name are listed with their folders; the name alone means the first of them by path.
    Prompts without a grammar cannot name embeddings.
    """
    files: dict[Path, NamedAddition] = {}
    adapters: dict[str, NamedAddition] = {}
    words: dict[str, NamedAddition] = {}
    aliases: dict[str, NamedAddition] = {}
    for row in rows:
        kind, _, base_of_row = row.family.partition(" · ")
        if row.card is None and kind in ADAPTERS:
            addition = files[row.path] = NamedAddition(row.name, kind, base_of_row)
            adapters.setdefault(comparable_name(row.name), addition)
            for alias in row.aliases:
                aliases.setdefault(comparable_name(alias), addition)
        elif row.card is None and kind == "Embedding" and has_grammar:
            words.setdefault(
                comparable_name(row.name),
                NamedAddition(row.name, kind, base_of_row, vector_count(base_of_row, row.parameters)),
            )
    for path in sorted(files, key=lambda path: path.parts):
        aliases.setdefault(comparable_name(name_of(path)), files[path])
    return AdapterNames(adapters, words, base, aliases, files, has_grammar)
