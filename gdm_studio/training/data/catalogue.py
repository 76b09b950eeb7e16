"""Which icons there are to learn from: the reading of names into concepts, subsets, kinds and weights."""

import gzip
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources

from gdm_studio.training.data.dataset import BEST_STYLES, EMOJI_SETS, FEW_THINGS, FLAT_SETS
from gdm_studio.training.data.heldout import is_heldout

TONES_KEPT = {"few": 0, "narrow": 0, "emoji": 0, "best": 0, "all": 2}  # skin-tone variants of one concept in one set

# Regular series teach little for the room they take. Sampling probability relative to a plain thing's.
KIND_WEIGHTS = {
    "thing": 1.0,
    "face": 0.7,
    "person": 0.5,
    "symbol": 0.35,
    "flag": 0.25,
    "clock face": 0.2,
    "interface": 0.5,
}
TONE_WEIGHT = 0.5

PAIRED = {  # a one-colour set -> the set whose names and concepts it shares
    "fluent-emoji-high-contrast": "fluent-emoji-flat",
    "emojione-monotone": "emojione",
    "icon-park-twotone": "icon-park",
}

_GROUPS = {  # every vendor's heading -> one of CLDR's groups
    "activity": "Activities",
    "animals nature": "Animals & Nature",
    "flags": "Flags",
    "food": "Food & Drink",
    "food drink": "Food & Drink",
    "nature": "Animals & Nature",
    "people": "People & Body",
    "places": "Travel & Places",
    "smiley people": "People & Body",
    "travel": "Travel & Places",
    "travel places": "Travel & Places",
}
_TRUSTED = ("noto", "twemoji", "fluent-emoji-flat", "noto-v1")  # whose headings are CLDR's own, best first
_CLOCK = re.compile(r"\b(oclock|thirty)$")


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One icon of one set, with what its name was read to mean."""

    set: str
    name: str  # in the set
    style: str
    concept: str  # the same in every set that draws it
    caption: str  # the words people would use
    hex: str  # code points joined by "-", without tones and variation selectors; may be empty
    tone: bool  # a skin-tone variant
    cat: str  # a CLDR group where one is known


@dataclass(frozen=True)
class NarrowRule:
    """Which concepts are plain things that most emoji sets draw."""

    groups: frozenset[str]
    least_sets: int
    extra: frozenset[str]  # let in although their group is not
    without: frozenset[str]  # kept out although their group is in


@cache
def catalogue() -> tuple[Entry, ...]:
    """Every icon of the 21 colour sets, ordered by set as surveyed, then of the paired ones; one group a concept.

    Not every name of a colour set is in its pair.
    """
    packed = resources.files(__package__).joinpath("icons_index.json.gz").read_bytes()
    rows = json.loads(gzip.decompress(packed))
    entries = [Entry(**{**row, "hex": row["hex"] or "", "cat": row["cat"] or ""}) for row in rows]
    groups = _group_of_concept(entries)
    for pair, base in PAIRED.items():
        entries += [replace(entry, set=pair, style=pair) for entry in entries if entry.set == base and not entry.tone]
    return tuple(replace(entry, cat=groups.get(entry.concept, entry.cat)) for entry in entries)


def captions_of(concept: str) -> list[str]:
    """What the emoji-like sets call a concept, commonest first; held-out pictures have no say."""
    return _captions().get(concept, [])


@cache
def _captions() -> dict[str, list[str]]:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for entry in catalogue():
        if entry.set in EMOJI_SETS and not entry.tone and not is_heldout(entry):
            counts[entry.concept][entry.caption] += 1
    return {concept: [caption for caption, _ in count.most_common()] for concept, count in counts.items()}


def training_entries(subset: str) -> list[Entry]:
    """What `subset` (few, narrow, emoji, best, all) trains on: held-out pairs left out, few skin tones."""
    things = {"few": frozenset(FEW_THINGS), "narrow": narrow_concepts()}.get(subset)
    chosen = [
        entry
        for entry in catalogue()
        if entry.style in _styles(subset)
        and (things is None or entry.concept in things)
        and not is_heldout(entry)
    ]
    return _few_tones(chosen, TONES_KEPT[subset])


def heldout_entries(subset: str) -> list[Entry]:
    """The held-out pictures of the styles that `subset` reads, to find their look-alikes; twins included."""
    return [entry for entry in catalogue() if entry.style in _styles(subset) and is_heldout(entry)]


@cache
def _styles(subset: str) -> frozenset[str]:
    chosen = {"few": FLAT_SETS, "best": BEST_STYLES, "all": {entry.style for entry in catalogue()}}
    return frozenset(chosen.get(subset, EMOJI_SETS))


@cache
def narrow_concepts() -> frozenset[str]:
    """The concepts of the narrow subset: things drawn by six or more of the eight emoji-like sets."""
    rule = narrow_rule()
    drawn_by: dict[str, set[str]] = defaultdict(set)
    group: dict[str, str] = {}
    for entry in catalogue():
        if entry.set in EMOJI_SETS and not entry.tone:
            drawn_by[entry.concept].add(entry.set)
            group[entry.concept] = entry.cat
    things = {
        concept
        for concept, sets in drawn_by.items()
        if len(sets) >= rule.least_sets and group[concept] in rule.groups and not _CLOCK.search(concept)
    }
    return frozenset((things - rule.without) | (rule.extra & drawn_by.keys()))


@cache
def narrow_rule() -> NarrowRule:
    """The lists that decide the narrow subset, kept as data."""
    data = json.loads(resources.files(__package__).joinpath("narrow.json").read_text(encoding="utf-8"))
    return NarrowRule(
        groups=frozenset(data["groups"]),
        least_sets=data["least_sets"],
        extra=frozenset(data["extra"]),
        without=frozenset(data["without"]),
    )


def weight(entry: Entry) -> float:
    """How often to draw this picture beside a plain thing, in (0, 1]."""
    return KIND_WEIGHTS[kind(entry)] * (TONE_WEIGHT if entry.tone else 1.0)


def kind(entry: Entry) -> str:
    """A key of KIND_WEIGHTS."""
    if entry.concept in narrow_concepts():
        return "thing"
    if _CLOCK.search(entry.concept):
        return "clock face"
    if entry.set not in EMOJI_SETS and not entry.hex:
        return "interface"
    by_group = {"Flags": "flag", "Symbols": "symbol", "People & Body": "person", "Smileys & Emotion": "face"}
    return by_group.get(entry.cat, "thing")


def _group_of_concept(entries: Iterable[Entry]) -> dict[str, str]:
    """concept -> CLDR group: the trusted vendors' heading, else the commonest of the others'."""
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for entry in entries:
        if entry.set in EMOJI_SETS and entry.cat:
            trust = 10 * (len(_TRUSTED) - _TRUSTED.index(entry.set)) if entry.set in _TRUSTED else 1
            votes[entry.concept][_GROUPS.get(entry.cat.lower(), entry.cat)] += trust
    return {concept: count.most_common(1)[0][0] for concept, count in votes.items()}


def _few_tones(entries: list[Entry], kept: int) -> list[Entry]:
    seen: Counter[tuple[str, str]] = Counter()
    few = []
    for entry in entries:
        if entry.tone:
            seen[entry.concept, entry.set] += 1
            if seen[entry.concept, entry.set] > kept:
                continue
        few.append(entry)
    return few
