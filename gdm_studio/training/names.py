"""Recipe: what a model's drawings are called, and which of many a shared name stands for, written into its file.

Asked for a boat, what a network remembers is the mean of all that is called so, which is no drawing. So a name that few
drawings have for their caption and many for a keyword stands for the likeliest of these: told by how it is spelt, what
it means (MiniLM, WordNet), how many sets draw it, how often people ask for it; for a few words, by `meant.json`.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from gdm_studio.atomic import problem, write
from gdm_studio.errors import ModelError
from gdm_studio.networks.subject import SEVERAL
from gdm_studio.networks.tokenizer import words_of
from gdm_studio.training.data.asked import asked_for
from gdm_studio.training.data.dataset import Row
from gdm_studio.training.data.fetch import WORDNET, archive
from gdm_studio.training.lexicon import Encoder, WordNet
from gdm_studio.training.vocabulary import learned

MEANT = "meant.json"  # what some words stand for, by hand
MOST_MEANT = 3  # drawings that a name stands for
LEAST_LIKELY = 0.9
SPELT, TOLD, DEFINED, RELATED = 0.8, 0.4, 0.5, 0.7  # likeness of names, name to keywords, meaning to keywords; WordNet
IS_LAST, IS_KEYWORD, DRAWN, ASKED, PEOPLE = 0.12, 0.12, 0.04, 0.06, -0.15
KEYWORDS = 6  # of a caption, that say with it what it is
_PEOPLE = frozenset(("face", "person", "man", "woman", "men", "women", "worker", "no", "non", "off"))
_PLAIN = re.compile(r"[a-z][a-z' ]{1,30}")

Meant = dict[str, int | dict[str, int]]


@dataclass(frozen=True)
class Drawings:
    """Of the rows in these styles: bits of styles by caption, and by caption or keyword; drawings a caption has; how
    often each caption has a name among its keywords."""

    captioned: Mapping[str, int]
    called: Mapping[str, int]
    count: Counter[str]
    keywords: Mapping[str, Counter[str]]

    @classmethod
    def of(cls, rows: Iterable[Row], styles: Sequence[str]) -> Drawings:
        captioned, called = defaultdict[str, int](int), defaultdict[str, int](int)
        count, keywords = Counter[str](), defaultdict[str, Counter[str]](Counter)
        for row in rows:
            if row["style"] not in styles:
                continue
            bit = 1 << styles.index(row["style"])
            caption = _plain(row["caption"])
            captioned[caption] |= bit
            for name in (caption, *map(_plain, row["words"])):
                called[name] |= bit
            if not row["tint"]:
                count[caption] += 1
                keywords[caption].update(map(_plain, row["words"]))
        return cls(captioned, called, count, keywords)

    def sharing(self) -> dict[str, set[str]]:
        """By name, the captions that it may stand for: of names that hardly any drawing has for its own."""
        found = defaultdict[str, set[str]](set)
        for caption, words in self.keywords.items():
            if self.is_known(caption):
                for name in {*words, *(caption.split() if " " in caption else ())} - {caption}:
                    found[name].add(caption)
        return {name: found[name] for name in sorted(found) if _PLAIN.fullmatch(name) and not self.is_known(name)}

    def is_known(self, caption: str) -> bool:
        """Whether it is drawn in so many styles that a network knows it by heart."""
        return self.captioned.get(caption, 0).bit_count() >= SEVERAL

    def commonest(self, caption: str) -> list[str]:
        """Keywords that say with a caption what it is."""
        return [word for word, _ in self.keywords[caption].most_common(KEYWORDS)]

    def names(self, likely: Mapping[str, Sequence[str]]) -> Meant:
        """What `Names` takes; `likely` has the captions that shared names stand for, the likeliest first."""
        found: Meant = {}
        for name in sorted(self.called.keys() | likely.keys()):
            if captions := likely.get(name, ()):
                own = {name: self.captioned[name]} if name in self.captioned else {}
                found[name] = own | {caption: self.captioned[caption] for caption in captions}
            else:
                found[name] = self.captioned[name] if self.is_known(name) else self.called[name]
        return found


def build(data: Path, card: Path, *, subset: str, source: Path | None = None) -> int:
    """Write what the pictures of `subset` in the model's styles are called into the file of the model with that card.

    Returns how many names are shared. Raises StudioError.
    """
    facts, _, rows = learned(data, card, subset=subset)
    path = card.with_name(f"{facts['name']}.safetensors")
    try:
        with safe_open(path, "pt") as file:
            metadata = file.metadata()
            weights = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - no mapping
        config = json.loads(metadata["config"])
        drawings = Drawings.of(rows, config["tokenizer"]["styles"])
    except OSError as error:
        raise problem(path, error) from error
    except (SafetensorError, ValueError, TypeError, KeyError) as error:
        raise ModelError(f"{path} is damaged ({error}); export the model again.") from error
    likely = {}
    if drawings.sharing():
        likely = Likeness.between(drawings, Encoder(), WordNet.read(archive(WORDNET, source))).likely()
    read = config["tokenizer"].get("lexicon", {}).items()
    lexicon = {thing: [word for word in words if word not in likely] for thing, words in read}
    config["tokenizer"] |= {"names": drawings.names(likely), "lexicon": lexicon}
    write(path, save(weights, metadata | {"config": json.dumps(config, ensure_ascii=False)}))
    return len(likely)


@dataclass(frozen=True)
class Likeness:
    """How likely captions are meant by the names that they share; vectors are unit ones, a row a text."""

    drawings: Drawings
    captions: Mapping[str, tuple[Tensor, Tensor]]  # spelt, and told with its keywords
    names: Mapping[str, tuple[Tensor, Tensor]]  # spelt, and by its commonest meaning
    related: Mapping[str, Mapping[str, float]]  # by name, the captions that WordNet places near, 0 … 1
    asked: Mapping[str, float]

    @classmethod
    def between(cls, drawings: Drawings, encoder: Callable[[Sequence[str]], Tensor], net: WordNet) -> Likeness:
        """Of all shared names."""
        sharing = drawings.sharing()
        captions = sorted({caption for found in sharing.values() for caption in found})
        known = {caption: (caption, 1.0) for caption in captions}
        told = [", ".join([each, *drawings.commonest(each)]) for each in captions]
        names = list(sharing)
        defined = [net.definition(name) if name in net.of else name for name in names]
        return cls(
            drawings,
            dict(zip(captions, zip(encoder(captions), encoder(told), strict=True), strict=True)),
            dict(zip(names, zip(encoder(names), encoder(defined), strict=True), strict=True)),
            {name: net.related(name, known) if name in net.of else {} for name in names},
            asked_for(),
        )

    def of(self, name: str, caption: str) -> float:
        """The larger, the likelier."""
        (spelt, told), (vector, meaning) = self.captions[caption], self.names[name]
        words = caption.split()
        return (
            float(SPELT * spelt @ vector + TOLD * told @ vector + DEFINED * told @ meaning)
            + RELATED * self.related[name].get(caption, 0.0)
            + IS_LAST * (words[-1] == name)
            + IS_KEYWORD * (name in self.drawings.keywords[caption])
            + DRAWN * math.log2(self.drawings.count[caption])
            + ASKED * math.log2(1 + self.asked.get(caption, 0.0))
            + PEOPLE * (not _PEOPLE.isdisjoint(words) and name not in _PEOPLE)
        )

    def likely(self) -> dict[str, list[str]]:
        """The captions that each shared name stands for, the likeliest first; others are left out."""
        said = json.loads((files("gdm_studio.training.data") / MEANT).read_text("utf-8"))
        found = {name: [caption] for name, caption in said.items() if self.drawings.is_known(caption)}
        for name, sharing in self.drawings.sharing().items():
            likeness = {caption: self.of(name, caption) for caption in sharing}
            best = [each for each in sorted(likeness, key=likeness.__getitem__) if likeness[each] >= LEAST_LIKELY][::-1]
            if meant := list(dict.fromkeys([*found.get(name, ()), *best[:MOST_MEANT]])):
                found[name] = meant
        return {name: meant for name, meant in found.items() if name in said or not self.drawings.is_known(name)}


def _plain(text: str) -> str:
    return " ".join(words_of(text))
