"""Builder of suggestions for nouns that a model cannot draw: similar subjects that it can draw, such as a motor boat
for "hovercraft".

Similarity combines MiniLM embeddings of WordNet's definitions (Princeton University) with WordNet's relations. Both are
needed only for building. The table ships as plain words beside the model.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from torch import Tensor

from gdm_studio.common.errors import ModelError
from gdm_studio.models.families.icons import family
from gdm_studio.models.families.icons.prompt_reader import IconsReader
from gdm_studio.models.families.icons.suggestions import write_suggestions
from gdm_studio.models.files.checkpoints import read_entry
from gdm_studio.models.prompts.prompt_reading import NoteKind
from gdm_studio.training.data.package_downloads import WORDNET, archive
from gdm_studio.training.table_builders.lexicon import Encoder, WordNet
from gdm_studio.training.table_builders.translation_dictionary import DRAWABLE

# Largest number of drawings of a noun.
MOST = 3
# Weights of four similarities of a noun and a drawing: of the noun to the name, of its definition to the name, of both
# definitions, and by WordNet's relations.
WORD_TO_NAME = 0.15
DEFINITION_TO_NAME = 0.35
DEFINITIONS = 1.0
RELATED = 0.6
# Least similarity of a suggested drawing, and the least similarity relative to that of the first one. Below them, most
# drawings have nothing to do with the noun.
LEAST_SIMILARITY = 0.65
LEAST_RATIO = 0.82
# WordNet's files of animals, artefacts, food and plants, which are preferred to the other senses of a noun. A toaster
# is an appliance, although WordNet's first sense is a person who proposes a toast.
PREFERRED = frozenset(("05", "06", "13", "20"))
_NOUN = re.compile(r"(?!.*ing$)[a-z]{3,16}")
# Number of nouns that are embedded at once.
BATCH = 512


def build(card_file: Path, *, source: Path | None = None) -> int:
    """Write a model's suggestions of drawings for nouns that it cannot draw, to a file beside its card. Returns the
    file's size in bytes. Raises StudioError.
    """
    facts = json.loads(card_file.read_text(encoding="utf-8"))
    card = family.card(read_entry(card_file.with_name(f"{facts['name']}.safetensors")))
    # The table that is replaced does not count as a reading of the nouns.
    reader = family.reader(replace(card, files=tuple(file for file in card.files if file.name != family.SUGGESTIONS)))
    if not isinstance(reader, IconsReader) or reader.drawings is None:
        raise ModelError(f"{card.name} has no memorised drawings; choose another model.")
    net = WordNet.read(archive(WORDNET, source))
    nouns = [noun for noun in _find_drawable_nouns(net) if _is_guess(reader, noun)]
    drawings = _Drawings.of(reader.drawings.offered_names(), net)
    return write_suggestions(card_file.with_name(family.SUGGESTIONS), dict(drawings.suggest(nouns)))


def _find_drawable_nouns(net: WordNet) -> Iterator[str]:
    """Yield the single-word nouns that name something visible and are not mostly used as adjectives."""
    for word, keys in net.keys_of.items():
        if _NOUN.fullmatch(word) and net.adjectives[word] < len(keys) and _read_definition(net, word):
            yield word


def _is_guess(reader: IconsReader, noun: str) -> bool:
    """Return True if the model can only guess what a noun means: it neither draws the noun nor knows a name with a
    similar word vector.
    """
    reading = reader.read(f"a {noun}")
    return any(note.kind is NoteKind.GUESS for note in reading.notes) and not reading.nearest


def _read_definition(net: WordNet, word: str) -> str:
    """Return a word followed by its definition in the most usual sense that can be drawn. Returns "" if no sense can be
    drawn.
    """
    senses = [net.senses[key] for key in net.keys_of.get(word, ())]
    preferred = [sense for sense in senses if sense.file in PREFERRED] or senses[:1]
    return f"{word}, {preferred[0].definition}" if preferred and preferred[0].file in DRAWABLE else ""


@dataclass(frozen=True)
class _Drawings:
    """Names of the drawings that a model can suggest, with their embeddings (names, 384)."""

    names: Sequence[str]
    net: WordNet
    encoder: Encoder
    by_name: Tensor
    by_definition: Tensor

    @classmethod
    def of(cls, names: Sequence[str], net: WordNet) -> _Drawings:
        encoder = Encoder()
        definitions = [_read_definition(net, name) or name for name in names]
        return cls(names, net, encoder, encoder(names), encoder(definitions))

    def suggest(self, nouns: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
        """Yield (noun, names) for each noun that resembles drawings in meaning, with the names of the most similar
        drawings.
        """
        place = {name: index for index, name in enumerate(self.names)}
        things = {name: (name, 1.0) for name in self.names}
        for start in range(0, len(nouns), BATCH):
            batch = nouns[start : start + BATCH]
            words = self.encoder(batch)
            definitions = self.encoder([_read_definition(self.net, noun) for noun in batch])
            similarities = (WORD_TO_NAME * words + DEFINITION_TO_NAME * definitions) @ self.by_name.T
            similarities += DEFINITIONS * definitions @ self.by_definition.T
            for noun, similarity in zip(batch, similarities, strict=True):
                for name, score in self.net.related(noun, things).items():
                    similarity[place[name]] += RELATED * score
                best, at = similarity.topk(min(MOST, len(self.names)))
                least = max(LEAST_SIMILARITY, LEAST_RATIO * float(best[0]))
                if names := [self.names[index] for score, index in zip(best, at, strict=True) if score >= least]:
                    yield noun, names
