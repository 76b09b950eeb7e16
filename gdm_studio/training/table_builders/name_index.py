"""Builder of a model's name index: the names of its memorised training images, and the possible meanings of ambiguous
names.

A name such as "boat" is shared by many drawings. A network would memorise the mean of all boats, which is not a
drawing. Therefore a name that is mostly a keyword rather than a caption is resolved to its most likely captions, ranked
by spelling, meaning (MiniLM, WordNet), number of sets and word frequency. `meant.json` overrides a few words.
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

from gdm_studio.common.atomic_files import storage_error, write
from gdm_studio.common.errors import ModelError
from gdm_studio.models.prompts.drawing_names import SEVERAL
from gdm_studio.models.prompts.word_tokenizer import words_of
from gdm_studio.training.data.catalogue import load_demand
from gdm_studio.training.data.dataset import Row
from gdm_studio.training.data.package_downloads import WORDNET, archive
from gdm_studio.training.table_builders.lexicon import Encoder, WordNet
from gdm_studio.training.table_builders.vocabulary import training_rows

# The file of manual overrides, with the caption that is meant by a word.
MEANT = "meant.json"
# The maximum number of captions for a shared name.
MAX_CAPTIONS = 3
# The minimum score of a caption.
MIN_SCORE = 0.9
# The weights of four similarities: of name and caption, of name and keywords, of definition and keywords, and by
# WordNet.
SPELLING_WEIGHT = 0.8
KEYWORDS_WEIGHT = 0.4
DEFINITION_WEIGHT = 0.5
WORDNET_WEIGHT = 0.7
# The weights of further features: the name is the last word of the caption, the name is a keyword, log2 of the number
# of drawings, log2 of the word frequency, and the caption is about people but the name is not.
LAST_WORD_WEIGHT = 0.12
IS_KEYWORD_WEIGHT = 0.12
COUNT_WEIGHT = 0.04
FREQUENCY_WEIGHT = 0.06
PEOPLE_WEIGHT = -0.15
# The number of keywords that describe a caption.
KEYWORDS = 6
_PEOPLE = frozenset(("face", "person", "man", "woman", "men", "women", "worker", "no", "non", "off"))
_PLAIN_WORDS = re.compile(r"[a-z][a-z' ]{1,30}")

NamesData = dict[str, int | dict[str, int]]


@dataclass(frozen=True)
class NameIndex:
    """Index of the training images in a model's styles, by caption and keyword.

    It shows which names the model has memorised and what ambiguous names may mean.
    """

    # The styles in which each caption is drawn, as a bit set.
    styles_by_caption: Mapping[str, int]
    # The styles in which each caption or keyword is drawn, as a bit set.
    styles_by_name: Mapping[str, int]
    # The number of drawings of each caption.
    count: Counter[str]
    # The keyword frequencies of each caption.
    keywords: Mapping[str, Counter[str]]

    @classmethod
    def of(cls, rows: Iterable[Row], styles: Sequence[str]) -> NameIndex:
        styles_by_caption, styles_by_name = defaultdict[str, int](int), defaultdict[str, int](int)
        count, keywords = Counter[str](), defaultdict[str, Counter[str]](Counter)
        for row in rows:
            if row["style"] not in styles:
                continue
            bit = 1 << styles.index(row["style"])
            caption = _normalise_name(row["caption"])
            styles_by_caption[caption] |= bit
            for name in (caption, *map(_normalise_name, row["words"])):
                styles_by_name[name] |= bit
            if not row["tint"]:
                count[caption] += 1
                keywords[caption].update(map(_normalise_name, row["words"]))
        return cls(styles_by_caption, styles_by_name, count, keywords)

    def shared_names(self) -> dict[str, set[str]]:
        """Return the names that several subjects share, such as common keywords, each with the captions that it may
        mean.

        Names that are themselves memorised captions are left out.
        """
        found = defaultdict[str, set[str]](set)
        for caption, words in self.keywords.items():
            if self.is_known(caption):
                for name in {*words, *(caption.split() if " " in caption else ())} - {caption}:
                    found[name].add(caption)
        return {name: found[name] for name in sorted(found) if _PLAIN_WORDS.fullmatch(name) and not self.is_known(name)}

    def is_known(self, caption: str) -> bool:
        """Return True if training images with this caption exist in enough styles for a network to memorise the
        subject.
        """
        return self.styles_by_caption.get(caption, 0).bit_count() >= SEVERAL

    def top_keywords(self, caption: str) -> list[str]:
        """Return the most frequent keywords of the training images with this caption."""
        return [word for word, _ in self.keywords[caption].most_common(KEYWORDS)]

    def names(self, likely: Mapping[str, Sequence[str]]) -> NamesData:
        """Return the table of names of memorised training images, in the form in which the model file stores it.

        `likely` lists the captions of each shared name, most likely first.
        """
        found: NamesData = {}
        for name in sorted(self.styles_by_name.keys() | likely.keys()):
            if captions := likely.get(name, ()):
                own = {name: self.styles_by_caption[name]} if name in self.styles_by_caption else {}
                found[name] = own | {caption: self.styles_by_caption[caption] for caption in captions}
            else:
                found[name] = self.styles_by_caption[name] if self.is_known(name) else self.styles_by_name[name]
        return found


def build(data: Path, card: Path, *, subset: str, source: Path | None = None) -> int:
    """Build a model's name index from a dataset subset, and write it into the model's file. It lists memorised names
    and the meanings of ambiguous names.

    Returns the number of shared names. Raises StudioError if the dataset, the card or the model cannot be read.
    """
    facts, _, rows = training_rows(data, card, subset=subset)
    path = card.with_name(f"{facts['name']}.safetensors")
    try:
        with safe_open(path, "pt") as file:
            metadata = file.metadata()
            weights = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - no mapping
        config = json.loads(metadata["config"])
        drawings = NameIndex.of(rows, config["tokenizer"]["styles"])
    except OSError as error:
        raise storage_error(path, error) from error
    except (SafetensorError, ValueError, TypeError, KeyError) as error:
        raise ModelError(f"{path} is damaged ({error}); export the model again.") from error
    likely = {}
    if drawings.shared_names():
        likely = CaptionScorer.new(drawings, Encoder(), WordNet.read(archive(WORDNET, source))).likely_captions()
    read = config["tokenizer"].get("lexicon", {}).items()
    lexicon = {thing: [word for word in words if word not in likely] for thing, words in read}
    config["tokenizer"] |= {"names": drawings.names(likely), "lexicon": lexicon}
    write(path, save(weights, metadata | {"config": json.dumps(config, ensure_ascii=False)}))
    return len(likely)


@dataclass(frozen=True)
class CaptionScorer:
    """Scorer that compares text embeddings to rate how likely an ambiguous name is to mean a certain caption."""

    drawings: NameIndex
    # The embeddings of each caption, and of the caption with its keywords.
    captions: Mapping[str, tuple[Tensor, Tensor]]
    # The embeddings of each name, and of its most frequent definition.
    names: Mapping[str, tuple[Tensor, Tensor]]
    # The captions that WordNet relates to each name, with scores in 0 … 1.
    related: Mapping[str, Mapping[str, float]]
    # The request frequency of each caption.
    demand: Mapping[str, float]

    @classmethod
    def new(cls, drawings: NameIndex, encoder: Callable[[Sequence[str]], Tensor], net: WordNet) -> CaptionScorer:
        """Create a scorer, and compute the embeddings and WordNet relations of all ambiguous names."""
        candidates = drawings.shared_names()
        captions = sorted({caption for found in candidates.values() for caption in found})
        known = {caption: (caption, 1.0) for caption in captions}
        descriptions = [", ".join([each, *drawings.top_keywords(each)]) for each in captions]
        names = list(candidates)
        defined = [net.definition(name) if name in net.keys_of else name for name in names]
        return cls(
            drawings,
            dict(zip(captions, zip(encoder(captions), encoder(descriptions), strict=True), strict=True)),
            dict(zip(names, zip(encoder(names), encoder(defined), strict=True), strict=True)),
            {name: net.related(name, known) if name in net.keys_of else {} for name in names},
            load_demand(),
        )

    def score(self, name: str, caption: str) -> float:
        """Return a score for how likely a name is to mean a caption. Higher scores are more likely."""
        spelt, described = self.captions[caption]
        vector, meaning = self.names[name]
        words = caption.split()
        return (
            float(
                SPELLING_WEIGHT * spelt @ vector
                + KEYWORDS_WEIGHT * described @ vector
                + DEFINITION_WEIGHT * described @ meaning
            )
            + WORDNET_WEIGHT * self.related[name].get(caption, 0.0)
            + LAST_WORD_WEIGHT * (words[-1] == name)
            + IS_KEYWORD_WEIGHT * (name in self.drawings.keywords[caption])
            + COUNT_WEIGHT * math.log2(self.drawings.count[caption])
            + FREQUENCY_WEIGHT * math.log2(1 + self.demand.get(caption, 0.0))
            + PEOPLE_WEIGHT * (not _PEOPLE.isdisjoint(words) and name not in _PEOPLE)
        )

    def likely_captions(self) -> dict[str, list[str]]:
        """Return the likely meanings of each ambiguous name, as a list of captions with the most likely one first.

        Names without likely captions are left out.
        """
        overrides = json.loads((files("gdm_studio.training.data") / MEANT).read_text("utf-8"))
        found = {name: [caption] for name, caption in overrides.items() if self.drawings.is_known(caption)}
        for name, candidates in self.drawings.shared_names().items():
            likeness = {caption: self.score(name, caption) for caption in candidates}
            best = [each for each in sorted(likeness, key=likeness.__getitem__) if likeness[each] >= MIN_SCORE][::-1]
            if captions := list(dict.fromkeys([*found.get(name, ()), *best[:MAX_CAPTIONS]])):
                found[name] = captions
        return {
            name: captions for name, captions in found.items() if name in overrides or not self.drawings.is_known(name)
        }


def _normalise_name(text: str) -> str:
    return " ".join(words_of(text))
