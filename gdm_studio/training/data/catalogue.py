"""Catalogue of icons for training: their concepts, subsets and kinds, and how often they are sampled and requested."""

from __future__ import annotations

import json
import lzma
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources

from gdm_studio.training.data.dataset import BEST_STYLES, EMOJI_SETS, FEW_THINGS, FLAT_SETS
from gdm_studio.training.data.heldout_icons import is_heldout

# The file with the request frequencies, in this folder.
DEMAND = "asked.json"
# The maximum number of skin-tone variants of a concept in a set, by subset.
TONES_KEPT = {"few": 0, "narrow": 0, "emoji": 0, "best": 0, "all": 2}

# The sampling weight of each kind of icon, relative to plain objects. Regular series such as flags add little variety.
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

# For each one-colour set, the colour set with the same names and concepts.
PAIRED = {
    "fluent-emoji-high-contrast": "fluent-emoji-flat",
    "emojione-monotone": "emojione",
    "icon-park-twotone": "icon-park",
}

# The CLDR group for each vendor's heading.
_GROUPS = {
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
# The sets whose headings are CLDR groups. The most reliable come first.
_TRUSTED_SETS = ("noto", "twemoji", "fluent-emoji-flat", "noto-v1")
_CLOCK_CONCEPT = re.compile(r"\b(oclock|thirty)$")


@dataclass(frozen=True, kw_only=True)
class Entry:
    """Icon of an icon set with the properties derived from its name: concept, caption, style and category."""

    set: str
    # The name within the set.
    name: str
    style: str
    # The depicted object, which has the same name in all sets.
    concept: str
    # The name in natural language.
    caption: str
    # The code points of the emoji, joined by "-", without skin tones and variation selectors. May be empty.
    hex: str
    # True for a skin-tone variant.
    tone: bool
    # The CLDR group, or "" if unknown.
    cat: str


@dataclass(frozen=True)
class NarrowRule:
    """Rule that selects the concepts of the dataset subset `narrow`: plain subjects, such as animals and objects, that
    most emoji sets draw.
    """

    groups: frozenset[str]
    least_sets: int
    # Concepts included although their group is not.
    extra: frozenset[str]
    # Concepts excluded although their group is included.
    without: frozenset[str]


@cache
def catalogue() -> tuple[Entry, ...]:
    """Return all icons of the supported icon sets, the source of training datasets.

    Icons of the 21 colour sets come first, then icons of the one-colour sets paired with them. All icons of a concept
    have the same group. Some entries of a one-colour set do not exist, because the set lacks some names of its colour
    set.
    """
    packed = resources.files(__package__).joinpath("icons_index.json.xz").read_bytes()
    # Columns are half as large as rows when compressed.
    columns = json.loads(lzma.decompress(packed))
    entries = [Entry(**dict(zip(columns, row, strict=True))) for row in zip(*columns.values(), strict=True)]
    groups = _group_of_concept(entries)
    for pair, base in PAIRED.items():
        entries += [replace(entry, set=pair, style=pair) for entry in entries if entry.set == base and not entry.tone]
    return tuple(replace(entry, cat=groups.get(entry.concept, entry.cat)) for entry in entries)


def captions_of(concept: str) -> list[str]:
    """Return the captions that emoji-like icon sets give to a concept, most frequent first.

    Held-out icons are ignored.
    """
    return _collect_captions().get(concept, [])


@cache
def _collect_captions() -> dict[str, list[str]]:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for entry in catalogue():
        if entry.set in EMOJI_SETS and not entry.tone and not is_heldout(entry):
            counts[entry.concept][entry.caption] += 1
    return {concept: [caption for caption, _ in count.most_common()] for concept, count in counts.items()}


def training_entries(subset: str) -> list[Entry]:
    """Return the icons that are used for training in a dataset subset, such as "narrow".

    Held-out icons are excluded, and the number of skin-tone variants is limited.
    """
    things = {"few": frozenset(FEW_THINGS), "narrow": narrow_concepts()}.get(subset)
    chosen = [
        entry
        for entry in catalogue()
        if entry.style in _list_styles(subset) and (things is None or entry.concept in things) and not is_heldout(entry)
    ]
    return _limit_tones(chosen, TONES_KEPT[subset])


def heldout_entries(subset: str) -> list[Entry]:
    """Return the held-out icons in the styles of a dataset subset, so that similar icons can be excluded from training.

    Icons with the same drawing in other sets are included.
    """
    return [entry for entry in catalogue() if entry.style in _list_styles(subset) and is_heldout(entry)]


@cache
def _list_styles(subset: str) -> frozenset[str]:
    chosen = {"few": FLAT_SETS, "best": BEST_STYLES, "all": {entry.style for entry in catalogue()}}
    return frozenset(chosen.get(subset, EMOJI_SETS))


@cache
def narrow_concepts() -> frozenset[str]:
    """Return the concepts in the dataset subset `narrow`, such as "cat". Most of the eight emoji-like icon sets contain
    an icon for each of them.
    """
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
        if len(sets) >= rule.least_sets and group[concept] in rule.groups and not _CLOCK_CONCEPT.search(concept)
    }
    return frozenset((things - rule.without) | (rule.extra & drawn_by.keys()))


@cache
def narrow_rule() -> NarrowRule:
    """Load the rule that defines the dataset subset `narrow` from `narrow.json`."""
    data = json.loads(resources.files(__package__).joinpath("narrow.json").read_text(encoding="utf-8"))
    return NarrowRule(
        groups=frozenset(data["groups"]),
        least_sets=data["least_sets"],
        extra=frozenset(data["extra"]),
        without=frozenset(data["without"]),
    )


def weight(entry: Entry) -> float:
    """Return the sampling weight of an icon in training, in (0, 1]. An icon of an ordinary object has weight 1."""
    return KIND_WEIGHTS[kind(entry)] * (TONE_WEIGHT if entry.tone else 1.0)


def kind(entry: Entry) -> str:
    """Return the kind of subject that an icon shows, such as "thing", "person" or "flag". It is a key of KIND_WEIGHTS,
    which determines how often the icon is sampled.
    """
    if entry.concept in narrow_concepts():
        return "thing"
    if _CLOCK_CONCEPT.search(entry.concept):
        return "clock face"
    if entry.set not in EMOJI_SETS and not entry.hex:
        return "interface"
    by_group = {"Flags": "flag", "Symbols": "symbol", "People & Body": "person", "Smileys & Emotion": "face"}
    return by_group.get(entry.cat, "thing")


@cache
def load_demand() -> dict[str, float]:
    """Load the estimated request frequency of each caption, as written by `evaluation/prompt_choice.py`.

    It covers dictionary words for objects drawn by at least four emoji-like sets. The value is the square root of the
    word's count in WordNet's sense-tagged texts, reduced for people and faces: 0.5 to 17.46, and 41.34 for "person".
    """
    found: dict[str, float] = json.loads(resources.files(__package__).joinpath(DEMAND).read_text(encoding="utf-8"))
    return found


def _group_of_concept(entries: Iterable[Entry]) -> dict[str, str]:
    """Determine the Unicode CLDR group of each concept, such as "Flags".

    The group is taken from a reliable icon set if possible, else it is the most frequent one among the emoji-like sets.
    """
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for entry in entries:
        if entry.set in EMOJI_SETS and entry.cat:
            trust = 10 * (len(_TRUSTED_SETS) - _TRUSTED_SETS.index(entry.set)) if entry.set in _TRUSTED_SETS else 1
            votes[entry.concept][_GROUPS.get(entry.cat.lower(), entry.cat)] += trust
    return {concept: count.most_common(1)[0][0] for concept, count in votes.items()}


def _limit_tones(entries: list[Entry], tone_limit: int) -> list[Entry]:
    seen: Counter[tuple[str, str]] = Counter()
    few = []
    for entry in entries:
        if entry.tone:
            seen[entry.concept, entry.set] += 1
            if seen[entry.concept, entry.set] > tone_limit:
                continue
        few.append(entry)
    return few
