"""Builder of a model's compounds: English names of several words that mean something else than their last word, such as
"golf club", and spellings such as "horse shoe", each with the drawing that comes nearest.

Nearness combines MiniLM embeddings of WordNet's definitions (Princeton University) with WordNet's hypernyms. Both are
needed only for building. The table ships as plain words beside the model.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import torch
from torch import Tensor

from gdm_studio.common.errors import ModelError
from gdm_studio.models.families.icons import family
from gdm_studio.models.families.icons.prompt_reader import IconsReader
from gdm_studio.models.files.checkpoints import read_entry
from gdm_studio.models.model_card import ModelCard
from gdm_studio.models.prompts.compounds import FILE, Compounds, write_compounds
from gdm_studio.models.prompts.drawing_names import RUDE
from gdm_studio.models.prompts.translation_dictionary import QUALITIES
from gdm_studio.models.prompts.word_classes import PEOPLE, STOP_WORDS, forms
from gdm_studio.networks.stable_diffusion.tokenizer import whole_words
from gdm_studio.training.data.package_downloads import WORDNET, archive
from gdm_studio.training.table_builders.lexicon import Encoder, WordNet, read_wordnet
from gdm_studio.training.table_builders.suggestions import (
    BATCH,
    DEFINITION_TO_NAME,
    DEFINITIONS,
    PREFERRED,
    RELATED,
    WORD_TO_NAME,
)
from gdm_studio.training.table_builders.translation_dictionary import DRAWABLE, revised_people

# Weight of a hypernym of the compound that names a drawing, and its factor for each further level of hypernyms.
HYPERNYM, LEVEL_FACTOR = 0.5, 0.85
# Weights of a drawing in WordNet's file of the compound (animals, food, …), and of a drawing in one colour.
SAME_FILE, ONE_COLOUR = 0.15, -0.08
# Least score of a drawing, and by how much it must exceed that of the drawing that the last word alone would select.
LEAST_SCORE, LEAST_GAIN = 0.9, 0.25
# Score below which the drawing of the last word has nothing to do with the compound. The nearest hypernym that is drawn
# then replaces it, at most at this level, if it is in WordNet's files of animals, food, people or plants. Artefacts of
# one hypernym, such as buildings, look too different.
UNRELATED, HIGHEST_LEVEL = 0.4, 6
NATURAL_KINDS = frozenset(("05", "13", "18", "20"))
# Least score, and least similarity of the names, for a single word that has no drawing.
LEAST_SCORE_OF_WORD, LEAST_SIMILARITY_OF_WORD = 1.2, 0.35
# A sense with more hyponyms is too general for its name to be a good drawing, except a person.
WIDEST = 60
PERSON = "person"
# WordNet's file of artefacts. One with more kinds in all is too general, too.
ARTEFACTS, MOST_KINDS = "06", 100
# Names of WordNet's senses of things that hold others, and of vehicles.
CONTAINER = "container"
VEHICLE = "vehicle"
PEOPLE_FILE = "18"
# Words that are not among CLIP's most frequent tokens do not occur in prompts.
MOST_FREQUENT = 40_000
# Least length of a name that may be written as two words, and of both words.
LEAST_JOINED, LEAST_PART = 6, 3
_COMPOUND = re.compile(r"[a-z]{2,14}(?: [a-z]{2,14}){1,2}")
_NOUN = re.compile(r"(?!.*ing$)[a-z]{3,16}")
_WORD = re.compile(r"[a-z]+")


def build(card_file: Path, *, source: Path | None = None) -> int:
    """Write a model's compounds to a file beside its card. Returns the file's size in bytes. Raises StudioError."""
    facts = json.loads(card_file.read_text(encoding="utf-8"))
    card = family.card(read_entry(card_file.with_name(f"{facts['name']}.safetensors")))
    if card.dictionary is None or card.vocabulary is None:
        raise ModelError(f"{card.name} has no dictionary; build it first.")
    english = card.dictionary.read_rare_words()
    # The table that is replaced does not count.
    card = replace(card, dictionary=replace(card.dictionary, compounds=None))
    reader = family.reader(card)
    if not isinstance(reader, IconsReader) or reader.drawings is None:
        raise ModelError(f"{card.name} has no memorised drawings; choose another model.")
    packed = archive(WORDNET, source)
    tables = _Tables(card, reader, WordNet.read(packed), _read_proper_nouns(packed), _count_verb_senses(packed))
    names = dict(tables.near_names()) | dict(tables.spellings())
    further = {text: name for text, name in tables.spellings_of_synonyms() if text not in names}
    drawn = reader.tokenizer.names
    people = dict(revised_people(tables.net, english, lambda name: drawn.is_drawn(name) and drawn.is_own(name)))
    return write_compounds(
        card_file.with_name(FILE), Compounds(names, (*tables.containers(),), (*tables.participles(),), further, people)
    )


@dataclass(frozen=True)
class _Candidate:
    """Word or compound of WordNet, with the sense in which it can be drawn, and the drawing that the model selects for
    it without the table ("" if there is none). `text` may be written with a space against WordNet's spelling.
    """

    text: str
    sense: str
    drawing: str


@dataclass(frozen=True)
class _Tables:
    """Dictionaries and prompt reader with which compounds are found: WordNet's words that the model would read as
    something else.
    """

    card: ModelCard
    reader: IconsReader
    net: WordNet
    proper_nouns: frozenset[str]
    # The number of senses of each verb.
    verb_senses: Mapping[str, int]

    @cached_property
    def single_colour(self) -> frozenset[str]:
        assert self.card.vocabulary is not None
        return frozenset(self.card.vocabulary.further_drawings)

    @cached_property
    def drawings(self) -> list[str]:
        """Names of the drawings that a compound may be replaced by."""
        assert self.reader.drawings is not None and self.card.vocabulary is not None
        own = (name for name, drawing in self.card.vocabulary.further_drawings.items() if name == drawing)
        return [name for name in dict.fromkeys([*self.reader.drawings.offered_names(), *own]) if name not in RUDE]

    def near_names(self) -> Iterator[tuple[str, str]]:
        """Yield the compounds, and the words without a drawing, each with the name of the nearest drawing."""
        candidates = [each for each in self._iter_candidates() if not self._is_kind_of_drawing(each)]
        # The drawings that the model selects must have a score, too.
        names = [*dict.fromkeys([*self.drawings, *(each.drawing for each in candidates if each.drawing)])]
        place = {name: at for at, name in enumerate(names)}
        encoder = Encoder()
        by_name = _embed(encoder, names)
        by_definition = _embed(encoder, [self._append_definition(name, self._find_sense(name)) for name in names])
        in_file = self._group_by_file(names)
        penalty = torch.tensor([ONE_COLOUR if name in self.single_colour else 0.0 for name in names])
        offered = torch.tensor([name in {*self.drawings} for name in names])
        things = {name: (name, 1.0) for name in names}
        for start in range(0, len(candidates), BATCH):
            batch = candidates[start : start + BATCH]
            words = encoder([each.text for each in batch])
            definitions = encoder([self._append_definition(each.text, each.sense) for each in batch])
            scores = (WORD_TO_NAME * words + DEFINITION_TO_NAME * definitions) @ by_name.T
            scores += DEFINITIONS * definitions @ by_definition.T + penalty
            for each, score, similarity in zip(batch, scores, words @ by_name.T, strict=True):
                for name, related in self.net.related(each.text, things).items():
                    score[place[name]] += RELATED * related
                hypernyms = self._find_hypernyms(each.sense)
                for name, level in hypernyms.items():
                    if name in place:
                        score[place[name]] += HYPERNYM * LEVEL_FACTOR**level
                file = self.net.senses[each.sense].file
                score += SAME_FILE * in_file.get(file, torch.zeros(len(names)))
                best = int(score.where(offered, torch.tensor(-1.0)).argmax())
                own = float(score[place[each.drawing]]) if each.drawing else 0.0
                name = names[best]
                if " " not in each.text:
                    is_near = float(score[best]) >= LEAST_SCORE_OF_WORD
                    is_near = is_near and float(similarity[best]) >= LEAST_SIMILARITY_OF_WORD
                    name = name if is_near else ""
                elif float(score[best]) < max(LEAST_SCORE, own + LEAST_GAIN):
                    above = sorted((level, name) for name, level in hypernyms.items() if name in self.drawings)
                    is_kind = file in NATURAL_KINDS and above != [] and above[0][0] <= HIGHEST_LEVEL
                    name = above[0][1] if own < UNRELATED and is_kind else ""
                if name not in ("", each.drawing) and not self._is_general(name) and self._keeps_head(each, name):
                    yield each.text, name

    def _is_general(self, name: str) -> bool:
        """Return True if a name stands for many artefacts that look different, such as "building"."""
        sense = self._find_sense(name)
        return sense != "" and self.net.senses[sense].file == ARTEFACTS and self._count_kinds(sense) > MOST_KINDS

    def _count_kinds(self, sense: str) -> int:
        """Return the number of all hyponyms of a sense."""
        found = {sense}
        keys = [sense]
        while keys:
            keys = [key for each in keys for key in self.net.senses[each].below if key not in found]
            found.update(keys)
        return len(found) - 1

    def _keeps_head(self, candidate: _Candidate, name: str) -> bool:
        """Return True unless the drawing of a compound shows its last word, and the drawing `name` does not. A lemon
        tree is drawn as another tree, and not as a lemon.
        """
        head = candidate.text.rpartition(" ")[2]
        is_shown = candidate.drawing.rpartition(" ")[2] == head and self._is_kind_of(candidate.sense, head)
        return not is_shown or name.rpartition(" ")[2] == head

    def spellings(self) -> Iterator[tuple[str, str]]:
        """Yield the names of drawings that are written with or without a space against the rule ("horse shoe",
        "trafficlight"), each with the name.
        """
        for name in self.drawings:
            if not all(map(_WORD.fullmatch, name.split())):
                continue
            joined = name.replace(" ", "")
            if name.count(" ") == 1 and len(joined) > LEAST_JOINED and not self._is_word(joined):
                yield joined, name
            if joined == name and len(name) >= LEAST_JOINED:
                yield from ((spaced, name) for spaced in self._split_name(name))

    def spellings_of_synonyms(self) -> Iterator[tuple[str, str]]:
        """Yield the nouns that the model draws under another name, written as two words of which it would draw
        something else ("swim suit", "business man"), each with the noun.
        """
        offered = {*self.drawings}
        for name in self.net.keys_of:
            if name in offered or name in self.proper_nouns or not _WORD.fullmatch(name):
                continue
            for spaced in self._split_name(name):
                are_nouns = all(word in self.net.keys_of for word in spaced.split())
                if are_nouns and self._may_be_written(spaced):
                    drawing, other = self._find_drawing(name), self._find_drawing(spaced)
                    if drawing not in ("", other) and self._is_better(name, drawing, other):
                        yield spaced, name

    def _is_better(self, name: str, drawing: str, other: str) -> bool:
        """Return True if a drawing shows a noun better than the drawing `other` of its last word. A rock fish is a
        fish, but no blowfish: only own names and people replace a drawing.
        """
        is_person = other in PEOPLE and self._is_person(drawing)
        return name in self.reader.tokenizer.names.styles_of or is_person

    def _is_person(self, drawing: str) -> bool:
        """Return True if a drawing shows a person, as those with a man in the same occupation do."""
        sense = self._find_sense(drawing)
        is_of_people = sense != "" and self.net.senses[sense].file == PEOPLE_FILE
        is_named = not PEOPLE.isdisjoint(drawing.split()) or f"man {drawing}" in self.reader.tokenizer.names.styles_of
        return is_of_people or is_named

    def containers(self) -> Iterator[str]:
        """Yield the names of drawn containers, unless the model has a name for one with content ("glass of milk").
        WordNet counts vehicles as containers, too.
        """
        names = self.reader.tokenizer.names
        with_content = {name.partition(" of ")[0] for name in (*names.styles_of, *self.single_colour) if " of " in name}
        for name in self.drawings:
            kinds = {kind for key in self._find_kinds(self._find_sense(name)) for kind in self.net.senses[key].names}
            if name not in with_content and CONTAINER in kinds and VEHICLE not in kinds:
                yield name

    def participles(self) -> Iterator[str]:
        """Yield the words that are adjectives, and verbs more often than nouns, and whose drawings have other names.
        They are their own participles, such as "cut" and "hurt".
        """
        names = self.reader.tokenizer.names
        ranks = whole_words()
        for name in names.styles_of:
            is_verb = self.verb_senses.get(name, 0) > len(self.net.keys_of.get(name, ()))
            is_participle = ranks.keys().isdisjoint((f"{name}d", f"{name}ed", f"{name}{name[-1]}ed"))
            is_own = name in names.drawing(name, None)[0].split()
            if is_verb and is_participle and self.net.adjectives[name] and not is_own:
                yield name

    def _split_name(self, name: str) -> Iterator[str]:
        """Yield a name without spaces as two words, wherever they can only mean the name together: "swim suit"."""
        for at in range(LEAST_PART, len(name) - LEAST_PART + 1):
            if self._may_be_compound(name[:at], name[at:]):
                yield f"{name[:at]} {name[at:]}"

    def _may_be_compound(self, first: str, last: str) -> bool:
        """Return True if two words can only mean the name that they form together: one is a noun, and the first is no
        adjective, such as "big" in "big foot", unless the last is no word.
        """
        if {first, last} & STOP_WORDS or self._is_drawn(f"{first} {last}"):
            return False
        if first in QUALITIES or not self._is_noun(first):
            return first in self.net.keys_of and not self._is_word(last)
        return last in self.net.keys_of or not self._is_word(last)

    def _is_noun(self, word: str) -> bool:
        """Return True if a word is more often a noun than an adjective."""
        return self.net.adjectives[word] < len(self.net.keys_of.get(word, ()))

    def _is_word(self, word: str) -> bool:
        return word in self.net.keys_of or word in self.net.adjectives or self._is_drawn(word)

    def _is_drawn(self, name: str) -> bool:
        assert self.card.vocabulary is not None
        is_further = self.card.vocabulary.is_further_drawing(name)
        return is_further or any(form in self.reader.tokenizer.names.styles_of for form in forms(name))

    def _iter_candidates(self) -> Iterator[_Candidate]:
        for text, keys in self.net.keys_of.items():
            is_compound = _COMPOUND.fullmatch(text) and self._is_noun(text.rpartition(" ")[2])
            is_noun = _NOUN.fullmatch(text) and not self.net.adjectives[text]
            if not (is_compound or is_noun) or text in self.proper_nouns or not (sense := self._find_sense(text)):
                continue
            if self._may_be_written(text) and (is_compound or sense == keys[0]):
                drawing = self._find_drawing(text)
                if is_compound or not drawing:
                    yield _Candidate(text, sense, drawing)
            if is_noun and not self._is_drawn(text):
                for spaced in self._split_name(text):
                    is_new = spaced not in self.net.keys_of and spaced.partition(" ")[2] in self.net.keys_of
                    if is_new and self._may_be_written(spaced):
                        yield _Candidate(spaced, sense, self._find_drawing(spaced))

    def _may_be_written(self, text: str) -> bool:
        """Return True if all words of a name are frequent, and the model does not know the name."""
        ranks = whole_words()
        names = self.reader.tokenizer.names.styles_of
        are_frequent = all(ranks.get(word, MOST_FREQUENT) < MOST_FREQUENT or word in names for word in text.split())
        return are_frequent and not self._is_drawn(text)

    def _find_drawing(self, text: str) -> str:
        """Return the drawing that the model selects for a name, or "" if it has none."""
        tokenizer = self.reader.tokenizer
        (subject, *_) = tokenizer.subjects(self.card.translate(f"a {text}").text, next(iter(tokenizer.styles)))
        assert self.reader.drawings is not None
        return subject.drawing if subject.drawing and self.reader.drawings.has(subject) else ""

    def _find_sense(self, text: str) -> str:
        """Return the key of the most usual sense of a name that can be drawn, or "" if there is none. Animals,
        artefacts, food and plants are preferred.
        """
        keys = self.net.keys_of.get(text, ())
        preferred = [key for key in keys if self.net.senses[key].file in PREFERRED] or [*keys[:1]]
        return preferred[0] if preferred and self.net.senses[preferred[0]].file in DRAWABLE else ""

    def _append_definition(self, text: str, sense: str) -> str:
        return f"{text}, {self.net.senses[sense].definition}" if sense else text

    def _find_kinds(self, sense: str) -> dict[str, int]:
        """Return the keys of a sense and of all its hypernyms, each with the number of levels above the sense."""
        found: dict[str, int] = {}
        keys = [sense] if sense else []
        level = 0
        while keys:
            found |= dict.fromkeys(keys, level)
            above = dict.fromkeys(key for each in keys for key in self.net.senses[each].above)
            keys = [key for key in above if key not in found]
            level += 1
        return found

    def _find_hypernyms(self, sense: str) -> dict[str, int]:
        """Return the names of a sense and of its hypernyms that are not too general, each with the number of levels
        above the sense.
        """
        found: dict[str, int] = {}
        for key, level in self._find_kinds(sense).items():
            each = self.net.senses[key]
            for name in each.names if len(each.below) <= WIDEST or PERSON in each.names else ():
                found.setdefault(name, level)
        return found

    def _is_kind_of(self, sense: str, name: str) -> bool:
        """Return True if a sense is a kind of the thing that is drawn under a name. A river bank is no bank."""
        kinds = self._find_kinds(sense)
        if own := next(filter(None, map(self._find_sense, forms(name))), ""):
            return own in kinds
        return any(name in self.net.senses[key].names for key in kinds)

    def _is_kind_of_drawing(self, candidate: _Candidate) -> bool:
        """Return True if the selected drawing shows a compound: a race horse is a horse."""
        return candidate.drawing != "" and self._is_kind_of(candidate.sense, candidate.drawing)

    def _group_by_file(self, names: Sequence[str]) -> dict[str, Tensor]:
        """Return, for each of WordNet's files, a vector with 1 for the names in it."""
        senses = [self._find_sense(name) for name in names]
        of_people = [not PEOPLE.isdisjoint(name.split()) for name in names]
        files = [
            self.net.senses[sense].file if sense else PEOPLE_FILE if is_person else ""
            for sense, is_person in zip(senses, of_people, strict=True)
        ]
        return {file: torch.tensor([float(each == file) for each in files]) for file in {*files} - {""}}


def _embed(encoder: Encoder, texts: Sequence[str]) -> Tensor:
    return torch.cat([encoder(texts[start : start + BATCH]) for start in range(0, len(texts), BATCH)])


def _read_proper_nouns(packed: Path) -> frozenset[str]:
    """Return the names that WordNet writes with a capital letter, in lower case. Raises StudioError."""
    names = _iter_names(read_wordnet(packed, "data.noun"))
    return frozenset(name.lower().replace("_", " ") for name in names if name != name.lower())


def _count_verb_senses(packed: Path) -> dict[str, int]:
    """Return the number of senses of each verb in WordNet. Raises StudioError."""
    parts = (line.split() for line in read_wordnet(packed, "index.verb"))
    return {verb: int(count) for verb, _, count, *_ in parts}


def _iter_names(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        parts = line.split()
        yield from (parts[4 + 2 * at] for at in range(int(parts[3], 16)))
