"""English compounds of a model's dictionary, and the words after a thing that describe it. The tables are derived from
WordNet, and newer requests use them (`READS_COMPOUNDS`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path

from gdm_studio.models.files.compressed_json import read_packed_table, write_packed_json

# Name of the file, beside the weights.
FILE = "compounds.xz"
# Maximum size of the unpacked file in bytes.
MOST_BYTES = 2**22


@dataclass(frozen=True)
class Compounds:
    """Names of several words, and words that describe the thing before them.

    `names` maps a compound such as "golf club", or another spelling such as "horse shoe", to the nearest name that the
    model draws. `containers` are drawn things that hold others: "a pitcher of water" is a pitcher. `participles` are
    words that are also associated with a drawing, but describe the thing before them: "an apple cut in half".
    `further_names` are other spellings of words that the model draws under another name, such as "swim suit", which
    only requests with the rules `READS_SYNONYMS` and later read. `people` are words for people that the dictionary
    reads as other things, each with the name of a person, for requests with the rules `SHOWS_ALL_OBJECTS` and later.
    """

    names: dict[str, str] = field(default_factory=dict)
    containers: tuple[str, ...] = ()
    participles: tuple[str, ...] = ()
    further_names: dict[str, str] = field(default_factory=dict)
    people: dict[str, str] = field(default_factory=dict)

    @cached_property
    def container_words(self) -> frozenset[str]:
        return frozenset(self.containers)

    @cached_property
    def participle_words(self) -> frozenset[str]:
        return frozenset(self.participles)


@lru_cache(maxsize=2)
def read_compounds(path: Path, modified: int) -> Compounds:
    """Read a file of compounds, which was changed at the time `modified`. Raises ModelError if it is damaged."""
    return read_packed_table(Compounds, path, MOST_BYTES)


def write_compounds(path: Path, compounds: Compounds) -> int:
    """Write a file of compounds. Returns its size in bytes. Raises StorageError."""
    facts: Mapping[str, object] = {
        "names": dict(sorted(compounds.names.items())),
        "containers": sorted(compounds.containers),
        "participles": sorted(compounds.participles),
        "further_names": dict(sorted(compounds.further_names.items())),
        "people": dict(sorted(compounds.people.items())),
    }
    return write_packed_json(path, facts)
